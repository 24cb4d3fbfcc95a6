"""The page on which a privacy officer makes a person's own copy, and lets go of what their organisation held back from it.

Promise: whom it is about travels by POST only; the copy comes as a file, and what is held back is looked at on another page,
so that nothing of it can be printed with the copy.
"""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.contract.cases import Asker
from services.contract.people import About
from services.contract.problems import BadInput
from services.contract.views import Refused
from services.gateway.pages.desk import Desk
from services.gateway.pages.forms import Form, Typed, day, whom
from services.gateway.pages.rendering import environment
from services.gateway.rights import own_copy

PAGE, HELD = "/own-copy", "/own-copy/held-back"
_WHO = ("nhs_number", "given", "family", "born-day", "born-month", "born-year")


def paper(copy: own_copy.Copy) -> bytes:
    """The copy as a page that stands by itself, UTF-8."""
    page = environment().get_template("own_copy_paper.html")
    text = page.render(copy=copy, leaves_out=own_copy.LEAVES_OUT, mixed=own_copy.MIXED)
    return text.encode()


FORMS: Mapping[str, tuple[str, str, own_copy.Write]] = {
    "text": ("text/plain; charset=utf-8", "your-copy.txt", own_copy.plain),
    "page": ("text/html; charset=utf-8", "your-copy.html", paper),
}
"""Form -> (media type, name of the file, what writes it)."""


def routes(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get(PAGE)
    def ask(request: Request) -> Response:
        return _asked(desk, _officer(desk, request), Form())

    @router.post(PAGE)
    def make(request: Request, form: Typed) -> Response:
        asker = _officer(desk, request)
        person, checked = whom(form), day(form, "checked")
        media, name, write = FORMS.get(form.get("form"), FORMS["text"])
        if not checked:
            form.wrong("checked-day", "Give the day on which you made sure who asks")
        if person is None or form.errors:
            return _asked(desk, asker, form)
        try:
            found = own_copy.make(desk.parts, asker, person, checked, write)
        except BadInput:
            form.wrong("checked-day", "Give a day that has been")
            return _asked(desk, asker, form)
        if isinstance(found, Refused):
            return desk.refuse(asker, found, PAGE)
        return Response(
            found, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )

    @router.post(HELD)
    def held(request: Request, form: Typed) -> Response:
        asker = _officer(desk, request)
        person = whom(form)
        if person is None or form.errors:
            return _asked(desk, asker, form)
        if form.get("reference"):
            return _let_go(desk, asker, person, form)
        return _held(desk, asker, person, form)

    return router


def _officer(desk: Desk, request: Request) -> Asker:
    return desk.reader(request, lambda role: role == own_copy.OFFICER)


def _let_go(desk: Desk, asker: Asker, person: About, form: Form) -> Response:
    try:
        found = own_copy.let_go(desk.parts, asker, person, form.get("reference"), form.get("reason"))
    except BadInput:
        form.wrong("reason", "Say why the person may know now")
        return _held(desk, asker, person, form)
    if isinstance(found, Refused):
        return desk.refuse(asker, found, PAGE)
    return _held(desk, asker, person, Form({name: form.get(name) for name in _WHO}))


def _asked(desk: Desk, asker: Asker, form: Form) -> Response:
    return desk.show(asker, "own_copy.html", status=422 if form.errors else 200, here="tasks", form=form)


def _held(desk: Desk, asker: Asker, person: About, form: Form) -> Response:
    found = own_copy.held_back(desk.parts, asker, person)
    if isinstance(found, Refused):
        return desk.refuse(asker, found, PAGE)
    return desk.show(
        asker,
        "own_copy_held.html",
        status=422 if form.errors else 200,
        here="tasks",
        held=found,
        who={name: form.get(name) for name in _WHO if form.get(name)},
        form=form,
    )
