"""What a search for people is refused for: roles, scopes, bad parameters, too many, too often."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.cli.demo.cast import STAFF
from services.runtime.fhir import faults
from tests.hub.served import Served, a_served
from tests.hub.test_people_search import MIA, NUMBER, _parameters, case, hub, match, notes, sent, told
from tests.hub.world import MIA as ABOUT

__all__ = ["case", "hub"]


def test_a_publishing_system_and_a_worker_of_another_scope_are_turned_away(hub: Served, case: str) -> None:
    status, outcome, _ = sent(
        hub, "/fhir/Patient/_search", b"family=Reid&given=Mia", case, hub.publishing("northshire-csc")
    )
    assert status == 403 and "system/Patient.s" in outcome["issue"][0]["diagnostics"]


@pytest.mark.parametrize("role", ["PARAMEDIC", "HOUSING-OFF"])
def test_a_role_that_the_purpose_does_not_have_is_refused_with_its_code(
    hub: Served, case: str, role: str
) -> None:
    member = next((one for one in STAFF if one.role == role), None)
    if member is None:
        pytest.fail(f"nobody of the cast is {role}")
    status, outcome, _ = sent(hub, "/fhir/Patient/$match", _parameters(MIA), case, hub.token(member))
    assert (status, outcome["issue"][0]["code"]) == (403, "forbidden")


def _count(value: Any) -> dict[str, Any]:
    return _parameters(MIA, rows=[{"name": "count", "valueInteger": value}])


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (_parameters(), "Parameters.parameter[resource]"),
        (_parameters(MIA, MIA), "Parameters.parameter[resource]"),
        ({"resourceType": "Patient", **MIA}, "Parameters"),
        (_parameters({"birthDate": "2019"}), "Parameters.parameter[resource].resource"),
        (_parameters({"name": [{"family": "Reid" * 60, "given": ["Mia"]}]}), "Parameters.parameter[resource].resource.family"),
        (_parameters(MIA | {"birthDate": "7 May"}), "Parameters.parameter[resource].resource.birthDate"),
        (_parameters(MIA | {"identifier": [{"system": NUMBER, "value": "9991000012"}]}),
         "Parameters.parameter[resource].resource.nhs_number"),
        (_count(0), "Parameters.parameter[count]"),
        (_count(10000), "Parameters.parameter[count]"),
        (_count("many"), "Parameters.parameter[count]"),
        (_parameters(MIA, rows=[{"name": "onlyCertainMatches", "valueString": "yes"}]),
         "Parameters.parameter[onlyCertainMatches]"),
        (_parameters(MIA, rows=[{"name": "purpose", "valueString": "x"}]), "Parameters.parameter"),
    ],
)  # fmt: skip
def test_bad_parameters_are_told_with_place_and_remedy_and_no_value(
    hub: Served, case: str, body: Any, place: str
) -> None:
    status, outcome, _ = sent(hub, "/fhir/Patient/$match", body, case)
    assert status == 422 and list(faults(outcome)) == []
    assert place in [where for issue in outcome["issue"] for where in issue.get("expression", ())]
    assert all(issue["diagnostics"] and issue["details"]["text"] for issue in outcome["issue"])
    assert (
        "Reid" not in json.dumps(outcome)
        and "7 May" not in json.dumps(outcome)
        and "9991000012" not in json.dumps(outcome)
    )


@pytest.mark.parametrize(
    ("form", "place"),
    [
        (b"family=Reid", None),
        (b"birthdate=2019&gender=female", None),
        (b"family=Reid&given=Mia&_count=0", "_count"),
        (b"family=Reid&given=Mia&_count=10000", "_count"),
        (b"family=Reid&given=Mia&_count=%D9%A1", "_count"),
        (b"family=Reid&family=Cole", "family"),
        (b"family=R*d&given=Mia", "family"),
        (b"identifier=http://elsewhere|Reid", "identifier"),
        (b"birthdate=ge2019&family=Reid", "birth_date"),
        (b"mother=Reid&family=Reid", None),
        (b"family=Reid&given=Mia&_fuzzy-match=Reid", "_fuzzy-match"),
        (b"gender=Reid&family=Cole&given=Mia", "sex"),
    ],
)
def test_bad_forms_likewise(hub: Served, case: str, form: bytes, place: str | None) -> None:
    status, outcome, _ = sent(hub, "/fhir/Patient/_search", form, case)
    assert status == 422, outcome
    assert [issue.get("expression") for issue in outcome["issue"]] == [[place] if place else None]
    assert "Reid" not in json.dumps(outcome)


def test_no_case_a_json_body_and_an_address_with_parameters_are_turned_away(hub: Served, case: str) -> None:
    assert sent(hub, "/fhir/Patient/_search", b"family=Reid&given=Mia")[0] == 422
    assert sent(hub, "/fhir/Patient/_search", {"family": "Reid"}, case)[0] == 400
    status, outcome, _ = sent(hub, "/fhir/Patient/_search?family=Reid", b"given=Mia", case)
    assert status == 422 and "Reid" not in json.dumps(outcome)


@pytest.mark.parametrize(
    "name",
    [
        {"family": "Reid", "given": [f"Name{number}" for number in range(40)]},
        {"family": "Рид", "given": ["Миа"]},
        {"family": "ريد", "given": ["ميا"]},
        {"text": "Mia Reid"},
    ],
)
def test_names_of_every_kind_are_looked_for_without_a_fault(
    hub: Served, case: str, name: dict[str, Any]
) -> None:
    found = match(hub, case, {"name": [name], "birthDate": "2019-05-07"})
    assert ("Mia Reid" in [one[0] for one in found]) == ("text" in name)


def test_too_many_give_nothing_but_that(hub: Served, case: str, tmp_path: Path) -> None:
    crowd = [
        {"resourceType": "Patient", "id": f"crowd-{number}", "name": [{"family": "Crowd", "given": ["Sam"]}],
         "birthDate": f"1980-01-{number % 28 + 1:02}"}
        for number in range(60)
    ]  # fmt: skip
    hub.world.publish("northshire-csc", *crowd)
    status, bundle, _ = sent(hub, "/fhir/Patient/_search", b"family=Crowd&given=Sam", case)
    assert status == 200 and told(bundle) == [] and "TOO_MANY_MATCHES" in notes(bundle)


def test_nobody_searches_without_end(tmp_path: Path) -> None:
    """After the last search of an hour that is allowed, a refusal with its entry, as on the page."""
    with a_served(tmp_path, families=False, searches_an_hour=1) as hub:
        about = (ABOUT, "child")
        case = hub.world.open("FAM-OVERVIEW", "family-agreed", about)
        form = b"family=Reid&given=Mia"
        assert sent(hub, "/fhir/Patient/_search", form, case)[0] == 200
        status, outcome, _ = sent(hub, "/fhir/Patient/_search", form, case)
        assert (status, outcome["issue"][0]["details"]["coding"][0]["code"]) == (403, "SEARCH_LIMIT")
        assert [one["kind"] for one in hub.world.entries("northshire-csc")][-2:] == [
            "search.none",
            "release.refused",
        ]
