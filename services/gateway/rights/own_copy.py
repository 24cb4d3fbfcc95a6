"""A person's own copy: who was told what kind of information about them, when and for what (UK GDPR Article 15(1)).

Promise: what is held back is not there: no row, number, count or word; no other person is named; nothing leaves before the
copy's entry is durable; and letting go of what is held back is a privacy officer's named act, with a reason that stands sealed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from services.contract.cases import Asker
from services.contract.people import About
from services.contract.problems import BadInput, NotFound
from services.contract.releases import Denied, Draft, OwnHeld, OwnRow
from services.contract.views import Refused
from services.contract.vocabulary import code_list
from services.gateway.cases.entries import HUB, asking
from services.gateway.pages import words
from services.gateway.parts import Parts
from services.gateway.profiles import day
from services.gateway.rights.whom import settle

OFFICER = "PRIVACY-OFFICER"
_LEAST = 3
"""Letters of a reason."""
LEAVES_OUT = (
    "The law lets us leave out some things, and we cannot say whether any were left out. You may ask us to look again, complain "
    "to us, or complain to the Information Commissioner."
)
"""The same for everybody: Article 12(4), without saying that anything was left out."""

MIXED = (
    "When this went out the hub had mixed your records with somebody else's, and has parted them since. Some of it may have "
    "been about that person and not about you."
)
"""Of whom, it does not say."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row in words."""

    number: int
    when: str
    who: str
    role: str
    why: str
    kinds: tuple[str, ...]
    mixed: bool = False
    """Whether it told of somebody else as well, whose records the hub had taken for this person's."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What is written on the paper. `reference`: the id of its entry, by which an auditor finds it."""

    reference: str
    made: str
    for_whom: str = field(repr=False)
    lines: tuple[Line, ...] = field(repr=False)

    @property
    def answers(self) -> str:
        """How many, in words."""
        count = len(self.lines)
        return "1 answer" if count == 1 else f"{count or 'no'} answers"


Write = Callable[[Copy], bytes]


def make(parts: Parts, asker: Asker, about: About, checked: str, write: Write) -> bytes | Refused:
    """The copy as `write` puts it to paper. `checked`: the day on which it was made sure who asks (YYYY-MM-DD). Raises
    `BadInput`, `NotFound`, `Unavailable`."""
    _officer(asker)
    if not checked or checked > day(parts.now()):
        raise BadInput("some places do not fit", places=("identity_checked: a day that has been",))
    found = settle(parts, asker, about)
    if isinstance(found, Refused):
        return found
    known = parts.index.links.known_as(found.person)
    made, whom = words.day(day(parts.now())), " ".join(filter(None, (about.given, about.family)))

    def paper(reference: str, rows: Sequence[OwnRow]) -> bytes:
        return write(Copy(reference, made, whom, tuple(_line(parts, row) for row in rows)))

    return parts.ledger.copies.make(asking(asker), known, {"identity_checked": checked}, paper)


def held_back(parts: Parts, asker: Asker, about: About) -> Sequence[OwnHeld] | Refused:
    """What the asker's organisation released about the person and their copy leaves out; that it was looked at is an entry
    first. Raises `NotFound`, `Unavailable`."""
    _officer(asker)
    found = settle(parts, asker, about)
    if isinstance(found, Refused):
        return found
    known = parts.index.links.known_as(found.person)
    parts.ledger.append(Draft(HUB, "ledger.read", asking(asker), facts={"command": "own-copy-held"}))
    return parts.ledger.copies.held(asking(asker), known)


def let_go(parts: Parts, asker: Asker, about: About, reference: str, reason: str) -> OwnHeld | Refused:
    """Let the person be told, in their next copy. Raises `BadInput`, `NotFound`, `Unavailable`."""
    _officer(asker)
    if len(reason.strip()) < _LEAST:
        raise BadInput("some places do not fit", places=("reason: say why the person may know now",))
    found = settle(parts, asker, about)
    if isinstance(found, Refused):
        return found
    known = parts.index.links.known_as(found.person)
    gone = parts.ledger.copies.let_go(asking(asker), known, reference, reason.strip())
    if isinstance(gone, Denied):
        raise NotFound("nothing is held back under this reference")
    return gone


def plain(copy: Copy) -> bytes:
    """The copy as plain text, UTF-8."""
    lines = [f"Who was told about you: {copy.for_whom}" if copy.for_whom else "Who was told about you"]
    lines += [f"Made on {copy.made}. Reference {copy.reference}.", ""]
    lines += [
        f"This copy lists {copy.answers} with information about you that went out through the sharing hub.",
        "",
    ]
    for line in copy.lines:
        lines += [f"{line.number}. {line.when}", f"   Who: {line.who}, {line.role.lower()}"]
        lines += [f"   What for: {line.why}", "   Which information:"]
        lines += [f"   - {kind}" for kind in line.kinds]
        lines += [f"   {MIXED}"] if line.mixed else []
        lines.append("")
    return "\n".join([*lines, LEAVES_OUT, ""]).encode()


def _officer(asker: Asker) -> None:
    if asker.role != OFFICER:
        raise NotFound("a copy is made by a privacy officer")


def _line(parts: Parts, row: OwnRow) -> Line:
    who = parts.rules.organisation(row.organisation)
    told = code_list("own-copy-kinds")
    kinds = (told[code] for code in row.kinds if code in told)
    return Line(
        row.number,
        words.moment(row.time),
        who.name if who else row.organisation,
        words.title("roles", row.role),
        words.title("purposes", row.purpose),
        tuple(f"{kind['title']}. {kind['sentence']}" for kind in kinds),
        row.mixed,
    )
