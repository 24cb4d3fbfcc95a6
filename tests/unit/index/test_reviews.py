"""Doubts before people: one task for one doubt, who may see it, and what follows from an answer."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import select

from services.contract.people import Resolve
from services.contract.problems import BadInput, Conflict, NotFound
from services.contract.reviews import ReviewAnswer
from services.contract.vocabulary import code_list
from services.index.index import Index
from services.index.schema import LINK, PROTECTION
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
    later,
    person,
    unmatched,
    waiting,
)
from tests.unit.index.northshire import ARTHUR, MIA, ON, about, flag, home, patient, publish, small_index

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


def test_of_a_child_two_people_decide_and_the_second_is_told_nothing(index: Index) -> None:
    one, other = two_children(index)
    (line,) = waiting(index)
    assert line.two
    assert answer(index, line.id, "same", reason="The first one's reason.").effect == "first"
    assert person(index, one) != person(index, other)
    with pytest.raises(Conflict):
        # The same person a second time: told before there is an entry of it.
        index.reviews.foresee(ADMIN, ReviewAnswer(line.id, "apart", "", "Why."), ON)
    seen = index.reviews.open(SECOND, line.id, ON)
    assert seen.said == ()
    assert (seen.line.given, seen.line.mine) == (1, False)
    assert [told.reason for told in index.reviews.open(ADMIN, line.id, ON).said] == [
        "The first one's reason."
    ]
    assert answer(index, line.id, "same", SECOND).effect == "same"
    assert person(index, one) == person(index, other)
    assert len(index.reviews.open(SECOND, line.id, ON).said) == 2


def test_somebody_of_unknown_age_counts_as_a_child(index: Index) -> None:
    publish(index, "csc", patient("a", "Arthur Pike", OLD))
    unborn = patient("b", "Art Pike", "")
    del unborn["birthDate"]
    publish(index, "gp", unborn)
    doubt(index, item(index, "csc", "a"), item(index, "gp", "b"))
    assert waiting(index)[0].two


def test_where_two_differ_nothing_is_done_and_both_look_again(index: Index) -> None:
    one, other = two_children(index)
    (line,) = waiting(index)
    answer(index, line.id, "same", reason="Same school.")
    assert answer(index, line.id, "apart", SECOND, reason="Twins.").effect == "differ"
    assert person(index, one) != person(index, other)
    told = index.reviews.open(ADMIN, line.id, ON)
    assert [said.reason for said in told.said] == ["Same school.", "Twins."]
    assert (told.line.state, told.line.given) == ("OPEN", 0)
    answer(index, line.id, "apart")
    assert answer(index, line.id, "apart", SECOND).effect == "apart"
    # Only the first time they spoke without knowing of each other.
    (month,) = index.reviews.months()
    assert (month.pairs, month.agreed, month.decided) == (1, 0, {"apart": 1})


def test_an_answer_about_something_else_does_not_count(index: Index) -> None:
    one, other = two_children(index)
    (line,) = waiting(index)
    answer(index, line.id, "apart")
    doubt(index, one, other, level="same")
    assert waiting(index, SECOND)[0].given == 0
    assert answer(index, line.id, "apart", SECOND).effect == "first"


def test_what_was_foreseen_is_done_or_nothing_is(index: Index) -> None:
    one, other = two_children(index)
    (line,) = waiting(index)
    first = ReviewAnswer(line.id, "apart", "", "Twins.")
    foreseen = index.reviews.foresee(ADMIN, first, ON)
    answer(index, line.id, "apart", SECOND)
    with pytest.raises(Conflict):
        index.reviews.give(ADMIN, first, foreseen, AT)
    assert waiting(index)[0].given == 1
    doubt(index, one, other, level="same")
    with pytest.raises(Conflict):
        index.reviews.give(ADMIN, first, foreseen, AT)


def test_two_answers_at_one_moment_are_counted_one_after_the_other(index: Index) -> None:
    two_children(index)
    (line,) = waiting(index)
    said = ReviewAnswer(line.id, "apart", "", "Twins.")
    foreseen = {who: index.reviews.foresee(who, said, ON) for who in (ADMIN, SECOND)}
    came: list[object] = []

    def give(who: object) -> None:
        try:
            index.reviews.give(who, said, foreseen[who], AT)  # type: ignore[arg-type, index]
            came.append("counted")
        except Conflict:
            came.append("told")

    threads = [Thread(target=give, args=(who,)) for who in foreseen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Both were foreseen to be the first; one of them is, and the other is told to look again.
    assert sorted(map(str, came)) == ["counted", "told"]
    assert waiting(index)[0].given == 1


def test_an_answer_names_what_it_says_of_whom(index: Index) -> None:
    two_adults(index)
    (line,) = waiting(index)
    for said in (
        ReviewAnswer(line.id, "same", "", "Why."),
        ReviewAnswer(line.id, "same", "AAAA", "Why."),
        ReviewAnswer(line.id, "maybe", "", "Why."),
    ):
        with pytest.raises(BadInput):
            index.reviews.foresee(ADMIN, said, ON)


PROTECTIONS = [
    (flag("f", "b", "L:SAFEADDR"), OFFICER),
    (flag("f", "b", "L:GRA"), OFFICER),
]


def test_a_doubt_about_somebody_under_witness_protection_is_the_designated_officers_alone(
    index: Index,
) -> None:
    two_adults(index)
    publish(index, "gp", flag("f", "b", "L:PROTECTED"))
    for other in (ADMIN, OFFICER, OTHER_OFFICER, ADOPTION, replace(STRANGER, designated=True)):
        assert waiting(index, other) == ()
    designated = replace(OTHER_OFFICER, designated=True)
    (held,) = waiting(index, designated)
    assert (held.queue, held.two) == ("witness", False)
    for other in (ADMIN, OFFICER):
        with pytest.raises(NotFound):
            index.reviews.open(other, held.id, ON)
    assert index.reviews.months() == ()
    # One officer for each organisation: what they say holds.
    assert answer(index, held.id, "apart", designated).effect == "apart"


@pytest.mark.parametrize(("protection", "officer"), PROTECTIONS)
def test_a_protection_moves_the_task_out_of_the_general_queue_without_a_trace(
    index: Index, protection: dict[str, object], officer: object
) -> None:
    two_adults(index)
    (line,) = waiting(index)
    publish(index, "gp", protection)
    assert waiting(index) == ()
    for ask in (
        lambda: index.reviews.open(ADMIN, line.id, ON),
        lambda: index.reviews.foresee(ADMIN, ReviewAnswer(line.id, "apart", "", "Why."), ON),
    ):
        with pytest.raises(NotFound):
            ask()
    assert index.reviews.months() == ()
    (held,) = waiting(index, OFFICER)
    assert held.two
    assert [one.id for one in waiting(index, OTHER_OFFICER)] == [held.id]
    # An officer of an organisation that holds neither record, and whoever is of another role, hear of nothing.
    assert waiting(index, STRANGER) == waiting(index, ADOPTION) == ()


@pytest.mark.parametrize("how", ["protected", "restricted"])
def test_of_a_place_nothing_is_said_where_anybody_is_protected_or_restricted(index: Index, how: str) -> None:
    """As matching itself left it: two people of one postcode."""
    other = patient("b", "Art Pike", OLD, address=[home("9 Mill Row", "ZZ98 1AA")])
    publish(index, "csc", patient("a", "Arthur Pike", OLD, address=[home("1 High Street", "ZZ98 1AA")]))
    publish(index, "gp", other)
    (line,) = waiting(index)
    places = {
        str(row["sentence"]) for code, row in code_list("evidence").items() if code.startswith("place-")
    }
    told = set(index.reviews.open(ADMIN, line.id, ON).records[1].evidence)
    assert told & places
    if how == "protected":
        publish(index, "gp", flag("f", "b", "L:SAFEADDR"))
    else:
        system = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
        publish(index, "gp", other | {"meta": {"security": [{"system": system, "code": "R"}]}})
    (held,) = (*waiting(index), *waiting(index, OFFICER))
    reader = OFFICER if held.queue != "general" else ADMIN
    assert not set(index.reviews.open(reader, held.id, ON).records[1].evidence) & places


def test_a_protection_that_a_named_person_ended_gives_the_task_back(index: Index) -> None:
    two_adults(index)
    publish(index, "gp", flag("f", "b", "L:SAFEADDR"))
    assert waiting(index) == ()
    with index._store.read() as connection:
        (id,) = connection.execute(select(PROTECTION.c.id)).scalars()
    index.end_protection(id, "cora")
    assert waiting(index, OFFICER) == ()
    assert len(waiting(index)) == 1


def test_both_designated_people_must_agree(index: Index) -> None:
    one, other = two_adults(index)
    publish(index, "gp", flag("f", "b", "L:SAFEADDR"))
    (held,) = waiting(index, OFFICER)
    assert answer(index, held.id, "same", OFFICER).effect == "first"
    assert person(index, one) != person(index, other)
    assert answer(index, held.id, "same", OTHER_OFFICER).effect == "same"
    assert person(index, one) == person(index, other)
    assert waiting(index, decided=True) == ()
    assert index.reviews.months() == ()


@pytest.mark.parametrize("security", [("urn:mash:cs:label", "L:ADOPT"), ("urn:mash:cs:adoption", "before")])
def test_an_adoption_is_for_adoption_workers_alone(index: Index, security: tuple[str, str]) -> None:
    publish(index, "gp", patient("b", "Evie Harker", "2000-01-19"))
    coding = {"system": security[0], "code": security[1]}
    publish(index, "csc", patient("a", "Evie Winstanley", "2000-01-19", meta={"security": [coding]}))
    doubt(index, item(index, "csc", "a"), item(index, "gp", "b"))
    assert waiting(index) == waiting(index, OFFICER) == ()
    (held,) = waiting(index, ADOPTION)
    assert held.two


def test_of_several_candidates_the_protected_one_alone_is_kept_apart(index: Index) -> None:
    one, other = two_adults(index)
    publish(index, "police", patient("c", "Arthur Pyke", OLD), flag("f", "c", "L:SAFEADDR"))
    hidden = item(index, "police", "c")
    (before,) = waiting(index)
    doubt(index, one, other, hidden)
    (after,) = waiting(index)
    assert after == before
    assert len(index.reviews.open(ADMIN, after.id, ON).records) == 2
    assert len(waiting(index, OFFICER)) == 1


def test_whoever_moves_into_a_protected_home_leaves_the_general_queue(index: Index) -> None:
    two_adults(index)
    publish(index, "police", patient("c", "Rose Lane", "1960-01-01", address=[home("1 Quiet Row")]))
    publish(index, "police", flag("f", "c", "L:SAFEADDR"))
    assert len(waiting(index)) == 1
    publish(index, "csc", patient("a", "Arthur Pike", OLD, address=[home("1 Quiet Row")]))
    assert waiting(index) == ()
    assert len(waiting(index, OFFICER)) == 1


def test_hushed_tasks_are_the_officers_and_stay_so(index: Index) -> None:
    one, other = two_adults(index)
    (line,) = waiting(index)
    index.reviews.hush(line.id, ON)
    assert waiting(index) == ()
    doubt(index, one, other)
    assert waiting(index) == ()
    assert [held.id for held in waiting(index, OFFICER)] == [line.id]


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
