"""What policy may know of a person, joined over every record of every source.

Promise: codes and truth values only; a label, an objection or a protection from one source holds for all of them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from sqlalchemy import func, select

from services.contract.people import PersonFacts
from services.index import ages, labels, protect
from services.index.consent import Said, read_consent, strictest
from services.index.people import Known, People
from services.index.protect import InForce
from services.index.schema import CURRENT, RECORD

PLACE_LABELS = frozenset({"L:SAFEADDR", "L:PROTECTED"})
"""Labels that say of a home, and so of everybody in it, that it is kept secret; the others are the person's own."""


def facts_of(people: People, persons: Collection[str]) -> dict[str, PersonFacts]:
    """The facts of each person on the day of the question; all the statements run for somebody unknown, too."""
    held = protect.shared(people, persons)
    said = consents_of(people, persons)
    ranks = _ranks(people, persons)
    return {
        person: PersonFacts(
            labels=person_labels(person, held[person]),
            confidentiality=labels.of_person(labels.RANKS[ranks[person]]),
            age=ages.age(birth_date_of(people.of([person])[person]), people.on),
            objection=strictest(one.objection for one in said[person] if one.objection != "NOT-RECORDED"),
            protected=bool(held[person]),
        )
        for person in persons
    }


def person_labels(person: str, held: Iterable[InForce]) -> tuple[str, ...]:
    """Person labels: all of one's own protections, and those of a shared home that say something of the home."""
    return tuple(sorted({one.label for one in held if one.person == person or one.label in PLACE_LABELS}))


def birth_date_of(records: Iterable[Known]) -> str:
    """The date of birth: of the newest record with a verified number, else of the newest with any; empty for none."""
    ordered = sorted(records, key=lambda known: (bool(known.summary.verified), known.received), reverse=True)
    return next((known.summary.birth_date for known in ordered if known.summary.birth_date), "")


def consents_of(people: People, persons: Collection[str]) -> dict[str, list[Said]]:
    """What the current Consents of every source say of each person."""
    of_item = people.items(persons)
    found: dict[str, list[Said]] = {person: [] for person in persons}
    for row in people.records(of_item, types=("Consent",)):
        said = read_consent(people.store.body(row), people.on)
        found[of_item[row.about]].append(at_source(said, row.source))
    return found


def at_source(said: Said, source: str) -> Said:
    """The same, its items named with their source: `Flag/7` of another source is another record."""
    return replace(said, items=tuple(f"{source}/{item}" for item in said.items))


def _ranks(people: People, persons: Collection[str]) -> dict[str, int]:
    of_item: Mapping[str, str] = people.items(persons)
    ranks = dict.fromkeys(persons, -1)
    wanted = select(RECORD.c.about, func.max(RECORD.c.confidentiality).label("rank"))
    wanted = wanted.where(RECORD.c.about.in_(sorted(of_item)), RECORD.c.state == CURRENT).group_by(
        RECORD.c.about
    )
    for row in people.connection.execute(wanted):
        ranks[of_item[row.about]] = max(ranks[of_item[row.about]], row.rank)
    normal = labels.RANKS.index("N")
    return {person: rank if rank >= 0 else normal for person, rank in ranks.items()}
