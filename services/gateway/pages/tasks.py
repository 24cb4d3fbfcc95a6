"""Your tasks: what waits in the inboxes of one's own organisation and role, one task, and deciding it.

Promise: the list names kinds and times only; a task's page is shown in reply to a release that was entered first.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from services.contract.cases import Asker, DecideTask
from services.contract.problems import BadInput, Conflict
from services.contract.views import Refused
from services.contract.vocabulary import entry
from services.gateway.pages import links, numbers, reviews, rights, subject_request, words
from services.gateway.pages.desk import Desk, go
from services.gateway.pages.forms import Form, Typed, made
from services.gateway.pages.oversight import pages_of
from services.gateway.pages.records import Record, in_words, name_of
from services.gateway.pages.told import told_of
from services.gateway.protected.designated import inboxes_of, is_officer
from services.gateway.tasks.deciding import decide_task
from services.gateway.tasks.inbox import line, waiting
from services.gateway.tasks.opening import open_task

Id = Annotated[str, Path(pattern=r"^[0-9a-f]{24}$")]
PROTECTED = "/protected"
_LEAST = 3
"""Letters of a reason."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that the task says, in words."""

    label: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Item:
    """One record that the task is about, of the reader's own organisation."""

    token: str
    record: Record = field(repr=False)


def items_of(told: dict[str, Any]) -> tuple[Item, ...]:
    """The records of an open task, in words."""
    return tuple(Item(one["item"], in_own_words(one["resource"])) for one in told["items"])


def in_own_words(resource: dict[str, Any]) -> Record:
    """A record of the reader's own organisation, headed by whom it is about where it is the person's own."""
    record = in_words(resource)
    if resource.get("resourceType") != "Patient":
        return record
    return replace(record, headline=name_of(resource), kind="Who it is")


def facts_of(desk: Desk, told: dict[str, Any]) -> tuple[Fact, ...]:
    """What whoever raised the task wrote down: codes, counts, dates and references, in words."""
    found = [Fact("About", _who(told["about"]))] if told.get("about") else []
    found += [Fact("Purpose", words.title("purposes", told["purpose"]))] if told.get("purpose") else []
    said: dict[str, Callable[[Any], Fact]] = {
        "street": lambda text: Fact("Street asked for", text),
        "uprn": lambda text: Fact("Property asked for (UPRN)", text),
        "phone": lambda text: Fact("Telephone number asked for", text),
        "school": lambda text: Fact("School asked for", text),
        "asking_role": lambda code: Fact("Asked by", words.title("roles", code)),
        "asking_organisation": lambda id: Fact("Of organisation", desk.organisation_name(id)),
        "holding_organisation": lambda id: Fact("Whose records", desk.organisation_name(id)),
        "paper_defect": lambda code: Fact("What is wrong", words.title("paper-defects", code)),
        "asked_for": lambda code: Fact("Asked for", words.title("purposes", code)),
        "worker": lambda id: Fact("Worker", desk.staff_name(id)),
        "refused_as": lambda code: Fact("Refused as", words.title("task-answers", code)),
        "source": lambda id: Fact("Source", _source(desk, id)),
        "nhs_number": lambda number: Fact("NHS number", words.nhs_number(number)),
        "recipients": lambda told: Fact("Told meanwhile", "; ".join(told_of(desk, told)) or "nobody"),
        "commissioner_by": lambda at: Fact("Commissioner by", words.moment(at)),
    }
    plain = (
        said[name](value) if name in said else Fact(words.first_up(name.replace("_", " ")), _value(value))
        for name, value in told["facts"].items()
    )
    return (*found, *plain)


def _who(about: dict[str, Any]) -> str:
    born = about.get("birthDate", "")
    return name_of(about) + (f", born {words.day(born)}" if born else "")


def _source(desk: Desk, id: str) -> str:
    source = desk.parts.rules.source(id)
    return source.name if source else id


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return words.listed(map(_value, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return words.when(str(value))


def routes(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/your-tasks")
    def inbox(request: Request) -> Response:
        return _inbox(desk, desk.asker(request))

    @router.get("/your-tasks/{id}")
    def opened(request: Request, id: Id) -> Response:
        return _shown(desk, desk.asker(request), id, Form())

    @router.post("/your-tasks/{id}")
    def decide(request: Request, id: Id, form: Typed) -> Response:
        asker = desk.asker(request)
        if not form.get("answer"):
            form.wrong("answer", "Say what you decide")
        if len(form.get("reason")) < _LEAST:
            form.wrong("reason", "Write down why, in your own words")
        if form.errors:
            return _shown(desk, asker, id, form)
        item = form.get("item") or None
        body = made(DecideTask, answer=form.get("answer"), reason=form.get("reason"), item=item)
        try:
            decided = decide_task(desk.parts, asker, id, body)
        except BadInput:
            form.wrong("item", "Say which one record you approve")
            return _shown(desk, asker, id, form)
        return (
            desk.refuse(asker, decided, "/your-tasks", act=True)
            if isinstance(decided, Refused)
            else go("/your-tasks")
        )

    return router


def _inbox(desk: Desk, asker: Asker) -> Response:
    open_, done = (
        [line(desk.parts, row) for row in waiting(desk.parts, asker, decided=decided)]
        for decided in (False, True)
    )
    inboxes = [words.title("inboxes", code) for code in inboxes_of(desk.parts.store, asker)]
    shown: dict[str, Any] = {"tasks": open_, "decided": done, "inboxes": inboxes}
    by_role = (pages_of, rights.pages_of, reviews.pages_of, links.pages_of)
    by_policy = (numbers.pages_of, subject_request.pages_of)
    more = [one for pages in by_role for one in pages(asker.role)]
    more += [one for pages in by_policy for one in pages(desk, asker.role)]
    more += [(PROTECTED, "Protected people")] if is_officer(desk.parts.store, asker) else []
    return desk.show(asker, "tasks.html", here="tasks", more=more, **shown)


def _shown(desk: Desk, asker: Asker, id: str, form: Form) -> Response:
    told = open_task(desk.parts, asker, id)
    if isinstance(told, Refused):
        return desk.refuse(asker, told, "/your-tasks")
    if form.errors and told["state"] != "OPEN":
        raise Conflict("the task is decided already")
    kind = entry("task-kinds", told["kind"])
    more = {
        "of_records": bool(kind.get("of_records")),
        "chooses": bool(kind["owner"]),
        "advice": bool(kind.get("words_told")),
    }
    return desk.show(
        asker,
        "task.html",
        status=422 if form.errors else 200,
        here="tasks",
        task=told | more,
        facts=facts_of(desk, told),
        items=items_of(told),
        form=form,
    )
