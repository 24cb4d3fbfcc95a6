"""Whether two records are one person's, asked by a person: whoever may decide is asked, and what they say is done and undone."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from services.contract.problems import Conflict, NotFound
from services.contract.reviews import ADOPTED, FIRST, PROTECTED, ReviewAnswer, Reviewer
from services.contract.vocabulary import entry
from services.index.index import Index
from services.index.links import exclusions
from services.index.review.wording import HELD_APART, JOINED
from services.index.schema import EXCLUSION, REVIEW
from tests import linking
from tests.reviewing import (
    ADMIN,
    ADOPTION,
    AT,
    OFFICER,
    OTHER_OFFICER,
    SECOND,
    STRANGER,
    answer,
    doubt,
    item,
    person,
    unmatched,
    waiting,
)
from tests.unit.index.northshire import ON, flag, patient, publish, small_index

__all__ = ["unmatched"]
pytestmark = pytest.mark.usefixtures("unmatched")
ONE, OTHER = ("csc", "Patient", "a"), ("gp", "Patient", "b")
BORN, OLD = "2019-05-07", "1950-03-02"
SECOND_ADOPTION = replace(ADOPTION, asker=replace(ADOPTION.asker, user="gwen"))


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """An empty index."""
    made = small_index(tmp_path)
    yield made
    made.close()


def two(index: Index, born: str = OLD, label: str = "") -> tuple[str, str]:
    """Two records of two people; the first one under a label where one is given."""
    publish(index, "csc", patient("a", "Arthur Pike", born), *([flag("f", "a", label)] if label else []))
    publish(index, "gp", patient("b", "Art Pike", born))
    return item(index, "csc", "a"), item(index, "gp", "b")


def put(index: Index, by: Reviewer = ADMIN, reason: str = "His daughter says so.") -> str:
    return index.reviews.put(by, ONE, OTHER, reason, AT)


def in_force(index: Index) -> list[str]:
    """The scope of each exclusion that holds."""
    with index._store.read() as connection:
        wanted = select(EXCLUSION.c.scope).where(EXCLUSION.c.lifted == 0)
        return list(connection.execute(wanted).scalars())


def said_now(index: Index, id: str, by: Reviewer = ADMIN) -> list[str]:
    """What the reviewer is told that the hub takes the two for."""
    kind = entry("review-kinds", "asked-by-hand")
    told = index.reviews.open(by, id, ON).records[1].evidence
    return [name for name in (JOINED, HELD_APART) if str(kind[name]) in told]


def test_two_who_count_as_two_are_joined_and_taken_apart_again(index: Index) -> None:
    one, other = two(index)
    id = put(index)
    assert [line.id for line in waiting(index)] == [id]
    assert said_now(index, id) == []
    assert answer(index, id, "same").effect == "same"
    assert person(index, one) == person(index, other)
    index.reviews.undo(ADMIN, id, "He has a brother.", AT)
    assert person(index, one) != person(index, other)


def test_of_a_child_two_people_have_to_say_the_same(index: Index) -> None:
    one, other = two(index, BORN)
    id = put(index)
    assert answer(index, id, "same").effect == FIRST
    assert person(index, one) != person(index, other)
    assert answer(index, id, "same", SECOND).effect == "same"
    assert person(index, one) == person(index, other)


def test_two_who_count_as_one_are_taken_apart_and_it_is_foreseen_whom(index: Index) -> None:
    one, other = two(index)
    linking.join(index, one, other, AT)
    id = put(index)
    assert said_now(index, id) == [JOINED]
    foreseen = answer(index, id, "apart")
    assert foreseen.parts is not None
    assert foreseen.parts.records == 2
    assert person(index, one) != person(index, other)
    assert in_force(index) == ["all"]


def test_that_they_are_one_indeed_changes_nothing(index: Index) -> None:
    one, other = two(index)
    linking.join(index, one, other, AT)
    assert answer(index, put(index), "same").parts is None
    assert person(index, one) == person(index, other)
    assert waiting(index) == ()


def test_two_who_were_held_apart_are_joined_after_all(index: Index) -> None:
    one, other = two(index)
    linking.hold_apart(index, one, other, AT)
    id = put(index)
    assert said_now(index, id) == [HELD_APART]
    answer(index, id, "same")
    assert person(index, one) == person(index, other)
    assert in_force(index) == []


def test_an_exclusion_of_other_records_of_theirs_is_not_lifted_along(index: Index) -> None:
    one, other = two(index)
    publish(index, "police", patient("c", "Art Pike", OLD))
    publish(index, "hospice", patient("d", "Art Pike", OLD))
    third, fourth = item(index, "police", "c"), item(index, "hospice", "d")
    linking.join(index, third, one, AT)
    linking.join(index, fourth, other, AT)
    held = linking.hold_apart(index, third, fourth, AT)
    id = put(index)
    chosen = index.reviews.open(ADMIN, id, ON).records[1].ref
    said = ReviewAnswer(id, "same", chosen, "Why.")
    with pytest.raises(Conflict, match="not all that the hub holds of the two can be of one person"):
        index.reviews.foresee(ADMIN, said, ON)
    linking.lift(index, held, AT)
    assert index.reviews.foresee(ADMIN, said, ON).effect == "same"


def test_a_question_stands_whatever_is_published_and_is_put_once(index: Index) -> None:
    two(index)
    id = put(index)
    for _ in range(2):
        publish(index, "csc", patient("a", "Arthur Pike", OLD))
    assert put(index, SECOND) == id
    assert put(index, ADMIN) == id
    assert index.reviews.put(ADMIN, OTHER, ONE, "From the other side.", AT) == id
    assert [line.id for line in waiting(index)] == [id]
    told = [(one.answer, one.reason) for one in index.reviews.open(ADMIN, id, ON).said]
    assert told == [("put", "His daughter says so.")] * 2


def test_who_may_not_decide_is_told_as_of_nobody_and_who_may_finds_it(index: Index) -> None:
    two(index, label="L:SAFEADDR")
    nobody = ("gp", "Patient", "nobody")
    assert put(index) == index.reviews.put(ADMIN, ONE, nobody, "Why.", AT) == put(index, STRANGER) == ""
    assert index.reviews.put(ADMIN, ONE, ONE, "Why.", AT) == ""
    assert waiting(index) == ()
    (line,) = waiting(index, OFFICER)
    assert (line.queue, line.two, line.kind) == (PROTECTED, True, "asked-by-hand")
    assert put(index, OFFICER) == line.id


def test_of_somebody_restricted_two_designated_people_take_apart_and_two_undo(index: Index) -> None:
    one, other = two(index, label="L:SAFEADDR")
    linking.join(index, one, other, AT)
    id = put(index, OFFICER)
    assert answer(index, id, "apart", OFFICER).effect == FIRST
    with pytest.raises(Conflict, match="answered already"):
        answer(index, id, "apart", OFFICER)
    assert person(index, one) == person(index, other)
    assert answer(index, id, "apart", OTHER_OFFICER).effect == "apart"
    assert person(index, one) != person(index, other)
    # And back: by two again, of whom neither counts twice.
    assert index.reviews.undoable(OFFICER, id, ON).first
    assert not index.reviews.undo(OFFICER, id, "They were one.", AT)
    assert in_force(index) == ["all"]
    with pytest.raises(Conflict, match="said so already"):
        index.reviews.undo(OFFICER, id, "They were one.", AT)
    assert not index.reviews.undoable(OTHER_OFFICER, id, ON).first
    assert index.reviews.undo(OTHER_OFFICER, id, "They were one.", AT)
    assert in_force(index) == []


def test_what_an_adoption_keeps_apart_is_joined_by_adoption_workers_alone(index: Index) -> None:
    """The labels went with a later version; what was decided stands."""
    one, other = two(index)
    linking.hold_apart(index, one, other, AT, scope=exclusions.ADOPTION)
    assert put(index) == put(index, OFFICER) == ""
    (line,) = waiting(index, ADOPTION)
    assert line.queue == ADOPTED
    with pytest.raises(NotFound):
        index.reviews.open(ADMIN, line.id, ON)
    assert answer(index, line.id, "same", ADOPTION).effect == FIRST
    answer(index, line.id, "same", SECOND_ADOPTION)
    assert person(index, one) == person(index, other)


def test_what_adoption_workers_hold_apart_nobody_else_lifts(index: Index) -> None:
    meta = {"security": [{"system": "urn:mash:cs:label", "code": "L:ADOPT"}]}
    publish(index, "csc", patient("a", "Evie Cole", BORN, meta=meta))
    publish(index, "gp", patient("b", "Evie Reid", BORN))
    one, other = item(index, "csc", "a"), item(index, "gp", "b")
    id = put(index, ADOPTION)
    answer(index, id, "apart", ADOPTION)
    answer(index, id, "apart", SECOND_ADOPTION)
    assert in_force(index) == ["adoption"]
    with index._store.read() as connection:
        held = connection.execute(select(EXCLUSION.c.id)).scalar_one()
    with pytest.raises(Conflict, match="not this person's to lift"):
        linking.lift(index, held, AT)
    # Held apart by somebody else as well, it stays an adoption's.
    assert linking.hold_apart(index, one, other, AT) == held
    assert in_force(index) == ["adoption"]
    # The label goes; the pair stays with adoption workers.
    publish(index, "csc", patient("a", "Evie Cole", BORN))
    assert put(index) == ""
    linking.lift(index, held, AT, scope=exclusions.ADOPTION)
    assert in_force(index) == []


def test_deciding_one_task_leaves_what_waits_in_another_queue(index: Index) -> None:
    one, other = two(index)
    publish(index, "police", patient("c", "Arthur Pike", OLD), flag("f", "c", "L:SAFEADDR"))
    doubt(index, one, other, item(index, "police", "c"))
    (general,) = waiting(index)
    (restricted,) = waiting(index, OFFICER)
    answer(index, general.id, "apart")
    assert [line.id for line in waiting(index, OFFICER)] == [restricted.id]
    with index._store.read() as connection:
        states = dict(connection.execute(select(REVIEW.c.id, REVIEW.c.state)).all())
    assert states == {general.id: "DECIDED", restricted.id: "OPEN"}
