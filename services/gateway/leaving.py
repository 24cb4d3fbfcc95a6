"""What is made to leave the room, and what is drafted for a subject: how its entry says so, and to whom nothing is made.

Promise: nothing is made for an organisation that is of concern to anybody of the case; the entry of what leaves names for
whom it was made; and a draft is made of the drafting organisation's own records, for each controller answers for its own.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.contract.directory import Source
from services.contract.people import Relations
from services.gateway.answering.who_answers import Line, lines_for
from services.gateway.profiles import REVIEW, VIEW
from services.gateway.request import Request


def to_one_of_concern(request: Request, relations: Relations) -> bool:
    """Whether it would be made for an organisation that must not learn that anybody asked."""
    made_for = request.use.made_for
    if made_for is None:
        return False
    sources = request.hub.book.sources
    of_concern = {source for one in relations.people for source in one.asking_harms if source in sources}
    return made_for.organisation in {sources[source].organisation for source in of_concern}


def sources_asked(request: Request) -> Mapping[str, Source]:
    """The sources that a question of this kind may reach."""
    sources = request.hub.book.sources
    if request.context.channel != REVIEW:
        return sources
    own = request.asker.organisation
    return {
        id: source for id, source in sources.items() if source.organisation == own and source.mode != "live"
    }


def lines(request: Request) -> tuple[Line, ...]:
    """The lines of who answered: those of the purpose, and of a draft the own sources by name."""
    asked = sources_asked(request)
    if request.context.channel != REVIEW:
        return lines_for(request.context, asked)
    return tuple(Line(source.name, (id,), (id,)) for id, source in asked.items())


def own_alone(request: Request, relations: Relations) -> Relations:
    """For a draft the family as the organisation's own records have it; otherwise as it is."""
    if request.context.channel != REVIEW:
        return relations
    sources = sources_asked(request)
    asked_about, *others = relations.people
    kept = [replace(one, edges=tuple(edge for edge in one.edges if edge.source in sources)) for one in others]
    return replace(relations, people=(asked_about, *(one for one in kept if one.edges)))


def facts(request: Request) -> dict[str, Any]:
    """What an entry adds for what is not seen in the room; nothing for a view."""
    channel, to = request.context.channel, request.use.made_for
    told = {} if channel == VIEW else {"channel": channel}
    return told | ({"to": to.organisation, "action": to.action} if to else {})
