"""Whom a question may mean.

Promise: only an NHS number that finds exactly one person, with a date of birth or both names that agree, is exact; a
number against another date of birth finds nobody; a question with a postcode never finds anybody protected; the same
statements run whether somebody is absent, unknown or protected.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from services.contract.people import About, AskerIdentity, Candidate, Candidates, Introduced, Resolve
from services.index import barred, facts, family, keys, normalise
from services.index.people import Known, People
from services.index.read import Summary

MOST = 50
"""Candidates listed."""
_READ = 300
"""Records looked at."""
EXACT, POSSIBLE = "exact", "possible"


@dataclass(frozen=True, slots=True)
class Found:
    """One person whom a question may mean."""

    person: str
    grade: str
    score: int
    known: Known


@dataclass(frozen=True, slots=True)
class Finding:
    """Everybody whom a question may mean, best first."""

    people: tuple[Found, ...] = ()
    conflict: bool = False
    more: bool = False

    @property
    def exact(self) -> str | None:
        """The one person meant, if the question says so for certain."""
        found = [one.person for one in self.people if one.grade == EXACT]
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """A question brought to one form."""

    number: str
    given: str
    family: str
    birth_date: str
    year: str
    sex: str
    postcode: str

    @classmethod
    def of(cls, about: About) -> "Asked":
        """The question `about`, normalised."""
        born = about.birth_date or ""
        return cls(
            normalise.number(about.nhs_number or ""),
            normalise.first_given(about.given or ""),
            normalise.name_key(about.family or ""),
            normalise.birth_date(born),
            born[:4],
            about.sex or "",
            normalise.postcode(about.postcode or ""),
        )


def resolve(people: People, query: Resolve) -> Candidates:
    """The answer to the first call; silence about some candidates is settled by the caller."""
    about = query.about
    if query.person is not None:
        known = people.of([query.person])[query.person]
        found = Finding(tuple(Found(query.person, POSSIBLE, 0, one) for one in known[:1]))
    else:
        found = find(people, about)
    persons = [one.person for one in found.people]
    known_facts = facts.facts_of(people, persons)
    avoided = conflicts(people, query.asker)
    said = _introduced(people, found)
    candidates = tuple(
        Candidate(
            person=one.person,
            grade=EXACT if one.person in query.confirmed else one.grade,
            name=one.known.summary.names[0].text if one.known.summary.names else "",
            birth_year=one.known.summary.born[:4],
            facts=known_facts[one.person],
            source=one.known.source,
            conflict=one.person in avoided,
            introduced=said[one.person],
        )
        for one in found.people
        if not (about.by_place and (known_facts[one.person].protected or _restricted(people, one.person)))
    )
    return Candidates(candidates[:MOST], found.conflict, found.more or len(candidates) > MOST)


def _introduced(people: People, found: Finding) -> dict[str, tuple[Introduced, ...]]:
    """What each one's records say, each once, the shown one first."""
    records = {one.person: (one.known, *people.of([one.person])[one.person]) for one in found.people}
    said = barred.introductions(people, [known for of in records.values() for known in of])
    return {
        person: tuple(dict.fromkeys(said[known.record] for known in of)) for person, of in records.items()
    }


def find(people: People, about: About) -> Finding:
    """Whom `about` may mean, protected or not."""
    asked = Asked.of(about)
    items, more = people.by_keys(keys.of_question(people.store.mac, about), _READ)
    persons = sorted({known.person for known in people.of_items(items).values()})
    records = people.of(persons)
    holders = _holders(asked, records)
    if holders and asked.birth_date and not any(_born(asked, records[person]) for person in holders):
        return Finding(conflict=True)
    exact = holders[0] if len(holders) == 1 and _agrees(asked, records[holders[0]]) else None
    found = []
    for person, known in records.items():
        best = max(known, key=lambda one: score(asked, one.summary), default=None)
        points = score(asked, best.summary) if best else 0
        if best and (points or person in holders):
            found.append(Found(person, EXACT if person == exact else POSSIBLE, points, _shown(known, best)))
    found.sort(key=lambda one: (one.grade != EXACT, -one.score, one.person))
    return Finding(tuple(found), more=more)


def score(asked: Asked, summary: Summary) -> int:
    """How well a record fits a question; 0 where something that both say disagrees, or where too little agrees."""
    numbered = bool(asked.number) and asked.number in {number.value for number in summary.numbers}
    born = _born_points(asked, summary)
    if born < 0:
        return 10 if numbered else 0
    another = bool(asked.number) and bool(summary.verified) and summary.verified != asked.number
    best = 0
    for name in summary.names:
        family = _name_points(asked.family, name.family)
        given = _name_points(asked.given, name.given)
        # A family name changes, by marriage or mistake; another given name on one day of birth is a twin. Under another
        # family name and another number nobody is offered: who asks by what was before an adoption would learn of after.
        if given < 0 or (family < 0 and (another or not (born == 4 and given == 3))):
            continue
        agreed = sum(points > 0 for points in (family, given, born))
        if agreed >= 2:
            best = max(best, born + max(family, 0) + given)
    if best and asked.postcode and asked.postcode in {home.postcode for home in summary.homes}:
        best += 2
    if best and asked.sex and summary.sex and asked.sex != summary.sex:
        best -= 1
    return best + (10 if numbered else 0)


def _born_points(asked: Asked, summary: Summary) -> int:
    """4 the same day, 3 day and month swapped, 1 the same year where only that was asked, 0 unknown, -1 another."""
    if not asked.year or not summary.born:
        return 0
    if not asked.birth_date:
        return 1 if asked.year == summary.born[:4] else -1
    if asked.birth_date == summary.birth_date:
        return 4
    if normalise.swapped(asked.birth_date) == summary.birth_date:
        return 3
    return 0 if not summary.birth_date and asked.year == summary.born[:4] else -1


def _name_points(asked: str, held: str) -> int:
    """3 the same, 2 alike, 0 unknown, -1 another."""
    if not asked or not held:
        return 0
    return 3 if asked == held else 2 if normalise.alike(asked, held) else -1


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
    if asked.year:
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
    found = find(people, about)
    return {found.exact} if found.exact else {one.person for one in found.people}


def conflicts(people: People, asker: AskerIdentity | None) -> set[str]:
    """Whom the asker must not ask about: themselves, their household and relatives, and those they declared."""
    own = asker_persons(people, asker)
    avoided = set(own)
    for kin in family.families(people, own).values():
        avoided |= set(kin)
    return avoided


def asker_persons(people: People, asker: AskerIdentity | None) -> set[str]:
    """The people whom the asker's own identity and declared conflicts may mean."""
    return {person for about in (asker.own if asker else ()) for person in meant(people, about)}


def same_person_by_name(asked: Asked, records: Iterable[Known]) -> bool:
    """Whether one record has both names and the date of birth asked for."""
    return any(_named(asked, [known]) and _born(asked, [known]) for known in records)
