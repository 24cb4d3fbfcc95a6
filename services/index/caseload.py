"""Whether the asker's own organisation has the person on the asker's caseload.

Promise: only a current CareTeam or EpisodeOfCare published by the asker's own organisation counts, and only where it
names the user or one of the asker's teams by identifier.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from services.contract.people import AskerIdentity
from services.index.people import People
from services.index.read import dicts, text_of
from services.index.references import relative
from services.index.schema import CURRENT, RECORD

_TYPES = ("CareTeam", "EpisodeOfCare")
_MOST_STEPS = 3
"""CareTeam in EpisodeOfCare.team, its member, that member's practitioner."""


def on_caseload(people: People, persons: Collection[str], asker: AskerIdentity | None) -> set[str]:
    """Those of `persons` who are on the asker's caseload on the day."""
    if asker is None:
        return set()
    sources = {
        source.id for source in people.book.sources.values() if source.organisation == asker.organisation
    }
    of_item = people.items(persons)
    wanted = {asker.user, *asker.teams}
    return {
        of_item[row.about]
        for row in people.records(of_item, types=_TYPES, sources=sources)
        if _current(resource := people.store.body(row), people.on)
        and wanted & set(_named(people, row.source, resource))
    }


def _current(resource: Mapping[str, Any], on: str) -> bool:
    period = next(iter(dicts(resource.get("period"))), {})
    start, end = text_of(period.get("start"))[:10], text_of(period.get("end"))[:10]
    return resource.get("status") == "active" and start <= on and (not end or end >= on[: len(end)])


def _named(people: People, source: str, resource: Mapping[str, Any]) -> Iterator[str]:
    for participant in dicts(resource.get("participant")):
        for member in (*dicts(participant.get("member")), *dicts(participant.get("onBehalfOf"))):
            yield from _identifiers(people, source, member, _MOST_STEPS)
    # Not managingOrganization: an organisation as a whole is nobody's caseload.
    for name in ("careManager", "team"):
        for reference in dicts(resource.get(name)):
            yield from _identifiers(people, source, reference, _MOST_STEPS)
    yield from (
        text_of(one.get("value"))
        for one in dicts(resource.get("identifier"))
        if resource["resourceType"] == "CareTeam"
    )


def _identifiers(people: People, source: str, reference: Mapping[str, Any], steps: int) -> Iterator[str]:
    yield from (text_of(one.get("value")) for one in dicts(reference.get("identifier")))
    target = relative(text_of(reference.get("reference")))
    if target is None or steps == 0:
        return
    item = people.store.item(source, *target)
    row = people.connection.execute(
        select(RECORD).where(RECORD.c.item == item, RECORD.c.state == CURRENT)
    ).first()
    if row is None:
        return
    resource = people.store.body(row)
    yield from (text_of(one.get("value")) for one in dicts(resource.get("identifier")))
    if target[0] == "CareTeam":
        yield from _named(people, source, resource) if _current(resource, people.on) else ()
    for inner in dicts(resource.get("practitioner")):
        yield from _identifiers(people, source, inner, steps - 1)
