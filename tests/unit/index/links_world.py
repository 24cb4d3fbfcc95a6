"""An index whose links are made and withdrawn, beside one that had what holds apart from the first.

Steps are said once and done to each: the second index receives the same records, in the same order.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

from services.contract.people import CaseSubject, Gather, Relate, Relations, Resolve
from services.contract.problems import BadInput, Conflict, NotFound
from services.index.index import Index
from services.index.links import exclusions
from services.index.open import open_index
from services.index.schema import (
    CONFLICT,
    DOUBT,
    EXCLUSION,
    HOME,
    IDENTITY,
    LOOK_UP,
    OUTBOX,
    PROTECTION,
    RECORD,
)
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings
from tests import linking
from tests.unit.index.northshire import FakeShelf, about, publish, small_index

COPIES = ("csc", "gp", "hospice", "police")
ON = "2026-11-20"


@dataclass(frozen=True)
class Publish:
    """A publish, of records under ids of their own."""

    source: str
    resources: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class End:
    """The end of every protection that a record began."""

    source: str
    kind: str
    id: str


Name = tuple[str, str]
"""(source, id) of a Patient."""


@dataclass(frozen=True)
class Join:
    """A link by hand."""

    one: Name
    other: Name


@dataclass(frozen=True)
class Apart:
    """An exclusion by hand."""

    one: Name
    other: Name


@dataclass(frozen=True)
class Withdraw:
    """An un-link."""

    one: Name
    other: Name | None = None


Step = Publish | End | Join | Apart | Withdraw


@dataclass
class World:
    """Two indexes over one set of keys."""

    folder: Path
    database: str = ""
    opened: list[Index] = field(default_factory=list)

    def index(self, name: str, database: str = "") -> Index:
        """One of them."""
        settings = Settings(mode="demo", home=self.folder / name, database=database)
        if not database and not settings.home.exists():
            settings.home.mkdir(mode=0o700)
            (settings.home / "index.db").write_bytes(_empty())
        self.opened.append(open_index(settings, KeyFolder(self.folder / "keys"), FakeShelf()))
        return self.opened[-1]


@cache
def _empty() -> bytes:
    """An empty index's database: its tables are made once for all these histories."""
    with TemporaryDirectory() as folder:
        small_index(Path(folder)).close()
        return (Path(folder) / "home" / "index.db").read_bytes()


@contextmanager
def world() -> Iterator[World]:
    """A world in a folder of its own."""
    with TemporaryDirectory() as folder:
        made = World(Path(folder))
        try:
            yield made
        finally:
            for index in made.opened:
                index.close()


def item_of(index: Index, name: Name) -> str:
    """How the index knows a Patient."""
    return index._store.item(name[0], "Patient", name[1])


def do(index: Index, steps: Iterable[tuple[int, Step]]) -> list[tuple[int, Step]]:
    """Do them, each at the second of its number; those that were done, for what may not be done now is not done at all."""
    done = []
    for number, step in steps:
        at = f"2026-11-01T09:{number // 60:02}:{number % 60:02}Z"
        try:
            _do(index, step, at)
        except (BadInput, NotFound):
            continue
        except Conflict as refused:
            if "another publish" in refused.detail:
                # The database's own: a fault of ours.
                raise
            continue
        done.append((number, step))
    return done


def _do(index: Index, step: Step, at: str) -> None:
    if isinstance(step, Publish):
        publish(index, step.source, *(dict(one) for one in step.resources), received=at)
    elif isinstance(step, End):
        origin = index._store.item(step.source, step.kind, step.id)
        with index._store.read() as connection:
            ids = (
                connection.execute(select(PROTECTION.c.id).where(PROTECTION.c.origin == origin))
                .scalars()
                .all()
            )
        for id in ids:
            index.end_protection(id, "officer")
    elif isinstance(step, Join):
        one, other = item_of(index, step.one), item_of(index, step.other)
        if len(set(_introduced(index, one, other))) != 2:
            # Nothing is joined by it, so nothing is remembered of it: an index in which they were two would have done more.
            raise NotFound("these are not two people's records")
        linking.join(index, one, other, at)
    elif isinstance(step, Apart):
        one, other = item_of(index, step.one), item_of(index, step.other)
        if len(set(_introduced(index, one, other))) != 2:
            raise NotFound("these are not two people's records")
        linking.hold_apart(index, one, other, at)
    else:
        others = [item_of(index, step.other)] if step.other else []
        index.links.withdraw(item_of(index, step.one), others, at, by="officer", reason="two children")


def _introduced(index: Index, one: str, other: str) -> list[str]:
    """Whose the two records are; empty unless both are there."""
    with index._store.read() as connection:
        wanted = select(IDENTITY.c.person).where(IDENTITY.c.item.in_((one, other)))
        found = list(connection.execute(wanted).scalars())
    return found if len(found) == 2 else []


def from_the_first(one: Index, other: Index) -> None:
    """Give `other`, still empty, what un-links hold apart in `one`."""
    with one._store.read() as connection:
        rows = connection.execute(select(EXCLUSION).where(EXCLUSION.c.event == 0)).all()
    with other._store.write() as connection:
        for row in rows:
            pair = (row.item, row.other)
            exclusions.exclude(
                other._store, connection, pair, row.at, by="x", reason="x", from_the_first=True
            )


def persons(index: Index) -> dict[str, tuple[str, ...]]:
    """person -> their items: what to call them whatever their id."""
    found: dict[str, list[str]] = {}
    with index._store.read() as connection:
        for row in connection.execute(select(IDENTITY.c.item, IDENTITY.c.person)):
            found.setdefault(row.person, []).append(row.item)
    return {person: tuple(sorted(items)) for person, items in found.items()}


def answers(index: Index, questions: list[dict[str, str]]) -> str:
    """All that the index answers to these questions and of everybody in it, ids told by what they stand for."""
    names = {person: "+".join(items) for person, items in persons(index).items()}
    with index._store.read() as connection:
        told: list[Any] = [
            sorted((row.key, row.item) for row in connection.execute(select(table)))
            for table in (LOOK_UP, HOME)
        ]
        told += [sorted((row.item, row.other) for row in connection.execute(select(CONFLICT)))]
        told += [sorted((row.item, row.other, row.rule) for row in connection.execute(select(DOUBT)))]
        records = connection.execute(select(RECORD.c.id, RECORD.c.item, RECORD.c.version)).all()
        assert not connection.execute(select(OUTBOX.c.id).where(OUTBOX.c.done.is_(False))).all()
    ids = names | {row.id: f"{row.item}/{row.version}" for row in records}
    told += [[question, index.resolve(Resolve(about(**question), ON))] for question in questions]
    first = CaseSubject(about(nhs="9991000011", born="2019-05-07"), "child")
    for person in sorted(names, key=lambda one: names[one]):
        relations = index.relate(Relate(person, "family", ON, (first,)))
        assert relations.people[0].person == person
        told += [names[person], relations, _groups(relations)]
        told.append(index.gather(Gather(tuple((source, person) for source in COPIES), {}, ON)))
    return json.dumps(_plain(told, ids), indent=1, sort_keys=True)


def _groups(relations: Relations) -> list[list[str]]:
    """Who lives together: what a group is called depends on ids."""
    groups: dict[str, list[str]] = {}
    for one in relations.people:
        groups.setdefault(one.address_group, []).append(one.person)
    return [sorted(members) for name, members in groups.items() if name]


def _plain(value: Any, ids: Mapping[str, str]) -> Any:
    """As JSON, with ids renamed; rows stand in the order of what they say, for their own order may be that of random ids."""
    if is_dataclass(value):
        said = {part.name: _plain(getattr(value, part.name), ids) for part in fields(value)}
        # What a group is called depends on ids; who is of one is told apart.
        return said | {name: bool(said.get(name)) for name in ("address_group", "household")}
    if isinstance(value, str):
        for id in ids:
            if id in value:
                value = value.replace(id, ids[id])
        return value
    if isinstance(value, Mapping):
        return {str(_plain(key, ids)): _plain(one, ids) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        rows = [_plain(one, ids) for one in value]
        return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))
    return value if value is None or isinstance(value, int | float | bool) else str(value)
