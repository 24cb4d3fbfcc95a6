"""Decides again, in the order in which things came, in a second index that lives in memory for as long as that takes.

Promise: the decision is the index's own, made by the same steps on the same versions; whoever is only looked at is of the
person of whom they were then; nothing here writes to the index itself.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Table, create_engine, insert, or_, select, update
from sqlalchemy.pool import StaticPool

from services.contract.problems import BadInput, Conflict
from services.index import link, protect
from services.index.links import edges, events, exclusions, history, joining
from services.index.links.attach import attach
from services.index.people import People, in_parts
from services.index.read import Summary
from services.index.schema import (
    CONFLICT,
    DOUBT,
    EVENT,
    EXCLUSION,
    IDENTITY,
    LOOK_UP,
    METADATA,
    OUTBOX,
    PERSON,
    PROTECTION,
    RECORD,
    UNSEEN,
)
from services.index.visible import arrive

AS_IT_WAS = "as-it-was"
"""Rule of an edge of somebody who is only looked at; it never leaves the second index."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of it."""

    histories: dict[str, list[Any]]
    """Edges of each record that was decided, oldest first."""
    persons: dict[str, str]
    """item -> person, of everybody in it."""
    keys: dict[str, set[int]]
    """Look-up keys of those whose protections are known here."""
    doubts: list[dict[str, Any]]
    conflicts: list[dict[str, Any]]
    """Of those who were decided: doubts, and the numbers that two of them claim."""


class Again:
    """One run: `decided` are decided, `weighed` are looked at, and whether those are protected rests on the `seen`."""

    def __init__(
        self, people: People, decided: Collection[str], weighed: Collection[str], seen: Collection[str]
    ) -> None:
        self._people = people
        self._decided = frozenset(decided)
        self._weighed = self._decided | set(weighed)
        self._items = self._weighed | set(seen)
        self._recorded = history.of(people, self._items)
        self._at = {(item, row.event): row.person for item, rows in self._recorded.items() for row in rows}
        self._founders = _founders(self._recorded)
        self._ended: dict[str, Any] = {}

    def run(self) -> Replayed:
        """Everything that came, once more."""
        engine = create_engine(
            "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}, hide_parameters=True
        )
        beside = self._people.store.beside(engine)
        try:
            with beside.write() as connection:
                METADATA.create_all(connection)
                there = People(connection, beside, self._people.book, self._people.on)
                self._fill(there)
                for event in self._events():
                    self._happen(there, event)
                return self._outcome(there)
        finally:
            engine.dispose()

    def _fill(self, there: People) -> None:
        """Versions, unseen as when they came, and the exclusions that hold from the first."""
        about = [
            row for some in in_parts(sorted(self._items))
            for row in self._rows(RECORD, or_(RECORD.c.item.in_(some), RECORD.c.about.in_(some)))
            if row["state"] != UNSEEN
        ]  # fmt: skip
        versions = {row["id"]: {**row, "state": UNSEEN} for row in about}
        outboxes = sorted({row["outbox"] for row in versions.values()})
        for some in in_parts(outboxes):
            _copy(there, OUTBOX, self._rows(OUTBOX, OUTBOX.c.id.in_(some)))
        _copy(there, RECORD, versions.values())
        self._outboxes = outboxes
        excluded = exclusions.of_items(self._people.connection, self._items)
        self._excluded = {row["id"]: row for row in excluded}
        first = [row for row in self._excluded.values() if row["event"] == exclusions.FROM_THE_FIRST]
        _copy(there, EXCLUSION, [{**row, "lifted": 0} for row in first])

    def _events(self) -> list[Any]:
        """What happened to any of these, in its order."""
        protections = {
            row["id"]: row
            for some in in_parts(sorted(self._items))
            for row in self._rows(PROTECTION, PROTECTION.c.item.in_(some))
        }
        self._ended = protections
        found: dict[int, Any] = {}
        for some in in_parts(sorted({*self._outboxes, *protections, *self._excluded})):
            found |= {
                row.seq: row
                for row in self._people.connection.execute(select(EVENT).where(EVENT.c.ref.in_(some)))
            }
        acts = {row.event for rows in self._recorded.values() for row in rows} | self._manual_events()
        for numbers in in_parts(sorted(acts)):
            wanted = select(EVENT).where(EVENT.c.seq.in_(numbers))
            found |= {row.seq: row for row in self._people.connection.execute(wanted)}
        return [found[seq] for seq in sorted(found)]

    def _manual_events(self) -> set[int]:
        self._acts: dict[int, list[Any]] = {}
        for rows in edges.of(self._people, self._items).values():
            for row in rows:
                if row.status == edges.MANUAL and not row.again:
                    self._acts.setdefault(row.event, []).append(row)
        return set(self._acts)

    def _happen(self, there: People, event: Any) -> None:
        now = People(there.connection, there.store, there.book, event.at[:10])
        now.event = event.seq
        if event.kind == events.PUBLISH:
            arrive(now, event.ref, self._choose)
        elif event.kind == events.PROTECTION_ENDED and event.ref in self._ended:
            _end(now, self._ended[event.ref], event.at)
        elif event.kind == events.EXCLUDED and event.ref in self._excluded:
            row = self._excluded[event.ref]
            if row["event"] != exclusions.FROM_THE_FIRST:
                _copy(now, EXCLUSION, [{**row, "lifted": 0}])
        elif event.kind == events.LIFTED and event.ref in self._excluded:
            lifted = update(EXCLUSION).where(EXCLUSION.c.id == event.ref).values(lifted=event.seq)
            now.connection.execute(lifted)
        elif event.kind == events.JOINED:
            self._joined(now, event)

    def _joined(self, now: People, event: Any) -> None:
        """What a person said then of two records, done again if it may be: by it move those that are of one person with the
        first now, be they others than at that time."""
        rows = {row.item: row for row in self._acts.get(event.seq, ())}
        moving = self._moving(now, event.ref, rows[event.ref].other) if event.ref in rows else {}
        for item in sorted(rows.keys() - self._decided):
            if person := self._at.get((item, event.seq)):
                self._attach(now, rows[item], item, rows[item].other, person)
        for item, (other, person) in sorted(moving.items()):
            if item in self._decided:
                self._attach(now, rows[event.ref], item, other, person)

    def _moving(self, now: People, item: str, other: str) -> dict[str, tuple[str, str]]:
        """record -> (the record with which it agrees by itself, the person to whom it goes); empty where it may not be done."""
        mine, theirs = link.held(now, item), link.held(now, other)
        if not mine or not theirs or mine == theirs:
            return {}
        agreeing = joining.edges_between(now, item, other)
        try:
            joining.check(now, mine, theirs, agreeing)
        except (BadInput, Conflict):
            return {}
        return {one: (agreeing[one], theirs) for one in now.items([mine])}

    def _attach(self, now: People, row: Any, item: str, other: str, person: str) -> None:
        by, reason = edges.reason_of(self._people.store, row)
        basis = edges.Basis(other=other, by=by, reason=reason)
        attach(now, item, person, row.rule, row.at, edges.MANUAL, basis)

    def _choose(self, people: People, item: str, summary: Summary) -> link.Edge:
        if item in self._decided:
            edge = link.choose(people, item, summary)
            return (
                replace(edge, person=self._founders.get((item, people.event), edge.person))
                if edge.new
                else edge
            )
        held = link.held(people, item)
        person = self._at.get((item, people.event)) or held or self._recorded[item][0].person
        there = people.connection.execute(select(PERSON.c.id).where(PERSON.c.id == person)).first()
        return link.Edge(person, "" if held == person else AS_IT_WAS, new=there is None)

    def _outcome(self, there: People) -> Replayed:
        keys: dict[str, set[int]] = {item: set() for item in self._weighed}
        for row in there.connection.execute(select(LOOK_UP)):
            # Of the outermost it is not known here who shares their home.
            if row.item in keys:
                keys[row.item].add(row.key)
        rows = there.connection.execute(select(IDENTITY.c.item, IDENTITY.c.person)).all()
        doubts, conflicts = (
            [dict(row) for row in there.connection.execute(select(table)).mappings()]
            for table in (DOUBT, CONFLICT)
        )
        return Replayed(
            edges.of(there, self._decided),
            {row.item: row.person for row in rows},
            keys,
            [row for row in doubts if row["item"] in self._decided],
            [row for row in conflicts if {row["item"], row["other"]} <= self._decided],
        )

    def _rows(self, table: Table, where: Any) -> Iterator[dict[str, Any]]:
        for row in self._people.connection.execute(select(table).where(where)).mappings():
            yield dict(row)


def _founders(recorded: dict[str, list[Any]]) -> dict[tuple[str, int], str]:
    """(item, event) -> the person who came to be by it: whoever is made again by the same record has the same id."""
    first: dict[str, tuple[int, str]] = {}
    for item, rows in recorded.items():
        for row in rows:
            first[row.person] = min(first.get(row.person, (row.event, item)), (row.event, item))
    return {(item, event): person for person, (event, item) in first.items()}


def _end(now: People, ended: Any, at: str) -> None:
    same = (PROTECTION.c.item == ended["item"], PROTECTION.c.origin == ended["origin"])
    standing = select(PROTECTION.c.id).where(
        *same, PROTECTION.c.label == ended["label"], PROTECTION.c.ended == ""
    )
    for id in now.connection.execute(standing).scalars().all():
        now.connection.execute(update(PROTECTION).where(PROTECTION.c.id == id).values(ended=at))
    protect.refresh_keys(now, {ended["item"]})


def _copy(there: People, table: Table, rows: Any) -> None:
    rows = list(rows)
    if rows:
        there.connection.execute(insert(table), rows)
