"""Whoever is under witness protection and is asked for: nobody is told but the designated officer of who protects them.

Promise: the same statements run whether anybody asked for is protected or not, and what is found here is in no answer; somebody
counts as asked for where the question would have shown them: for certain, or as one of the few whom it may mean.
"""

from collections.abc import Collection, Iterator

from services.contract.people import Sought
from services.index import protect
from services.index.people import People

WITNESS = "L:PROTECTED"
"""The label (sensitivity.json): found by nobody but one designated officer, who is alerted."""
FEW = 3
"""As many as a question that may mean several shows (MODEL section 6)."""


def sought(
    people: People, sure: Collection[str], maybe: Collection[str], everybody: Collection[str]
) -> tuple[Sought, ...]:
    """`sure`: whom the question means, or whose number it gives; `maybe`: whom it may mean. `everybody`: whose protections were
    read before, so that nothing more is read here.
    """
    meant = set(sure) | (set(maybe) if len(maybe) <= FEW else set())
    held = protect.shared(people, everybody)
    found = {
        one
        for person in meant & set(everybody)
        for one in _holders(people, person, held[person], certain=person in set(sure))
    }
    return tuple(sorted(found, key=lambda one: (one.person, one.source)))


def _holders(
    people: People, person: str, held: Collection[protect.InForce], *, certain: bool
) -> Iterator[Sought]:
    for one in held:
        source = people.book.sources.get(one.source)
        if one.label == WITNESS and source is not None:
            yield Sought(person, one.source, source.organisation, certain)
