"""Whether a question means exactly one person: MATCH, POTENTIAL, MANY or NONE.

Promise: nothing short of a number with a second agreeing identifier, or a human's confirmation, goes on; a person about
whom policy is silent is no candidate; an address search answers the same for every address.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.contract.decisions import Cell, Profile
from services.contract.people import Candidate, Candidates
from services.contract.views import Stub
from services.contract.vocabulary import codes
from services.gateway.profiles import stub_profile
from services.gateway.request import Request

STUBS = 3


@dataclass(frozen=True, slots=True)
class Match:
    """What the question came to."""

    match: str
    person: str | None = None
    identity: str = "NOT_CONFIRMED"
    stubs: tuple[Stub, ...] = ()
    shown: tuple[str, ...] = ()
    """The people shown as stubs, in order."""
    conflict: bool = False
    """The asker is connected to one of those who may be meant."""


def profiles(request: Request, found: Candidates) -> list[Profile]:
    """One profile per candidate, in order."""
    sources = request.hub.book.sources
    return [
        stub_profile(request.asker, request.case, person, sources[person.source]) for person in found.people
    ]


def settle(request: Request, found: Candidates, rows: Sequence[tuple[Cell, ...]]) -> Match:
    """`rows`: the cells of each candidate, by position, over all classes."""
    if found.number_conflict:
        return Match("NONE")
    identity_class = codes("classes").index("DM1")
    cells = [row[identity_class] for row in rows]
    left = [(person, cell) for person, cell in zip(found.people, cells, strict=True) if not cell.silent]
    connected = any(person.conflict for person, _ in left)
    settled = [person for person, _ in left if person.grade == "exact"]
    if len(settled) == 1:
        confirmed = settled[0].person in request.case.confirmed
        return Match("MATCH", settled[0].person, "CONFIRMED" if confirmed else "MATCH")
    if not left and not found.overflow:
        return Match("NONE")
    if len(left) > STUBS or found.overflow or len(settled) > 1:
        return Match("MANY", conflict=connected)
    return replace(_potential(request, left), conflict=connected)


def _potential(request: Request, left: Sequence[tuple[Candidate, Cell]]) -> Match:
    asked = request.body.about.model_fields_set
    shown = [person for person, cell in left if cell.released]
    stubs = tuple(
        Stub(
            candidate=request.hub.candidates.seal(person.person, request.asker, request.case.id, asked),
            name=person.name,
            birth_year=person.birth_year,
        )
        for person in shown
    )
    return Match("POTENTIAL", stubs=stubs, shown=tuple(person.person for person in shown))
