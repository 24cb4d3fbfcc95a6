"""The main line: who is in this family, and what may this asker see of what each agency knows.

Promise: no byte of a release leaves before its entry is durable and covered by a signed checkpoint; what policy has not
said may leave, does not; and an answer, its receipt and its entry are the same with a silent record and without it.
Read top to bottom: the steps are numbered as in the README, and there is no going back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.contract.cases import Asker, CaseState
from services.contract.decisions import Cell
from services.contract.people import (
    AskerIdentity,
    Candidates,
    CaseSubject,
    Gather,
    Gathered,
    Relate,
    Related,
    Relations,
    Resolve,
)
from services.contract.views import FamilyView, Refused, ViewRequest
from services.contract.vocabulary import codes
from services.gateway import answer, family, leaving, matching, record, release, search_limit
from services.gateway.answering.who_answers import line_names, strip_of
from services.gateway.cases import break_glass
from services.gateway.hub import Hub
from services.gateway.once.rehearsal import Rehearsed, Repeatable, unsealed
from services.gateway.profiles import Profiler, agreements_of, context_of, most_open, permitted_by
from services.gateway.protected import alerting
from services.gateway.request import SEEN, Request, Use
from services.gateway.tasks import arising
from services.gateway.trail import Trail

ASK = ("ASK", "QUERY")


def show_family_view(
    asker: Asker,
    body: ViewRequest,
    case: CaseState,
    hub: Hub,
    now: datetime,
    once: Repeatable | None = None,
    use: Use = SEEN,
) -> FamilyView | Refused:
    """The answer to `POST /family-view`, with its receipt; or a refusal of the whole question, as a value with its code.

    Raises `Unavailable` (policy, ledger or index cannot answer): the caller then sends the constant 503 and nothing else.
    """
    # 1. The asker is authenticated and the case opened by the caller; role and organisation are not in the body.
    request = Request(asker, body, case, context_of(asker, case, now, use.channel), hub, now, once, use)
    trail = Trail(request.context, stated_ground=case.stated_ground)

    # 2. Who is it? Silence about candidates is settled before anything is counted; and nobody asks without end.
    match = _whom(request, trail)
    limited = search_limit.reached(request, trail)
    if isinstance(match, str) or limited:
        return record.refuse(request, match if isinstance(match, str) else search_limit.CODE, trail)
    if match.person is None:
        return nobody_settled(request, match, trail)

    # 3 to 7. The complete answer, and nothing of it has left.
    made = _make(request, match, match.person, trail)
    if isinstance(made, str):
        return record.refuse(request, made, trail)

    # What is left to be done is noted with the entry, and done after the answer, out of the asker's sight.
    arising.from_view(request, trail, made.kin, made.decided, made.built, made.gathered, made.refused)

    # 8. Entry: durable, under a signed checkpoint, before a byte leaves. On failure this raises, and nothing leaves.
    view = record.release(request, made.view, made.kin, made.built, trail, made.asked_of)

    # 9. Answer. Where a live source was asked, its speed must not show.
    if made.gathered.asked_live:
        hub.wait_for_grid(now)
    return view


def rehearse(asker: Asker, body: ViewRequest, case: CaseState, hub: Hub, now: datetime) -> Rehearsed:
    """What the hub's own copies would give to this question now: no live source is asked, nothing is entered, and only a
    digest of it is kept (`once/rehearsal.py`). Raises `Unavailable`."""
    request = Request(asker, body, case, context_of(asker, case, now), unsealed(hub), now)
    trail = Trail(request.context, stated_ground=case.stated_ground)
    match = _whom(request, trail)
    if isinstance(match, str):
        return Rehearsed.refusal(match)
    if match.person is None:
        return Rehearsed.view(record.search_view(request, match))
    made = _make(request, match, match.person, trail, ask_live=False)
    if isinstance(made, str):
        return Rehearsed.refusal(made)
    live = [(source, made.built.refs[person]) for source, person in made.live]
    # What a live source gave is not seen again here: it may be given again under the very same policies only.
    return Rehearsed.view(made.view, (*live, hub.book.digest) if live else ())


def nobody_settled(request: Request, match: matching.Match, trail: Trail) -> FamilyView:
    """A question that settled on nobody, entered. How long it took must not tell that there is somebody of whom nothing is
    said.
    """
    arising.from_search(request, trail, match)
    view = record.search(request, match, trail)
    request.hub.wait_for_grid(request.now)
    return view


@dataclass(frozen=True, slots=True)
class Made:
    """The complete answer but its receipt, and what its entry and its tasks are made of."""

    view: FamilyView
    kin: family.Family
    decided: tuple[release.Decided, ...]
    built: release.Built
    gathered: Gathered
    refused: Mapping[tuple[str, str], Cell]
    live: tuple[tuple[str, str], ...]
    """The (live source, person) pairs that may be asked."""
    asked_of: tuple[str, str] | None
    """The entry of the question to live sources."""


def _whom(request: Request, trail: Trail) -> matching.Match | str:
    """Step 2: whom the question means; or the code by which the context lets nothing through."""
    looked = candidates_of(request, trail)
    return looked if isinstance(looked, str) else matching.settle(request, *looked)


def candidates_of(request: Request, trail: Trail) -> tuple[Candidates, list[tuple[Cell, ...]]] | str:
    """Everybody whom the question may mean, with the cells of `matching.profiles`; or the code of a refusal."""
    asker, case, hub, about = request.asker, request.case, request.hub, request.body.about
    person, through = (
        hub.candidates.open(one.candidate, asker, case.id) if one and one.candidate else None
        for one in (about, about.of)
    )
    query = Resolve(about, request.context.on, person, case.confirmed, _identity(asker), through)
    found = hub.index.resolve(query)
    trail.note.posts += alerting.of_candidates(request, found)
    candidates = matching.profiles(request, found)
    candidates += matching.placed(request, candidates)
    profiles = [most_open(asker, case, hub.own_kind(asker.organisation)), *(one for one, _ in candidates)]
    whose = [(), *((one,) for _, one in candidates)]
    rows = request.decide(trail, profiles, codes("classes"), whose)
    return _refused_context(rows[0]) or (found, rows[1:])


def _make(
    request: Request, match: matching.Match, person: str, trail: Trail, *, ask_live: bool = True
) -> Made | str:
    """Steps 3 to 7, for somebody who is settled on; or the code of a refusal."""
    hub, case = request.hub, request.case

    # 3. Family, household, relationship, harm link: nobody is related to an unknown.
    relations = leaving.own_alone(request, hub.index.relate(_relate(request, person)))
    if break_glass.reaches_too_far(case, relations):
        return "NO_RELATIONSHIP"
    if leaving.to_one_of_concern(request, relations):
        return "RESTRICTED"
    people = {related.person: related for related in relations.people}
    profiler = _profiler(request, relations, people)

    # 4. Whether to ask, for each source and person; a live question is an entry before it goes out.
    kin, asks, refused = _whom_to_ask(request, relations, profiler, trail)
    live = tuple(pair for pair in asks if hub.book.sources[pair[0]].mode == "live")
    if not ask_live:
        asks = [pair for pair in asks if pair not in live]
    asked_of = record.query_sent(request, asks)

    # 5. Records and pointers from every allowed source, with a state per source.
    gathered = hub.index.gather(
        Gather(tuple(asks), _live_keys(kin, asks, hub), request.context.on, hub.deadline_ms)
    )

    # 6. One call decides the distinct cells; they are spread to fields.
    decided = release.decide_items(request, gathered, profiler, trail)

    # 7. Build the complete answer, and commit to it.
    lines = leaving.lines(request)
    built = release.build(request, trail, kin, decided, line_names(lines), refused)
    plain = {one: ref for one, ref in built.refs.items() if not people[one].harm_link}
    strip = strip_of(lines, plain, {**dict.fromkeys(refused, "NOT_ASKED"), **gathered.states}, built.held)
    view = answer.assemble(request, match, kin, built, strip, trail)
    return Made(view, kin, decided, built, gathered, refused, live, asked_of)


def _profiler(request: Request, relations: Relations, people: Mapping[str, Related]) -> Profiler:
    """Who makes the profiles of this request, with whose agreement and whose permission is on record."""
    case = request.case
    agreed = len(case.agreements)
    agreements = agreements_of(case, relations.also[:agreed], request.context.on)
    permitted = permitted_by(case, relations.also[agreed:])
    hub = request.hub
    sources, channel = hub.book.sources, request.context.channel
    return Profiler(
        request.asker, case, people, sources, agreements, request.now, permitted, hub.owners, channel
    )


def _identity(asker: Asker) -> AskerIdentity:
    return AskerIdentity(asker.organisation, asker.user, asker.teams, asker.own)


def _refused_context(cells: tuple[Cell, ...]) -> str:
    """The code where the context lets nothing at all through, even of the asker's own record; else empty."""
    if any(cell.released or cell.effect == "ask-owner" for cell in cells):
        return ""
    # The first word is the pointer's: the class that every purpose and role reaches first.
    return cells[0].shown_as or cells[0].code or "PURPOSE_NOT_PERMITTED"


def _relate(request: Request, person: str) -> Relate:
    case = request.case
    return Relate(
        person=person,
        scope=break_glass.scope_of(case, request.body.scope),
        on=request.context.on,
        case_subjects=tuple(CaseSubject(about, role, known) for about, role, known in case.subjects),
        household=case.household,
        asker=_identity(request.asker),
        confirmed=case.confirmed,
        also=tuple(one.about for one in (*case.agreements, *case.permissions) if one.about is not None),
    )


def _whom_to_ask(
    request: Request, relations: Relations, profiler: Profiler, trail: Trail
) -> tuple[family.Family, list[tuple[str, str]], dict[tuple[str, str], Cell]]:
    """The family after silence and caps; the (source, person) pairs to ask; and the cell of each that is not asked."""
    sources = leaving.sources_asked(request)
    edges = family.edges_to_decide(relations, profiler)
    pairs = [(source, related.person) for related in relations.people for source in sources]
    profiles = [*(edge.profile for edge in edges), *(profiler.for_asking(*pair) for pair in pairs)]
    whose = [*(edge.about for edge in edges), *((person,) for _, person in pairs)]
    rows = request.decide(trail, profiles, (*ASK, "DM1", "DM2"), whose)
    edge_cells = tuple(
        cells[2] if family.edge_class(edge.edge) == "DM1" else cells[3]
        for edge, cells in zip(edges, rows, strict=False)
    )
    kin = family.settle(relations, edges, edge_cells)
    asks: list[tuple[str, str]] = []
    refused: dict[tuple[str, str], Cell] = {}
    people = {related.person: related for related in kin.people}
    for (source, person), cells in zip(pairs, rows[len(edges) :], strict=True):
        if person not in people:
            continue
        live = sources[source].mode == "live"
        if cells[0].effect == "release" and (not live or _may_query(cells[1], people[person])):
            asks.append((source, person))
        else:
            refused[(source, person)] = cells[0] if cells[0].effect != "release" else cells[1]
    return kin, asks, refused


def _may_query(cell: Cell, related: Related) -> bool:
    """A live source learns number and date of birth; somebody without a number is never sent."""
    return cell.effect == "release" and related.nhs_number is not None and related.birth_date is not None


def _live_keys(kin: family.Family, asks: list[tuple[str, str]], hub: Hub) -> Mapping[str, tuple[str, str]]:
    asked = {person for source, person in asks if hub.book.sources[source].mode == "live"}
    return {
        related.person: (related.nhs_number or "", related.birth_date or "")
        for related in kin.people
        if related.person in asked
    }
