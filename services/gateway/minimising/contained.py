"""Contained resources: each goes by its own paths, and leaves only with an element that refers to it.

Promise: a contained resource that nothing released refers to does not leave; their local ids are numbered anew in the
order in which they are met, so that neither an id nor a gap in the numbers says anything.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.gateway.catalogue.catalogue import Catalogue
from services.gateway.minimising.strip import Walk
from services.gateway.minimising.tally import Tally


@dataclass(frozen=True, slots=True)
class Part:
    """What may leave of one contained resource, still under the local id that it came with."""

    resource: dict[str, Any] = field(repr=False)
    used: frozenset[str]
    """Local ids that it refers to."""
    targets: frozenset[str]
    tally: Tally


def walk_contained(
    resource: Mapping[str, Any], catalogue: Catalogue, walk: Callable[[], Walk]
) -> dict[str, Part]:
    """Local id -> what may leave of it, for those of which anything may."""
    given = {one["id"]: one for one in resource.get("contained", ()) if isinstance(one.get("id"), str)}
    while given:
        made = {local: _part(one, frozenset(given), catalogue, walk()) for local, one in given.items()}
        kept = {local: part for local, part in made.items() if part is not None}
        if len(kept) == len(given):
            return kept
        # Another may have referred to one that is not kept.
        given = {local: given[local] for local in kept}
    return {}


def _part(
    resource: Mapping[str, Any], local: frozenset[str], catalogue: Catalogue, walk: Walk
) -> Part | None:
    root = catalogue.node_of(resource)
    if root is None:
        return None
    walk.copying.contained = local
    body = walk.record(resource, root)
    if walk.tally.drop or not walk.tally.substance:
        return None
    record = {"resourceType": resource["resourceType"], "id": resource["id"], **body}
    return Part(record, frozenset(walk.copying.used), frozenset(walk.copying.targets), walk.tally)


def used_of(used: Iterable[str], parts: Mapping[str, Part]) -> list[Part]:
    """The parts that are referred to, directly or by one another, in the order in which they came."""
    reached: set[str] = set()
    wanted = [local for local in used if local in parts]
    while wanted:
        local = wanted.pop()
        if local not in reached:
            reached.add(local)
            wanted += [other for other in parts[local].used if other in parts]
    return [part for local, part in parts.items() if local in reached]


def with_fresh_locals(record: dict[str, Any]) -> dict[str, Any]:
    """The record with its contained resources numbered c1, c2, …, and every reference to them likewise."""
    fresh = {f"#{part['id']}": f"c{number}" for number, part in enumerate(record["contained"], 1)}

    def renamed(value: Any) -> Any:
        if isinstance(value, list):
            return [renamed(item) for item in value]
        if isinstance(value, dict):
            return {key: f"#{fresh[sub]}" if key == "reference" and _local(sub, fresh) else renamed(sub)
                    for key, sub in value.items()}  # fmt: skip
        return value

    contained = [renamed({**part, "id": fresh[f"#{part['id']}"]}) for part in record["contained"]]
    return {
        **renamed({key: sub for key, sub in record.items() if key != "contained"}),
        "contained": contained,
    }


def _local(reference: Any, fresh: Mapping[str, str]) -> bool:
    return isinstance(reference, str) and reference in fresh
