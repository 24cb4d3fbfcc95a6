"""Of whom a record speaks, decided when it is published.

Promise: the hub links by itself only where the rules of matching/guards.py let it, and to one person; what a person linked
stays until a person withdraws it. A link is an edge that is added, never changed: nothing of a person is written when one is
made, and nothing has to be undone when one is withdrawn.
"""

from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select

from services.index import keys
from services.index.links import edges
from services.index.matching import blocking, called, candidates, first_look, score, traits
from services.index.matching.candidates import Found
from services.index.matching.decide import OWN, decide
from services.index.matching.room import Room
from services.index.matching.verdict import LINK, Decision
from services.index.people import People
from services.index.prepared import Prepared
from services.index.read import Summary
from services.index.schema import CONFLICT, IDENTITY, PERSON
from services.index.store import opaque
from services.runtime.keys import Mac

_PERSON_OF = Prepared(select(IDENTITY.c.person).where(IDENTITY.c.item == bindparam("item")))
_WITH_OTHERS = Prepared(
    select(IDENTITY.c.item)
    .where(IDENTITY.c.person == bindparam("person"), IDENTITY.c.item != bindparam("item"))
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Edge:
    """A link to be written."""

    person: str
    rule: str
    new: bool
    basis: edges.Basis | None = None
    """What it rests on beside the rule."""
    decision: Decision | None = None
    """What the record came to against everybody; None where a person had linked it."""


def asks_by(mac: Mac, summary: Summary) -> set[int]:
    """The keys by which `choose` finds whom it weighs: who is found by none of them cannot change what it decides."""
    return blocking.of_search(mac, summary)[1] | keys.of_homes(mac, summary)


def choose(people: People, item: str, summary: Summary) -> Edge:
    """Where the record belongs now that it says `summary`."""
    spoken = candidates.plain(summary, people.on)
    first = first_look.look(people, item, spoken)
    now = first.person
    # What a person linked stays until a person withdraws it.
    if now and edges.manual(people, [item]):
        return Edge(now, "", new=False)
    trained = people.store.trained
    found = candidates.find(people, item, spoken, first)
    room = Room(people, item, summary, first.bound)
    room.met(found)
    mine = traits.of(spoken)
    decision = decide(
        spoken,
        found.people,
        lambda other: score.weigh(trained, mine, traits.of(other)),
        room,
        borne=lambda name: called.borne(trained, name),
        at=now,
        truncated=found.truncated,
    )
    _note_conflicts(people, item, spoken, found, decision)
    if decision.outcome == LINK:
        if decision.person == now:
            return Edge(now, "", new=False, decision=decision)
        basis = edges.Basis(decision.verdict, trained.digest, decision.item)
        return Edge(decision.person, decision.rule, new=False, basis=basis, decision=decision)
    if now and not _shared(people, item, now):
        return Edge(now, "", new=False, decision=decision)
    return Edge(opaque(), OWN, new=True, decision=decision)


def write(people: People, item: str, edge: Edge, at: str) -> None:
    """Add the edge, and its person where it is a new one; nothing where the latest edge stands already."""
    if edge.new:
        people.connection.execute(insert(PERSON).values(id=edge.person, since=at))
    if edge.rule:
        edges.add(people, item, edge.person, edge.rule, at, basis=edge.basis)


def held(people: People, item: str) -> str:
    """Of whom the record speaks now; empty for one that introduces nobody yet."""
    return next((row.person for row in _PERSON_OF.rows(people.connection, {"item": item})), "")


def _shared(people: People, item: str, person: str) -> bool:
    return bool(_WITH_OTHERS.rows(people.connection, {"person": person, "item": item}))


def _note_conflicts(people: People, item: str, one: Summary, found: Found, decision: Decision) -> None:
    """One number and two dates of birth, not linked: one of the records has somebody else's number."""
    numbers = one.live_numbers
    for person, records in found.people.items():
        for other in records if person != decision.person else ():
            dates = {one.birth_date, other.summary.birth_date} - {""}
            if numbers & other.summary.live_numbers and len(dates) == 2:
                pair = {"item": min(item, other.item), "other": max(item, other.item)}
                there = select(CONFLICT.c.item).where(
                    CONFLICT.c.item == pair["item"], CONFLICT.c.other == pair["other"]
                )
                if people.connection.execute(there).first() is None:
                    row = {**pair, "kind": "number-birth-date", "at": people.on}
                    people.connection.execute(insert(CONFLICT).values(**row))
