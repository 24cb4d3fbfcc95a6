"""Two people found to be one, on a named person's word: every record of the one becomes the other's.

Promise: one check for every way in which people join: no exclusion, not two different verified NHS numbers, and every record
that moves agrees by itself with one of the other person; nobody is joined by transitivity alone.
"""

from collections.abc import Collection, Iterator, Mapping

from services.contract.problems import BadInput, Conflict
from services.index import facts
from services.index.links import edges, events, exclusions
from services.index.links.attach import attach
from services.index.matching import guards, score, traits
from services.index.matching.candidates import plain
from services.index.matching.guards import Facts
from services.index.matching.verdict import LINK
from services.index.people import Known, People

JOINED = "joined-by-hand"
FRACTURE = 10.0
"""Bits from which a record agrees by itself with another: below it a person breaks into parts that nothing holds together."""


def join(
    people: People,
    item: str,
    other: str,
    edges_of: Mapping[str, str],
    at: str,
    *,
    by: str,
    reason: str,
) -> str:
    """The whole person of `item` is the person of `other`; the id that goes on. `people`: of a write transaction.

    `edges_of`: each record that moves -> the record of the other person with which it agrees by itself. Raises as `check`.
    """
    mine, theirs = _persons(people, item, other)
    check(people, mine, theirs, edges_of)
    people.event = events.happened(people.connection, events.JOINED, item, at)
    for one in sorted(people.items([mine])):
        basis = edges.Basis(other=edges_of[one], by=by, reason=reason)
        attach(people, one, theirs, JOINED, at, edges.MANUAL, basis)
    return theirs


def check(
    people: People, mine: str, theirs: str, edges_of: Mapping[str, str], lifted: Collection[str] = ()
) -> None:
    """Whether all records of `mine` may be of `theirs`. `lifted`: exclusions that the same act lifts.

    Raises `BadInput` where a record has no edge of its own, `Conflict` where two are held apart or two verified NHS numbers
    differ.
    """
    moving, staying = people.items([mine]), people.items([theirs])
    if set(moving) - edges_of.keys() or not set(edges_of.values()) <= set(staying):
        raise BadInput("every record that is joined must agree with one of the other person by itself")
    if {row["id"] for row in exclusions.between(people.connection, moving, staying)} - set(lifted):
        raise Conflict("a person's decision holds some of these records apart; lift it first")
    verified = {known.summary.verified for of in people.of([mine, theirs]).values() for known in of} - {""}
    if len(verified) > 1:
        raise Conflict("the two have different verified NHS numbers; the sources must settle that first")


def edges_between(people: People, item: str, other: str) -> dict[str, str]:
    """What `join` asks for, as the records say it themselves: `item` with `other`, at which a person looked and said so; each
    further record with the one of theirs that fits it best, by a rule that links or by FRACTURE bits; none for one that fits
    none. Where anybody is protected or restricted, place does not count.
    """
    mine, theirs = _persons(people, item, other)
    records = people.of([mine, theirs])
    placeless = any(one.protected for one in facts.facts_of(people, [mine, theirs]).values()) or any(
        known.summary.restricted for of in records.values() for known in of
    )
    found = {item: other}
    for one in records[mine]:
        fitting = sorted(_fitting(people, one, records[theirs], placeless=placeless))
        if one.item != item and fitting:
            found[one.item] = fitting[-1][1]
    return found


def _fitting(
    people: People, one: Known, others: tuple[Known, ...], *, placeless: bool
) -> Iterator[tuple[float, str]]:
    """(bits, record) of each with which `one` agrees by itself."""
    trained, spoken = people.store.trained, plain(one.summary, people.on)
    for known in others:
        other = plain(known.summary, people.on)
        scored = score.weigh(trained, traits.of(spoken), traits.of(other))
        weight = guards.counted(scored, placeless)
        verdict = guards.judge(spoken, other, scored, Facts(placeless=placeless, careful=True))
        if verdict.outcome == LINK or (weight >= FRACTURE and verdict.rule not in guards.VETOES):
            yield weight, known.item


def _persons(people: People, item: str, other: str) -> tuple[str, str]:
    known = people.of_items([item, other])
    return known[item].person, known[other].person
