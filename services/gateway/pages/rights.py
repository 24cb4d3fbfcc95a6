"""Pages for whoever answers a person's requests: legal holds, and erasure, each with a second person.

Promise: whom it is about travels by POST only and is on no list; what is refused says why, who can change it, and from which
day it may be done.
"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.contract.cases import Asker
from services.contract.views import Refused
from services.contract.vocabulary import code_list
from services.gateway.pages import words
from services.gateway.pages.desk import Desk, go
from services.gateway.pages.forms import Form, Typed, whom
from services.gateway.pages.own_copy import PAGE as OWN_COPY
from services.gateway.rights import erasure
from services.gateway.rights.own_copy import OFFICER

HOLDS, ERASURE = "/legal-holds", "/erasure"
ASKS = ("PRIVACY-OFFICER", "DPO")


def pages_of(role: str) -> tuple[tuple[str, str], ...]:
    """(address, title) of the pages that a role reads."""
    found = [(HOLDS, "Legal holds")] if role in erasure.READERS else []
    found += [(ERASURE, "Erase a person from the ledger")] if role in ASKS else []
    found += [(OWN_COPY, "A copy for the person")] if role == OFFICER else []
    return tuple(found)


def routes(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get(HOLDS)
    def holds(request: Request) -> Response:
        return _holds(desk, _reader(desk, request, HOLDS), Form())

    @router.post(HOLDS)
    def set_hold(request: Request, form: Typed) -> Response:
        asker = _reader(desk, request, HOLDS)
        if form.get("release"):
            return _told(desk, asker, erasure.ask_release(desk.parts, asker, form.get("release")), HOLDS)
        _chosen(form, "kind", "hold-kinds", "Say for whom the records are kept")
        person = whom(form)
        if person is None or form.errors:
            return _holds(desk, asker, form)
        return _told(desk, asker, erasure.set_hold(desk.parts, asker, person, form.get("kind")), HOLDS)

    @router.get(ERASURE)
    def erasures(request: Request) -> Response:
        return _erasure(desk, _reader(desk, request, ERASURE), Form())

    @router.post(ERASURE)
    def ask(request: Request, form: Typed) -> Response:
        asker = _reader(desk, request, ERASURE)
        _chosen(form, "reason", "erasure-reasons", "Say why it is to be erased")
        person = whom(form)
        if person is None or form.errors:
            return _erasure(desk, asker, form)
        return _told(desk, asker, erasure.ask_erasure(desk.parts, asker, person, form.get("reason")), ERASURE)

    return router


def _reader(desk: Desk, request: Request, page: str) -> Asker:
    return desk.reader(request, lambda role: page in dict(pages_of(role)))


def _chosen(form: Form, name: str, vocabulary: str, wrong: str) -> None:
    if form.get(name) not in code_list(vocabulary):
        form.wrong(name, wrong)


def _told(desk: Desk, asker: Asker, answer: object, back: str) -> Response:
    return desk.refuse(asker, answer, back, act=True) if isinstance(answer, Refused) else go(back)


def _holds(desk: Desk, asker: Asker, form: Form) -> Response:
    return desk.show(
        asker,
        "holds.html",
        status=422 if form.errors else 200,
        here="tasks",
        holds=desk.parts.ledger.holds.listed(asker.organisation),
        kinds=_choices("hold-kinds"),
        form=form,
    )


def _erasure(desk: Desk, asker: Asker, form: Form) -> Response:
    return desk.show(
        asker,
        "erasure.html",
        status=422 if form.errors else 200,
        here="tasks",
        waiting=desk.parts.ledger.erasing.listed(asker.organisation),
        reasons=_choices("erasure-reasons"),
        days=desk.parts.settings.key_backup_days,
        form=form,
    )


def _choices(vocabulary: str) -> list[tuple[str, str, str]]:
    return [
        (code, words.title(vocabulary, code), str(row["sentence"]))
        for code, row in code_list(vocabulary).items()
    ]
