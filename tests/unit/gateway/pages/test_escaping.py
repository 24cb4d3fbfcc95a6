"""Every page rendered from data whose every string is a script: none of it may come out as markup."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from services.contract.problems import BadInput
from services.contract.releases import Erasure, Hold, OwnHeld
from services.contract.reviews import ReviewLine
from services.gateway.notices.letting_go import Held
from services.gateway.pages.asked import AskedLine
from services.gateway.pages.beside import Beside
from services.gateway.pages.cases import Listed
from services.gateway.pages.forms import Form
from services.gateway.pages.new_case import Rows
from services.gateway.pages.oversight import Line
from services.gateway.pages.receipt import ReceiptPage
from services.gateway.pages.rendering import HERE, page
from services.gateway.pages.reviews import Row
from services.gateway.pages.tasks import Fact, Item
from services.gateway.rights.own_copy import Copy
from services.gateway.rights.own_copy import Line as CopyLine
from tests.unit.gateway.pages.hostile import (
    CASE,
    CODE,
    CODED,
    FRAME,
    MATRIX,
    QUOTED,
    RECORD,
    REFUSED,
    REPORT,
    SCRIPT,
    SELECT,
    STANDING,
    TASK,
    Typed,
    family,
    form,
    found,
    hostile,
)

REVIEW = hostile(ReviewLine, given=1, two=True, mine=False, people=())
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
    "confirm.html": found("POTENTIAL") | {"form": form()},
    "family.html": {"case": CASE, "view": family(), "reviews": True},
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
    "reviews.html": {"title": QUOTED, "tasks": [REVIEW], "decided": [REVIEW], "most": 1},
    "review.html": {
        "title": QUOTED,
        "task": REVIEW,
        "open": True,
        "records": [SimpleNamespace(letter=QUOTED, resource={})] * 2,
        "rows": [hostile(Row, values=((QUOTED,), (QUOTED,)))],
        "others": [SimpleNamespace(letter=QUOTED, evidence=[QUOTED])],
        "answers": [{"value": QUOTED, "title": QUOTED, "hint": QUOTED}],
        "said": [dict.fromkeys(("answer", "reason", "who", "at"), QUOTED)],
        "withheld": [(QUOTED, QUOTED)],
        "form": Form(Typed(), {"answer": QUOTED, "reason": QUOTED}),
    },
    "beside.html": {"records": (hostile(Beside), hostile(Beside)), "form": form()},
    "links.html": {"sources": [(QUOTED, QUOTED)], "form": form()},
    "link_withdrawn.html": {
        "done": SimpleNamespace(moved=1, deadline="2026-12-01T13:05:00Z", receipt=SimpleNamespace(id=QUOTED)),
        "told": [QUOTED],
    },
    "protected.html": {"form": form()},
    "protected_found.html": {
        "records": [RECORD],
        "several": False,
        "organisation": QUOTED,
        "receipt": None,
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
