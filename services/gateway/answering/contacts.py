"""Who works with each person now, and whom to go to first: read out of the teams, involvements and attendances released.

Promise: it reads released records only, so nobody is named whom a cell withheld; what has ended is nobody's to go to; the
order is that of the role (lead-roles.json), then of the kind of record, then the newest.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.contract.views import Contact
from services.contract.vocabulary import code_list
from services.gateway.answering.released import Resource, holds, named, said, source_of

RECENT = timedelta(days=183)
"""For how long somebody who saw a person once is worth asking."""
_KINDS = ("CareTeam", "EpisodeOfCare", "Encounter")


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is the same for every record of one answer."""

    names: Mapping[str, str]
    entries: Mapping[str, Resource]
    on: str


def contacts_of(
    released: Mapping[str, Sequence[Resource]],
    entries: Mapping[str, Resource],
    names: Mapping[str, str],
    on: str,
) -> tuple[Contact, ...]:
    """`released`: ref of a person -> the records about them; `entries`: fullUrl -> record; `names`: source id -> its name."""
    reading = _Reading(names, entries, on)
    found: list[Contact] = []
    for ref, resources in released.items():
        ordered = _ordered([one for record in resources for one in _of(ref, record, reading)])
        # Nobody is gone to first whom the answer does not name.
        first = next((one for one in ordered if one.name), None)
        found += [one.model_copy(update={"first": True}) if one is first else one for one in ordered]
    return tuple(found)


def _of(ref: str, record: Resource, reading: _Reading) -> Iterator[tuple[int, Contact]]:
    kind = str(record.get("resourceType"))
    if kind not in _KINDS:
        return
    read = (_team, _episode, _encounter)[_KINDS.index(kind)]
    for told in read(record, reading):
        if any(told.get(key) for key in ("name", "service", "organisation")):
            yield _KINDS.index(kind), Contact(person=ref, source=source_of(record, reading.names), **told)


def _team(team: Resource, reading: _Reading) -> Iterator[dict[str, Any]]:
    if team.get("status") not in ("active", None) or not holds(team.get("period"), reading.on):
        return
    about = {
        "organisation": next(
            filter(None, (named(one, reading.entries) for one in team.get("managingOrganization", ()))), None
        ),
        "service": said(team.get("category")) or team.get("name"),
        "telephone": _telephone(team),
    }
    for one in team.get("participant", ()):
        if holds(one.get("period"), reading.on):
            start = (one.get("period") or team.get("period") or {}).get("start")
            behalf = named(one.get("onBehalfOf"), reading.entries) or about["organisation"]
            yield about | {
                "name": named(one.get("member"), reading.entries) or None,
                "role": said(one.get("role")) or None,
                "organisation": behalf,
                "start": _day(start),
            }


def _episode(episode: Resource, reading: _Reading) -> Iterator[dict[str, Any]]:
    if episode.get("status") == "active" and holds(episode.get("period"), reading.on):
        yield {
            "name": named(episode.get("careManager"), reading.entries) or None,
            "service": said(episode.get("type")) or None,
            "organisation": named(episode.get("managingOrganization"), reading.entries) or None,
            "start": _day(episode.get("period", {}).get("start")),
        }


def _encounter(encounter: Resource, reading: _Reading) -> Iterator[dict[str, Any]]:
    seen = str(encounter.get("period", {}).get("start", ""))[:10]
    since = (date.fromisoformat(reading.on) - RECENT).isoformat()
    if (
        encounter.get("status") not in ("arrived", "in-progress", "onleave", "finished")
        or not since <= seen <= reading.on
    ):
        return
    for one in encounter.get("participant", ()):
        if name := named(one.get("individual"), reading.entries):
            yield {
                "name": name,
                "role": said(one.get("type")) or None,
                "service": said(encounter.get("serviceType")) or None,
                "organisation": named(encounter.get("serviceProvider"), reading.entries) or None,
                "last_seen": seen,
            }


def _ordered(found: Sequence[tuple[int, Contact]]) -> list[Contact]:
    """One row for each worker or service, in the order in which to go to them; what a later row adds is left out."""
    by_words = sorted(found, key=lambda one: one[1].model_dump_json())
    newest = sorted(by_words, key=lambda one: one[1].last_seen or one[1].start or "", reverse=True)
    ranked = sorted(newest, key=lambda one: (one[1].name is None, _rank(one[1]), one[0]))
    rows: dict[tuple[str, str | None], Contact] = {}
    for _, one in ranked:
        who = one.name or f"{one.organisation}|{one.service}"
        # A worker stands once; where records of the same worker add the service or the organisation, they are put in.
        there = rows.get((who, one.source))
        rows[(who, one.source)] = one if there is None else _filled(there, one)
    covered = {one.source for one in rows.values() if one.name} - {None}
    return [
        one
        for one in rows.values()
        if one.name or one.source not in covered or one.service not in _services(rows, one)
    ]


def _services(rows: Mapping[Any, Contact], beside: Contact) -> set[str | None]:
    return {one.service for one in rows.values() if one.name and one.source == beside.source}


def _filled(there: Contact, other: Contact) -> Contact:
    blank = {key: value for key, value in other.model_dump().items() if value and not getattr(there, key)}
    return there.model_copy(update=blank)


def _rank(contact: Contact) -> int:
    words = f"{contact.role or ''} {contact.name or ''}".casefold()
    roles = list(code_list("lead-roles").values())
    fitting = (
        place
        for place, row in enumerate(roles)
        if any(re.search(rf"\b{re.escape(one)}\b", words) for one in row["words"])
    )
    return next(fitting, len(roles))


def _telephone(resource: Resource) -> str | None:
    found = (one.get("value") for one in resource.get("telecom", ()) if one.get("system") in ("phone", "sms"))
    return next((str(one) for one in found if one), None)


def _day(value: Any) -> str | None:
    return str(value)[:10] if value else None
