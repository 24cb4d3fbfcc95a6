"""Somebody looked for as a relative: "mum's boyfriend", "the unborn child of Dana".

Promise: nobody is related to an unknown: through somebody who is not settled (an exact match, or confirmed for the case)
nobody is found. Relations are read off records of relationship, never off an address; a record that law bars, or that
speaks of the time before or after an adoption, leads nowhere; and whoever is protected is not found so.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.contract.about import UNBORN
from services.contract.people import Edge
from services.contract.vocabulary import entry
from services.index import family
from services.index.asking import clues
from services.index.people import NOBODY, Known, People

_UNSAID = frozenset({"", "FAMMEMB", "EXT", "ROOM", "FRND"})


def relatives(people: People, person: str | None, relation: str) -> set[str]:
    """Whoever may be that relation of `person`; of None nobody, by the same statements."""
    members = family.families(people, [person] if person else NOBODY)
    edges = next(iter(members.values()), {})
    row = entry("relations", relation)
    found = {other for other, known in edges.items() if any(_is(one, person, row, edges) for one in known)}
    records = people.of(found)
    if relation == UNBORN:
        return {other for other in found if _none_born(records[other], people.on)}
    return found


def _is(edge: Edge, person: str | None, row: Mapping[str, Any], edges: Mapping[str, Sequence[Edge]]) -> bool:
    if edge.kind != "relationship" or edge.adoption != "none" or edge.labels:
        return False
    said = edge.code in row["roles"] or (edge.code in _UNSAID and row["code"] != UNBORN)
    if edge.toward == person:
        return said
    # One step further: the partner of somebody who is a parent.
    between = edges.get(edge.toward, ())
    return (
        bool(row["through"])
        and edge.code in entry("relations", "partner")["roles"]
        and any(
            one.toward == person and one.code in row["through"] and one.adoption == "none" and not one.labels
            for one in between
        )
    )


def _none_born(records: Sequence[Known], on: str) -> bool:
    return bool(records) and all(clues.not_born(known.summary, on) for known in records)
