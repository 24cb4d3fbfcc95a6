"""Whether a question means exactly one person: MATCH, POTENTIAL, MANY or NONE.

Promise: nothing short of a number with a second agreeing identifier, or a human's confirmation, goes on; a person about
whom policy is silent is no candidate; an address search answers the same for every address.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.contract.decisions import Cell, Profile
from services.contract.people import Candidate, Candidates, Introduced
from services.contract.views import Stub
from services.contract.vocabulary import codes
from services.gateway.profiles import REVIEW, stub_profile
from services.gateway.request import Request

STUBS = 3
SHOWN = frozenset({"given", "family"})
"""Identifiers that a stub itself shows."""


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


def profiles(request: Request, found: Candidates) -> list[tuple[Profile, str]]:
    """The profiles of each candidate in order, one for each thing that their records say, and whose it is."""
    sources = request.hub.book.sources
    made = [
        (stub_profile(request.asker, request.case, person, sources[said.source], said), person.person)
        for person in found.people
        for said in _said(person)
    ]
    # A draft is read for the subject: nobody's own.
    if request.context.channel != REVIEW:
        return made
    return [(replace(profile, own=False), person) for profile, person in made]


def _said(person: Candidate) -> tuple[Introduced, ...]:
    return person.introduced or (Introduced(person.source),)


def settle(request: Request, found: Candidates, rows: Sequence[tuple[Cell, ...]]) -> Match:
    """`rows`: the cells of each of `profiles`, by position, over all classes."""
    if found.number_conflict:
        return Match("NONE")
    left = _not_silent(found, rows)
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


def _not_silent(found: Candidates, rows: Sequence[tuple[Cell, ...]]) -> list[tuple[Candidate, Cell]]:
    """Those of whom some record may be spoken of, each with the cell of the record that gives name and year."""
    identity_class = codes("classes").index("DM1")
    cells = iter([row[identity_class] for row in rows])
    left = []
    for person in found.people:
        own = [next(cells) for _ in _said(person)]
        if not all(cell.silent for cell in own):
            left.append((person, own[0]))
    return left


def _potential(request: Request, left: Sequence[tuple[Candidate, Cell]]) -> Match:
    # What a stub shows is as good as asked for: reading it back would confirm anybody.
    asked = request.body.about.identifiers | SHOWN
    # A stub is name and year: nothing for whom no more than the year may be told.
    shown = [person for person, cell in left if cell.released and cell.how.get("identity") != "birth-year"]
    stubs = tuple(
        Stub(
            candidate=request.hub.candidates.seal(person.person, request.asker, request.case.id, asked),
            name=person.name,
            birth_year=person.birth_year,
        )
        for person in shown
    )
    return Match("POTENTIAL", stubs=stubs, shown=tuple(person.person for person in shown))
