"""How many people some sources know: each person once, by age group and by kind of source.

Promise: what the law bars counts nobody: not a record that tells of an adoption or carries a barring label, nor anybody under
such a protection, nor anybody who lives with them; so a count is the same with such a record and without it. Whoever opted
out nationally stays counted, for a count is about nobody.

Steps, in this order: 1 records of introduction of these sources, each read once; 2 whom nobody may count; 3 one age for each
person; 4 the cells.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from services.contract.people import Count, Counted
from services.index import ages
from services.index.barred import bars, introduced
from services.index.people import People
from services.index.schema import IDENTITY, PROTECTION, RECORD

_AT_ONCE = 500


@dataclass(slots=True, repr=False)
class _Counted:
    """One person, as the counted sources know them."""

    sources: set[str] = field(default_factory=set)
    born: tuple[bool, str, str] = (False, "", "")
    """Whether the number was verified, when it was received, and the date: the greatest is the one that holds."""


def count(people: People, query: Count) -> Counted:
    """Every cell. Of a source that is not registered, or asked live, nobody is counted."""
    registered = people.book.sources
    sources = {id for id in query.sources if id in registered and registered[id].mode != "live"}
    known = _known(people, sources)  # 1
    for person in _nobodys_to_count(people):  # 2
        known.pop(person, None)
    by_age: Counter[str] = Counter()
    by_kind: Counter[tuple[str, str]] = Counter()
    for one in known.values():
        age = ages.age(one.born[2], people.on)  # 3
        by_age[age] += 1  # 4
        by_kind.update({(age, registered[source].kind) for source in one.sources})
    return Counted(by_age, by_kind)


def _known(people: People, sources: Collection[str]) -> dict[str, _Counted]:
    """Person -> what these sources know of them, by their own records of a patient or client."""
    found: dict[str, _Counted] = {}
    wanted = (
        select(IDENTITY.c.person, IDENTITY.c.summary, RECORD)
        .join(RECORD, RECORD.c.id == IDENTITY.c.record)
        .where(IDENTITY.c.type == "Patient", IDENTITY.c.source.in_(sorted(sources)))
    )
    rows = people.connection.execution_options(yield_per=_AT_ONCE).execute(wanted)
    for row in rows:
        if not people.kept(row.source, row.received) or _barred(people, row):
            continue
        summary = people.store.introduction(row.summary, row.id)[0]
        one = found.setdefault(row.person, _Counted())
        one.sources.add(row.source)
        if summary.birth_date:
            one.born = max(one.born, (bool(summary.verified), row.received, summary.birth_date))
    return found


def _barred(people: People, row: Any) -> bool:
    said = introduced(people.store.marks(row), row.source, people.book)
    return said.adoption != "none" or bool(said.labels)


def _nobodys_to_count(people: People) -> Iterator[str]:
    """Whoever is under a protection that the law bars, and everybody at their present address."""
    wanted = select(PROTECTION.c.item, PROTECTION.c.label).where(PROTECTION.c.ended == "").distinct()
    items = {row.item for row in people.connection.execute(wanted) if bars(row.label, people.book)}
    persons = {known.person for known in people.of_items(items).values()}
    yield from persons
    for others in people.same_home(persons).values():
        yield from others
