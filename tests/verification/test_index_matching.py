"""Linking by score and guards when a record is published: alike on SQLite and on a real PostgreSQL."""

from typing import Any

import pytest
from sqlalchemy import select

from services.index.index import Index
from services.index.links import edges, exclusions
from services.index.matching.decide import decide
from services.index.matching.verdict import LINK as LINKED
from services.index.matching.verdict import REVIEW, Decision
from services.index.people import People
from services.index.schema import IDENTITY, LINK
from tests.unit.index.northshire import (
    BOOK,
    DANA,
    LEO,
    MIA,
    ON,
    RECEIVED,
    FakeBook,
    FakeShelf,
    home,
    number,
    patient,
    publish,
    relative,
)
from tests.verification.index_stores import index, opened

__all__ = ["index", "opened"]

BORN = "2019-05-07"
ELM = "ZZ98 1AA"
UNPLACED = ("place-not-counted", "likeness-in-doubt")
"""What is left where place does not count: enough without it, or too little."""
ADOPT = FakeShelf(FakeBook(BOOK.sources, BOOK.organisations,
                           {**BOOK.labels, "L:ADOPT": {"binds": "record", "bar": True},
                            "L:GRA": {"binds": "person", "bar": True}}))  # fmt: skip


def at_elm(
    id: str, name: str = "Mia Featherstone", born: str = BORN, nhs: str = "", **more: Any
) -> dict[str, Any]:
    """A Patient at 1 Elm Street."""
    return patient(id, name, born, nhs, **{"address": [home("1 Elm Street", ELM)], **more})


def person_of(index: Index, source: str, id: str, kind: str = "Patient") -> str:
    item = index._store.item(source, kind, id)
    with index._store.read() as connection:
        return str(connection.execute(select(IDENTITY.c.person).where(IDENTITY.c.item == item)).scalar_one())


def edges_of(index: Index, source: str, id: str) -> list[Any]:
    item = index._store.item(source, "Patient", id)
    with index._store.read() as connection:
        return list(connection.execute(select(LINK).where(LINK.c.item == item).order_by(LINK.c.id)))


@pytest.fixture
def came_to(monkeypatch: pytest.MonkeyPatch) -> list[Decision]:
    """What each record that is published comes to, in order."""
    seen: list[Decision] = []
    real = decide

    def watched(*told: Any, **more: Any) -> Decision:
        seen.append(real(*told, **more))
        return seen[-1]

    monkeypatch.setattr("services.index.link.decide", watched)
    return seen


def test_without_a_number_names_birth_and_place_link_and_the_edge_says_why(index: Index) -> None:
    publish(index, "csc", at_elm("m", nhs=MIA))
    publish(index, "police", at_elm("p", "Mia Featherstone"))
    assert person_of(index, "csc", "m") == person_of(index, "police", "p")
    (edge,) = edges_of(index, "police", "p")
    assert (edge.rule, edge.actor, edge.status) == ("likeness", "hub", "automatic")
    assert edge.weight >= 13.3
    assert edge.model
    assert edge.other == index._store.item("csc", "Patient", "m")
    assert b"Featherstone" not in edge.evidence


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        (at_elm("p", "Leo Featherstone"), "given-differs"),
        (at_elm("p", "Mia Cole"), "family-differs"),
        (at_elm("p", born="2019-05-08"), "birth-differs"),
        (at_elm("p", address=[]), "nothing-beside"),
        (at_elm("p", address=[home("1 Elm Street", "75001")]), "nothing-beside"),
        (at_elm("p", "Baby Featherstone"), "given-differs"),
        (at_elm("p", nhs=LEO), "different-numbers"),
        (at_elm("p", "Leo Featherstone", nhs=MIA), "number-alone"),
        (at_elm("p", identifier=[number(MIA), number(LEO)]), "two-numbers-in-record"),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_what_a_guard_stops_is_left_to_people_whichever_came_first(
    index: Index, came_to: list[Decision], other: dict[str, Any], rule: str, first: bool
) -> None:
    sent = [("csc", at_elm("m", nhs=MIA)), ("police", other)]
    for source, record in sent if first else reversed(sent):
        publish(index, source, record)
    assert person_of(index, "csc", "m") != person_of(index, "police", "p")
    assert (came_to[-1].outcome, came_to[-1].rule) in ((REVIEW, rule), (REVIEW, "likeness-in-doubt"))
    known = person_of(index, *(("csc", "m") if first else ("police", "p")))
    assert [doubt.person for doubt in came_to[-1].doubts] == [known]


def test_a_slip_in_the_date_beside_number_and_both_names_links(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", BORN, MIA))
    publish(index, "police", patient("p", "Mia Reid", "2019-05-08", MIA))
    publish(index, "gp", patient("g", "Mia Cole", "2019-05-08", MIA))
    assert person_of(index, "csc", "m") == person_of(index, "police", "p") == person_of(index, "gp", "g")


def test_a_superseded_number_is_the_same_persons(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", BORN, MIA))
    now = patient("g", "Mia Cole", BORN, identifier=[number(LEO), {**number(MIA), "use": "old"}])
    publish(index, "gp", now)
    assert person_of(index, "csc", "m") == person_of(index, "gp", "g")
    ended = patient("p", "Mia Cole", BORN, identifier=[{**number(MIA), "period": {"end": "2020-01-01"}}])
    publish(index, "police", ended)
    assert person_of(index, "police", "p") != person_of(index, "gp", "g"), (
        "its own number is not verified now"
    )


def test_an_exclusion_is_for_good(index: Index, came_to: list[Decision]) -> None:
    publish(index, "csc", patient("m", "Mia Reid", BORN, MIA))
    publish(index, "police", patient("p", "Leo Reid", "2011-11-23"))
    pair = (index._store.item("csc", "Patient", "m"), index._store.item("police", "Patient", "p"))
    with index._store.write() as connection:
        exclusions.exclude(index._store, connection, pair, RECEIVED, by="user", reason="two brothers")
    publish(index, "police", patient("p", "Mia Reid", BORN, MIA))
    assert person_of(index, "csc", "m") != person_of(index, "police", "p")
    assert came_to[-1].doubts == ()


def test_twins_without_numbers_are_two_people(index: Index, came_to: list[Decision]) -> None:
    twins = {"mobile": [{"system": "phone", "value": "01632 960001"}]}
    publish(index, "csc", at_elm("a", "Aaliyah Featherstone", telecom=twins["mobile"]),
            at_elm("b", "Aliyah Featherstone", telecom=twins["mobile"], multipleBirthInteger=2))  # fmt: skip
    assert person_of(index, "csc", "a") != person_of(index, "csc", "b")
    # Another agency's record of one of them finds her, by her name to the letter.
    publish(index, "police", at_elm("p", "Aliyah Featherstone"))
    assert person_of(index, "police", "p") == person_of(index, "csc", "b")
    publish(index, "police", at_elm("q", "Aliyyah Featherstone"))
    assert came_to[-1].outcome == REVIEW


FAR = [home("9 Far Road", "ZZ98 9ZZ")]
KIT = patient("k", "Kit Featherstone", "2017-01-09", address=FAR)
KNOWN = {
    "twin": (relative("r", "a", "Kit Featherstone", "TWINBRO", born=BORN, address=FAR),),
    "identical twin": (relative("r", "a", "Kit Featherstone", "ITWINBRO", born=BORN, address=FAR),),
    "seen from the sibling": (KIT, relative("r", "k", "Theodore Featherstone", "BRO", born=BORN,
                                            address=[home("1 Elm Street", ELM)])),
    "one mother": (KIT, *(relative(f"r{of}", of, "Dana Featherstone", "MTH", nhs=DANA, born="1990-02-03") for of in "ak")),
}  # fmt: skip
"""How it is known that Theodore has a brother: no source's word is left out."""


@pytest.mark.parametrize("how", KNOWN)
def test_a_sibling_known_by_a_relatives_record_makes_the_given_name_count(
    index: Index, came_to: list[Decision], how: str
) -> None:
    publish(index, "csc", at_elm("a", "Theodore Featherstone", nhs=MIA), *KNOWN[how])
    publish(index, "police", at_elm("p", "Theodoore Featherstone", nhs=MIA))
    assert (came_to[-1].outcome, came_to[-1].rule) == (REVIEW, "number-given-not-exact")


def test_without_a_sibling_the_same_two_records_are_linked(index: Index, came_to: list[Decision]) -> None:
    publish(index, "csc", at_elm("a", "Theodore Featherstone", nhs=MIA), KIT)
    publish(index, "police", at_elm("p", "Theodoore Featherstone", nhs=MIA))
    assert came_to[-1].outcome == LINKED


def test_more_alike_than_are_looked_at_is_said_and_a_number_links_all_the_same(
    index: Index, came_to: list[Decision], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.index.matching.candidates.MOST", 3)
    publish(index, "csc", at_elm("m", nhs=MIA))
    publish(
        index,
        "csc",
        *(at_elm(f"l{n}", f"{name} Featherstone") for n, name in enumerate(("Leo", "Zoe", "Ugo"))),
    )
    publish(index, "police", at_elm("p"))
    assert came_to[-1].truncated
    assert person_of(index, "police", "p") != person_of(index, "csc", "m")
    publish(index, "gp", at_elm("g", nhs=MIA))
    assert came_to[-1].truncated
    assert person_of(index, "gp", "g") == person_of(index, "csc", "m")


ODD = [
    ("no name", {"resourceType": "Patient", "id": "o", "birthDate": BORN}, ("NO_NAME",)),
    ("another script", patient("o", "محمد علي", BORN), ("NAME_SCRIPT",)),
    ("a nickname only", {"resourceType": "Patient", "id": "o", "name": [{"use": "nickname", "text": "Dave"}]},
     ("NICKNAME_ONLY",)),
    ("forty given names", {"resourceType": "Patient", "id": "o", "name": [
        {"family": "Reid", "given": [f"Name{n}" for n in range(40)]}]},
     ("NAME_LIST",)),
    ("forty names", {"resourceType": "Patient", "id": "o", "name": [
        {"family": f"Reid{n}", "given": [f"Name{n}"]} for n in range(40)]}, ()),
    ("born in the future", at_elm("o", born="2999-01-01"), ("BIRTH_DATE_FUTURE",)),
    ("a year only", at_elm("o", born="2019"), ("BIRTH_DATE_PART",)),
    ("a number that fails its check", at_elm("o", nhs="9991000012", born="2018-01-01"), ("NHS_NUMBER_CHECK",)),
    ("somebody else's number", at_elm("o", "Leo Cole", "2011-11-23", MIA), ()),
    ("a postcode of another country", at_elm("o", "Ugo Cole", address=[home("1 Rue", "75001")]),
     ("POSTCODE_FORM",)),
    ("a placeholder", at_elm("o", "Baby Featherstone"), ("NAME_PLACEHOLDER",)),
]  # fmt: skip


@pytest.mark.parametrize(("record", "findings"), [one[1:] for one in ODD], ids=[one[0] for one in ODD])
def test_odd_records_are_stored_with_findings_and_linked_by_the_rules_only(
    index: Index, record: dict[str, Any], findings: tuple[str, ...]
) -> None:
    publish(index, "csc", at_elm("m", nhs=MIA))
    assert publish(index, "police", record).findings == findings
    assert person_of(index, "police", "o") != person_of(index, "csc", "m")
    assert index.read_back("police", "Patient", "o") is not None
    # The same again from another source: an odd record is no more one person's with its like than any other.
    publish(index, "gp", record)
    assert index.read_back("gp", "Patient", "o") is not None


def test_a_record_that_changes_sex_name_and_number_at_once_is_its_own_person(
    index: Index, came_to: list[Decision]
) -> None:
    publish(index, "csc", at_elm("m", nhs=MIA, gender="female"))
    publish(index, "gp", at_elm("g", nhs=MIA, gender="female"))
    before = person_of(index, "csc", "m")
    assert person_of(index, "gp", "g") == before
    publish(index, "gp", at_elm("g", "Kit Marlowe", nhs=LEO, gender="male"))
    assert person_of(index, "gp", "g") != before
    assert person_of(index, "csc", "m") == before
    assert index.read_back("gp", "Patient", "g") is not None


def test_what_a_person_linked_stays_whatever_the_record_says_next(index: Index) -> None:
    publish(index, "csc", at_elm("m", nhs=MIA))
    publish(index, "police", patient("p", "Mimi Cole", "2011-11-23"))
    target = person_of(index, "csc", "m")
    item = index._store.item("police", "Patient", "p")
    with index._store.write() as connection:
        people = People(connection, index._store, BOOK, ON)
        people.event = 10_000
        edges.add(people, item, target, "reviewed", RECEIVED, status=edges.MANUAL,
                       basis=edges.Basis(by="user", reason="seen with her mother"))  # fmt: skip
        connection.execute(IDENTITY.update().where(IDENTITY.c.item == item).values(person=target))
    publish(index, "police", patient("p", "Mimi Cole", "2011-11-24"))
    assert person_of(index, "police", "p") == target
