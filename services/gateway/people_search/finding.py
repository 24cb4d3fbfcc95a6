"""The line of $match and of the search for people: whom may it mean, how well do they fit, an entry, the answer.

Promise: every candidate shown is a decided cell, and a name, a year of birth and a token is all that is shown; whoever policy
is silent about counts for nothing; the entry is durable before a byte leaves, and so is that of a refusal; a system gets one
certain person or nothing.

Steps: 1 who may be meant, silence first; 2 how well each fits; 3 who of them is shown; 4 entry; 5 answer.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.contract.cases import Asker
from services.contract.decisions import Cell
from services.contract.people import Candidate, Candidates, Weigh, Weighed
from services.contract.views import FamilyView, Refused, ViewRequest
from services.gateway import family_view, matching, record, search_limit
from services.gateway.ask import hub_of
from services.gateway.cases.states import case_state
from services.gateway.matching import Match
from services.gateway.parts import Parts
from services.gateway.people_search.described import MOST, Described
from services.gateway.profiles import context_of
from services.gateway.request import Request
from services.gateway.trail import PolicyMoved, Trail

CERTAIN, PROBABLE, NOT = "certain", "probable", "certainly-not"
NOBODY = Weighed(0.0, NOT, close=False)


def find_people(parts: Parts, asker: Asker, case: str, described: Described) -> FamilyView | Refused:
    """The candidates with score and grade, or a refusal as a value. Raises `Unavailable`."""
    try:
        return _find(parts, asker, case, described)
    except PolicyMoved:
        return _find(parts, asker, case, described)


def is_system(asker: Asker) -> bool:
    """Whether a partner's system asks by itself, and no named worker through it."""
    return asker.user == asker.client


def _find(parts: Parts, asker: Asker, case_id: str, described: Described) -> FamilyView | Refused:
    now = parts.now()
    case = case_state(parts, asker, case_id, now)
    body = ViewRequest(about=described.about, case=case_id, scope="person")
    request = Request(asker, body, case, context_of(asker, case, now), hub_of(parts), now)
    trail = Trail(request.context, stated_ground=case.stated_ground)
    looked = family_view.candidates_of(request, trail)  # 1
    limited = search_limit.reached(request, trail)
    if isinstance(looked, str) or limited:
        return record.refuse(request, looked if isinstance(looked, str) else search_limit.CODE, trail)
    found, left = looked[0], matching.left_of(*looked)
    persons = tuple(candidate.person for candidate, _ in left)
    weighed = request.hub.index.weigh(
        Weigh(persons, described.patient, request.context.on, described.wide)
    )  # 2
    match = _shown(request, found, left, weighed, described)  # 3
    return family_view.nobody_settled(request, match, trail)  # 4, 5


def _shown(
    request: Request,
    found: Candidates,
    left: Sequence[tuple[Candidate, Cell]],
    weighed: Mapping[str, Weighed],
    described: Described,
) -> Match:
    connected = any(candidate.conflict for candidate, _ in left)
    if found.number_conflict:
        return Match("NONE")
    if found.overflow or len(left) > MOST:
        return Match("MANY", conflict=connected)
    graded = _graded(request, left, weighed)
    # Who is certainly not meant is nobody's to see.
    meant = [(candidate, cell, one) for candidate, cell, one in graded if one.close and one.grade != NOT]
    if is_system(request.asker) or described.certain_only:
        certain = [one for one in meant if one[2].grade == CERTAIN]
        alone = [one for one in meant if one[2].grade in (CERTAIN, PROBABLE)]
        # One certain person; to a system only where nobody else may be meant either.
        meant = certain if len(certain) == 1 and (not is_system(request.asker) or alone == certain) else []
    offered = [matching.stub_of(request, candidate, _score(one), one.grade)
               for candidate, cell, one in meant if matching.is_shown(cell)][: described.count]  # fmt: skip
    people = [candidate.person for candidate, cell, _ in meant if matching.is_shown(cell)][: described.count]
    return Match(
        "POTENTIAL" if offered else "NONE", stubs=tuple(offered), shown=tuple(people), conflict=connected
    )


def _graded(
    request: Request, left: Sequence[tuple[Candidate, Cell]], weighed: Mapping[str, Weighed]
) -> list[tuple[Candidate, Cell, Weighed]]:
    """Best first. Of several who would be certain none is; who was confirmed for the case is."""
    rows = [(candidate, cell, weighed.get(candidate.person, NOBODY)) for candidate, cell in left]
    rows = [
        (
            candidate,
            cell,
            replace(one, grade=CERTAIN, close=True) if candidate.person in request.case.confirmed else one,
        )
        for candidate, cell, one in rows
    ]
    if sum(one.grade == CERTAIN for *_, one in rows) > 1:
        rows = [
            (candidate, cell, replace(one, grade=PROBABLE) if one.grade == CERTAIN else one)
            for candidate, cell, one in rows
        ]
    return sorted(rows, key=lambda row: (row[2].grade != CERTAIN, -row[2].weight, row[0].name))


def _score(weighed: Weighed) -> float:
    """2^w / (1 + 2^w): the odds of the weight as a probability, to four places."""
    weight = max(min(weighed.weight, 60.0), -60.0)
    return round(1.0 / (1.0 + math.pow(2.0, -weight)), 4)
