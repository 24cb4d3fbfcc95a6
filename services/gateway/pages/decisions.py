"""The decisions about treatment of one person, beside each other: what each says, of whom it is, and when it is reviewed.

Promise: newest first and none ranked; one past its review date is shown as one in force, with a word that it is overdue.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.gateway.answering import decisions
from services.gateway.pages import words
from services.gateway.pages.records import CPR, said


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision in force."""

    word: str
    colour: str
    scope: str = field(repr=False)
    """What it says, in the words of whoever recorded it."""
    decided: str
    review: str
    overdue: bool
    author: str
    source: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """All of one person's."""

    rows: tuple[Decision, ...]
    disagree: bool


def decisions_of(records: Sequence[Mapping[str, Any]], sources: Mapping[str, str], today: str) -> Decisions:
    """`sources`: the name of each record's source, by its id in this answer; `today`: `YYYY-MM-DD`."""
    found = [one for one in records if decisions.is_decision(one) and one.get("status") == "active"]
    newest = sorted(found, key=decisions.decided_on, reverse=True)
    rows = tuple(_row(one, sources.get(str(one.get("id")), ""), today) for one in newest)
    return Decisions(rows, decisions.disagree(found))


def _row(resource: Mapping[str, Any], source: str, today: str) -> Decision:
    code = next((one for one in sorted(CPR) if one in decisions.codes_of(resource)), "")
    word, colour = CPR[code] if code else ("ADRT", "purple")
    review = str(resource.get("period", {}).get("end", ""))
    return Decision(
        word=word,
        colour=colour,
        scope=said(resource.get("code")),
        decided=words.day(decisions.decided_on(resource)),
        review=words.day(review),
        overdue=bool(review) and review < today[: len(review)],
        author=said(resource.get("author")),
        source=source,
    )
