"""Every page rendered from data whose every string is a script: none of it may come out as markup."""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from services.contract.decisions import Matrix, MatrixAsked, MatrixCell, MatrixPart, MatrixRow
from services.contract.problems import BadInput
from services.contract.releases import Erasure, Hold, OwnHeld
from services.contract.views import FamilyView, Refused
from services.gateway.monitoring.papers import PaperState
from services.gateway.monitoring.report import MonitoringReport, Section
from services.gateway.notices.letting_go import Held
from services.gateway.pages.asked import AskedLine
from services.gateway.pages.case import CasePage, Described, Recorded
from services.gateway.pages.cases import Listed
from services.gateway.pages.desk import Frame
from services.gateway.pages.family import family_page
from services.gateway.pages.forms import Form
from services.gateway.pages.new_case import Rows
from services.gateway.pages.oversight import Line
from services.gateway.pages.receipt import ReceiptPage
from services.gateway.pages.records import in_words
from services.gateway.pages.rendering import HERE, page
from services.gateway.pages.tasks import Fact, Item
from services.gateway.rights.own_copy import Copy
from services.gateway.rights.own_copy import Line as CopyLine
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
    return family_page(view(), {QUOTED: QUOTED}, datetime(2026, 11, 23, tzinfo=UTC))


def found(match: str) -> dict[str, Any]:
    answer = view().model_copy(update={"match": match})
    return {
        "case": CASE,
        "answer": answer,
        "question": hostile(Described),
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
PAGES: Mapping[str, dict[str, Any]] = {
    "start.html": {},
    "accessibility.html": {},
    "role.html": {"rows": [(QUOTED, QUOTED, QUOTED)], "error": QUOTED},
    "cases.html": {"cases": [hostile(Listed, state="OPEN", rag="RED")], "may_open": True},
    "new_purpose.html": {"rows": [(QUOTED, CODED)], "error": QUOTED},
    "new_case.html": {
        "purpose": CODED,
        "grounds": [CODED],
        "organisations": [CODED],
        "form": form(),
        "rows": Rows(1, 1, 1),
        "hours": True,
        "glass": True,
    },
    "again.html": {"hours": 4},
    "case.html": {"case": CASE, "kinds": [CODED], "asked": [hostile(AskedLine, may_challenge=True)]},
    "evidence.html": {
        "case": CASE,
        "kind": CODED | {"per_person": True},
        "reasons": [CODED],
        "grounds": [CODED],
        "form": form(),
    },
    "close.html": {"case": CASE, "answers": [CODED], "outcomes": [CODED], "form": form()},
    "find.html": {
        "cases": [hostile(Listed, state="OPEN")],
        "chosen": None,
        "form": form(),
        "relations": [(SCRIPT, SCRIPT)],
    },
    "found.html": found("POTENTIAL"),
    "confirm.html": {"case": CASE, "asked": ["given"], "scope": QUOTED, "form": form()},
    "family.html": {"case": CASE, "view": family()},
    "receipt.html": {"receipt": hostile(ReceiptPage)},
    "refusal.html": {"refused": REFUSED, "back": "/your-cases"},
    "tasks.html": {
        "tasks": [TASK],
        "decided": [TASK | {"answer": QUOTED}],
        "inboxes": [QUOTED],
        "more": [("/given", QUOTED)],
    },
    "given.html": {"lines": [hostile(Line)]},
    "glass.html": {"own": [hostile(Line)], "reached": [hostile(Line)]},
    "held_back.html": {
        "held": [hostile(Held, why=(QUOTED,), holders=2)],
        "form": Form({}, {"reason": QUOTED}),
    },
    "holds.html": {"holds": [hostile(Hold)], "kinds": [(QUOTED,) * 3], "form": form()},
    "erasure.html": {"waiting": [hostile(Erasure)], "reasons": [(QUOTED,) * 3], "days": 35, "form": form()},
    "own_copy.html": {"form": form()},
    "own_copy_held.html": {
        "held": [hostile(OwnHeld, roles=(QUOTED,), why=(QUOTED,), answers=2)],
        "who": {"given": QUOTED},
        "form": Form({}, {"reason": QUOTED}),
    },
    "own_copy_paper.html": {
        "copy": hostile(Copy, lines=(hostile(CopyLine, kinds=(QUOTED,)),)),
        "leaves_out": QUOTED,
    },
    "matrix.html": {"matrix": MATRIX, "wrong": QUOTED, "selects": [SELECT], "signs": {QUOTED: QUOTED}},
    "task.html": {
        "task": TASK,
        "facts": [hostile(Fact)],
        "form": form(),
        "items": [Item(QUOTED, RECORD)] * 2,
    },
    "asking.html": {
        "case": CASE,
        "heading": QUOTED,
        "lead": QUOTED,
        "hint": QUOTED,
        "button": QUOTED,
        "act": "owner",
        "whose": [{"value": QUOTED, "text": QUOTED}],
        "form": form(),
    },
    "numbers.html": {"purposes": [QUOTED], "breakdowns": [CODE], "ages": [CODE], "form": form()},
    "numbers_given.html": {
        "answer": SimpleNamespace(
            purpose=QUOTED,
            by=QUOTED,
            among=QUOTED,
            month=QUOTED,
            taken_on=QUOTED,
            smallest=10,
            complete=False,
            rows=[SimpleNamespace(title=QUOTED, count=None)],
            notes=[QUOTED],
            obligations=[QUOTED],
            receipt=None,
            sources=[SimpleNamespace(source=QUOTED, counted=False, sentence=QUOTED, who_can_change=QUOTED)],
        )
    },
    "product.html": {"case": CASE, "partners": {QUOTED: QUOTED}, "actions": [CODE], "form": form()},
    "product_made.html": {
        "case": CASE,
        "match": "MATCH",
        "partner": QUOTED,
        "product": {
            "action": CODE,
            "contact": {"organisation": QUOTED, "telephone": QUOTED},
            "obligations": [QUOTED],
        },
        "view": family(),
    },
    "subject_request.html": {"purposes": [CODE], "form": form()},
    "subject_request_drafted.html": {
        "draft": {
            "match": "MATCH",
            "due": QUOTED,
            "overdue": True,
            "letter": QUOTED,
            "records": [QUOTED],
            "keep_back": [dict.fromkeys(("about", "what", "mark", "code", "sentence"), QUOTED)],
        },
        "view": family(),
    },
    "policies.html": {"standing": STANDING, "signers": [(QUOTED, QUOTED, QUOTED)]},
    "report.html": {"own": REPORT, "partners": REPORT, "months": [QUOTED], "states": {QUOTED: QUOTED}},
    "problem.html": {"problem": BadInput(QUOTED, places=(QUOTED,)), "detail": QUOTED, "sign_in": False},
}


def text_of(template: str, **more: Any) -> str:
    return bytes(page(template, frame=FRAME, **{**PAGES[template], **more}).body).decode()


@pytest.mark.parametrize("template", PAGES)
def test_nothing_that_somebody_wrote_comes_out_as_markup(template: str) -> None:
    text = text_of(template)
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text
    # Nor out of an attribute: the quote before it is escaped wherever it stands.
    assert "\"'&lt;script" not in text


@pytest.mark.parametrize("match", ["MANY", "NONE"])
def test_nor_on_the_other_ends_of_a_search(match: str) -> None:
    assert "<script>alert" not in text_of("found.html", **found(match))


def test_every_page_is_tried() -> None:
    templates = {path.name for path in (HERE / "templates").glob("*.html")}
    assert templates - {"base.html", "half_known.html", "identifying.html", "parts.html"} == set(PAGES)


def test_each_string_of_a_record_that_is_shown_is_shown_as_text() -> None:
    shown = text_of("family.html")
    # The test would be empty if the view left the records out.
    assert shown.count("&lt;script&gt;") > 60
