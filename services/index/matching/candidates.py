"""The people with whom a record is compared.

Promise: candidates are found by keyed hashes and opened in memory only; more than `MOST` of them is said; whoever holds the
record's number is among them always; a date of birth after the day of the publish is no date of birth. Nothing here writes.

What it costs is bounded whatever the number of people: at most `MET` rows of keys are read at once. Where there are more, each
key is looked at alone, and one that more than `SHARED` records have finds nobody: what so many share tells of none of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import bindparam, select

from services.index.among import among
from services.index.matching.decide import Held
from services.index.matching.first_look import MET, FirstLook
from services.index.people import Known, People
from services.index.prepared import Prepared
from services.index.read import Summary
from services.index.schema import IDENTITY, LOOK_UP

MOST = 300
"""People looked at."""
SHARED = 100

_OTHER = IDENTITY.alias()
_SHARING = Prepared(
    select(LOOK_UP.c.item)
    .where(LOOK_UP.c.key == bindparam("key"), LOOK_UP.c.item != bindparam("item"))
    .order_by(LOOK_UP.c.item)
    .limit(SHARED + 1)
)
_OF_ITEMS = Prepared(
    select(IDENTITY).where(
        IDENTITY.c.person.in_(select(_OTHER.c.person).where(among(_OTHER.c.item, "items")))
    )
)


@dataclass(frozen=True, slots=True)
class Found:
    """The candidates of one record. `known`: every record of theirs, this one among them where it is one of theirs."""

    people: Mapping[str, tuple[Held, ...]]
    truncated: bool
    known: Mapping[str, Sequence[Known]]


def plain(summary: Summary, on: str) -> Summary:
    """The summary for comparing on the day `on`: nobody was born later than that."""
    return replace(summary, birth_date="", born="") if summary.born[:10] > on else summary


def find(people: People, item: str, summary: Summary, first: FirstLook) -> Found:
    """Everybody whom the record may be about, with all their records but this one."""
    mac = people.store.mac
    known, truncated = _alike(people, item, first)
    if truncated:
        numbers = {mac.number("match-number", number.value) for number in summary.numbers}
        known |= _first(people, _by_each(people, item, numbers))
    found = {
        person: [Held(one.item, plain(one.summary, people.on)) for one in records if one.item != item]
        for person, records in known.items()
    }
    # In one order on every database, so that the same publish comes to the same.
    ordered = {person: tuple(sorted(found[person], key=lambda held: held.item)) for person in sorted(found)}
    return Found({person: held for person, held in ordered.items() if held}, truncated, known)


def _alike(people: People, item: str, first: FirstLook) -> tuple[dict[str, list[Known]], bool]:
    """The first `MOST` people with one of these keys, with their records, and whether there are more."""
    if first.alike and first.alike[0].met > MET:
        return _first(people, _by_each(people, item, first.keys)), True
    found = _by_person(first.alike)
    return _first(people, found), len(found) > MOST


def _by_each(people: People, item: str, wanted: Iterable[int]) -> dict[str, list[Any]]:
    """Rows by person, key by key, without the keys that too many share."""
    items: set[str] = set()
    for key in wanted:
        sharing = _SHARING.rows(people.connection, {"key": key, "item": item})
        items |= {row.item for row in sharing} if len(sharing) <= SHARED else set()
    return _by_person(_OF_ITEMS.rows(people.connection, {"items": items}))


def _by_person(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.person, []).append(row)
    return found


def _first(people: People, rows: Mapping[str, list[Any]]) -> dict[str, list[Known]]:
    return {person: list(people.known(rows[person])) for person in sorted(rows)[:MOST]}
