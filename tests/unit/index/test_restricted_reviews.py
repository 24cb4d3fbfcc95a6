"""Doubts about people who are protected, adopted or hushed: in a queue of designated people, with no trace in the general one."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from services.contract.problems import NotFound
from services.contract.reviews import ReviewAnswer
from services.contract.vocabulary import code_list
from services.index.index import Index
from services.index.schema import PROTECTION
from tests.reviewing import (
    ADMIN,
    ADOPTION,
    OFFICER,
    OTHER_OFFICER,
    STRANGER,
    answer,
    doubt,
    item,
    person,
    unmatched,
    waiting,
)
from tests.unit.index.northshire import ON, flag, home, patient, publish
from tests.unit.index.test_reviews import OLD, PROTECTIONS, as_laid, index, two_adults

__all__ = ["as_laid", "index", "unmatched"]


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
