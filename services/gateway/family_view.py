"""The main line: who is in this family, and what may this asker see of what each agency knows.

Promise: no byte of a release leaves before its entry is durable and covered by a signed checkpoint; what policy has not
said may leave, does not; and an answer, its receipt and its entry are the same with a silent record and without it.
Read top to bottom: the steps are numbered as in the README, and there is no going back.
"""

from collections.abc import Mapping
from datetime import datetime

from services.contract.cases import Asker, CaseState
from services.contract.decisions import Cell
from services.contract.people import AskerIdentity, CaseSubject, Gather, Relate, Related, Relations, Resolve
from services.contract.views import FamilyView, Refused, ViewRequest
from services.contract.vocabulary import codes
from services.gateway import answer, family, matching, record, release
from services.gateway.cases import break_glass
from services.gateway.hub import Hub
from services.gateway.profiles import Profiler, agreements_of, context_of, most_open, permitted_by
from services.gateway.request import Request
from services.gateway.tasks import arising
from services.gateway.trail import Trail
from services.gateway.who_answers import line_names, lines_for, strip_of

ASK = ("ASK", "QUERY")


def show_family_view(
    asker: Asker, body: ViewRequest, case: CaseState, hub: Hub, now: datetime
) -> FamilyView | Refused:
    """The answer to `POST /family-view`, with its receipt; or a refusal of the whole question, as a value with its code.

    Raises `Unavailable` (policy, ledger or index cannot answer): the caller then sends the constant 503 and nothing else.
    """
    # 1. The asker is authenticated and the case opened by the caller; role and organisation are not in the body.
    request = Request(asker, body, case, context_of(asker, case, now), hub, now)
    trail = Trail(request.context, stated_ground=case.stated_ground)

    # 2. Who is it? Silence about candidates is settled before anything is counted.
    person = hub.candidates.open(body.about.candidate, asker, case.id) if body.about.candidate else None
    found = hub.index.resolve(
        Resolve(body.about, request.context.on, person, case.confirmed, _identity(asker))
    )
    profiles = [most_open(asker, case, hub.own_kind(asker.organisation)), *matching.profiles(request, found)]
    rows = request.decide(trail, profiles, codes("classes"))
    refusal = _refused_context(rows[0])
    if refusal:
        return record.refuse(request, refusal, trail)
    match = matching.settle(request, found, rows[1:])
    if match.person is None:
        arising.from_search(request, trail, match)
        return record.search(request, match, trail)
    return _show(request, match, match.person, trail)


def _show(request: Request, match: matching.Match, person: str, trail: Trail) -> FamilyView | Refused:
    """Steps 3 to 9, for somebody who is settled on."""
    hub, case = request.hub, request.case

    # 3. Family, household, relationship, harm link: nobody is related to an unknown.
    relations = hub.index.relate(_relate(request, person))
    if break_glass.reaches_too_far(case, relations):
        return record.refuse(request, "NO_RELATIONSHIP", trail)
    people = {related.person: related for related in relations.people}
    profiler = _profiler(request, relations, people)

    # 4. Whether to ask, for each source and person; a live question is an entry before it goes out.
    kin, asks, refused = _whom_to_ask(request, relations, profiler, trail)
    asked_of = record.query_sent(request, asks)

    # 5. Records and pointers from every allowed source, with a state per source.
    gathered = hub.index.gather(
        Gather(tuple(asks), _live_keys(kin, asks, hub), request.context.on, hub.deadline_ms)
    )

    # 6. One call decides the distinct cells; they are spread to fields.
    decided = release.decide_items(request, gathered, profiler, trail)

    # 7. Build the complete answer, and commit to it.
    lines = lines_for(request.context, hub.book.sources)
    built = release.build(request, trail, kin, decided, line_names(lines), refused)
    plain = {one: ref for one, ref in built.refs.items() if not people[one].harm_link}
    strip = strip_of(lines, plain, {**dict.fromkeys(refused, "NOT_ASKED"), **gathered.states}, built.held)
    view = answer.assemble(request, match, kin, built, strip, trail)

    # What is left to be done is noted with the entry, and done after the answer, out of the asker's sight.
    arising.from_view(request, trail, kin, decided, built, gathered, refused)

    # 8. Entry: durable, under a signed checkpoint, before a byte leaves. On failure this raises, and nothing leaves.
    view = record.release(request, view, kin, built, trail, asked_of)

    # 9. Answer. Where a live source was asked, its speed must not show.
    if gathered.asked_live:
        hub.wait_for_grid(request.now)
    return view


def _profiler(request: Request, relations: Relations, people: Mapping[str, Related]) -> Profiler:
    """Who makes the profiles of this request, with whose agreement and whose permission is on record."""
    case = request.case
    agreed = len(case.agreements)
    agreements = agreements_of(case, relations.also[:agreed], request.context.on)
    permitted = permitted_by(case, relations.also[agreed:])
    hub = request.hub
    return Profiler(
        request.asker, case, people, hub.book.sources, agreements, request.now, permitted, hub.owners
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
    sources = request.hub.book.sources
    edges = family.edges_to_decide(relations, profiler)
    pairs = [(source, related.person) for related in relations.people for source in sources]
    profiles = [*(edge.profile for edge in edges), *(profiler.for_asking(*pair) for pair in pairs)]
    rows = request.decide(trail, profiles, (*ASK, "DM1", "DM2"))
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
