"""Tasks of review, whatever is published, doubted, decided, undone or protected in whatever order."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.contract.problems import Conflict
from services.index.index import Index
from services.index.people import People
from services.index.review import queues, seen
from services.index.schema import REVIEW, REVIEW_PAIR
from tests.reviewing import ADMIN, AT, OFFICER, answer, doubt, item, later, person, waiting
from tests.unit.index.northshire import ON, flag, patient, publish, small_index

NAMES = ("Arthur Pike", "Sheila Moss", "Rose Lane", "Owen Dyer")
RECORDS = st.integers(0, 3)
STEPS = st.one_of(
    st.tuples(st.just("doubt"), RECORDS, st.sets(RECORDS, max_size=2), st.sampled_from(["close", "same"])),
    st.tuples(st.just("answer"), st.sampled_from(["same", "apart", "unsure"])),
    st.tuples(st.just("undo")),
    st.tuples(st.just("protect"), RECORDS),
)


@settings(
    max_examples=60 if os.environ.get("LONG") else 6, deadline=None, suppress_health_check=list(HealthCheck)
)
@given(st.lists(STEPS, min_size=3, max_size=8))
def test_a_doubt_has_one_task_of_two_people_in_the_right_queue(steps: list[tuple[object, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = small_index(Path(folder))
        try:
            for number, name in enumerate(NAMES):
                publish(index, "csc", patient(f"p{number}", name, f"19{40 + 7 * number}-03-0{number + 1}"))
            for moment, step in enumerate(steps):
                take(index, step, later(AT, moment))
                holds(index)
        finally:
            index.close()


def take(index: Index, step: tuple[object, ...], at: str) -> None:
    match step:
        case ("doubt", int(one), set(others), str(level)):
            # Matching never weighs a record against its own person.
            mine = person(index, of(index, one))
            others = {other for other in others if person(index, of(index, other)) != mine}
            doubt(index, of(index, one), *(of(index, other) for other in sorted(others)), level=level, at=at)
        case ("answer", str(said)):
            for line in waiting(index)[:1]:
                # Those joined before may not fit whom they would be joined with.
                with suppress(Conflict):
                    answer(index, line.id, said, at=at)
        case ("undo",):
            for line in waiting(index, decided=True)[:1]:
                if line.state == "DECIDED":
                    index.reviews.undo(ADMIN, line.id, "It was wrong.", at)
        case ("protect", int(one)):
            publish(index, "csc", flag(f"f{one}", f"p{one}", "L:SAFEADDR"), received=at)


def of(index: Index, number: int) -> str:
    return item(index, "csc", f"p{number}")


def holds(index: Index) -> None:
    with index._store.read() as connection:
        people = People(connection, index._store, index._shelf.current(), ON)
        rows = connection.execute(select(REVIEW).where(REVIEW.c.state == "OPEN")).all()
        # A record has one open task in a queue.
        assert len({(row.item, row.queue) for row in rows}) == len(rows)
        two: list[frozenset[str]] = []
        for row in rows:
            others = connection.execute(
                select(REVIEW_PAIR.c.other).where(REVIEW_PAIR.c.review == row.id)
            ).scalars()
            known = people.of_items([row.item, *others])
            mine = known.pop(row.item).person
            two += [frozenset((mine, other.person)) for other in known.values()]
            (task,) = seen.see(people, [row])
            assert task is not None
            wanted = queues.queues_of(people, set(task.persons))
            assert row.queue == queues.strictest(wanted.values())
        # Nobody is in doubt with themselves, and two people are in doubt in one task alone.
        assert all(len(pair) == 2 for pair in two)
        assert len(set(two)) == len(two)
    general = {line.id for line in waiting(index)}
    assert not general & {line.id for line in waiting(index, OFFICER)}
