"""Pages for whoever looks after an organisation's records: who was given them, what is held back, and uses of broken glass.

Promise: none of them names a patient, a case or a record; a role that does not read one is told what somebody is told for
whom there is no such page.
"""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.contract.cases import Asker
from services.contract.problems import BadInput
from services.gateway.cases.states import MANAGERS
from services.gateway.notices import letting_go, own_view, uses
from services.gateway.pages import words
from services.gateway.pages.desk import Desk, go
from services.gateway.pages.forms import Form, Typed

GIVEN, HELD, GLASS = "/given", "/held-back", "/break-glass"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of any of the three pages, in words."""

    when: str
    what: str
    by: str
    outcome: str = ""
    link: str = ""


def pages_of(role: str) -> tuple[tuple[str, str], ...]:
    """(address, title) of the pages that a role reads."""
    found = [(GIVEN, "Who was given our records")] if role in own_view.READERS else []
    found += [(GLASS, "Uses of broken glass")] if role in uses.READERS else []
    found += [(HELD, "What is held back")] if role in MANAGERS | {letting_go.OFFICER} else []
    return tuple(found)


def routes(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get(GIVEN)
    def given(request: Request) -> Response:
        asker = _reader(desk, request, GIVEN)
        lines = [
            Line(words.day(one.day), words.title("purposes", one.purpose), _by(desk, one), str(one.answers))
            for one in own_view.who_was_given(desk.parts, asker)
        ]
        return desk.show(asker, "given.html", here="tasks", lines=lines)

    @router.get(GLASS)
    def glass(request: Request) -> Response:
        asker = _reader(desk, request, GLASS)
        own = [_use(desk, one) for one in uses.own_uses(desk.parts, asker)]
        reached = [_use(desk, one) for one in uses.reaching_uses(desk.parts, asker)]
        return desk.show(asker, "glass.html", here="tasks", own=own, reached=reached)

    @router.get(HELD)
    def held(request: Request) -> Response:
        return _held(desk, _reader(desk, request, HELD), Form())

    @router.post(HELD)
    def let_go(request: Request, form: Typed) -> Response:
        asker = _reader(desk, request, HELD)
        try:
            letting_go.let_go(desk.parts, asker, form.get("reference"), form.get("reason"))
        except BadInput:
            form.wrong("reason", "Say why the holders may know now")
            return _held(desk, asker, form)
        return go(HELD)

    return router


def _reader(desk: Desk, request: Request, page: str) -> Asker:
    return desk.reader(request, lambda role: page in dict(pages_of(role)))


def _by(desk: Desk, one: own_view.Told | uses.Use) -> str:
    return f"{words.title('roles', one.role)}, {desk.organisation_name(one.organisation)}"


def _use(desk: Desk, one: uses.Use) -> Line:
    outcome = words.title("task-answers", one.outcome) if one.outcome else "Not reviewed yet"
    return Line(words.moment(one.at), one.reference, _by(desk, one), outcome, one.task)


def _held(desk: Desk, asker: Asker, form: Form) -> Response:
    return desk.show(
        asker,
        "held_back.html",
        status=422 if form.errors else 200,
        here="tasks",
        held=letting_go.held_back(desk.parts, asker),
        form=form,
    )
