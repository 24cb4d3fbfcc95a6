"""Whom a worker finds with what she half knows, and whom nobody finds: alike on SQLite and on a real PostgreSQL."""

from typing import Any

import pytest
from sqlalchemy import select

from services.contract.people import About, Candidates, Resolve
from services.index.asking.asked import Asked
from services.index.asking.clues import of_question
from services.index.index import Index
from services.index.schema import LOOK_UP
from tests.unit.index.northshire import (
    DANA,
    LEO,
    MIA,
    MYA,
    ON,
    SEAN,
    concern,
    flag,
    home,
    number,
    patient,
    publish,
    relative,
)
from tests.verification.index_stores import index, opened

__all__ = ["index", "opened"]

SCHOOL = {"extension": [{"url": "urn:mash:ext:school", "valueString": "Elmfield Primary School"}]}


def ask(index: Index, more: Any = None, **about: Any) -> Candidates:
    return index.resolve(Resolve(About(**about), ON, **(more or {})))


def names(index: Index, **about: Any) -> list[str]:
    return [one.name for one in ask(index, **about).people]


@pytest.fixture
def town(index: Index) -> Index:
    """Two families of like names on one street, one elsewhere, and a child at school."""
    publish(
        index,
        "csc",
        patient("r1", "Ruth Penrose-Hall", "1969-10-05", address=[home("3 Orchard Road", "ZZ99 1AA")]),
        patient("r2", "Sam Penrose-Hall", "2012-03-04", address=[home("3 Orchard Road", "ZZ99 1AA")]) | SCHOOL,
        patient("p1", "Paul Penright", "1980-01-01", address=[home("17 Orchard Rd", "ZZ99 1AB")]),
        patient("p2", "Ann Penright", "1981-01-01", address=[home("2 Orchard Street", "ZZ99 1AC")]),
        patient("d1", "David Okafor", "1985-06-07", address=[home("9 Mill Lane")],
                telecom=[{"system": "phone", "value": "+44 1632 960123"}]),
    )  # fmt: skip
    return index


def test_half_a_surname_and_a_street_finds_everybody_of_that_name_there_and_nobody_else(town: Index) -> None:
    for street in ("Orchard Road", "orchard rd", "12 Orchard Road"):
        assert set(names(town, family="Penr", street=street)) == {
            "Ruth Penrose-Hall", "Sam Penrose-Hall", "Paul Penright"}  # fmt: skip
    assert set(names(town, family="Penr", street="Orchard")) == {
        "Ruth Penrose-Hall", "Sam Penrose-Hall", "Paul Penright", "Ann Penright"}  # fmt: skip
    assert set(names(town, family="Penrose", street="Orchard Road")) == {
        "Ruth Penrose-Hall",
        "Sam Penrose-Hall",
    }
    assert names(town, family="Hall", street="Orchard Road", born_from=1960, born_to=1975) == [
        "Ruth Penrose-Hall"
    ]
    assert names(town, family="Penr", street="Mill Lane") == []
    assert names(town, family="Pe", street="Orchard Road") == []


def test_who_lives_together_is_said_of_the_candidates(town: Index) -> None:
    found = {one.name: one.household for one in ask(town, family="Penr", street="Orchard Road").people}
    assert found["Ruth Penrose-Hall"] == found["Sam Penrose-Hall"] != found["Paul Penright"] != ""


def test_a_nickname_a_rough_age_a_school_and_a_telephone_number_find(town: Index) -> None:
    assert names(town, nickname="Dave", family="Oka") == ["David Okafor"]
    assert names(town, nickname="Dave", street="Mill Lane") == ["David Okafor"]
    assert names(town, nickname="Mick", street="Mill Lane") == []
    assert names(town, given="Davey", family="Okafor", born_from=1983, born_to=1987) == ["David Okafor"]
    assert names(town, given="David", family="Okafor", born_from=1970, born_to=1975) == []
    assert names(town, family="Okafor", born_from=1983, born_to=1987) == ["David Okafor"]
    assert names(town, given="Sam", school="Elmfield") == ["Sam Penrose-Hall"]
    assert names(town, given="Sam", school="Elmfield Primary") == ["Sam Penrose-Hall"]
    assert names(town, given="Sam", school="Ashfield") == []
    assert names(town, phone="01632 960 123", nickname="Dave") == ["David Okafor"]
    assert names(town, phone="01632 960 123") == names(town, street="Mill Lane") == []


def test_a_clue_that_is_on_record_leaves_out_those_of_whom_it_is_not(town: Index) -> None:
    publish(town, "csc", patient("r3", "Ruth Penrose", "1969-01-01", address=[home("8 Mill Lane")]))
    assert len(names(town, given="Ruth", family="Penrose")) == 2
    assert names(town, given="Ruth", family="Penrose", street="Orchard Road") == ["Ruth Penrose-Hall"]


def test_what_nobody_could_look_through_is_too_many_and_never_some_of_it(town: Index) -> None:
    publish(town, "csc", *(patient(f"s{n}", f"{chr(97 + n % 26)}{chr(97 + n // 26)}x Smithson", f"1990-01-{n % 28 + 1:02d}",
                                   address=[home(f"{n} High Street")]) for n in range(301)))  # fmt: skip
    found = ask(town, family="Smi", street="High Street")
    assert (found.people, found.overflow) == ((), True)
    narrower = ask(town, given="aax", family="Smi", street="High Street")
    assert [one.name for one in narrower.people] == ["aax Smithson"]


def test_an_unborn_child_by_name_and_through_the_mother_who_is_known(index: Index) -> None:
    unborn = {"resourceType": "Patient", "id": "u", "name": [{"family": "Reid", "given": ["Baby"]}],
              "address": [home("5 Canal View")]}  # fmt: skip
    publish(index, "csc", unborn, patient("d", "Dana Reid", "1990-02-11", DANA), patient("l", "Leo Reid", "2016-11-20", LEO),
            relative("m", "u", "Dana Reid", "MTH", nhs=DANA, born="1990-02-11"),
            relative("n", "l", "Dana Reid", "MTH", nhs=DANA, born="1990-02-11"))  # fmt: skip
    assert (
        names(index, family="Reid", unborn=True)
        == names(index, street="Canal View", family="Rei")
        == ["Baby Reid"]
    )
    mother = {"nhs_number": DANA, "birth_date": "1990-02-11"}
    assert names(index, relation="unborn-child", of=mother) == ["Baby Reid"]
    assert set(names(index, relation="child", of=mother)) == {"Baby Reid", "Leo Reid"}
    assert names(index, relation="child", of=mother, unborn=True) == ["Baby Reid"]
    assert names(index, relation="unborn-child", of={"given": "Dana", "family": "Reid"}) == []


def test_mums_boyfriend_dave_through_a_child_who_is_settled_and_through_nobody_else(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", "2019-05-07", MIA), patient("d", "Dana Reid", "1990-02-11", DANA),
            relative("a", "m", "Dana Reid", "MTH", nhs=DANA, born="1990-02-11"),
            relative("b", "d", "David Marsden", "DOMPART"), relative("c", "m", "Sean Cole", "FTH"))  # fmt: skip
    child = {"nhs_number": MIA, "birth_date": "2019-05-07"}
    assert names(index, nickname="Dave", relation="parents-partner", of=child) == ["David Marsden"]
    assert names(index, relation="parents-partner", of=child) == ["David Marsden"]
    assert names(index, nickname="Mick", relation="parents-partner", of=child) == []
    assert names(index, relation="father", of=child) == ["Sean Cole"]
    by_name = {"given": "Mia", "family": "Reid"}
    assert names(index, nickname="Dave", relation="parents-partner", of=by_name) == []
    (mia,) = (one.person for one in ask(index, **by_name).people)
    confirmed = {"confirmed": frozenset({mia})}
    found = ask(index, confirmed, nickname="Dave", relation="parents-partner", of=by_name)
    assert [one.name for one in found.people] == ["David Marsden"]
    token = ask(index, confirmed | {"through": mia}, relation="parents-partner", of={"candidate": "t"})
    assert [one.name for one in token.people] == ["David Marsden"]
    assert ask(index, {"through": mia}, relation="parents-partner", of={"candidate": "t"}).people == ()


def test_a_relation_that_law_bars_leads_nowhere(index: Index) -> None:
    after = {"meta": {"security": [{"system": "urn:mash:cs:adoption", "code": "after"}]}}
    publish(index, "csc", patient("m", "Mia Reid", "2019-05-07", MIA),
            relative("a", "m", "Alice Winstanley", "MTH") | after, relative("b", "m", "Dana Reid", "MTH"))  # fmt: skip
    assert names(index, relation="mother", of={"nhs_number": MIA, "birth_date": "2019-05-07"}) == [
        "Dana Reid"
    ]


@pytest.mark.parametrize("label", ["L:SAFEADDR", "L:PROTECTED"])
def test_nobody_protected_is_offered_to_choose_from_or_found_by_any_place(index: Index, label: str) -> None:
    phone = [{"system": "phone", "value": "01632 960555"}]
    publish(index, "csc", patient("d", "Dana Reid", "1990-02-11", DANA, telecom=phone, address=[home("1 Safe Street", uprn="77")])
            | SCHOOL, patient("l", "Leo Reid", "2016-11-20", LEO, address=[home("1 Safe Street", uprn="77")]),
            patient("m", "Mia Reid", "2019-05-07", MIA),
            relative("a", "m", "Dana Reid", "MTH", nhs=DANA, born="1990-02-11"))  # fmt: skip
    certain: dict[str, str] = {"nhs_number": DANA, "birth_date": "1990-02-11"}
    places = [
        {"postcode": "ZZ99 3VZ"},
        {"street": "Safe Street"},
        {"uprn": "77"},
        {"phone": "01632 960555"},
        {"school": "Elmfield"},
    ]
    for place in places:
        assert "Dana Reid" in names(index, given="Dana", family="Reid", **place), place
    publish(index, "csc", flag("f", "d", label, extension=concern({"identifier": number(SEAN)})))
    wrong = [
        {"postcode": "ZZ99 9ZZ"},
        {"street": "Other Row"},
        {"uprn": "78"},
        {"phone": "01632 960556"},
        {"school": "Ash"},
    ]
    for place in [*places, *wrong]:
        assert names(index, **certain, **place) == [], place
        assert names(index, given="Dana", family="Reid", **place) == [], place
        assert "Leo Reid" not in names(index, given="Leo", family="Reid", birth_date="2016-11-20", **place), (
            place
        )
    for question in ({"given": "Dana", "family": "Reid", "birth_date": "1990-02-11"}, {"nhs_number": DANA},
                     {"given": "Dana", "family": "Reid"}, {"nickname": "Dana", "family": "Rei"},
                     {"relation": "mother", "of": {"nhs_number": MIA, "birth_date": "2019-05-07"}}):  # fmt: skip
        assert names(index, **question) == [], question
    assert names(index, **certain) == ["Dana Reid"]
    (dana,) = (one.person for one in ask(index, **certain).people)
    confirmed = ask(index, {"confirmed": frozenset({dana})}, given="Dana", family="Reid")
    assert [one.name for one in confirmed.people] == ["Dana Reid"]


def test_somebody_protected_has_no_key_of_any_place(index: Index) -> None:
    phone = [{"system": "phone", "value": "01632 960555"}]
    record = (
        patient(
            "d", "Dana Reid", "1990-02-11", DANA, telecom=phone, address=[home("1 Safe Street", uprn="77")]
        )
        | SCHOOL
    )
    publish(index, "csc", record)
    mac = index._store.mac
    said = {
        "family": "Reid",
        "street": "Safe Street",
        "uprn": "77",
        "phone": "01632 960555",
        "school": "Elmfield",
    }
    ways = of_question(mac, Asked.of(About(**said)), ON)
    assert len(ways) == 4

    def standing() -> list[int]:
        with index._store.read() as connection:
            return [
                len(connection.execute(select(LOOK_UP).where(LOOK_UP.c.key.in_(way))).all()) for way in ways
            ]

    assert standing() == [1, 1, 1, 1]
    publish(index, "csc", flag("f", "d", "L:SAFEADDR"))
    assert standing() == [0, 0, 0, 0]


def test_a_number_of_before_finds_who_has_another_now_but_not_over_an_adoption(index: Index) -> None:
    both = [number(MIA), number(MYA, "03") | {"use": "old"}]
    publish(index, "csc", patient("m", "Mia Reid", "2019-05-07") | {"identifier": both})
    question = {"nhs_number": MYA, "birth_date": "2019-05-07"}
    assert [(one.name, one.grade) for one in ask(index, **question).people] == [("Mia Reid", "exact")]
    after = {"meta": {"security": [{"system": "urn:mash:cs:adoption", "code": "after"}]}}
    publish(index, "csc", patient("m", "Mia Reid", "2019-05-07") | {"identifier": both} | after)
    for asked in (question, {"nhs_number": MYA}, question | {"given": "Mia", "family": "Reid"}):
        assert ask(index, **asked).people == (), asked
    assert names(index, nhs_number=MIA, birth_date="2019-05-07") == ["Mia Reid"]


def test_a_child_not_born_yet_is_confirmed_by_its_day_and_its_mother(index: Index) -> None:
    """By a RelatedPerson in the mother's file, and by a Patient who names her."""
    publish(
        index,
        "csc",
        patient("d", "Dana Reid", "1990-02-11", DANA, gender="female"),
        patient("s", "Sean Cole", "1988-09-23", SEAN, gender="male"),
        relative("u", "d", "Unborn Reid", "CHILD", born="2027-02-10"),
        relative("f", "s", "Unborn Cole", "CHILD", born="2027-02-10"),
    )
    publish(
        index,
        "gp",
        patient("v", "Unborn Quill", "2027-03-01"),
        relative("m", "v", "Dana Reid", "MTH", nhs=DANA, born="1990-02-11"),
        patient("mia", "Mia Reid", "2019-05-07", MIA),
        relative("mm", "mia", "Dana Reid", "MTH", nhs=DANA, born="1990-02-11"),
    )
    asked = [
        {"family": name, "unborn": True, "born_from": 2027, "born_to": 2027}
        for name in ("Reid", "Quill", "Cole")
    ]
    asked.append({"nhs_number": MIA, "birth_date": "2019-05-07"})
    people = {one.name: one.person for about in asked for one in ask(index, **about).people}
    of_mother = {"mother_nhs_number": DANA}
    for name, day in (("Unborn Reid", "2027-02-10"), ("Unborn Quill", "2027-03-01")):
        child = people[name]
        assert index.compare(child, {"birth_date": day, **of_mother}), name
        assert index.compare(child, {"birth_date": day, "mother_birth_date": "1990-02-11"})
        assert not index.compare(child, {"birth_date": day, "mother_nhs_number": LEO})
        assert not index.compare(child, {"birth_date": day, "mother_birth_date": "1990-02-12"})
        # Of the mother alone nothing is confirmed: she may carry two.
        assert not index.compare(child, {**of_mother, "mother_birth_date": "1990-02-11"})
    reid = people["Unborn Reid"]
    # A scan moved the day; two weeks, and not alone.
    assert index.compare(reid, {"birth_date": "2027-02-24", **of_mother})
    assert not index.compare(reid, {"birth_date": "2027-02-25", **of_mother})
    assert not index.compare(reid, {"birth_date": "2027-02-11", "family": "Reid"})
    # A father is no mother, and a child who is born has a number and a date.
    assert not index.compare(people["Unborn Cole"], {"birth_date": "2027-02-10", "mother_nhs_number": SEAN})
    assert not index.compare(people["Mia Reid"], {"birth_date": "2019-05-07", **of_mother})
    assert not index.compare("nobody", {"birth_date": "2027-02-10", **of_mother})
