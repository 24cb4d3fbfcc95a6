"""What an answer gives of each holder's records, and whether its holder may learn of it: noted while the answer is made.

Promise: noting it never changes the answer; for purposes in which somebody of concern could be told, and wherever a subject,
a source or its staff is of concern to the case, it is held back until a named person says otherwise (no tipping off).
"""

from collections.abc import Iterable

from services.contract.people import Item
from services.contract.vocabulary import entry
from services.gateway.family import Family
from services.gateway.notices.given import Given
from services.gateway.release import Built
from services.gateway.request import Request
from services.gateway.trail import Trail

PURPOSE, CONCERN, INTELLIGENCE = "purpose", "concern", "intelligence"
_PLAN = frozenset({"L:CPROT", "L:LAC"})


def from_view(request: Request, trail: Trail, kin: Family, built: Built) -> None:
    """Note, for each other organisation whose records are in the answer, what it is given away of them."""
    concern = _of_concern(kin)
    held: dict[str, list[Item]] = {}
    for item in built.given:
        holder = request.hub.book.sources[item.source].organisation
        if holder != request.asker.organisation:
            held.setdefault(holder, []).append(item)
    purpose = request.case.purpose
    trail.note.given += [
        Given(
            holder,
            purpose,
            _held_back(purpose, items, concern=concern),
            tuple(dict.fromkeys(item.person for item in items)),
            tuple(map(reference, items)),
            tuple((item.person, reference(item)) for item in items if _PLAN & set(item.facts.labels)),
        )
        for holder, items in held.items()
    ]


def held_back(request: Request, kin: Family, built: Built) -> str:
    """Why nobody in the answer is told of it, a code of held-back.json; empty where they may be."""
    return _held_back(request.case.purpose, built.given, concern=_of_concern(kin))


def reference(item: Item) -> str:
    """The record as its holder published it."""
    return f"{item.resource.get('resourceType')}/{item.resource.get('id', '')}"


def _of_concern(kin: Family) -> bool:
    return any(related.asking_harms or related.harm_link for related in kin.people)


def _held_back(purpose: str, items: Iterable[Item], *, concern: bool) -> str:
    if entry("purposes", purpose).get("held_back"):
        return PURPOSE
    if concern:
        return CONCERN
    return INTELLIGENCE if any("L:INTEL" in item.facts.labels for item in items) else ""
