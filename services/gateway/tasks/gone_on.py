"""What went on under the law although no ISA was in force: the IG leads of both organisations are told, day by day.

Promise: it is read off what the answer gives, never off what it keeps back; no person and no case is in it; nothing of a
person across a harm link, nor of a source that is of concern to the case, is told to anybody; and where the answer names no
provider, the asker's IG lead is told of none.
"""

from collections.abc import Collection, Iterator, Mapping

from services.contract.decisions import Profile
from services.contract.people import Item
from services.gateway.answering.who_answers import line_names, lines_for
from services.gateway.family import Family
from services.gateway.release import Built
from services.gateway.request import Request
from services.gateway.tasks.post import Post
from services.gateway.trail import Trail

KIND = "isa-lapsed-went-on"
WARNINGS = frozenset({"AGREEMENT_LAPSED", "DSPT_LAPSED"})
_NOT_IN_FORCE = ("LAPSED", "NONE")


def went_on(
    request: Request, trail: Trail, kin: Family, built: Built, unheard: Collection[str]
) -> Iterator[Post]:
    """Two tasks for each holder of whose records something leaves without an ISA in force: its own, and the asker's.

    `unheard`: people of whom no holder hears that anybody asked.
    """
    if not WARNINGS & {code for answer in trail.answers for code in answer.warnings}:
        return
    paper = _paper(trail)
    lines = line_names(lines_for(request.context, request.hub.book.sources))
    for source in dict.fromkeys(item.source for item in _told_of(built, kin, unheard)):
        row = request.hub.book.sources[source]
        found = paper.get(row.organisation)
        if found is not None:
            yield _post(request, found, row.organisation, row.organisation)
            named = lines[source] == row.name
            yield _post(request, found, request.asker.organisation, row.organisation if named else "")


def _told_of(built: Built, kin: Family, unheard: Collection[str]) -> Iterator[Item]:
    concern = {source for related in kin.people for source in related.asking_harms}
    across = {related.person for related in kin.people if related.harm_link}
    for item in built.given:
        if item.source not in concern and item.person not in across and item.person not in unheard:
            yield item


def _paper(trail: Trail) -> Mapping[str, Profile]:
    """Holder -> a profile with the paper between it and the asker, where that is not in force."""
    return {
        profile.source_organisation: profile
        for answer in trail.answers
        for profile in answer.profiles
        if profile.paper in _NOT_IN_FORCE and not profile.own
    }


def _post(request: Request, found: Profile, to: str, holder: str) -> Post:
    asker, on = request.asker.organisation, request.context.on
    facts = {"day": on, "asking_organisation": asker}
    if holder:
        # An ISA, and what is wrong with it, would name the provider as well as its own name does.
        facts |= {"holding_organisation": holder, "paper_defect": found.paper_defect}
        facts |= {"isa": found.isa} if found.isa else {}
    paper = (found.isa or found.paper_defect) if holder else ""
    return Post(KIND, to, facts=facts, key=f"{asker}/{holder}/{paper}/{on}")
