"""Doubts before people: one task for one doubt, who may see it, and what follows from an answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from services.contract.people import Resolve
from services.contract.problems import Conflict
from services.contract.reviews import ReviewAnswer
from services.index.index import Index
from services.index.schema import LINK
from tests import linking
from tests.reviewing import (
    ADMIN,
    AT,
    OFFICER,
    answer,
    doubt,
    item,
    later,
    person,
    unmatched,
    waiting,
)
from tests.unit.index.northshire import ARTHUR, MIA, ON, about, flag, patient, publish, small_index

__all__ = ["unmatched"]
BY_MATCHING = frozenset(
    {
        "test_the_same_doubt_published_ten_times_is_one_task",
        "test_of_a_place_nothing_is_said_where_anybody_is_protected_or_restricted",
        "test_whoever_moves_into_a_protected_home_leaves_the_general_queue",
    }
)


@pytest.fixture(autouse=True)
def as_laid(request: pytest.FixtureRequest) -> None:
    """Weights change; what these tests are about does not rest on them, but where they say so."""
    if request.function.__name__ not in BY_MATCHING:
        request.getfixturevalue("unmatched")


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """An empty index."""
    made = small_index(tmp_path)
    yield made
    made.close()


BORN, OLD = "2019-05-07", "1950-03-02"


def two_adults(index: Index) -> tuple[str, str]:
    publish(index, "csc", patient("a", "Arthur Pike", OLD))
    publish(index, "gp", patient("b", "Art Pike", OLD))
    one, other = item(index, "csc", "a"), item(index, "gp", "b")
    doubt(index, one, other)
    return one, other


def two_children(index: Index) -> tuple[str, str]:
    publish(index, "csc", patient("a", "Mia Reid", BORN))
    publish(index, "gp", patient("b", "Mya Reid", BORN))
    one, other = item(index, "csc", "a"), item(index, "gp", "b")
    doubt(index, one, other)
    return one, other


def test_the_same_doubt_published_ten_times_is_one_task(index: Index) -> None:
    one, other = two_adults(index)
    (first,) = waiting(index)
    for _ in range(10):
        publish(index, "csc", patient("a", "Arthur Pike", OLD))
        doubt(index, one, other)
        doubt(index, other, one)  # from the other side
    assert [line.id for line in waiting(index)] == [first.id]


def test_a_doubt_that_is_gone_closes_its_task_from_either_side(index: Index) -> None:
    one, other = two_adults(index)
    doubt(index, one)
    assert waiting(index) == ()
    doubt(index, one, other)
    assert len(waiting(index)) == 1
    # The other record comes again, is compared, and is in doubt of nobody.
    publish(index, "gp", patient("b", "Sheila Moss", "1961-08-09"), received=later(AT, 1))
    assert waiting(index) == ()


def test_one_number_under_two_dates_of_birth_is_a_task_until_it_is_put_right(index: Index) -> None:
    publish(index, "csc", patient("a", "Arthur Pike", OLD, ARTHUR))
    publish(index, "gp", patient("b", "Arthur Pike", "1950-02-03", ARTHUR))
    (line,) = waiting(index)
    assert line.kind == "number-birth-date"
    assert not line.two
    publish(index, "gp", patient("b", "Arthur Pike", "1950-02-03", ARTHUR))
    assert [one.id for one in waiting(index)] == [line.id]
    publish(index, "gp", patient("b", "Arthur Pike", OLD, ARTHUR))
    assert waiting(index) == ()


def test_it_follows_whom_it_is_about_when_people_change(index: Index) -> None:
    one, other = two_adults(index)
    publish(index, "police", patient("c", "A Pike", OLD))
    third = item(index, "police", "c")
    doubt(index, one, other, third)
    (line,) = waiting(index)
    assert len(index.reviews.open(ADMIN, line.id, ON).records) == 3
    # The two candidates turn out to be one person: there is one candidate left.
    doubt(index, other, third)
    found = next(task for task in waiting(index) if task.id != line.id)
    answer(index, found.id, "same")
    (left,) = waiting(index)
    assert left.id == line.id
    assert len(index.reviews.open(ADMIN, line.id, ON).records) == 2
    # The record itself is joined to that person by another way: the doubt is gone.
    answer(index, line.id, "same")
    assert waiting(index) == ()
    assert person(index, one) == person(index, other) == person(index, third)


def test_same_links_and_is_undone_a_month_later(index: Index) -> None:
    one, other = two_adults(index)
    (line,) = waiting(index)
    assert answer(index, line.id, "same").effect == "same"
    assert person(index, one) == person(index, other)
    (done,) = waiting(index, decided=True)
    assert (done.state, done.outcome) == ("DECIDED", "same")
    index.reviews.undo(ADMIN, line.id, "He has a twin.", later(AT, 31))
    assert person(index, one) != person(index, other)
    assert index.resolve(Resolve(about(given="Arthur", family="Pike", born=OLD), ON)).people
    (undone,) = waiting(index, decided=True)
    assert undone.state == "UNDONE"
    with pytest.raises(Conflict):
        index.reviews.undo(ADMIN, line.id, "Again.", later(AT, 32))


def cannot_join(index: Index, id: str) -> None:
    """It is told before there is an entry, in the same words whatever stands in the way, and nothing is done."""
    chosen = index.reviews.open(ADMIN, id, ON).records[1].ref
    with pytest.raises(Conflict, match="not all that the hub holds of the two can be of one person"):
        index.reviews.foresee(ADMIN, ReviewAnswer(id, "same", chosen, "Why."), ON)
    assert waiting(index)[0].given == 0
    assert answer(index, id, "unsure").effect == "unsure"


def with_a_third(index: Index, name: str, born: str) -> tuple[str, str, str]:
    """`two_adults`, and a record that a person linked to the one in doubt."""
    one, other = two_adults(index)
    publish(index, "police", patient("c", name, born))
    third = item(index, "police", "c")
    linking.as_one(index, third, one)
    return one, other, third


def test_two_verified_numbers_are_joined_by_no_reviewer(index: Index) -> None:
    publish(index, "csc", patient("a", "Arthur Pike", OLD, ARTHUR))
    publish(index, "gp", patient("b", "Art Pike", OLD, MIA))
    doubt(index, item(index, "csc", "a"), item(index, "gp", "b"))
    cannot_join(index, waiting(index)[0].id)


def test_nobody_is_joined_by_transitivity_alone(index: Index) -> None:
    one, other, third = with_a_third(index, "Sheila Moss", "1961-08-09")
    cannot_join(index, waiting(index)[0].id)
    assert person(index, third) == person(index, one) != person(index, other)


def test_nobody_is_joined_whose_record_is_held_apart(index: Index) -> None:
    _, other, third = with_a_third(index, "Arthur Pike", OLD)
    linking.hold_apart(index, third, other, AT)
    cannot_join(index, waiting(index)[0].id)


def test_every_record_that_moves_has_an_edge_of_its_own_and_all_of_them_go_back(index: Index) -> None:
    one, other, third = with_a_third(index, "Art Pike", OLD)
    (line,) = waiting(index)
    answer(index, line.id, "same")
    assert len({person(index, each) for each in (one, other, third)}) == 1
    with index._store.read() as connection:
        wanted = select(LINK.c.item, LINK.c.other).where(LINK.c.rule == "joined-by-hand")
        assert {tuple(row) for row in connection.execute(wanted)} == {(one, other), (third, other)}
    index.reviews.undo(ADMIN, line.id, "He has a twin.", later(AT, 31))
    assert person(index, one) == person(index, third) != person(index, other)


def test_not_the_same_is_not_asked_again_until_it_is_undone(index: Index) -> None:
    one, other = two_adults(index)
    (line,) = waiting(index)
    answer(index, line.id, "apart")
    assert person(index, one) != person(index, other)
    doubt(index, one, other, level="same")
    doubt(index, other, one, level="same")
    assert waiting(index) == ()
    index.reviews.undo(ADMIN, line.id, "I looked at the wrong file.", later(AT, 31))
    (again,) = waiting(index)
    assert again.id != line.id
    assert index.reviews.open(ADMIN, again.id, ON).said == ()


def test_cannot_tell_is_asked_again_when_something_new_is_said(index: Index) -> None:
    one, other = two_adults(index)
    (line,) = waiting(index)
    answer(index, line.id, "unsure")
    doubt(index, one, other)
    assert waiting(index) == ()
    doubt(index, one, other, level="same")
    assert len(waiting(index)) == 1


def test_of_several_the_others_stay_in_doubt(index: Index) -> None:
    one, other = two_adults(index)
    publish(index, "police", patient("c", "Arthur Pyke", OLD))
    doubt(index, one, other, item(index, "police", "c"))
    (line,) = waiting(index)
    answer(index, line.id, "same", chosen=1)
    (left,) = waiting(index)
    assert len(index.reviews.open(ADMIN, left.id, ON).records) == 2


PROTECTIONS = [
    (flag("f", "b", "L:SAFEADDR"), OFFICER),
    (flag("f", "b", "L:GRA"), OFFICER),
]


def test_what_is_past_its_retention_is_no_task(index: Index) -> None:
    publish(index, "csc", patient("a", "Arthur Pike", OLD))
    publish(index, "hospice", patient("b", "Art Pike", OLD))
    doubt(index, item(index, "csc", "a"), item(index, "hospice", "b"))
    assert len(waiting(index)) == 1
    assert index.reviews.listed(ADMIN, "2027-03-01", decided=False, most=10) == ()


def test_a_review_holds_no_value_in_a_readable_column(index: Index) -> None:
    publish(index, "csc", patient("a", "Arthur Pike", OLD, ARTHUR))
    publish(index, "gp", patient("b", "Arthur Pike", "1950-02-03", ARTHUR))
    (line,) = waiting(index)
    answer(index, line.id, "apart", reason="Pike told me so himself.")
    with index._store.read() as connection:
        rows = [
            str(row)
            for table in ("index_review", "index_review_pair", "index_review_answer")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}").all()
        ]
    assert len(rows) == 3
    for value in ("Pike", ARTHUR, OLD, "himself", "anna", MIA):
        assert not [row for row in rows if value in row]
