"""Harm links: whether something about a protected person could, in this case, reach whom they are kept safe from.

Promise: doubt makes a harm link, never unmakes one: who is of concern is looked for among everybody whom a description
of the case's subjects, its household or the asker may mean; only a subject known for certain counts as one's own case.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from services.index.people import People
from services.index.protect import InForce, shared


@dataclass(frozen=True, slots=True)
class Near:
    """Who is near the case."""

    subjects: frozenset[str]
    """Subjects known for certain."""
    maybe: frozenset[str]
    """Everybody whom the subjects, the case's household or the asker may be."""


def near(
    subjects: Iterable[str], maybe: Iterable[str], household: Iterable[str], asker: Iterable[str]
) -> Near:
    """The people near a case, of its subjects, their household as the case states it, and the asker."""
    certain = frozenset(subjects)
    return Near(certain, certain | frozenset(maybe) | frozenset(household) | frozenset(asker))


def harm_links(people: People, persons: Collection[str], around: Near) -> dict[str, bool]:
    """person -> whether a harm link stands (MODEL section 3). Never from a team or an allocation."""
    held = shared(people, persons)
    lived = people.same_home(around.maybe)
    reached = around.maybe | {other for others in lived.values() for other in others}
    homes = people.same_home(persons)
    return {
        person: any(
            _links(one, person, reached, bool(around.subjects & {person, *homes[person]}))
            for one in held[person]
        )
        for person in persons
    }


def _links(protection: InForce, person: str, reached: Collection[str], own_case: bool) -> bool:
    # Nobody lives with themselves as a danger: a person of concern who is the protected one's own record is none.
    if (protection.concerns - {person}) & set(reached):
        return True
    return protection.nobody and not own_case


def implicated(people: People, persons: Collection[str]) -> frozenset[str]:
    """Sources of organisations that are of concern to any of these people."""
    return frozenset().union(*implicated_each(people, persons).values())


def implicated_each(people: People, persons: Collection[str]) -> dict[str, frozenset[str]]:
    """person -> sources of organisations that are of concern to them."""
    found = {}
    for person, held in shared(people, persons).items():
        organisations = {id for one in held for id in one.organisations}
        found[person] = frozenset(
            source.id for source in people.book.sources.values() if source.organisation in organisations
        )
    return found
