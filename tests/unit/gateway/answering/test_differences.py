"""Two addresses, two dates of birth, alive and dead: shown with who says it and since when, and never settled."""

from typing import Any

import pytest

from services.gateway.answering.differences import differences_of

NAMES = {"csc": "Children's social care", "nhs": "Hospitals", "housing": "Housing"}
HOUSE = {"line": ["8 Colliery Row"], "postalCode": "ZZ99 2CR"}
FLAT = {"line": ["14 Juniper Walk"], "postalCode": "ZZ99 4SA"}


def patient(source: str, **more: Any) -> dict[str, Any]:
    meta = {"lastUpdated": "2026-11-20T10:00:00Z"} | (
        {"source": f"urn:mash:source:{source}"} if source else {}
    )
    return {"resourceType": "Patient", "meta": meta, **more}


def said(*patients: dict[str, Any]) -> dict[str, list[tuple[str, str | None]]]:
    found = differences_of({"urn:uuid:mia": patients}, NAMES)
    return {one.field: [(row.value, row.source) for row in one.said] for one in found}


def test_two_addresses_are_told_with_who_says_each_and_since_when() -> None:
    left = HOUSE | {"use": "old", "period": {"start": "2020-11-21", "end": "2026-05-04"}}
    now = FLAT | {"period": {"start": "2026-05-04"}}
    (found,) = differences_of(
        {"urn:uuid:mia": [patient("csc", address=[left, now]), patient("nhs", address=[HOUSE])]}, NAMES
    )
    assert (found.person, found.field) == ("urn:uuid:mia", "address")
    assert [(one.value, one.source, one.start, one.end, one.received) for one in found.said] == [
        ("14 Juniper Walk, ZZ99 4SA", "Children's social care", "2026-05-04", None, "2026-11-20"),
        ("8 Colliery Row, ZZ99 2CR", "Children's social care", "2020-11-21", "2026-05-04", "2026-11-20"),
        ("8 Colliery Row, ZZ99 2CR", "Hospitals", None, None, "2026-11-20"),
    ]


def test_one_who_says_over_differs_from_one_who_says_now_without_another_address() -> None:
    left = HOUSE | {"period": {"end": "2026-05-04"}}
    assert set(said(patient("csc", address=[left]), patient("nhs", address=[HOUSE]))) == {"address"}


def test_what_all_left_is_history_and_no_difference() -> None:
    left = HOUSE | {"use": "old"}
    assert said(patient("csc", address=[left, FLAT]), patient("nhs", address=[FLAT])) == {}


def test_one_property_written_twice_is_one_place() -> None:
    key = {
        "url": "x-AddressKey",
        "extension": [{"url": "type", "valueCoding": {"code": "UPRN"}}, {"url": "value", "valueString": "9"}],
    }
    one, other = HOUSE | {"extension": [key]}, {"line": ["Eight Colliery Row"], "extension": [key]}
    assert said(patient("csc", address=[one]), patient("nhs", address=[other])) == {}
    assert (
        said(
            patient("csc", address=[HOUSE]),
            patient("nhs", address=[{"line": ["8, COLLIERY ROW"], "postalCode": "ZZ992CR"}]),
        )
        == {}
    )


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("birth-date", {"birthDate": "2019-05-07"}, {"birthDate": "2019-07-05"}),
        ("sex", {"gender": "female"}, {"gender": "male"}),
        ("death", {"deceasedBoolean": True}, {"deceasedBoolean": False}),
        ("death", {"deceasedDateTime": "2024-01-02"}, {"deceasedDateTime": "2024-02-01"}),
        (
            "name",
            {"name": [{"given": ["Mia"], "family": "Reid"}]},
            {"name": [{"given": ["Mia"], "family": "Cole"}]},
        ),
        (
            "nhs-number",
            {"identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9991000011"}]},
            {"identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9991000038"}]},
        ),
    ],
)
def test_each_field_that_can_differ(field: str, one: dict[str, Any], other: dict[str, Any]) -> None:
    assert set(said(patient("csc", **one), patient("nhs", **other))) == {field}
    assert said(patient("csc", **one), patient("nhs", **one)) == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"birthDate": "2019-05-07"}, {"birthDate": "2019"}),
        ({"birthDate": "2019-05-07"}, {}),
        ({"gender": "female"}, {"gender": "unknown"}),
        ({"deceasedBoolean": True}, {"deceasedDateTime": "2024-01-02"}),
        ({"address": [HOUSE]}, {"address": [{"district": "Northbridge"}]}),
        (
            {"name": [{"given": ["Mia"], "family": "Reid"}]},
            {"name": [{"text": "MIA REID"}, {"use": "nickname", "text": "Mimi"}]},
        ),
    ],
)
def test_a_coarser_form_or_nothing_is_no_difference(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert said(patient("csc", **one), patient("nhs", **other)) == {}


def test_two_whole_dates_still_differ_beside_a_year() -> None:
    three = (
        patient("csc", birthDate="2019"),
        patient("nhs", birthDate="2019-05-07"),
        patient("housing", birthDate="2019-07-05"),
    )
    assert len(said(*three)["birth-date"]) == 3


def test_a_record_that_names_no_source_gives_none() -> None:
    assert said(patient("", birthDate="2019-05-07"), patient("", birthDate="2019-05-08")) == {
        "birth-date": [("2019-05-07", None), ("2019-05-08", None)]
    }
