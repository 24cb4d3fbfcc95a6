"""Whether a question means exactly one person: MATCH, POTENTIAL, MANY or NONE.

Promise: nothing short of a number with a second agreeing identifier, or a human's confirmation, goes on; a person about
whom policy is silent is no candidate; an address search answers the same for every address. How many households the people
found are of is said only where policy would show the asker each one's address.
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
    households: int = 0
    """How many households they are of, where the question asked for a family at a place; 0: not said."""
    one_each: bool = False
    """There are more people than stubs: each stub stands for a household."""


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


def placed(request: Request, made: Sequence[tuple[Profile, str]]) -> list[tuple[Profile, str]]:
    """Where the question asks for a family at a place: the same profiles as though each person were confirmed, by which it is
    decided whether the asker may learn who of them live together.
    """
    about = request.body.about
    family = about.by_place and not about.identifiers - {"family", "sex"}
    return [(replace(profile, identity="MATCH"), person) for profile, person in made] if family else []


def _said(person: Candidate) -> tuple[Introduced, ...]:
    return person.introduced or (Introduced(person.source),)


def settle(request: Request, found: Candidates, rows: Sequence[tuple[Cell, ...]]) -> Match:
    """`rows`: the cells of each of `profiles`, and of `placed` after them, by position, over all classes."""
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
    homes = _households(found, left, rows)
    heads = [left[0] for left in homes.values()]
    one_each = len(left) > STUBS and 0 < len(heads) <= STUBS
    if (len(left) > STUBS and not one_each) or found.overflow or len(settled) > 1:
        return Match("MANY", conflict=connected)
    shown = _potential(request, heads if one_each else left)
    return replace(shown, conflict=connected, households=len(homes), one_each=one_each)


def _not_silent(found: Candidates, rows: Sequence[tuple[Cell, ...]]) -> list[tuple[Candidate, Cell]]:
    """Those of whom some record may be spoken of, each with the cell of the record that gives name and year."""
    return [
        (person, own[0]) for person, own in _cells(found, rows, "DM1") if not all(cell.silent for cell in own)
    ]


def _cells(
    found: Candidates, rows: Sequence[tuple[Cell, ...]], of: str
) -> list[tuple[Candidate, list[Cell]]]:
    """Each person with the cells of one class of each thing that their records say."""
    cells = iter([row[codes("classes").index(of)] for row in rows])
    return [(person, [next(cells) for _ in _said(person)]) for person in found.people]


def _households(
    found: Candidates, left: Sequence[tuple[Candidate, Cell]], rows: Sequence[tuple[Cell, ...]]
) -> dict[str, list[tuple[Candidate, Cell]]]:
    """The people left by household, the eldest first; empty where the address of one of them is not the asker's to see."""
    decided = sum(len(_said(person)) for person in found.people)
    if len(rows) != 2 * decided:
        return {}
    shown = {
        person.person
        for person, own in _cells(found, rows[decided:], "DM2")
        if all(cell.effect == "release" for cell in own)
    }
    homes: dict[str, list[tuple[Candidate, Cell]]] = {}
    for person, cell in sorted(left, key=lambda one: (one[0].birth_year or "9999", one[0].person)):
        if person.person not in shown or not person.household:
            return {}
        homes.setdefault(person.household, []).append((person, cell))
    return homes


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


def left_of(found: Candidates, rows: Sequence[tuple[Cell, ...]]) -> list[tuple[Candidate, Cell]]:
    """Those about whom policy is not silent, each with the cell of the record that gives name and year."""
    return _not_silent(found, rows)


def is_shown(cell: Cell) -> bool:
    """Whether somebody may be offered as a stub: nobody of whom no more than the year may be told."""
    return cell.released and cell.how.get("identity") != "birth-year"


def stub_of(request: Request, candidate: Candidate, score: float, grade: str) -> Stub:
    """A stub with what a match says of it. What it shows is as good as asked for: reading it back would confirm anybody."""
    asked = request.body.about.identifiers | SHOWN
    token = request.hub.candidates.seal(candidate.person, request.asker, request.case.id, asked)
    return Stub(
        candidate=token, name=candidate.name, birth_year=candidate.birth_year, score=score, grade=grade
    )
