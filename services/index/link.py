"""Of whom a record speaks: the one rule by which the hub links by itself.

Promise: a link is made only where a verified NHS number, the date of birth and the given name agree with a verified
record of exactly one person; anything less is a person of its own. A link is an edge that is added, never changed:
nothing of a person is written when one is made, and nothing has to be undone when one is withdrawn.
"""

from dataclasses import dataclass

from sqlalchemy import insert, select

from services.index.links import edges, exclusions
from services.index.people import Known, People
from services.index.read import Summary
from services.index.schema import CONFLICT, IDENTITY, PERSON
from services.index.store import opaque
from services.runtime.keys import Mac

RULE = "number-birth-given"
OWN = "own-person"


@dataclass(frozen=True, slots=True)
class Edge:
    """A link to be written."""

    person: str
    rule: str
    new: bool
    basis: edges.Basis | None = None
    """What it rests on beside the rule."""


def agree(one: Summary, other: Summary) -> bool:
    """Whether two records speak of one person, by the rule."""
    if not one.verified or one.verified != other.verified:
        return False
    if not one.birth_date or one.birth_date != other.birth_date:
        return False
    given = {name.given for name in one.names if name.given}
    return bool(given & {name.given for name in other.names if name.given})


def asks_by(mac: Mac, summary: Summary) -> set[int]:
    """The look-up keys by which `choose` finds whom it weighs: who is found by none of them cannot change what it decides."""
    return {mac.number("nhs", summary.verified)} if summary.verified else set()


def choose(people: People, item: str, summary: Summary) -> Edge:
    """Where the record belongs now that it says `summary`."""
    found, _ = people.by_keys(asks_by(people.store.mac, summary), most=10_000)
    others = [known for known in people.of_items(found).values() if known.item != item]
    _note_conflicts(people, item, summary, others)
    agreeing = {known.person for known in others if agree(summary, known.summary)}
    agreeing -= exclusions.barred(people.connection, item, agreeing)
    now = held(people, item)
    # What a person linked stays until a person withdraws it.
    if edges.manual(people, [item]):
        return Edge(now, "", new=False)
    if now in agreeing or (now and not agreeing and not _shared(people, item, now)):
        return Edge(now, "", new=False)
    # Two people that both agree were never joined by anybody: this record does not join them either.
    if len(agreeing) == 1:
        return Edge(agreeing.pop(), RULE, new=False)
    return Edge(opaque(), OWN, new=True)


def write(people: People, item: str, edge: Edge, at: str) -> None:
    """Add the edge, and its person where it is a new one; nothing where the latest edge stands already."""
    if edge.new:
        people.connection.execute(insert(PERSON).values(id=edge.person, since=at))
    if edge.rule:
        edges.add(people, item, edge.person, edge.rule, at, basis=edge.basis)


def held(people: People, item: str) -> str:
    """Of whom the record speaks now; empty for one that introduces nobody yet."""
    return people.connection.execute(select(IDENTITY.c.person).where(IDENTITY.c.item == item)).scalar() or ""


def _shared(people: People, item: str, person: str) -> bool:
    wanted = select(IDENTITY.c.item).where(IDENTITY.c.person == person, IDENTITY.c.item != item).limit(1)
    return people.connection.execute(wanted).first() is not None


def _note_conflicts(people: People, item: str, summary: Summary, others: list[Known]) -> None:
    """One number and two dates of birth: one of the records has somebody else's number."""
    for known in others:
        dates = {summary.birth_date, known.summary.birth_date} - {""}
        if known.summary.verified == summary.verified and len(dates) == 2:
            pair = {"item": min(item, known.item), "other": max(item, known.item)}
            there = select(CONFLICT.c.item).where(
                CONFLICT.c.item == pair["item"], CONFLICT.c.other == pair["other"]
            )
            if people.connection.execute(there).first() is None:
                row = {**pair, "kind": "number-birth-date", "at": people.on}
                people.connection.execute(insert(CONFLICT).values(**row))
