"""Which queue a doubt belongs to: the general one, or a restricted one of designated people.

Promise: whoever is adopted, gender-recognised or protected, by any record of any source or by their home, never comes into
the general queue; what cannot be read is restricted.
"""

from collections.abc import Collection, Mapping

from services.contract.people import PersonFacts
from services.contract.reviews import ADOPTED, GENERAL, PROTECTED, SILENT, WITNESS, Reviewer
from services.contract.vocabulary import code_list
from services.index import barred, facts
from services.index.asking import sought
from services.index.links import exclusions
from services.index.people import People

ADOPTION_LABEL = "L:ADOPT"
STRICTER = (GENERAL, SILENT, PROTECTED, ADOPTED, WITNESS)
"""From the least to the most restricted."""


def queues_of(
    people: People, persons: Collection[str], known: Mapping[str, PersonFacts] | None = None
) -> dict[str, str]:
    """The queue of each person, as all that is known of them stands now. `known`: their facts, where they were read already."""
    records = people.of(persons)
    known = known or facts.facts_of(people, persons)
    said = barred.introductions(people, [one for of in records.values() for one in of])
    found = {}
    for person in persons:
        told = [said.get(one.record) for one in records[person]]
        labels = set(known[person].labels).union(*(one.labels for one in told if one))
        adopted = ADOPTION_LABEL in labels or any(one is None or one.adoption != "none" for one in told)
        kept = known[person].protected or bool(labels)
        found[person] = ADOPTED if adopted else PROTECTED if kept else GENERAL
        if sought.WITNESS in labels:
            found[person] = WITNESS
    return found


def of_pairs(
    people: People,
    asked: Collection[tuple[str, str]],
    persons: Collection[str],
    known: Mapping[str, PersonFacts] | None = None,
) -> str:
    """The queue of a task: the strictest of its people's, and that of adoptions where one keeps two of its records apart."""
    kept = [ADOPTED for one, other in asked if exclusions.of_adoption(people.connection, one, {other})]
    return strictest([*queues_of(people, persons, known).values(), *kept])


def strictest(queues: Collection[str]) -> str:
    """The most restricted of several."""
    return max(queues, key=STRICTER.index, default=ADOPTED)


def may_read(reviewer: Reviewer, queue: str, holders: Collection[str]) -> bool:
    """Whether somebody reads a queue: in its role, and in a restricted queue only where their organisation holds one of the
    records."""
    return may_read_some(reviewer, queue) and (queue == GENERAL or reviewer.asker.organisation in holders)


def may_read_some(reviewer: Reviewer, queue: str) -> bool:
    """Whether they are of a queue's people, wherever they work."""
    row = code_list("review-queues")[queue]
    return reviewer.role in row["roles"] and (reviewer.designated or not row.get("designated"))


def takes_two(queue: str, ages: Collection[str]) -> bool:
    """Whether two people have to say the same: of a child, of somebody of unknown age, and in every restricted queue but the one
    that a single officer reads."""
    return queue != WITNESS and (queue != GENERAL or any(age != "ADULT" for age in ages))
