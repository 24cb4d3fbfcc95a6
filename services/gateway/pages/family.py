"""The family view as its page shows it: who is in the family, who answered, each person's records, and what is missing.

Promise: it says nothing that the answer does not, and leaves out no row of it; where the answer names no source, it
says "a partner".
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.contract.views import FamilyView, PersonEntry, ReceiptEntry
from services.contract.vocabulary import code_list
from services.gateway.answer import BREAK_GLASS, NO_RELATION
from services.gateway.answering.decisions import CPR_CONFLICT
from services.gateway.pages import words
from services.gateway.pages.answered import Answered, answered
from services.gateway.pages.beside import Beside, records_of
from services.gateway.pages.decisions import Decisions, decisions_of
from services.gateway.pages.kinship import kinship
from services.gateway.pages.not_given import Missing, missing_of
from services.gateway.pages.ownership import by_owner
from services.gateway.pages.particulars import Fact, facts_of, home_of, source_of
from services.gateway.pages.records import NO_STATUS, Record, in_words
from services.gateway.pages.whom_to_go_to import Differing, GoTo, differing, whom_to_go_to

STATUSES = (
    *((str(row["title"]), str(row["sentence"])) for row in code_list("statement-status").values()),
    (NO_STATUS, "Whoever recorded it did not say how sure it is."),
)
_IDENTITY = {
    "MATCH": "Identity matched",
    "CONFIRMED": "Identity confirmed",
    "NOT_CONFIRMED": "Identity not confirmed",
}


@dataclass(frozen=True, slots=True)
class Shelf:
    """The records of one source about one person."""

    source: str
    received: str
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person."""

    anchor: str
    name: str = field(repr=False)
    why: tuple[str, ...] = field(repr=False)
    identity: str
    certain: bool
    born: str = field(repr=False)
    home: str = field(repr=False)
    age: str
    decisions: Decisions
    alarms: tuple[str, ...]
    """Active flags, by their words: what must be seen before anything else."""
    differing: tuple[Differing, ...] = field(repr=False)
    """What the sources say differently of them."""
    facts: tuple[Fact, ...] = field(repr=False)
    shelves: tuple[Shelf, ...] = field(repr=False)
    missing: tuple[Missing, ...]
    records: tuple[Beside, ...] = field(repr=False)
    """Of which they are made, where these could be taken apart."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What the page offers beside its notes: to ask the patient now, to break the glass, to state a ground."""

    ask: bool
    break_glass: bool
    ground: bool


@dataclass(frozen=True, slots=True)
class FamilyPage:
    """The whole answer."""

    people: tuple[PersonPage, ...]
    go_to: tuple[GoTo, ...]
    answered: Answered
    complete: bool
    for_everyone: tuple[Missing, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    obligations: tuple[str, ...]
    receipt: ReceiptEntry | None
    offers: Offers
    """What the worker can do about what is missing."""
    statuses: tuple[tuple[str, str], ...] = STATUSES
    """What the words for how sure a statement is mean; the same on every page."""


def family_page(
    answer: FamilyView,
    sources: Mapping[str, str],
    now: datetime,
    kinds: Collection[str] = (),
    kept: Collection[str] = (),
) -> FamilyPage:
    """`sources`: source id -> the name by which people know it; `kinds`: evidence that the worker can record here; `kept`: the
    sources whose records could be taken from somebody.
    """
    names = {
        one.ref: one.name or f"Person {number}, name not shown" for number, one in enumerate(answer.people, 1)
    }
    entries = answer.view.get("entry", ())
    owned = by_owner(entries, [one.ref for one in answer.people])
    kin = kinship(answer, names)
    said = (sources, now, kinds, kept)
    people = tuple(
        _person(number, one, names[one.ref], kin[one.ref], owned.get(one.ref, ()), answer, *said)
        for number, one in enumerate(answer.people, 1)
    )
    return FamilyPage(
        people=tuple(sorted(people, key=lambda one: _closeness(one, people[0]))),
        go_to=whom_to_go_to(answer, names),
        answered=answered(answer.sources, names),
        complete=answer.complete,
        for_everyone=missing_of([row for row in answer.withheld if row.person not in names], kinds),
        warnings=tuple(words.sentence("reasons", code) for code in answer.warnings),
        notes=_notes(answer.notes),
        obligations=tuple(words.sentence("obligations", code) for code in answer.obligations),
        receipt=answer.receipt,
        offers=Offers(
            NO_RELATION in answer.notes,
            BREAK_GLASS in answer.notes,
            any(row.code == "REASON_REQUIRED" for row in answer.withheld),
        ),
    )


def _person(
    number: int,
    entry: PersonEntry,
    name: str,
    why: tuple[str, ...],
    records: Sequence[Mapping[str, Any]],
    answer: FamilyView,
    sources: Mapping[str, str],
    now: datetime,
    kinds: Collection[str],
    kept: Collection[str],
) -> PersonPage:
    patients = [one for one in records if one["resourceType"] == "Patient"]
    births = list(dict.fromkeys(str(one["birthDate"]) for one in patients if "birthDate" in one))
    today = now.astimezone(words.LONDON).date().isoformat()
    from_ = {str(one.get("id")): source_of(one, sources) for one in records}
    shelves = _shelves([one for one in records if one["resourceType"] != "Patient"], sources)
    return PersonPage(
        anchor=f"person-{number}",
        name=name,
        why=why,
        identity=_IDENTITY.get(entry.match, entry.match),
        certain=entry.match != "NOT_CONFIRMED",
        born=_born(births, unborn=entry.unborn),
        home=home_of(patients),
        age=words.age(births[0], now.astimezone(words.LONDON).date()) if len(births) == 1 else "",
        decisions=decisions_of(records, from_, today),
        alarms=_alarms(shelves),
        differing=differing(answer.differences, entry.ref),
        facts=facts_of(patients, sources),
        shelves=shelves,
        missing=missing_of([row for row in answer.withheld if row.person == entry.ref], kinds),
        records=records_of(patients, sources, kept),
    )


def _born(births: Sequence[str], *, unborn: bool) -> str:
    told = " or ".join(map(words.day, births))
    return told if not unborn else f"Unborn, expected {told}" if told else "Unborn"


def _notes(notes: Sequence[str]) -> tuple[str, ...]:
    """First what stands in the way of care, and what to do about it; a conflict of CPR decisions stands with the person."""
    urgent = (NO_RELATION, BREAK_GLASS)
    return (
        *(one for one in urgent if one in notes),
        *(one for one in notes if one not in (*urgent, CPR_CONFLICT)),
    )


def _closeness(person: PersonPage, first: PersonPage) -> int:
    """The person asked about, then their nearest, then the rest; whoever is not certain comes last."""
    if person is first:
        return 0
    near = any(why.split(",")[0].endswith(f" of {first.name}") for why in person.why)
    return 3 if not person.certain else 1 if near else 2


def _alarms(shelves: Sequence[Shelf]) -> tuple[str, ...]:
    found = [one for shelf in shelves for one in shelf.records if one.alarm]
    return tuple(dict.fromkeys(one.headline for one in found if one.alarm and one.alarm[1] != "grey"))


def _shelves(records: Sequence[Mapping[str, Any]], sources: Mapping[str, str]) -> tuple[Shelf, ...]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in records:
        found.setdefault(source_of(one, sources), []).append(one)
    order = {name: place for place, name in enumerate(sources.values())}
    return tuple(
        Shelf(
            source,
            _latest(rows),
            tuple(sorted(map(in_words, rows), key=lambda record: record.order)),
        )
        for source, rows in sorted(found.items(), key=lambda pair: order.get(pair[0], len(order)))
    )


def _latest(rows: Sequence[Mapping[str, Any]]) -> str:
    times = [str(one.get("meta", {}).get("lastUpdated", "")) for one in rows]
    return words.moment(max(times)) if any(times) else ""
