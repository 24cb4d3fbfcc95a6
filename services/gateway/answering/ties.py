"""How somebody is tied to another person of the answer: what kind of tie, by whose word, and from when to when.

Promise: source and dates are those of a record that is itself in the answer, as it was left there; a tie that only other
records speak for is told once, bare. So a silent record adds nothing, and across a harm link there is no source and no place.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.contract.people import Edge
from services.contract.views import Tie
from services.gateway.answering.released import Resource, source_of, uprn_of

ADDRESS = "address"


def ended(edge: Edge, on: str) -> bool:
    """Whether it is over on the day `on`; a partial date ends with its last day."""
    return bool(edge.end) and edge.end < on[: len(edge.end)]


@dataclass(frozen=True, slots=True)
class Telling:
    """What is the same for every tie of one answer."""

    records: Mapping[str, Resource]
    """Id of a version -> what was released of it."""
    refs: Mapping[str, str]
    """Person id -> the reference by which the answer speaks of them, in its order."""
    names: Mapping[str, str]
    """Source id -> its name."""
    harmed: frozenset[str]
    """Those across a harm link: of whatever ties them no source is told."""
    on: str


def ties_of(person: str, edges: Collection[Edge], telling: Telling) -> tuple[Tie, ...]:
    """Each tie of a person once for each released record that says it; bare where none of those does."""
    order = {ref: place for place, ref in enumerate(telling.refs.values())}
    known = [edge for edge in edges if edge.record in telling.records and edge.toward in telling.refs]
    told = [_by(person, edge, telling.records[edge.record], telling) for edge in known]
    said = {(tie.kind, tie.code) for tie in told}
    bare: dict[tuple[str, str], bool] = {}
    for edge in edges:
        key = (edge.kind, edge.code)
        if key not in said:
            bare[key] = bare.get(key, False) or not ended(edge, telling.on)
    told += [Tie(kind=kind, code=code, current=current) for (kind, code), current in bare.items()]
    return tuple(sorted(dict.fromkeys(told), key=lambda tie: _place(tie, order)))


def _place(tie: Tie, order: Mapping[str, int]) -> tuple[Any, ...]:
    """Relationships before addresses, those that go on first; then by what they say."""
    words = (tie.code, tie.start or "", tie.source or "", tie.end or "", tie.uprn or "")
    return (tie.kind == ADDRESS, not tie.current, order.get(tie.toward or "", len(order)), *words)


def _by(person: str, edge: Edge, record: Resource, telling: Telling) -> Tie:
    across = not telling.harmed.isdisjoint((person, edge.toward, edge.record_person))
    home = _home(edge, record) if edge.kind == ADDRESS else None
    period = (record if edge.kind != ADDRESS else home or {}).get("period", {})
    return Tie(
        kind=edge.kind,
        code=edge.code,
        toward=telling.refs[edge.toward],
        source=None if across else source_of(record, telling.names),
        start=str(period.get("start", ""))[:10] or None,
        end=str(period.get("end", ""))[:10] or None,
        uprn=(uprn_of(home) or None) if home is not None else None,
        current=not ended(edge, telling.on),
        probable_relative=edge.probable and home is not None and bool(record.get("telecom")),
    )


def _home(edge: Edge, record: Resource) -> Mapping[str, Any] | None:
    """The address that the index says is shared, as it was left in the record: by its UPRN, else by its dates."""
    addresses: Sequence[Mapping[str, Any]] = record.get("address", ())
    homes = [one for one in addresses if one.get("line")]
    by_property = [one for one in homes if edge.uprn and uprn_of(one) == edge.uprn]
    dated = [one for one in by_property or homes if _dates(one) == (edge.start, edge.end)]
    return next(iter(dated), None)


def _dates(home: Mapping[str, Any]) -> tuple[str, str]:
    period = home.get("period", {})
    return str(period.get("start", ""))[:10], str(period.get("end", ""))[:10]
