"""Who is known to be a sibling or a twin of somebody, by any source's word, now or once.

Promise: it is knowledge for caution only: whoever compares two records grows stricter by it and never surer. It reads no
address, and a sibling whom no source names is none here.
"""

from collections.abc import Collection

from services.index import family
from services.index.people import People

_SIBLING = ("SIB", "HSIB", "STPSIB", "TWIN", "FTWIN", "ITWIN")
_CHILD, _PARENT = ("CHILD", "STPCHLD", "CHLDFOST"), ("PRN", "STPPRN", "PRNFOST")


def _seen_as(*codes: str) -> frozenset[str]:
    """What somebody is called (v3-RoleCode) to whom the other is one of these."""
    return frozenset(code for code, back in family.REVERSE.items() if back in codes)


SIBLINGS, PARENTS, CHILDREN = _seen_as(*_SIBLING), _seen_as(*_CHILD), _seen_as(*_PARENT)


def known_siblings(people: People, person: str) -> frozenset[str]:
    """Person ids: named as brother, sister or twin, or child of a person who is a parent of theirs. Never `person`."""
    named = _called(people, {person}, SIBLINGS)
    parents = _called(people, {person}, PARENTS)
    return frozenset((named | (_called(people, parents, CHILDREN) if parents else set())) - {person})


def _called(people: People, persons: Collection[str], codes: frozenset[str]) -> set[str]:
    """Whoever a record calls so in regard to one of `persons`, whether the tie goes on or has ended."""
    return {other for _, other, edge in family.step(people, persons) if edge.code in codes}
