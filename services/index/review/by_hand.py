"""A question put by a person: are these two records one person's, whatever the hub takes them for now?

Promise: whoever may not decide it is told the same as of records that are not there, and it reaches those who may all the
same; put twice it is one question; putting it changes no link.
"""

from services.contract.problems import BadInput, NotFound
from services.contract.reviews import Reviewer
from services.index.links import undone
from services.index.people import People
from services.index.review import answers, keep, pairs, seen

Named = tuple[str, str, str]
"""A record as its source names it: (source, type, id)."""


def put(people: People, reviewer: Reviewer, record: Named, other: Named | None, reason: str, at: str) -> str:
    """The id of the task; empty where it is not the reviewer's, or there are no two such records."""
    item = people.store.item(*record)
    others = _others(people, item, other)
    if not others:
        return ""
    task = _standing(people, item, others)
    if not task:
        wanted = {one: pairs.put_by_hand(people, item, one) for one in others}
        keep.sync(people, item, keep.open_pairs(people, item) | wanted, at)
        task = _standing(people, item, others)
    try:
        found = seen.find(people, reviewer, task)
    except NotFound:
        return ""
    if not answers.has_put(people, reviewer, found.row):
        answers.write(people, reviewer, found.row, answers.PUT, "", reason, at)
    return task


def _others(people: People, item: str, other: Named | None) -> list[str]:
    """The records with which it is compared; none where there is nothing to compare."""
    if other is None:
        try:
            return sorted(undone.joined(people, item, [])[1])
        except (BadInput, NotFound):
            return []
    named = people.store.item(*other)
    return [named] if named != item and len(people.of_items([item, named])) == 2 else []


def _standing(people: People, item: str, others: list[str]) -> str:
    """The open task in which this is asked already, from whichever side; empty for none."""
    for one, those in ((item, set(others)), *((other, {item}) for other in others)):
        for row in seen.open_of(people, one):
            asked = keep.pairs_of(people, row)
            if those <= {other for other, pair in asked.items() if pair.kind == pairs.ASKED}:
                return str(row.id)
    return ""
