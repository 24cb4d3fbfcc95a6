"""A record against everybody it may be about: one person, people to be asked, or nobody known.

Promise: a link is made to one person only, by the strictest rule first; nobody is joined through a third record, for every
record of the person must allow it; where another fits better than the holder of the number, or nearly as well as the best,
people decide; where more were alike than were looked at, nothing links but by number.

Steps, in this order: 1 each record of each person judged; 2 what the person's other records forbid; 3 the strict rule by
number, for exactly one person; 4 what the law and protections say, twins and siblings; 5 the number's holder outranked;
6 the margin to the next; 7 too many.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Protocol

from services.index.matching import called, guards, levels
from services.index.matching.guards import NO_LAW, Facts, Law
from services.index.matching.verdict import APART, LINK, NEW, REVIEW, Decision, Doubt, Scored, Verdict
from services.index.read import Summary

MARGIN = 10.0
"""Bits by which the best must be ahead of the next that would link too."""
OWN, OTHERS, TWO, OUTRANKED, MANY = (
    "own-person",
    "others-do-not-fit",
    "two-people-agree",
    "holder-outranked",
    "too-many-alike",
)
Weigh = Callable[[Summary], Scored]
"""The score of the record in question and another."""
Borne = Callable[[str], float]
"""Of how many of all people a normalised given name is the name; 0 for one that nobody is known to bear."""


@dataclass(frozen=True, slots=True, repr=False)
class Held:
    """A record of a candidate."""

    item: str
    summary: Summary


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a person beside their records."""

    law: Law = NO_LAW
    placeless: bool = False
    """Protected or restricted."""


class Room(Protocol):
    """What the index knows beside the records, asked only where it can change something."""

    def excluded(self, items: Collection[str]) -> AbstractSet[str]:
        """Records that are not of one person with the record in question."""
        ...

    def own(self, *, deep: bool) -> Standing:
        """Of the record in question. `deep`: by everything that is held about them, not by the record alone."""
        ...

    def standings(self, persons: Collection[str], *, deep: bool) -> Mapping[str, Standing]:
        """Of candidates."""
        ...

    def has_siblings(self, person: str) -> bool:
        """Whether a brother, sister or twin of theirs is known."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class _Best:
    """What a person comes to, by their record that fits best."""

    person: str
    item: str
    verdict: Verdict
    weight: float
    """Without place where it does not count."""
    holder: bool
    """They hold the record's number."""
    restricted: bool = False

    @property
    def links(self) -> bool:
        return self.verdict.outcome == LINK

    def instead(self, outcome: str, rule: str) -> "_Best":
        return replace(self, verdict=Verdict(outcome, rule, self.verdict.scored))


class _Table:
    """One record and its candidates; each pair is weighed once."""

    def __init__(
        self, one: Summary, people: Mapping[str, Sequence[Held]], weigh: Weigh, room: Room, borne: Borne
    ) -> None:
        self.one = one
        self.people = people
        self.room = room
        self._borne = borne
        self._given = called.given_names(one)
        self._scored = {held.item: weigh(held.summary) for records in people.values() for held in records}
        self._born: dict[tuple[str, ...], set[str]] = {}
        for person, records in people.items():
            for birth in frozenset[tuple[str, ...]]().union(*(_births(held.summary) for held in records)):
                self._born.setdefault(birth, set()).add(person)

    def best(self, person: str, own: Standing, theirs: Standing) -> _Best:
        """What the person comes to; steps 1 and 2."""
        placeless = own.placeless or theirs.placeless
        careful = self._careful(person)
        records = self.people[person]
        verdicts: list[tuple[Held, Verdict]] = []
        for held in records:
            shares = {name: self._borne(name) for name in self._given | called.given_names(held.summary)}
            facts = Facts(False, (own.law, theirs.law), placeless, careful, shares)
            verdicts.append((held, guards.judge(self.one, held.summary, self._scored[held.item], facts)))
        held, verdict = max(verdicts, key=lambda one: _order(one[1], placeless))
        vetoes = [one for _, one in verdicts if one.rule in guards.VETOES]
        if any(one.rule == guards.KEPT_APART for one in vetoes):
            verdict = next(one for one in vetoes if one.rule == guards.KEPT_APART)
        elif vetoes and verdict.outcome == LINK:
            verdict = Verdict(REVIEW, OTHERS, verdict.scored)
        found = _Best(
            person,
            held.item,
            verdict,
            guards.counted(verdict.scored, placeless),
            self._holds(records),
            placeless or own.law.speaks or theirs.law.speaks,
        )
        return self._with_siblings(found, held)

    def knowing(self, plain: _Best, own: Standing, theirs: Standing) -> _Best:
        """What they come to once more is known; where nothing more is, what they came to without it stands."""
        return plain if own == theirs == Standing() else self.best(plain.person, own, theirs)

    def _with_siblings(self, found: _Best, held: Held) -> _Best:
        """Where a given name is not exact, a sibling known anywhere stops the link (asked last: it costs the most)."""
        exact = self._given & called.given_names(held.summary)
        if found.links and not exact and self.room.has_siblings(found.person):
            return found.instead(REVIEW, guards.NUMBER_TWIN)
        return found

    def _holds(self, records: Iterable[Held]) -> bool:
        mine = self.one.live_numbers
        return any(mine & (held.summary.live_numbers | held.summary.old_numbers) for held in records)

    def _careful(self, person: str) -> bool:
        """A multiple birth is said, or somebody else was born that day of that family or in that home."""
        records = self.people[person]
        if self.one.multiple or any(held.summary.multiple for held in records):
            return True
        said = _births(self.one).union(*(_births(held.summary) for held in records))
        return any(self._born[birth] - {person} for birth in said & self._born.keys())


def decide(
    one: Summary,
    people: Mapping[str, Sequence[Held]],
    weigh: Weigh,
    room: Room,
    *,
    borne: Borne,
    at: str = "",
    truncated: bool = False,
) -> Decision:
    """What a record comes to. `people`: candidates with all their records, the record itself not among them. `at`: the person
    whom its last version was linked to, where it is not alone there: it stays as long as it agrees."""
    table = _Table(one, people, weigh, room, borne)
    nothing = Standing()
    left = [found for person in people if not _apart(found := table.best(person, nothing, nothing))]
    if left:  # Nothing is asked of a record that is like nobody's.
        barred = room.excluded([held.item for found in left for held in people[found.person]])
        # One record that may not be joined speaks for all of its person's.
        left = [found for found in left if not any(held.item in barred for held in people[found.person])]
    strict = [found for found in left if found.verdict.rule == guards.STRICT]
    if strict:  # 3
        own, theirs = room.own(deep=False), room.standings([one.person for one in strict], deep=False)
        known = [table.knowing(one, own, theirs[one.person]) for one in strict]
        chosen = _one_of([one for one in known if one.verdict.rule == guards.STRICT], at)
        if chosen:
            return _link(chosen, truncated)
    if left:  # 4
        # Theirs first: it reads of the record itself what can be read with it.
        standings, own = room.standings([one.person for one in left], deep=True), room.own(deep=True)
        known = [table.knowing(one, own, standings[one.person]) for one in left]
        left = [found for found in known if not _apart(found)]
    left.sort(key=lambda found: (-found.weight, found.person))
    return _settle(left, at, truncated)


def _settle(left: Sequence[_Best], at: str, truncated: bool) -> Decision:
    """Steps 5 to 7."""
    linking = [found for found in left if found.links]
    if truncated:
        linking = [found for found in linking if found.verdict.rule in guards.BY_NUMBER]
    staying = next((found for found in linking if found.person == at), None)
    if staying is not None:
        return _link(staying, truncated)
    if not left:
        return Decision(NEW, OWN, truncated=truncated)
    if not linking:
        rule = MANY if left[0].links else left[0].verdict.rule
        return _review(rule, left, truncated)
    best = linking[0]
    if _outranked(best, left):
        return _review(OUTRANKED, left, truncated)
    numbered = [found for found in linking if found.verdict.rule in (guards.STRICT, guards.SUPERSEDED)]
    if len(numbered) > 1 or (len(linking) > 1 and best.weight - linking[1].weight < MARGIN):
        return _review(TWO, left, truncated)
    return _link(best, truncated)


def _outranked(best: _Best, left: Sequence[_Best]) -> bool:
    """Whether name and date of birth fit another better than who holds the number, or the number is held by another."""
    if not best.holder:
        return any(found.holder for found in left)
    return best.verdict.rule not in (guards.STRICT, guards.SUPERSEDED) and any(
        _demographics(found) > _demographics(best) for found in left if found.person != best.person
    )


def _demographics(found: _Best) -> float:
    family = sum(
        part.bits + part.frequency
        for part in found.verdict.scored.evidence
        if part.comparison == levels.FAMILY
    )
    return guards.personal(found.verdict.scored) + family


def _one_of(sure: Sequence[_Best], at: str) -> _Best | None:
    """The one person that agrees; where several do, the one that the record is linked to already."""
    # Two people that both agree were never joined by anybody: this record does not join them either.
    return sure[0] if len(sure) == 1 else next((found for found in sure if found.person == at), None)


def _link(found: _Best, truncated: bool) -> Decision:
    verdict = found.verdict
    if verdict.rule != guards.LIKENESS:
        # It does not rest on a place, and whether the person is protected may change: nothing of one is kept.
        verdict = replace(verdict, scored=guards.without_place(verdict.scored))
    return Decision(LINK, verdict.rule, found.person, found.item, verdict, truncated=truncated)


def _review(rule: str, left: Sequence[_Best], truncated: bool) -> Decision:
    doubts = tuple(Doubt(one.person, one.item, one.verdict, one.restricted) for one in left)
    return Decision(REVIEW, rule, doubts=doubts, truncated=truncated)


def _apart(found: _Best) -> bool:
    return found.verdict.outcome == APART


def _order(verdict: Verdict, placeless: bool) -> tuple[int, int, float]:
    """How well a verdict speaks for one person: links first, the strictest rule first, then weight."""
    rank = (APART, REVIEW, LINK).index(verdict.outcome)
    strictness = guards.BY_NUMBER[::-1].index(verdict.rule) + 1 if verdict.rule in guards.BY_NUMBER else 0
    return rank, strictness, guards.counted(verdict.scored, placeless)


def _births(summary: Summary) -> frozenset[tuple[str, ...]]:
    """Day of birth with each family name and each home: twins have one of them in common."""
    if not summary.birth_date:
        return frozenset()
    families = {("family", name.family) for name in summary.names if name.family}
    homes = {("home", home.text) for home in summary.homes if home.text}
    return frozenset((summary.birth_date, *one) for one in families | homes)
