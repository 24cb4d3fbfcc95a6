"""Taking a record away from somebody in a family view who is shown as one and is not.

Promise: it is offered to whoever reviews, beside the person; it is the same act as on the page of links, with nobody's id typed
or shown; what the form carries is what the reader was shown, and is believed by nobody.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.contract.cases import Asker, WithdrawLink
from services.contract.problems import BadInput, NotFound
from services.gateway.links.shown import named
from services.gateway.pages import links
from services.gateway.pages.desk import Desk
from services.gateway.pages.forms import Form, Typed, made
from services.gateway.pages.particulars import facts_of, source_id, source_of
from services.gateway.reviews.deciding import LEAST
from services.gateway.reviews.readers import reads

PAGE = "/links/beside"
MOST = 30
_SAID = ("Name", "Date of birth", "Other number")
_LABEL, _ID = 500, 64


@dataclass(frozen=True, slots=True)
class Beside:
    """One of the records of which a person is made: under which id it left, and what it says of who they are."""

    shown: str
    words: str = field(repr=False)


def records_of(
    patients: Sequence[Mapping[str, Any]], sources: Mapping[str, str], kept: Collection[str]
) -> tuple[Beside, ...]:
    """The records of a person that could be taken apart; none where there are not two. `kept`: ids of the sources whose records
    are kept here, for those of a live one are joined by nothing but their number.
    """
    found = []
    for one in [one for one in patients if source_id(one) in kept][:MOST]:
        facts = {fact.label: fact.values for fact in facts_of([one], sources)}
        said = (value for label in _SAID for value, _ in facts.get(label, ()))
        found.append(Beside(str(one["id"]), f"{source_of(one, sources)}: {', '.join(said)}"))
    return tuple(found) if len(found) > 1 else ()


def routes(desk: Desk) -> APIRouter:
    """The route."""
    router = APIRouter()

    @router.post(PAGE)
    def act(request: Request, form: Typed) -> Response:
        asker = desk.reader(request, reads)
        records = _carried(form)
        if not records or not form.get("sent"):
            return _form(desk, asker, form, records)
        if form.get("record") not in {one.shown for one in records}:
            form.wrong("record", "Say which record does not belong")
        if len(form.get("reason")) < LEAST:
            form.wrong("reason", "Write down why, in your own words")
        if form.errors:
            return _form(desk, asker, form, records)
        try:
            return links.taken_apart(desk, asker, _body(desk, asker, form, records))
        except NotFound as problem:
            form.wrong("record", f"{problem.detail[:1].upper()}{problem.detail[1:]}. {problem.next_step}")
            return _form(desk, asker, form, records)

    return router


def _body(desk: Desk, asker: Asker, form: Form, records: Sequence[Beside]) -> WithdrawLink:
    # Of two it does not matter which came first; of more the record is taken from all that were there when it came.
    other = [one.shown for one in records if one.shown != form.get("record")]
    chosen = [form.get("record"), *(other if len(records) == 2 else ())]
    names = [named(desk.parts, asker, form.get("answer"), one) for one in chosen]
    if None in names:
        raise BadInput(
            "this was shown to somebody else, or too long ago, or is a record that the hub does not keep",
            next_step="Ask for the family again, and begin from there.",
        )
    apart = names[1] if len(names) > 1 else None
    return made(WithdrawLink, record=names[0], apart_from=apart, reason=form.get("reason"))


def _carried(form: Form) -> tuple[Beside, ...]:
    found = []
    for number in range(1, MOST + 1):
        shown, words = form.get(f"beside-{number}"), form.get(f"beside-{number}-words")
        if shown and len(shown) <= _ID and len(words) <= _LABEL:
            found.append(Beside(shown, words))
    return tuple(found)


def _form(desk: Desk, asker: Asker, form: Form, records: Sequence[Beside]) -> Response:
    if not records:
        raise BadInput("nobody's records were named", next_step="Begin from a family view.")
    status = 422 if form.errors else 200
    return desk.show(asker, "beside.html", status=status, here="find", form=form, records=records)
