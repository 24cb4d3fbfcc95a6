"""What the review of one task is to policy: a question under IDENTITY-REVIEW, of nobody's case.

Promise: role and organisation are the reviewer's own; whoever reviews is connected to nobody in the task by a case, so that
whoever is protected is across a harm link.
"""

from collections.abc import Sequence

from services.contract.cases import Asker, CaseState
from services.contract.people import About, AskerIdentity, Gathered, Item
from services.contract.problems import NotFound
from services.contract.reviews import Reviewer, ReviewTask
from services.contract.views import ViewRequest
from services.gateway import release
from services.gateway.ask import hub_of
from services.gateway.parts import Parts
from services.gateway.profiles import Profiler, context_of
from services.gateway.protected.designated import is_officer
from services.gateway.request import Request
from services.gateway.reviews.readers import reads
from services.gateway.trail import Trail

PURPOSE = "IDENTITY-REVIEW"
_RELATIVE = "RelatedPerson."


def reviewer_of(parts: Parts, asker: Asker) -> Reviewer:
    """The asker as a reviewer. Raises `NotFound`, in the words of an unknown task, for a role that reviews nothing."""
    if not reads(asker.role) or PURPOSE not in parts.rules.purposes_of(asker.role):
        raise NotFound("no review with this id is yours")
    identity = AskerIdentity(asker.organisation, asker.user, asker.teams, asker.own)
    return Reviewer(identity, asker.role, is_officer(parts.store, asker))


def case_id(task: str) -> str:
    """Under which entries of one task hang together; they hold a keyed hash of it."""
    return f"review-{task}"


def request_of(parts: Parts, asker: Asker, task: str) -> Request:
    """The question of one task, under the book in force."""
    case = CaseState(
        id=case_id(task),
        purpose=PURPOSE,
        state="OPEN",
        ground="none",
        opened_by_asker=False,
        opened_by_organisation=asker.organisation,
        membership="none",
        subjects=(),
    )
    now = parts.now()
    question = ViewRequest(about=About(candidate=task), case=case.id, scope="person")
    return Request(asker, question, case, context_of(asker, case, now), hub_of(parts), now)


def decided(
    request: Request, task: ReviewTask, trail: Trail, more: Sequence[Item] = ()
) -> Sequence[release.Decided]:
    """Each record of the task, and of `more`, with what policy gives of it. Raises `PolicyUnavailable`."""
    people = {one.person: one for one in (*task.related, *task.beside)}
    profiler = Profiler(
        request.asker, request.case, people, request.hub.book.sources, {}, request.now, channel="view"
    )
    gathered = Gathered((*(one.item for one in task.records), *more), {}, task.facts)
    return release.decide_items(request, gathered, profiler, trail)


def spoken(one: release.Decided) -> bool:
    """Whether policy speaks of who the record is about, and of the relative whose record it is in somebody else's file."""
    cells = (one.cells, *(found for path, found in one.elements.items() if path.startswith(_RELATIVE)))
    return not any("DM1" in found and found["DM1"].silent for found in cells)


def introduced(item: Item) -> str:
    """Whom a record tells of: a relative's stands in the file of somebody else."""
    return next((person for path, person in item.names if path.startswith(_RELATIVE)), item.person)


def conflicting(task: ReviewTask) -> bool:
    """Whether the reviewer is connected to somebody in it, or to whoever's file one of its records stands in."""
    files = {one.item.person for one in task.records}
    return any(one.conflict for one in (*task.related, *(of for of in task.beside if of.person in files)))


def silent_about(found: Sequence[release.Decided]) -> frozenset[str]:
    """Those of whom policy is silent in every record of the task."""
    everybody = {introduced(one.item) for one in found}
    return frozenset(everybody - {introduced(one.item) for one in found if spoken(one)})


def unspoken(parts: Parts, asker: Asker, task: ReviewTask) -> frozenset[str]:
    """Those in a task of whom policy is silent towards this reviewer: by the decision by which it would be shown, so that a
    list cannot speak of what the page does not. Raises `PolicyUnavailable`.
    """
    request = request_of(parts, asker, task.line.id)
    return silent_about(decided(request, task, Trail(request.context)))


def hushed(parts: Parts, asker: Asker, task: ReviewTask) -> bool:
    """Whether the task is none of the general queue: policy is silent about somebody in it, or about a further record of theirs.
    A join that such a record stands against would be refused, and the refusal tell of it. Raises `PolicyUnavailable`.
    """
    request = request_of(parts, asker, task.line.id)
    found = decided(request, task, Trail(request.context), task.others)
    shown = {one.item.record for one in task.records}
    further = [one for one in found if one.item.record not in shown]
    here = [one for one in found if one.item.record in shown]
    return bool(silent_about(here)) or not all(map(spoken, further))
