"""What the review of one task is to policy: a question under IDENTITY-REVIEW, of nobody's case.

Promise: role and organisation are the reviewer's own; whoever reviews is connected to nobody in the task by a case, so that
whoever is protected is across a harm link.
"""

from services.contract.cases import Asker, CaseState
from services.contract.decisions import Cell
from services.contract.people import About, AskerIdentity, Introduced
from services.contract.problems import NotFound
from services.contract.reviews import Reviewer, ReviewLine
from services.contract.views import ViewRequest
from services.contract.vocabulary import code_list
from services.gateway.ask import hub_of
from services.gateway.parts import Parts
from services.gateway.profiles import context_of, stub_profile
from services.gateway.request import Request
from services.gateway.trail import Trail

PURPOSE = "IDENTITY-REVIEW"


def reads(role: str) -> bool:
    """Whether a role reads any queue."""
    return any(role in row["roles"] for row in code_list("review-queues").values())


def reviewer_of(parts: Parts, asker: Asker) -> Reviewer:
    """The asker as a reviewer. Raises `NotFound`, in the words of an unknown task, for a role that reviews nothing."""
    if not reads(asker.role) or PURPOSE not in parts.rules.purposes_of(asker.role):
        raise NotFound("no review with this id is yours")
    return Reviewer(AskerIdentity(asker.organisation, asker.user, asker.teams, asker.own), asker.role)


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


def unspoken(parts: Parts, asker: Asker, line: ReviewLine) -> frozenset[str]:
    """Those in a task of whom policy is silent towards this reviewer. Raises `PolicyUnavailable`."""
    request = request_of(parts, asker, line.id)
    sources = request.hub.book.sources
    told = [(one, said) for one in line.people for said in one.introduced or (Introduced(one.source),)]
    profiles = [stub_profile(asker, request.case, one, sources[said.source], said) for one, said in told]
    rows: list[tuple[Cell, ...]] = request.decide(Trail(request.context), profiles, ("DM1",))
    return frozenset(one.person for (one, _), cells in zip(told, rows, strict=True) if cells[0].silent)
