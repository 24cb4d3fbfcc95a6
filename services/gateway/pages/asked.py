"""What was asked of others on a case, and what came of it, in words.

Promise: a refusal is told by its sentence and never with its reason; a call to hand a case over is shown to that worker
alone.
"""

from dataclasses import dataclass, field

from services.contract.cases import Asker
from services.contract.vocabulary import entry
from services.gateway.pages import words
from services.gateway.pages.desk import Desk
from services.gateway.tasks.asked import Asked, asked_on, sentence_of

_STATES = {
    "WAITING": ("Waiting", "blue"),
    "LAPSED": ("Not answered in time", "grey"),
    "APPROVED": ("Approved", "green"),
    "ENDED": ("Approval has ended", "grey"),
    "REFUSED": ("Refused", "red"),
    "RESTRICTED": ("Refused", "red"),
    "ANSWERED": ("Answered", "green"),
}
_CAN_BE_CHALLENGED = ("REFUSED", "RESTRICTED")


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One question as the page of its case shows it."""

    id: str
    what: str
    of: str
    when: str
    word: str
    colour: str
    sentence: str
    words: str = field(repr=False)
    may_challenge: bool


def asked_lines(desk: Desk, asker: Asker, case: str) -> tuple[AskedLine, ...]:
    """Newest first."""
    found = [one for one in asked_on(desk.parts, case) if one.for_whom(asker)]
    return tuple(_line(desk, one) for one in found)


def _line(desk: Desk, one: Asked) -> AskedLine:
    word, colour = _STATES[one.state]
    kind = entry("task-kinds", one.task.row.kind)
    told = [
        f"Until {words.moment(one.until)}, for every member of this case." if one.until else "",
        sentence_of(one),
        str(kind.get("asker_sentence", "")) if one.state == "WAITING" else "",
        one.answer,
    ]
    return AskedLine(
        id=one.row.id,
        what=one.what,
        of=words.first_up(one.source),
        when=f"{words.moment(one.row.asked_at)}, by {desk.staff_name(one.row.asked_by)}",
        word=word,
        colour=colour,
        sentence=" ".join(filter(None, told)),
        words=one.words,
        may_challenge=one.state in _CAN_BE_CHALLENGED and one.task.row.kind == "owner-approval",
    )
