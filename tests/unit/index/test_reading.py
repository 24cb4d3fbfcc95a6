"""Reading what sources write: names, numbers, dates, addresses, consents, references."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.index import ages, consent, dates, normalise, references
from services.index.read import Home, summarise
from tests.unit.index.northshire import MIA, number, patient

ON = "2026-11-20"


@pytest.mark.parametrize(
    ("written", "number_"),
    [
        (MIA, MIA),
        ("999 100 0011", MIA),
        ("999-100-0011", MIA),
        ("9991000012", ""),
        ("99910000", ""),
        ("", ""),
        ("٩٩٩١٠٠٠٠١١", ""),
        ("9991000011 9991000011", ""),
        ("abcdefghij", ""),
    ],
)
def test_numbers(written: str, number_: str) -> None:
    assert normalise.number(written) == number_


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("O'Brien", "obrien"),
        ("Smith-Jones", "smithjones"),
        ("Łukasz", "lukasz"),
        ("BABY", ""),
        ("  ", ""),
        ("Müller", "muller"),
        ("Ĝ", "g"),
        ("ﬁ", "fi"),
        ("Twin", ""),
        ("محمد", "محمد"),
    ],
)
def test_names(written: str, key: str) -> None:
    assert normalise.name_key(written) == key


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_letters_are_squeezed_as_they_are_beside_an_accent(written: str) -> None:
    assert normalise.squeeze(written) + "e" == normalise.squeeze(written + "é")


@given(st.text())
def test_a_name_is_found_by_the_first_of_its_sounds_that_it_has(written: str) -> None:
    key = normalise.name_key(written)
    every = {code for code in normalise.sounds(key) if code[0] in "m="}
    assert {normalise.sound(key)} - {""} == every
    assert bool(normalise.sounds(key)) is bool(key)


def test_sounds_meet_for_the_sound_alike_and_not_for_the_unlike() -> None:
    for one, other in (
        ("mia", "mya"),
        ("reid", "reed"),
        ("sean", "shaun"),
        ("stephen", "steven"),
        ("dana", "dannah"),
    ):
        assert normalise.alike(one, other), (one, other)
    for one, other in (("mia", "leo"), ("reid", "penrose"), ("", ""), ("mia", "")):
        assert not normalise.alike(one, other), (one, other)


def test_dates_of_birth() -> None:
    assert normalise.birth_date("2019-05-07") == "2019-05-07"
    for nothing in ("2019", "2019-05", "1900-01-01", "2019-02-30", "", "today"):
        assert normalise.birth_date(nothing) == ""
    assert normalise.swapped("2019-05-07") == "2019-07-05"
    for same in ("2019-05-05", "2019-05-17", ""):
        assert normalise.swapped(same) == ""


@pytest.mark.parametrize(
    ("identifier", "verified"),
    [
        (number(MIA), True),
        (number(MIA, "02"), False),
        (number(MIA, ""), False),
        (number(MIA) | {"use": "old"}, False),
        (number(MIA) | {"period": {"end": "2020-01-01"}}, False),
    ],
)
def test_only_a_number_stated_as_verified_is(identifier: dict[str, Any], verified: bool) -> None:
    resource = patient("m", "Mia Reid", "2019-05-07") | {"identifier": [identifier]}
    assert bool(summarise(resource, traces=False, confidentiality="N").verified) is verified


def test_two_verified_numbers_are_none() -> None:
    resource = patient("m", "Mia Reid", "2019-05-07") | {"identifier": [number(MIA), number("9991000038")]}
    assert summarise(resource, traces=True, confidentiality="N").verified == ""


@pytest.mark.parametrize(
    ("start", "end", "current"),
    [
        ("", "", True),
        ("2026-11-20", "", True),
        ("2026-11-21", "", False),
        ("", ON, True),
        ("", "2026-11-19", False),
        ("2026", "2026", True),
        ("2026-12", "", False),
        ("", "2026-10", False),
    ],
)
def test_an_address_is_current_from_its_first_day_to_its_last(start: str, end: str, current: bool) -> None:
    assert Home("", "1elmst", "", start, end).current(ON) is current


@pytest.mark.parametrize(
    ("born", "age"),
    [
        ("2013-11-21", "UNDER_13"),
        ("2013-11-20", "13_17"),
        ("2008-11-21", "13_17"),
        ("2008-11-20", "ADULT"),
        ("2008", "UNKNOWN"),
        ("", "UNKNOWN"),
        ("2027-01-01", "UNKNOWN"),
    ],
)
def test_ages_turn_on_the_birthday(born: str, age: str) -> None:
    assert ages.age(born, ON) == age


def test_somebody_born_on_the_29th_of_february() -> None:
    assert ages.age("2008-02-29", "2026-02-28") == "13_17"
    assert ages.age("2008-02-29", "2026-03-01") == "ADULT"


PRIVACY = {"coding": [{"code": "patient-privacy"}]}
PERMIT, DENY = {"type": "permit"}, {"type": "deny"}
ITEM = [{"reference": {"reference": "Flag/1"}}]
EOL = {"profile": ["https://fhir.nhs.uk/STU3/StructureDefinition/EOL-Consent-1"]}


def _rule(code: str) -> dict[str, Any]:
    return {"coding": [{"code": code}]}


@pytest.mark.parametrize(
    ("resource", "objection", "share", "finding"),
    [
        ({"policyRule": _rule("OPTIN")}, "AGREED", "NOT-RECORDED", ""),
        ({"policyRule": _rule("OPTOUT")}, "OBJECTED", "NOT-RECORDED", ""),
        ({"policyRule": _rule("OPTOUTE")}, "OBJECTED-EXCEPT", "NOT-RECORDED", ""),
        ({"policyRule": _rule("EMRGONLY")}, "EMERGENCY-ONLY", "NOT-RECORDED", ""),
        ({"provision": {"type": "deny"}, "policyRule": _rule("OPTIN")}, "OBJECTED", "NOT-RECORDED", ""),
        ({"provision": {"type": "permit"}, "policyRule": _rule("OPTOUT")}, "AGREED", "NOT-RECORDED", ""),
        ({"policyRule": _rule("OPTOUT"), "status": "inactive"}, "NOT-RECORDED", "NOT-RECORDED", ""),
        ({"policyRule": _rule("OPTOUT"), "status": "proposed"}, "NOT-RECORDED", "NOT-RECORDED", ""),
        ({"provision": {"type": "deny", "period": {"end": "2026-11-19"}}}, "NOT-RECORDED", "NOT-RECORDED", ""),
        ({"provision": {"type": "deny", "period": {"start": "2026-11-21"}}}, "NOT-RECORDED", "NOT-RECORDED", ""),
        ({"provision": {"type": "deny", "period": {"end": ON}}}, "OBJECTED", "NOT-RECORDED", ""),
        ({}, "NOT-RECORDED", "NOT-RECORDED", "CONSENT_SHAPE"),
        ({"policyRule": _rule("XYZ")}, "NOT-RECORDED", "NOT-RECORDED", "CONSENT_SHAPE"),
        ({"policyRule": _rule("OPTOUT"), "scope": _rule("research")}, "NOT-RECORDED", "NOT-RECORDED", "CONSENT_SHAPE"),
        ({"provision": PERMIT | {"provision": [DENY]}}, "NOT-RECORDED", "NOT-RECORDED", "CONSENT_SHAPE"),
        ({"provision": DENY | {"provision": [PERMIT]}}, "OBJECTED", "NOT-RECORDED", "CONSENT_SHAPE"),
        ({"provision": {"type": "permit", "data": ITEM}}, "NOT-RECORDED", "AGREED", ""),
        ({"provision": {"type": "deny", "data": ITEM}}, "NOT-RECORDED", "REFUSED", ""),
        ({"provision": {"type": "permit", "data": ITEM}, "status": "inactive"}, "NOT-RECORDED", "WITHDRAWN", ""),
        ({"provision": {"type": "permit", "data": ITEM}, "status": "proposed"}, "NOT-RECORDED", "NOT-RECORDED", ""),
        ({"provision": {"data": ITEM}, "meta": EOL, "status": "inactive"}, "NOT-RECORDED", "REFUSED", ""),
        ({"meta": EOL}, "NOT-RECORDED", "AGREED", ""),
        ({"meta": EOL, "status": "inactive"}, "NOT-RECORDED", "REFUSED", ""),
        ({"meta": EOL, "category": [{"coding": [{"system": consent.STATES, "code": "BEST-INTERESTS"}]}]},
         "NOT-RECORDED", "BEST-INTERESTS", ""),
    ],
)  # fmt: skip
def test_consents(resource: dict[str, Any], objection: str, share: str, finding: str) -> None:
    said = consent.read_consent(
        {"resourceType": "Consent", "status": "active", "scope": PRIVACY} | resource, ON
    )
    assert (said.objection, said.share, said.finding) == (objection, share, finding)


def test_the_strictest_of_several() -> None:
    assert consent.strictest(["AGREED", "EMERGENCY-ONLY", "OBJECTED-EXCEPT"]) == "OBJECTED-EXCEPT"
    assert consent.strictest([]) == consent.strictest_share([]) == "NOT-RECORDED"
    assert consent.strictest_share(["AGREED", "REFUSED", "BEST-INTERESTS"]) == "REFUSED"


@pytest.mark.parametrize(
    ("resource", "places"),
    [
        ({"birthDate": "2021-02-29"}, ["X.birthDate"]),
        ({"birthDate": "2020-02-29"}, []),
        ({"onsetDateTime": "2021-13-01T10:00:00Z"}, ["X.onsetDateTime"]),
        ({"period": {"start": "2021-02-30", "end": "2021-03-01"}}, ["X.period.start"]),
        ({"period": {"start": "2021-03", "end": "2021"}}, []),
        ({"period": {"start": "2021-03", "end": "2021-02"}}, ["X.period"]),
        ({"period": {"start": "2021-03-01T10:00:00+01:00", "end": "2021-03-01T09:30:00Z"}}, []),
        ({"period": {"start": "2021-03-01T10:00:00Z", "end": "2021-03-01T09:30:00Z"}}, ["X.period"]),
        ({"valueString": "2021-02-30"}, []),
        ({"a": [{"b": {"end": "2021-04-31"}}]}, ["X.a[0].b.end"]),
    ],
)
def test_dates_that_no_schema_can_judge(resource: dict[str, Any], places: list[str]) -> None:
    assert [place for place, _ in dates.wrong_dates({"resourceType": "X", **resource})] == places


def test_references() -> None:
    assert references.relative("Patient/1/_history/2") == ("Patient", "1")
    for nothing in (
        "urn:uuid:1",
        "Patient",
        "patient/1",
        "Patient/a b",
        "http://x/Patient/1",
        "Patient/1/x",
        "#a",
    ):
        assert references.relative(nothing) is None
    assert references.elsewhere("https://directory.test/R4/Organization/RX1")
    assert not references.elsewhere("https://directory.test/R4/Patient/1")
    assert not references.elsewhere("ftp://directory.test/Organization/1")
