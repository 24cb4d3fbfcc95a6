"""Linking where somebody is protected, adopted or gender-recognised: alike on SQLite and on a real PostgreSQL."""

import pytest
from sqlalchemy import select

from services.index.index import Index
from services.index.matching.verdict import Decision
from services.index.schema import LOOK_UP
from tests.unit.index.northshire import (
    LEO,
    MIA,
    flag,
    number,
    publish,
)
from tests.verification.index_stores import Opened, index, opened
from tests.verification.test_index_matching import ADOPT, BORN, UNPLACED, at_elm, came_to, person_of

__all__ = ["came_to", "index", "opened"]


@pytest.mark.parametrize("late", [True, False])
def test_place_links_nobody_who_is_protected_and_there_is_no_key_of_it(
    index: Index, came_to: list[Decision], late: bool
) -> None:
    """By a label of their own, or because they live with somebody who has one."""
    publish(index, "csc", at_elm("m", nhs=MIA), at_elm("l", "Dana Featherstone", "1990-02-03"))
    if late:
        publish(index, "csc", flag("f", "l", "L:SAFEADDR"))
        publish(index, "police", at_elm("p"))
    else:
        publish(index, "csc", flag("f", "m", "L:SAFEADDR"))
        publish(index, "police", at_elm("p"))
    assert person_of(index, "csc", "m") != person_of(index, "police", "p")
    assert came_to[-1].rule in UNPLACED
    assert all(doubt.restricted for doubt in came_to[-1].doubts)
    mac = index._store.mac
    placed = {mac.number("match-postcode-given", "ZZ981AA", sound) for sound in ("mM", "mTN")}
    placed |= {mac.number("match-postcode-born", "ZZ981AA", born) for born in (BORN, "1990-02-03")}
    with index._store.read() as connection:
        assert connection.execute(select(LOOK_UP).where(LOOK_UP.c.key.in_(placed))).all() == []


def test_a_restricted_record_is_not_linked_by_place(index: Index, came_to: list[Decision]) -> None:
    secret = {
        "security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]
    }
    publish(index, "csc", at_elm("m", nhs=MIA))
    publish(index, "police", at_elm("p", meta=secret))
    assert came_to[-1].rule in UNPLACED
    assert person_of(index, "csc", "m") != person_of(index, "police", "p")


@pytest.mark.parametrize("where", ["patient", "episode"])
def test_before_and_after_an_adoption_are_neither_linked_nor_in_doubt(
    opened: Opened, came_to: list[Decision], where: str
) -> None:
    """Said by the record of the child, or by a record about it: a new number beside a law that speaks is a new identity."""
    index = opened(ADOPT)
    before = {"security": [{"system": "urn:mash:cs:adoption", "code": "before"}]}
    old = at_elm("m", "Evie Featherstone", nhs=MIA)
    if where == "patient":
        old["meta"] = before
    publish(index, "csc", old)
    if where == "episode":
        publish(index, "csc", flag("e", "m") | {"meta": before})
    publish(index, "police", at_elm("p", "Evie Featherstone", nhs=LEO))
    assert person_of(index, "csc", "m") != person_of(index, "police", "p")
    assert (came_to[-1].rule, came_to[-1].doubts) == ("own-person", ())
    # Without a number it is for the restricted queue, and for nobody else.
    publish(index, "gp", at_elm("g", "Evie Featherstone"))
    assert all(
        doubt.restricted for doubt in came_to[-1].doubts if doubt.person == person_of(index, "csc", "m")
    )
    assert person_of(index, "gp", "g") != person_of(index, "csc", "m")


def test_a_new_number_after_gender_recognition_is_neither_linked_nor_in_doubt(
    opened: Opened, came_to: list[Decision]
) -> None:
    index = opened(ADOPT)
    publish(index, "csc", at_elm("m", "Kit Featherstone", nhs=MIA))
    publish(index, "csc", flag("f", "m", "L:GRA"))
    renumbered = at_elm("p", "Kit Featherstone", identifier=[number(LEO), {**number(MIA), "use": "old"}])
    publish(index, "police", renumbered)
    assert person_of(index, "csc", "m") != person_of(index, "police", "p")
    assert came_to[-1].doubts == ()
