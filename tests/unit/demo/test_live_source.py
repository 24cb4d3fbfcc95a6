"""The demonstration's live practice: number and date of birth, or nothing; it can be made to fail."""

import json
import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from services.cli.demo.live_source import Knobs, live_app
from services.runtime.fhir import faults
from tests.families import ARTHUR, DANA, MIA, Person

SEARCH = "/fhir/Patient/_search"


@pytest.fixture
def control(tmp_path: Path) -> Path:
    return tmp_path / "knobs.json"


@pytest.fixture
def practice(control: Path) -> TestClient:
    return TestClient(live_app(Knobs(control)))


def asked(who: Person, born: str = "") -> dict[str, str]:
    return {
        "identifier": f"https://fhir.nhs.uk/Id/nhs-number|{who.number}",
        "birthdate": born or who.born,
        "_revinclude": "*:patient",
    }


def test_a_patient_comes_with_their_records_and_nobody_elses(practice: TestClient) -> None:
    answer = practice.post(SEARCH, data=asked(ARTHUR))
    bundle = answer.json()
    assert answer.headers["content-type"].startswith("application/fhir+json")
    assert faults(bundle) == []
    assert bundle["total"] == 1
    modes = [entry["search"]["mode"] for entry in bundle["entry"]]
    assert modes == ["match", *["include"] * (len(modes) - 1)]
    kinds = {entry["resource"]["resourceType"] for entry in bundle["entry"]}
    assert kinds == {"Patient", "AllergyIntolerance", "MedicationStatement", "Condition"}
    assert DANA.given not in answer.text


@pytest.mark.parametrize(
    "form",
    [
        asked(MIA, "2019-07-05"),
        asked(MIA) | {"identifier": f"https://fhir.nhs.uk/Id/nhs-number|{ARTHUR.number}"},
        asked(MIA) | {"identifier": MIA.number},
        asked(MIA) | {"identifier": f"https://northshire-gp-live.example/id|{MIA.number}"},
    ],
)
def test_anything_less_than_both_finds_nobody(practice: TestClient, form: dict[str, str]) -> None:
    bundle = practice.post(SEARCH, data=form).json()
    assert bundle == {"resourceType": "Bundle", "type": "searchset", "total": 0}


def test_a_number_in_an_address_is_not_read(practice: TestClient) -> None:
    assert practice.post(SEARCH, params=asked(MIA)).status_code == 422
    assert practice.get(SEARCH, params=asked(MIA)).status_code == 405


def test_it_can_be_made_slow_down_and_unreadable(practice: TestClient, control: Path) -> None:
    control.write_text(json.dumps({"delay": 0.3}))
    started = time.monotonic()
    assert practice.post(SEARCH, data=asked(MIA)).status_code == 200
    assert time.monotonic() - started >= 0.3
    control.write_text(json.dumps({"down": True}))
    assert practice.post(SEARCH, data=asked(MIA)).status_code == 503
    control.write_text(json.dumps({"garbage": True}))
    with pytest.raises(json.JSONDecodeError):
        practice.post(SEARCH, data=asked(MIA)).json()
    control.unlink()
    assert practice.post(SEARCH, data=asked(MIA)).json()["total"] == 1


def test_the_practice_says_what_it_can_do(practice: TestClient) -> None:
    assert faults(practice.get("/fhir/metadata").json()) == []
