"""Links between records: taking apart two people who count as one, or asking whether two records are one person's.

Promise: records are named in the body by the names that their sources give them; what comes back names nobody; a link that is
not this person's to withdraw and one that is not there are told in the same words.
"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.contract.cases import AskAboutLink, Asker, RecordName, WithdrawLink
from services.contract.problems import NotFound
from services.contract.views import Refused
from services.gateway.links.asking import ask_about_link
from services.gateway.links.withdrawing import Waits, withdraw_link
from services.gateway.pages import reviews
from services.gateway.pages.desk import Desk, go
from services.gateway.pages.forms import Form, Typed, made
from services.gateway.pages.told import told_of
from services.gateway.reviews.deciding import LEAST
from services.gateway.reviews.readers import reads

ROOM = "/links"
APART, ASK = "apart", "ask"
_RECORDS = ("record", "other")


def pages_of(role: str) -> tuple[tuple[str, str], ...]:
    """(address, title) of the page, for a role that reviews."""
    return ((ROOM, "Links between records"),) if reads(role) else ()


def routes(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get(ROOM)
    def blank(request: Request) -> Response:
        return _form(desk, desk.reader(request, reads), Form())

    @router.post(ROOM)
    def act(request: Request, form: Typed) -> Response:
        asker = desk.reader(request, reads)
        _check(desk, form)
        if form.errors:
            return _form(desk, asker, form)
        try:
            return _apart(desk, asker, form) if form.get("act") == APART else _asked(desk, asker, form)
        except NotFound as problem:
            form.wrong("record-id", f"{problem.detail[:1].upper()}{problem.detail[1:]}. {problem.next_step}")
            return _form(desk, asker, form)

    return router


def _check(desk: Desk, form: Form) -> None:
    if form.get("act") not in (APART, ASK):
        form.wrong("act", "Say what is to be done")
    for name in _RECORDS:
        if name == "other" and form.get("act") == APART and not form.get("other-id"):
            continue
        if desk.parts.rules.source(form.get(f"{name}-source")) is None:
            form.wrong(f"{name}-source", "Choose the source of the record")
        if not 0 < len(form.get(f"{name}-id")) <= 64:
            form.wrong(f"{name}-id", "Give the id that the source gives the record")
    if len(form.get("reason")) < LEAST:
        form.wrong("reason", "Write down why, in your own words")


def _apart(desk: Desk, asker: Asker, form: Form) -> Response:
    apart = _record(form, "other") if form.get("other-id") else None
    body = made(WithdrawLink, record=_record(form, "record"), apart_from=apart, reason=form.get("reason"))
    return taken_apart(desk, asker, body)


def taken_apart(desk: Desk, asker: Asker, body: WithdrawLink) -> Response:
    """Withdraw a link, and show what came of it. Raises `NotFound`."""
    done = withdraw_link(desk.parts, asker, body)
    if isinstance(done, Refused):
        return desk.refuse(asker, done, ROOM, act=True)
    if isinstance(done, Waits):
        return go(f"{reviews.ROOM}/{done.task}")
    told = told_of(desk, (one.plain() for one in done.recipients))
    return desk.show(asker, "link_withdrawn.html", here="tasks", done=done, told=told)


def _asked(desk: Desk, asker: Asker, form: Form) -> Response:
    names = {name: _record(form, name) for name in _RECORDS}
    body = made(AskAboutLink, **names, reason=form.get("reason"))
    return go(f"{reviews.ROOM}/{ask_about_link(desk.parts, asker, body)}")


def _record(form: Form, name: str) -> RecordName:
    kind = "RelatedPerson" if form.get(f"{name}-type") == "RelatedPerson" else "Patient"
    return made(RecordName, source=form.get(f"{name}-source"), type=kind, id=form.get(f"{name}-id"))


def _form(desk: Desk, asker: Asker, form: Form) -> Response:
    sources = sorted((one.name, id) for id, one in desk.parts.shelf.current().sources.items())
    status = 422 if form.errors else 200
    return desk.show(asker, "links.html", status=status, here="tasks", form=form, sources=sources)
