"""Who stands in the answer: the family after silence, the shared building left out, and the cap.

Promise: somebody whose every edge is silent counts for nothing: not as a person, not toward twelve at an address,
not toward the cap of thirty.
"""

from collections import Counter
from dataclasses import dataclass

from services.contract.decisions import Cell, Profile
from services.contract.people import Edge, Related, Relations
from services.gateway.profiles import Profiler

CAP = 30
SHARED_BUILDING = 12
EDGE_CLASS = {"relationship": "DM1", "address": "DM2"}


@dataclass(frozen=True, slots=True)
class EdgeAsk:
    """One edge to be decided, with the profile under which it is."""

    person: str
    edge: Edge
    profile: Profile

    @property
    def about(self) -> tuple[str, ...]:
        """Whose facts are in the profile: the record's own person, and whom it puts into the family."""
        return tuple(dict.fromkeys((self.edge.record_person, self.person)))


@dataclass(frozen=True, slots=True)
class Family:
    """The people of the answer, the person asked about first; `why` gives the released edges of each."""

    people: tuple[Related, ...]
    why: dict[str, tuple[Edge, ...]]
    capped: bool


def edges_to_decide(relations: Relations, profiler: Profiler) -> tuple[EdgeAsk, ...]:
    """Every edge of the family, in order."""
    return tuple(
        EdgeAsk(related.person, edge, profiler.for_edge(edge, related.person))
        for related in relations.people[1:]
        for edge in related.edges
    )


def settle(relations: Relations, asked: tuple[EdgeAsk, ...], cells: tuple[Cell, ...]) -> Family:
    """The family that is left, in this order: silence, shared building, cap."""
    kept: dict[str, list[Edge]] = {}
    heard = {ask.person for ask, cell in zip(asked, cells, strict=True) if not cell.silent}
    silent = {ask.person for ask in asked} - heard
    for ask, cell in zip(asked, cells, strict=True):
        if ask.person not in silent and cell.released:
            kept.setdefault(ask.person, []).append(ask.edge)
    first = relations.people[0]
    at_home = Counter(
        related.address_group
        for related in relations.people
        if related.person not in silent and related.address_group
    )
    crowded = {group for group, count in at_home.items() if count > SHARED_BUILDING}
    people = [first]
    why: dict[str, tuple[Edge, ...]] = {first.person: ()}
    for related in relations.people[1:]:
        edges = [edge for edge in kept.get(related.person, []) if not _crowd(edge, related, crowded)]
        if edges:
            people.append(related)
            why[related.person] = tuple(edges)
    return Family(tuple(people[:CAP]), why, len(people) > CAP)


def _crowd(edge: Edge, related: Related, crowded: set[str]) -> bool:
    return edge.kind == "address" and related.address_group in crowded


def edge_class(edge: Edge) -> str:
    """The class whose cell decides the edge: a relationship is identity, membership by address is location."""
    return EDGE_CLASS[edge.kind]
