"""Whom a question may mean.

Promise: only an NHS number that finds exactly one person, with a date of birth or both names that agree, is exact; a
number against another date of birth finds nobody; a question with a location key never finds anybody protected, and
nobody who is protected is offered to choose from; the same statements run whether somebody is absent, unknown or protected.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.contract.people import (
    About,
    AskerIdentity,
    Candidate,
    Candidates,
    Introduced,
    PersonFacts,
    Resolve,
    Sought,
)
from services.index import barred, facts, family, keys, protect
from services.index.asking import clues, kin, sought
from services.index.asking.asked import Asked
from services.index.asking.fit import clues_met, score
from services.index.people import NOBODY, Known, People

MOST = 50
"""Candidates listed."""
_READ = 300
"""Records looked at."""
EXACT, POSSIBLE = "exact", "possible"


_RELATED = 2
"""What being somebody's relative counts for: as much as two things that agree."""


@dataclass(frozen=True, slots=True)
class Found:
    """One person whom a question may mean."""

    person: str
    grade: str
    score: int
    known: Known
    clues: int = 0
    """How many of the places and schools that were said are on record."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Everybody whom a question may mean, best first."""

    people: tuple[Found, ...] = ()
    conflict: bool = False
    claimed: tuple[str, ...] = ()
    """Who holds the number, where `conflict`: none of them is found."""
    more: bool = False

    @property
    def exact(self) -> str | None:
        """The one person meant, if the question says so for certain."""
        found = [one.person for one in self.people if one.grade == EXACT]
        return found[0] if len(found) == 1 else None


def resolve(people: People, query: Resolve) -> Candidates:
    """The answer to the first call; silence about some candidates is settled by the caller."""
    about = query.about
    through, of_whom = _through(people, query)
    if query.person is not None:
        known = people.of([query.person])[query.person]
        found = Finding(tuple(Found(query.person, POSSIBLE, 0, one) for one in known[:1]))
    else:
        found = find(people, about, through)
    persons = [one.person for one in found.people] or list(found.claimed)
    known_facts = facts.facts_of(people, persons)
    avoided = conflicts(people, query.asker)
    said = _introduced(people, found)
    hidden = _hidden(people, query, found, known_facts, said)
    sure = {*found.claimed, *(one.person for one in found.people if _sure(query, one))}
    asked_for = sought.sought(people, sure, [one.person for one in found.people], persons)
    left = _narrowed([one for one in found.people if one.person not in hidden])
    homes = family.address_groups(people, persons)
    candidates = tuple(
        Candidate(
            person=one.person,
            grade=EXACT if one.person in query.confirmed else one.grade,
            name=one.known.summary.names[0].text if one.known.summary.names else "",
            birth_year=one.known.summary.born[:4],
            facts=known_facts[one.person],
            source=one.known.source,
            conflict=one.person in avoided or through in avoided,
            introduced=said[one.person],
            household=homes[one.person],
        )
        for one in left
    )
    more = found.more or len(candidates) > MOST
    return Candidates(candidates[:MOST], found.conflict, more, (*of_whom, *asked_for))


def _sure(query: Resolve, one: Found) -> bool:
    return one.grade == EXACT or one.person == query.person


def _through(people: People, query: Resolve) -> tuple[str | None, tuple[Sought, ...]]:
    """Through whom a relative is looked for: an exact match, or somebody confirmed for the case; nobody by their address who
    is protected, and nobody of whom law bars every word. Beside it whoever was asked for under witness protection.
    """
    of = query.about.of
    if of is None:
        return None, ()
    if of.candidate:
        person = query.through if query.through in query.confirmed else None
    else:
        found = find(people, of)
        sure = {one.person for one in found.people} & query.confirmed
        person = found.exact or (sure.pop() if len(sure) == 1 else None)
    whom = [person] if person else NOBODY
    known = facts.facts_of(people, whom).values()
    asked_for = sought.sought(people, {person} if person else (), (), whom)
    placed = query.about.by_place and any(one.protected for one in known)
    shut = placed or any(barred.bars(label, people.book) for one in known for label in one.labels)
    if shut or (person and query.about.by_place and _restricted(people, person)):
        return None, asked_for
    return person, asked_for


def _hidden(
    people: People,
    query: Resolve,
    found: Finding,
    known: Mapping[str, PersonFacts],
    said: Mapping[str, tuple[Introduced, ...]],
) -> set[str]:
    """Who is no candidate: by a location key, and as somebody's relative, nobody who is protected or lives with somebody who
    is; else whoever has a protection of their own, unless the question says for certain whom it means.
    """
    held = protect.shared(people, [one.person for one in found.people])
    bygone = _by_a_number_of_before(query.about, found, said, people)
    if query.about.by_place:
        return bygone | {one for one in known if known[one].protected or _restricted(people, one)}
    certain = {one.person for one in found.people if one.grade == EXACT} | query.confirmed
    own = {person for person, all_held in held.items() if any(one.person == person for one in all_held)}
    related = {one for one in known if known[one].protected} if query.about.of else set()
    return bygone | ((own | related) - certain)


def _by_a_number_of_before(
    about: About, found: Finding, said: Mapping[str, tuple[Introduced, ...]], people: People
) -> set[str]:
    """Who is asked for by a number that is no longer theirs, and whose records speak of the time after an adoption: that
    number is the birth family's to know, and this answer would be the link between the two.
    """
    number = Asked.of(about).number
    return {
        one.person
        for one in found.people
        if number
        and any(told.adoption == "after" for told in said[one.person])
        and not any(
            held.value == number and held.verified
            for known in people.of([one.person])[one.person]
            for held in known.summary.numbers
        )
    }


def _narrowed(found: Sequence[Found]) -> list[Found]:
    """Those on whose record most of the places and schools stand: else each thing more that is known would find more."""
    most = max((one.clues for one in found), default=0)
    return [one for one in found if one.clues == most or one.grade == EXACT]


def _introduced(people: People, found: Finding) -> dict[str, tuple[Introduced, ...]]:
    """What each one's records say, each once, the shown one first."""
    records = {one.person: (one.known, *people.of([one.person])[one.person]) for one in found.people}
    said = barred.introductions(people, [known for of in records.values() for known in of])
    return {
        person: tuple(dict.fromkeys(said[known.record] for known in of)) for person, of in records.items()
    }


def find(people: People, about: About, through: str | None = None) -> Finding:
    """Whom `about` may mean, protected or not; somebody's relatives through that person alone."""
    asked = Asked.of(about)
    if about.relation:
        persons, more, wide = kin.relatives(people, through, about.relation), False, False
    else:
        persons, more, wide = _by_keys(people, about, asked)
    records = people.of(persons)
    holders = _holders(asked, records)
    if holders and asked.birth_date and not any(_born(asked, records[person]) for person in holders):
        return Finding(conflict=True, claimed=tuple(holders))
    exact = holders[0] if len(holders) == 1 and _agrees(asked, records[holders[0]]) else None
    known_by = _RELATED if about.relation else 0
    found = []
    for person, known in records.items():
        points = {one.record: score(asked, one.summary, people.on, known_by) for one in known}
        best = max(known, key=lambda one: points[one.record], default=None)
        if best and (points[best.record] or person in holders):
            grade = EXACT if person == exact else POSSIBLE
            met = max(clues_met(asked, one.summary) for one in known)
            found.append(Found(person, grade, points[best.record], _shown(known, best), met))
    found.sort(key=lambda one: (one.grade != EXACT, -one.clues, -one.score, one.person))
    return Finding(tuple(found), more=more or (wide and not found))


def _by_keys(people: People, about: About, asked: Asked) -> tuple[set[str], bool, bool]:
    """Whom the keys of the question find; whether there were more; and whether a way to look was too wide to be taken."""
    mac = people.store.mac
    items, more = people.by_keys(keys.of_question(mac, about), _READ)
    wide = False
    for way in clues.of_question(mac, asked, people.on):
        some, over = people.by_keys(way, _READ)
        # Some of too many, and which of them is chance, are nobody's answer.
        items |= set() if over else some
        wide |= over
    return {known.person for known in people.of_items(items).values()}, more, wide


def _holders(asked: Asked, records: dict[str, tuple[Known, ...]]) -> list[str]:
    """Who holds the number: by a verified record, else by any."""
    held = {
        person: {
            number.verified
            for known in all_known
            for number in known.summary.numbers
            if number.value == asked.number
        }
        for person, all_known in records.items()
    }
    verified = sorted(person for person, said in held.items() if True in said)
    return verified or sorted(person for person, said in held.items() if said)


def _agrees(asked: Asked, records: Iterable[Known]) -> bool:
    if asked.years:
        return bool(asked.birth_date) and _born(asked, records)
    return _named(asked, records)


def _born(asked: Asked, records: Iterable[Known]) -> bool:
    return any(known.summary.birth_date == asked.birth_date for known in records)


def _named(asked: Asked, records: Iterable[Known]) -> bool:
    wanted = (asked.family, asked.given)
    return all(wanted) and any(
        (name.family, name.given) == wanted for known in records for name in known.summary.names
    )


def _shown(records: tuple[Known, ...], best: Known) -> Known:
    """The record that gives name and year: the best fitting one with a name."""
    return best if best.summary.names else next((known for known in records if known.summary.names), best)


def _restricted(people: People, person: str) -> bool:
    return any(known.summary.restricted for known in people.of([person])[person])


def meant(people: People, about: About) -> set[str]:
    """Everybody whom a description may mean: for caution, never to open anything."""
    through = find(people, about.of).exact if about.of is not None else None
    found = find(people, about, through)
    return {found.exact} if found.exact else {one.person for one in found.people}


def conflicts(people: People, asker: AskerIdentity | None) -> set[str]:
    """Whom the asker must not ask about: themselves, their household and relatives, and those they declared."""
    own = asker_persons(people, asker)
    avoided = set(own)
    for members in family.families(people, own).values():
        avoided |= set(members)
    return avoided


def asker_persons(people: People, asker: AskerIdentity | None) -> set[str]:
    """The people whom the asker's own identity and declared conflicts may mean."""
    return {person for about in (asker.own if asker else ()) for person in meant(people, about)}


def same_person_by_name(asked: Asked, records: Iterable[Known]) -> bool:
    """Whether one record has both names and the date of birth asked for."""
    return any(_named(asked, [known]) and _born(asked, [known]) for known in records)
