"""How many searches one person makes in an hour, and what comes of too many.

Promise: every question that describes somebody counts before it is answered, whatever comes of it, and the answer to the
question after the last is a refusal with its entry; in an emergency and in a child protection enquiry it is an answer all
the same. Either way the privacy officer is told, once for an hour.
"""

from sqlmodel import col, delete, func, select

from services.contract.cases import Asker
from services.gateway.cases.states import S47
from services.gateway.parts import Parts
from services.gateway.request import SEEN, Request
from services.gateway.store.tables import SearchRow
from services.gateway.tasks.post import Post
from services.gateway.trail import Trail

CODE, TASK = "SEARCH_LIMIT", "search-limit"
HOUR = 3600
GOES_ON = frozenset({S47, "ETREAT", "ERTREAT", "BTG"})
"""Purposes under which nobody is refused for having asked often: a life may hang on the next answer, each of them rests on a
named manager, an incident or a reason that is looked at afterwards, and the alert brings what was done to light."""


def over(parts: Parts, asker: Asker) -> bool:
    """Count one search; whether there were more in the last hour than MASH_SEARCHES_AN_HOUR allows. Raises `Unavailable`."""
    now = int(parts.now().timestamp())
    mine = (col(SearchRow.organisation) == asker.organisation, col(SearchRow.user) == asker.user)
    with parts.store.begin() as session:
        session.exec(delete(SearchRow).where(*mine, col(SearchRow.at) <= now - HOUR))
        session.add(SearchRow(organisation=asker.organisation, user=asker.user, at=now))
    # Counted once it is durable: of two at the same moment each sees the other, so that never too many pass.
    with parts.store.begin() as session:
        counted = session.exec(select(func.count(col(SearchRow.id))).where(*mine)).one()
    return counted > parts.settings.searches_an_hour


def reached(request: Request, trail: Trail) -> bool:
    """Count this question if it is a search, note what is to be told, and say whether it is refused."""
    if request.body.about.candidate or request.use != SEEN or not request.hub.over_limit(request.asker):
        return False
    refused = request.case.purpose not in GOES_ON
    asker = request.asker
    facts = {"worker": asker.user, "asking_role": asker.role, "refused": "yes" if refused else "no"}
    hour = int(request.now.timestamp()) // HOUR
    key = f"{asker.user}/{hour}"
    trail.note.posts.append(Post(TASK, asker.organisation, case=request.case.id, facts=facts, key=key))
    return refused
