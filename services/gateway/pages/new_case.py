"""Opening a case: first the purpose, then its ground, whom it is about, who lives there, and who may ask on it.

Promise: opening answers the same whether the hub knows anybody described; everything typed stays when something is wrong.
"""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.contract.cases import Asker, Ground, Member, OpenCase, Subject
from services.contract.problems import BadInput, NotFound
from services.contract.views import Refused
from services.contract.vocabulary import code_list, entry
from services.gateway.access.fresh import is_fresh
from services.gateway.cases.break_glass import HOURS, PURPOSE, may_break
from services.gateway.cases.open import open_case
from services.gateway.cases.states import MANAGERS, S47
from services.gateway.pages.desk import Desk, go
from services.gateway.pages.forms import Form, Typed, about, made

AGAIN = f"/your-cases/new/{PURPOSE}/again"
_IN_WORDS = {
    S47: "State the reasonable cause in your own words",
    PURPOSE: "Say why this patient cannot be treated safely otherwise",
}
MOST = {"subjects": 12, "household": 20, "members": 10}
LEAST = {"subjects": 1, "household": 0, "members": 1}


@dataclass(frozen=True, slots=True)
class Rows:
    """How many of each the form has room for."""

    subjects: int
    household: int
    members: int


def routes(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/your-cases/new")
    def purposes(request: Request) -> Response:
        return _purposes(desk, desk.asker(request))

    @router.post("/your-cases/new")
    def chosen(request: Request, form: Typed) -> Response:
        asker, purpose = desk.asker(request), form.get("purpose")
        if purpose not in _open_to(desk, asker):
            return _purposes(desk, asker, "Say what the case is for")
        return go(f"/your-cases/new/{purpose}")

    @router.get(AGAIN)
    async def again(request: Request) -> Response:
        return await desk.sign_in.again(request, f"/your-cases/new/{PURPOSE}")

    @router.get("/your-cases/new/{purpose}")
    def blank(request: Request, purpose: str) -> Response:
        asker = desk.asker(request)
        if purpose == PURPOSE:
            return _break_glass(desk, request, asker, Form(desk.sessions.typed(request)))
        team = asker.teams[0] if asker.teams else ""
        form = Form({"members-0-organisation": asker.organisation, "members-0-team": team, "rag": "AMBER"})
        return _form(desk, asker, purpose, form)

    @router.post("/your-cases/new/{purpose}")
    def filled(request: Request, purpose: str, form: Typed) -> Response:
        asker = desk.asker(request)
        if form.get("add"):
            return _form(desk, asker, purpose, form)
        if purpose == PURPOSE and not is_fresh(desk.parts, asker):
            return _break_glass(desk, request, asker, form)
        desk.sessions.keep_typed(request, {})
        return _opened(desk, asker, purpose, form)

    return router


def _open_to(desk: Desk, asker: Asker) -> list[str]:
    """The purposes for which this person may open a case, in the list's order."""
    allowed = desk.parts.rules.purposes_of(asker.role)
    return [
        code
        for code, row in code_list("purposes").items()
        if code in allowed
        and row["opens_case"]
        and (code != S47 or asker.role in MANAGERS)
        and (code != PURPOSE or may_break(asker.role))
    ]


def _break_glass(desk: Desk, request: Request, asker: Asker, form: Form) -> Response:
    """The form, once the person has signed in again; before that, why, with what was typed kept in the session."""
    if PURPOSE not in _open_to(desk, asker):
        raise NotFound("no case for this purpose is yours to open")
    if is_fresh(desk.parts, asker):
        return _form(desk, asker, PURPOSE, form)
    desk.sessions.keep_typed(request, form.values)
    return desk.show(asker, "again.html", here="cases", hours=HOURS)


def _purposes(desk: Desk, asker: Asker, error: str = "") -> Response:
    rows = [(code, entry("purposes", code)) for code in _open_to(desk, asker)]
    return desk.show(asker, "new_purpose.html", here="cases", rows=rows, error=error)


def _form(desk: Desk, asker: Asker, purpose: str, form: Form) -> Response:
    if purpose not in _open_to(desk, asker):
        raise NotFound("no case for this purpose is yours to open")
    grounds = [row for row in code_list("grounds").values() if purpose in row["purposes"]]
    book = desk.parts.shelf.current()
    return desk.show(
        asker,
        "new_case.html",
        status=422 if form.errors else 200,
        here="cases",
        purpose=entry("purposes", purpose),
        grounds=grounds,
        organisations=list(book.organisations.values()),
        form=form,
        rows=_rows(form),
        hours=purpose == S47,
        glass=purpose == PURPOSE,
    )


def _rows(form: Form) -> Rows:
    counts = {
        name: form.count(f"{name}-rows", LEAST[name], MOST[name]) + (form.get("add") == name) for name in MOST
    }
    return Rows(**{name: min(count, MOST[name]) for name, count in counts.items()})


def _opened(desk: Desk, asker: Asker, purpose: str, form: Form) -> Response:
    body = _message(form, purpose)
    if body is None:
        return _form(desk, asker, purpose, form)
    try:
        opened = open_case(desk.parts, asker, body)
    except BadInput as problem:
        for place in problem.places or (problem.detail,):
            words = place.rpartition(": ")[2]
            form.wrong(
                "members-0-team" if place.startswith("members") else "ground", words[:1].upper() + words[1:]
            )
        return _form(desk, asker, purpose, form)
    return (
        desk.refuse(asker, opened, act=True)
        if isinstance(opened, Refused)
        else go(f"/your-cases/{opened.id}")
    )


def _message(form: Form, purpose: str) -> OpenCase | None:
    rows = _rows(form)
    subjects = []
    for number in range(rows.subjects):
        person = about(form, f"subjects-{number}-", postcode=False)
        if person is not None:
            kind = form.get(f"subjects-{number}-as")
            if kind not in ("child", "adult"):
                form.wrong(f"subjects-{number}-as", "Say whether this is a child or an adult")
            else:
                subjects.append(Subject.model_validate({"about": person, "as": kind}))
    household = [about(form, f"household-{number}-", postcode=False) for number in range(rows.household)]
    if not subjects:
        form.wrong("subjects-0-given", "Say whom the case is about: a name, an NHS number or a date of birth")
    if form.get("ground") not in code_list("grounds"):
        form.wrong("ground", "Say on what ground the case is opened")
    if purpose in _IN_WORDS and not form.get("ground_text"):
        form.wrong("ground_text", _IN_WORDS[purpose])
    if form.errors:
        return None
    return made(
        OpenCase,
        purpose=purpose,
        ground=made(Ground, code=form.get("ground"), text=form.get("ground_text")),
        subjects=tuple(subjects),
        household=tuple(person for person in household if person is not None),
        members=_members(form, rows),
        reference=form.get("reference") or None,
        rag=form.get("rag") or "AMBER",
    )


def _members(form: Form, rows: Rows) -> tuple[Member, ...]:
    found = []
    for number in range(rows.members):
        team, user = form.get(f"members-{number}-team"), form.get(f"members-{number}-user")
        organisation = form.get(f"members-{number}-organisation")
        if team or user:
            found.append(made(Member, organisation=organisation, team=team or None, user=user or None))
    return tuple(found)
