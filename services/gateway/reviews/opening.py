"""Opening a review: the records side by side, each as far as policy gives it, and what speaks for and against.

Promise: it passes the one way of every release (decided, minimised, its entry durable, then shown); of whom policy is silent
nothing is shown and no handle is entered; somebody connected to one of them is refused in neutral words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.contract.cases import Asker
from services.contract.problems import NotFound
from services.contract.reviews import GENERAL, ReviewLine, ReviewTask, Said
from services.contract.views import FamilyView, PersonEntry, ReceiptEntry, Refused
from services.gateway import leaving, record, release
from services.gateway.answering.who_answers import line_names
from services.gateway.cases.entries import refuse
from services.gateway.family import Family
from services.gateway.parts import Parts
from services.gateway.profiles import day
from services.gateway.request import Request
from services.gateway.reviews.asking import (
    PURPOSE,
    case_id,
    conflicting,
    decided,
    hushed,
    introduced,
    request_of,
    reviewer_of,
    spoken,
)
from services.gateway.tasks.opening import CONFLICT
from services.gateway.trail import Trail

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NOTHING = "review"


@dataclass(frozen=True, slots=True)
class Shown:
    """One record of the task. `resource` is None where nothing of it may be shown."""

    ref: str
    letter: str
    resource: Mapping[str, Any] | None = field(repr=False)
    evidence: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Review:
    """A task as it is shown."""

    line: ReviewLine
    records: tuple[Shown, ...]
    said: tuple[Said, ...]
    view: FamilyView = field(repr=False)

    @property
    def receipt(self) -> ReceiptEntry | None:
        """Where the entry of its being shown is."""
        return self.view.receipt


def open_review(parts: Parts, asker: Asker, id: str) -> Review | Refused:
    """The task, its entry durable. Raises `NotFound`, `Unavailable`."""
    reviewer = reviewer_of(parts, asker)
    task = parts.index.reviews.open(reviewer, id, day(parts.now()))
    if conflicting(task):
        return refuse(parts.ledger, asker, CONFLICT, PURPOSE, case_id(id))
    request = request_of(parts, asker, id)
    trail = Trail(request.context)
    found = decided(request, task, trail)
    if task.line.queue == GENERAL and hushed(parts, asker, task):
        parts.index.reviews.hush(id, day(parts.now()))
        raise NotFound("no review with this id is yours")
    return _release(request, task, [one for one in found if spoken(one)], trail)


def _release(request: Request, task: ReviewTask, told: Sequence[release.Decided], trail: Trail) -> Review:
    whose = {person for one in told for person in (one.item.person, introduced(one.item))}
    there = tuple(one for one in (*task.related, *task.beside) if one.person in whose)
    kin = Family(there, dict.fromkeys(whose, ()), capped=False)
    built = release.build(request, trail, kin, told, line_names(leaving.lines(request)), {})
    given = {item.record: resource for item, resource in zip(built.given, built.resources, strict=True)}
    shown = [
        Shown(one.ref, LETTERS[number % len(LETTERS)], given.get(one.item.record), one.evidence)
        for number, one in enumerate(task.records)
    ]
    entries = [
        {"fullUrl": url, "resource": resource}
        for url, resource in zip(built.full_urls, built.resources, strict=True)
    ]
    view = FamilyView(
        match="POTENTIAL",
        view={"resourceType": "Bundle", "type": "collection"} | ({"entry": entries} if entries else {}),
        people=tuple(
            PersonEntry(ref=built.refs[one.person], why=(NOTHING,), match=one.identity) for one in kin.people
        ),
        withheld=built.withheld,
        obligations=built.obligations,
        notes=tuple(f"{one.letter}: {sentence}" for one in shown for sentence in one.evidence),
    )
    entered = record.release(request, view, kin, built, trail, None)
    return Review(task.line, tuple(shown), task.said, entered)
