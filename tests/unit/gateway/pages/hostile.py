"""What pages are made of, with a script for every string: cases, records, answers, tasks, reports."""

import dataclasses
from datetime import UTC, datetime
from typing import Any

from services.contract.decisions import Matrix, MatrixAsked, MatrixCell, MatrixPart, MatrixRow
from services.contract.views import FamilyView, Refused
from services.gateway.monitoring.papers import PaperState
from services.gateway.monitoring.report import MonitoringReport, Section
from services.gateway.pages.case import CasePage, Described, Recorded
from services.gateway.pages.desk import Frame
from services.gateway.pages.family import family_page
from services.gateway.pages.forms import Form
from services.gateway.pages.question import Offer
from services.gateway.pages.records import in_words
from services.gateway.suppress import Table
from services.policy.lifecycle.standing import InForce, Standing, Waiting

SCRIPT = "<script>alert(1)</script>"
QUOTED = f"\"'{SCRIPT}"
ONE, TWO = "urn:uuid:1", "urn:uuid:2"


def hostile(type_: type[Any], **fixed: Any) -> Any:
    """An instance of a dataclass, each of whose strings is a script."""
    return type_(**{one.name: fixed.get(one.name, QUOTED) for one in dataclasses.fields(type_)})


class Typed(dict[str, str]):
    """A form in whose every field somebody typed a script."""

    def get(self, _: str, default: Any = None) -> str:
        return QUOTED


def form() -> Form:
    return Form(
        Typed(), {"ground": QUOTED, "given": QUOTED, "text": QUOTED, "born-day": QUOTED, "case": QUOTED}
    )


IN_FORCE = hostile(InForce, since="2026-11-23T09:00:00Z", signed_by=(QUOTED,), index=3)
WAITING = hostile(
    Waiting, proposed="2026-11-23T09:00:00Z", widens=True, lines=((QUOTED, True),), signed_by=(QUOTED,),
    checks_not_run=(QUOTED,),
)  # fmt: skip
STANDING = hostile(
    Standing, signed_only=True, in_force=IN_FORCE, earlier=(IN_FORCE,), waiting=(WAITING,), signers=(), trouble=(QUOTED,),
)  # fmt: skip
FRAME = Frame(True, QUOTED, "cases", QUOTED, QUOTED, QUOTED)
CASE = hostile(
    CasePage,
    state="OPEN",
    rag="RED",
    missing=((QUOTED, QUOTED),),
    subjects=(hostile(Described),),
    household=(hostile(Described),),
    members=(QUOTED,),
    evidence=(hostile(Recorded),),
    may_close=True,
)
CODED = {"code": QUOTED, "title": QUOTED, "meaning": QUOTED, "basis": QUOTED, "id": QUOTED, "name": QUOTED}
REFUSED = Refused(QUOTED, QUOTED, QUOTED)


def concept() -> dict[str, Any]:
    return {"text": QUOTED, "coding": [{"code": QUOTED, "display": QUOTED}]}


def resources() -> list[dict[str, Any]]:
    """One of each kind that the pages read in a way of its own."""
    about = {"reference": ONE}
    meta = {"meta": {"source": "urn:mash:source:" + QUOTED, "lastUpdated": QUOTED}}
    name = [{"given": [QUOTED], "family": QUOTED}]
    when = {"period": {"start": QUOTED, "end": QUOTED}, "status": "active"}
    bodies: dict[str, dict[str, Any]] = {
        "Patient": {
            "name": name,
            "gender": QUOTED,
            "birthDate": QUOTED,
            "deceasedDateTime": QUOTED,
            "identifier": [{"system": QUOTED, "value": QUOTED}],
            "address": [
                {"line": [QUOTED], "city": QUOTED, "postalCode": QUOTED},
                {"use": "old", "text": QUOTED},
            ],
            "telecom": [{"value": QUOTED}],
        },
        "RelatedPerson": {"patient": about, "name": name, "birthDate": QUOTED, "relationship": [concept()]},
        "Flag": {"subject": about, "code": concept(), "category": [concept()], **when},
        "RiskAssessment": {
            "subject": about,
            "prediction": [{"outcome": concept(), "qualitativeRisk": concept(), "rationale": QUOTED}],
        },
        "CareTeam": {"subject": about, "participant": [{"member": {"display": QUOTED}, "role": [concept()]}]},
        "EpisodeOfCare": {"patient": about, "type": [concept()], "careManager": {"display": QUOTED}, **when},
        "Observation": {
            "subject": about,
            "code": concept(),
            "valueQuantity": {"value": QUOTED, "unit": QUOTED},
        },
        "MedicationStatement": {
            "subject": about,
            "medicationCodeableConcept": concept(),
            "dosage": [{"text": QUOTED}],
            "note": [{"text": QUOTED}],
        },
        "AllergyIntolerance": {
            "patient": about,
            "code": concept(),
            "reaction": [{"manifestation": [concept()]}],
        },
        "QuestionnaireResponse": {
            "subject": about,
            "item": [{"text": QUOTED, "answer": [{"valueString": QUOTED}], "item": [{"text": QUOTED}]}],
        },
    }
    return [
        {"resourceType": kind, "id": str(number), **meta, **body}
        for number, (kind, body) in enumerate(bodies.items())
    ]


TIES = [{"kind": "relationship", "code": QUOTED, "toward": ONE, "source": QUOTED, "start": QUOTED, "end": QUOTED, "current": now}
        for now in (True, False)]  # fmt: skip
WORKER = dict.fromkeys(("name", "role", "service", "organisation", "telephone", "source", "start"), QUOTED)
CONTACT: dict[str, Any] = {"person": ONE, **WORKER}
SAID: dict[str, Any] = dict.fromkeys(("value", "source", "start", "end", "received"), QUOTED)


def view() -> FamilyView:
    entries = [
        {"fullUrl": ONE if one["resourceType"] == "Patient" else f"urn:uuid:r{number}", "resource": one}
        for number, one in enumerate(resources())
    ]
    rows = [
        {
            "person": person,
            "source": QUOTED,
            "class": QUOTED,
            "code": QUOTED,
            "sentence": QUOTED,
            "who_can_change": QUOTED,
            "effect": QUOTED,
        }
        for person in (ONE, "")
    ]
    states = [{"ref": ONE, "state": "HELD"}, {"ref": TWO, "state": "SOURCE_DOWN"}]
    return FamilyView.model_validate(
        {
            "match": "MATCH",
            "view": {"resourceType": "Bundle", "type": "collection", "entry": entries},
            "people": [
                {"ref": ONE, "why": ["asked-about"], "match": QUOTED, "name": QUOTED},
                {"ref": TWO, "why": [QUOTED], "match": "NOT_CONFIRMED", "ties": TIES},
            ],
            "contacts": [CONTACT | {"first": True}, CONTACT | {"name": None}],
            "differences": [{"person": ONE, "field": QUOTED, "said": [SAID, SAID | {"end": None}]}],
            "candidates": [{"candidate": QUOTED, "name": QUOTED, "birth_year": QUOTED}],
            "sources": [{"source": QUOTED, "people": states}, {"source": QUOTED, "people": states[:1]}],
            "complete": False,
            "withheld": rows,
            "obligations": [QUOTED],
            "warnings": [QUOTED],
            "notes": [QUOTED],
            "receipt": {"id": QUOTED, "log": QUOTED, "index": 1, "time": QUOTED},
        }
    )


def family() -> Any:
    return family_page(view(), {QUOTED: QUOTED}, datetime(2026, 11, 23, tzinfo=UTC), kept=(QUOTED,))


NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def found(match: str) -> dict[str, Any]:
    answer = view().model_copy(update={"match": match})
    return {
        "case": CASE,
        "answer": answer,
        "offers": (Offer(QUOTED, QUOTED, "2019"),),
        "carried": [("given", QUOTED)],
        "now": NOON,
        "asked": ["given"],
        "scope": QUOTED,
        "form": Form(),
    }


RECORD = in_words(
    {"resourceType": "Flag", "code": {"text": QUOTED}, "status": QUOTED, "category": [{"text": QUOTED}]}
)
TASK: dict[str, Any] = {
    **dict.fromkeys(("id", "kind", "inbox", "title", "sentence", "next_step"), QUOTED),
    **dict.fromkeys(("raised_at", "due", "decided_at"), QUOTED),
    "state": "OPEN",
    "overdue": True,
    "chooses": True,
    "of_records": True,
    "advice": False,
    "answers": [CODED],
    "receipt": {"id": QUOTED},
}
ROW = hostile(MatrixRow, cells=(hostile(MatrixCell),))
MATRIX = hostile(
    Matrix,
    asked=hostile(MatrixAsked),
    classes=((QUOTED, QUOTED, QUOTED),),
    holders=(ROW,),
    groups=((QUOTED, QUOTED),),
    parts=(MatrixPart((QUOTED,), (QUOTED,), (ROW,)),),
    gaps=(QUOTED,),
)
REPORT = hostile(
    MonitoringReport,
    requests=1,
    unread=1,
    sections=(Section(QUOTED, QUOTED, Table({QUOTED: 1}, 1), {QUOTED: QUOTED}),),
    papers=((hostile(PaperState, parties=()), 1),),
)
SELECT = {"id": "a", "name": "a", "label": {"text": QUOTED}, "items": [{"value": QUOTED, "text": QUOTED}]}
CODE = {"code": QUOTED, "title": QUOTED, "sentence": QUOTED}
