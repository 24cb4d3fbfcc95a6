"""A doubt that takes two people, and an answer that no longer fits: nothing is done by one alone, or about something else."""

from threading import Thread

import pytest

from services.contract.problems import BadInput, Conflict
from services.contract.reviews import ReviewAnswer
from services.index.index import Index
from tests.reviewing import (
    ADMIN,
    AT,
    SECOND,
    answer,
    doubt,
    item,
    person,
    unmatched,
    waiting,
)
from tests.unit.index.northshire import ON, patient, publish
from tests.unit.index.test_reviews import OLD, as_laid, index, two_adults, two_children

__all__ = ["as_laid", "index", "unmatched"]


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
