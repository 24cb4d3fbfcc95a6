"""The terminal's telling of a family view: a sample of the answer's shape, and everything of it told."""

import io
from typing import Any

import pytest
from rich.console import Console

from services.cli.demo.by_person import by_person, for_everyone, headline
from services.cli.demo.narrate import BANNER, narrate
from services.contract.canonical import Lexical
from services.contract.views import FamilyView

MIA, DANA = "urn:uuid:11111111-1111-4111-8111-111111111111", "urn:uuid:22222222-2222-4222-8222-222222222222"
MASK = {
    "extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}
    ]
}
NAMES = {"northshire-csc": "Children's social care", "haven-sms": "Haven"}


def patient(name: str, number: str, source: str, **more: Any) -> dict[str, Any]:
    given, family = name.split()
    return {
        "resourceType": "Patient",
        "meta": {"source": f"urn:mash:source:{source}"},
        "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": number}],
        "name": [{"given": [given], "family": family}],
        **more,
    }


def withheld(person: str, source: str, code: str, effect: str = "withhold") -> dict[str, str]:
    return {
        "person": person,
        "source": source,
        "class": "Detail",
        "code": code,
        "sentence": f"Sentence of {code}.",
        "who_can_change": f"Owner of {code}",
        "effect": effect,
    }


@pytest.fixture
def answer() -> dict[str, Any]:
    entries = [
        (MIA, patient("Mia Reid", "9991000011", "northshire-csc", _birthDate=MASK)),
        # A second source's Patient has a name of its own in the answer.
        ("urn:uuid:a", patient("Mia Reid", "9991000011", "northshire-nhs")),
        ("urn:uuid:b", observation(MIA)),
        ("urn:uuid:c", patient("Dana Reid", "9991000046", "haven-sms")),
        (DANA, patient("Dana Reid", "9991000046", "northshire-csc")),
        ("urn:uuid:d", episode(DANA)),
    ]
    return {
        "match": "MATCH",
        "view": {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"fullUrl": url, "resource": resource} for url, resource in entries],
        },
        "people": [
            {"ref": MIA, "why": ["asked-about"], "match": "MATCH", "name": "Mia Reid"},
            {"ref": DANA, "why": ["MTH"], "match": "MATCH", "name": "Dana Reid"},
        ],
        "candidates": [],
        "sources": [
            {"source": "Haven", "people": [{"ref": MIA, "state": "NIL"}, {"ref": DANA, "state": "HELD"}]},
            {"source": "Northshire Health Centre", "people": [{"ref": MIA, "state": "NO_RESPONSE"}]},
            {"source": "Clearwater", "people": [{"ref": DANA, "state": "NOT_ASKED"}]},
            {"source": "Mental health", "people": [{"ref": DANA, "state": "SOURCE_DOWN"}]},
        ],
        "complete": False,
        "withheld": [
            withheld(DANA, "Haven", "OWNER_APPROVAL", "ask-owner"),
            withheld(DANA, "Haven", "SENSITIVE_CATEGORY", "generalise"),
            withheld(MIA, "a partner", "RESTRICTED"),
            withheld("", "Housing", "CONSENT_REQUIRED"),
        ],
        "obligations": ["NORDSCLCD"],
        "warnings": ["AGREEMENT_LAPSED"],
        "notes": ["Lists of medicines and allergies may be incomplete."],
        "receipt": {"id": "ev-1", "log": "northshire-csc", "index": 7, "time": "2026-11-23T16:00:00Z"},
    }


def observation(of: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "meta": {"source": "urn:mash:source:northshire-nhs"},
        "code": {"text": "Length of bruise"},
        "subject": {"reference": of},
        "effectiveDateTime": "2026-10-21T18:30:00Z",
        "valueQuantity": {"value": Lexical("6.30"), "unit": "cm"},
    }


def episode(of: str) -> dict[str, Any]:
    return {
        "resourceType": "EpisodeOfCare",
        "status": "active",
        "type": [{"text": "substance use, in treatment"}],
        "patient": {"reference": of},
        "period": {"start": "2025-09-19"},
    }


def told(answer: dict[str, Any]) -> str:
    out = io.StringIO()
    narrate(Console(file=out, width=400), answer, NAMES)
    return out.getvalue()


def test_the_sample_has_the_shape_of_the_answer(answer: dict[str, Any]) -> None:
    assert FamilyView.model_validate(answer).match == "MATCH"


def test_records_stand_with_their_person_and_source(answer: dict[str, Any]) -> None:
    mia, dana = by_person(answer, NAMES)
    assert {source: [one.kind for one in given] for source, given in mia.given.items()} == {
        "Children's social care": ["Patient"],
        "a partner": ["Patient", "Observation"],
    }
    assert {source: [one.kind for one in given] for source, given in dana.given.items()} == {
        "Haven": ["Patient"],
        "Children's social care": ["Patient"],
        "a partner": ["EpisodeOfCare"],
    }
    assert mia.given["Children's social care"][0].masked == ("birthDate",)


def test_everything_of_the_answer_is_told(answer: dict[str, Any]) -> None:
    text = told(answer)
    said = [
        BANNER,
        "Mia Reid",
        "asked about",
        "mother; identity MATCH",
        "Length of bruise; 6.30 cm (2026-10-21)",
        "substance use, in treatment (since 2025-09-19)",
        "masked: Patient.birthDate",
        "the owner decides: Detail: Sentence of OWNER_APPROVAL. [OWNER_APPROVAL] (Owner of OWNER_APPROVAL)",
        "made coarser: Detail: Sentence of SENSITIVE_CATEGORY.",
        "withheld: Detail: Sentence of RESTRICTED.",
        "Housing, everybody: withheld: Detail: Sentence of CONSENT_REQUIRED.",
        "Nothing to show from: Haven",
        "No reply from: Northshire Health Centre",
        "Not asked: Clearwater",
        "Down: Mental health",
        "INCOMPLETE",
        "AGREEMENT_LAPSED",
        "NORDSCLCD",
        "may be incomplete",
        "Receipt ev-1: entry 7 of log northshire-csc, 2026-11-23T16:00:00Z",
    ]
    assert [words for words in said if words not in text] == []


def test_a_complete_answer_without_receipt_says_so(answer: dict[str, Any]) -> None:
    text = told(answer | {"complete": True, "receipt": None})
    assert "INCOMPLETE" not in text
    assert "No receipt." in text


def test_many_records_are_counted_not_lost(answer: dict[str, Any]) -> None:
    entries = answer["view"]["entry"]
    entries += [{"fullUrl": f"urn:uuid:n{number}", "resource": observation(MIA)} for number in range(9)]
    assert "and 3 more" in told(answer)


def test_sources_of_which_the_same_is_said_are_told_once(answer: dict[str, Any]) -> None:
    answer["withheld"] = [
        withheld(DANA, source, "IDENTITY_NOT_CONFIRMED") for source in ("Police", "Housing")
    ]
    text = told(answer)
    assert text.count("IDENTITY_NOT_CONFIRMED. ") == 1
    assert "Police, Housing" in text


def test_risk_is_told_before_what_is_only_counted(answer: dict[str, Any]) -> None:
    entries = answer["view"]["entry"]
    entries += [{"fullUrl": f"urn:uuid:n{number}", "resource": observation(MIA)} for number in range(20)]
    risk = observation(MIA) | {"resourceType": "RiskAssessment", "code": {"text": "Told last by the hub"}}
    entries.append({"fullUrl": "urn:uuid:r", "resource": risk})
    assert "RiskAssessment: Told last by the hub" in told(answer)


def test_a_row_for_everybody_is_nobodys(answer: dict[str, Any]) -> None:
    assert [row["code"] for row in for_everyone(answer)] == ["CONSENT_REQUIRED"]
    assert all("Housing" not in person.withheld for person in by_person(answer, NAMES))


def test_a_former_address_is_no_headline() -> None:
    homes = [{"use": "home", "line": ["1 New Row"]}, {"use": "old", "line": ["2 Old Row"]}]
    assert headline({"resourceType": "Patient", "address": homes}) == "1 New Row"
