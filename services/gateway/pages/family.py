"""The family view as its page shows it: who is in the family, who answered, each person's records, and what is missing.

Promise: it says nothing that the answer does not, and leaves out no row of it; where the answer names no source, it
says "a partner".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.contract.views import FamilyView, ReceiptEntry, Withheld
from services.contract.vocabulary import code_list
from services.gateway.pages import words
from services.gateway.pages.answered import Answered, answered
from services.gateway.pages.kinship import kinship
from services.gateway.pages.ownership import by_owner
from services.gateway.pages.records import NO_STATUS, Record, in_words, name_of

A_PARTNER = "A partner"
STATUSES = (
    *((str(row["title"]), str(row["sentence"])) for row in code_list("statement-status").values()),
    (NO_STATUS, "Whoever recorded it did not say how sure it is."),
)
_SOURCE = "urn:mash:source:"
_NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
EFFECTS = {"generalise": "Made less exact", "ask-owner": "The owner decides", "withhold": "Withheld"}
_ADDRESS = "Address"
_LABELS = (
    "Name",
    "Date of birth",
    "Sex",
    "NHS number",
    "Died",
    "Address",
    "Former address",
    "Telephone",
    "Other number",
)
_IDENTITY = {
    "MATCH": "Identity matched",
    "CONFIRMED": "Identity confirmed",
    "NOT_CONFIRMED": "Identity not confirmed",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that sources say of a person: each value once, with the sources that say it."""

    label: str
    values: tuple[tuple[str, str], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Missing:
    """What was not given as it is: of which sources, why, and who can change it."""

    effect: str
    what: str
    sources: str
    sentence: str
    who_can_change: str


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
    alarms: tuple[str, ...]
    """Active flags, by their words: what must be seen before anything else."""
    facts: tuple[Fact, ...] = field(repr=False)
    shelves: tuple[Shelf, ...] = field(repr=False)
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class FamilyPage:
    """The whole answer."""

    people: tuple[PersonPage, ...]
    answered: Answered
    complete: bool
    for_everyone: tuple[Missing, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    obligations: tuple[str, ...]
    receipt: ReceiptEntry | None
    statuses: tuple[tuple[str, str], ...] = STATUSES
    """What the words for how sure a statement is mean; the same on every page."""


def family_page(answer: FamilyView, sources: Mapping[str, str], now: datetime) -> FamilyPage:
    """`sources`: source id -> the name by which people know it."""
    names = {
        one.ref: one.name or f"Person {number}, name not shown" for number, one in enumerate(answer.people, 1)
    }
    entries = answer.view.get("entry", ())
    owned = by_owner(entries, [one.ref for one in answer.people])
    kin = kinship(answer, owned, names)
    people = tuple(
        _person(
            number,
            one.ref,
            names[one.ref],
            kin[one.ref],
            one.match,
            owned.get(one.ref, ()),
            answer,
            sources,
            now,
        )
        for number, one in enumerate(answer.people, 1)
    )
    return FamilyPage(
        people=tuple(sorted(people, key=lambda one: _closeness(one, people[0]))),
        answered=answered(answer.sources, names),
        complete=answer.complete,
        for_everyone=_missing([row for row in answer.withheld if row.person not in names]),
        warnings=tuple(words.sentence("reasons", code) for code in answer.warnings),
        notes=answer.notes,
        obligations=tuple(words.sentence("obligations", code) for code in answer.obligations),
        receipt=answer.receipt,
    )


def _person(
    number: int,
    ref: str,
    name: str,
    why: tuple[str, ...],
    match: str,
    records: Sequence[Mapping[str, Any]],
    answer: FamilyView,
    sources: Mapping[str, str],
    now: datetime,
) -> PersonPage:
    patients = [one for one in records if one["resourceType"] == "Patient"]
    births = list(dict.fromkeys(str(one["birthDate"]) for one in patients if "birthDate" in one))
    shelves = _shelves([one for one in records if one["resourceType"] != "Patient"], sources)
    return PersonPage(
        anchor=f"person-{number}",
        name=name,
        why=why,
        identity=_IDENTITY.get(match, match),
        certain=match != "NOT_CONFIRMED",
        born=" or ".join(map(words.day, births)),
        home=_home(patients),
        age=words.age(births[0], now.astimezone(words.LONDON).date()) if len(births) == 1 else "",
        alarms=_alarms(shelves),
        facts=_facts(patients, sources),
        shelves=shelves,
        missing=_missing([row for row in answer.withheld if row.person == ref]),
    )


def _closeness(person: PersonPage, first: PersonPage) -> int:
    """The person asked about, then their nearest, then the rest; whoever is not certain comes last."""
    if person is first:
        return 0
    near = any(why.endswith(f" of {first.name}") for why in person.why)
    return 3 if not person.certain else 1 if near else 2


def _home(patients: Sequence[Mapping[str, Any]]) -> str:
    """Where they live. An address that any source knows to be a former one is not it; where sources differ, all."""
    told = [one for patient in patients for one in _addresses(patient)]
    former = {text for label, text in told if label != _ADDRESS}
    now = dict.fromkeys(text for label, text in told if label == _ADDRESS and text not in former)
    if now:
        return " or ".join(now)
    return "Sources differ: see below" if any(label == _ADDRESS for label, _ in told) else ""


def _alarms(shelves: Sequence[Shelf]) -> tuple[str, ...]:
    found = [one for shelf in shelves for one in shelf.records if one.alarm]
    return tuple(dict.fromkeys(one.headline for one in found if one.alarm and one.alarm[1] != "grey"))


def source_of(resource: Mapping[str, Any], sources: Mapping[str, str]) -> str:
    """The name of the source that a record is from, as far as it was released."""
    written = str(resource.get("meta", {}).get("source", "")).removeprefix(_SOURCE)
    return sources.get(written, A_PARTNER)


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


def _facts(patients: Sequence[Mapping[str, Any]], sources: Mapping[str, str]) -> tuple[Fact, ...]:
    """What the sources say of who somebody is, each value once with all that say it."""
    said: dict[tuple[str, str], list[str]] = {}
    for one in patients:
        for label, value in _identity(one):
            if value:
                said.setdefault((label, value), []).append(source_of(one, sources))
    values: dict[str, list[tuple[str, str]]] = {}
    for (label, value), who in said.items():
        values.setdefault(label, []).append((value, words.listed(dict.fromkeys(who))))
    return tuple(Fact(label, tuple(values[label])) for label in _LABELS if label in values)


def _identity(patient: Mapping[str, Any]) -> list[tuple[str, str]]:
    numbers = [one for one in patient.get("identifier", ()) if "value" in one]
    dead = patient.get("deceasedDateTime") or ("yes" if patient.get("deceasedBoolean") else "")
    return [
        ("Name", name_of(patient)),
        ("Date of birth", words.day(str(patient.get("birthDate", "")))),
        ("Sex", words.first_up(str(patient.get("gender", "")))),
        *(
            ("NHS number", words.nhs_number(str(one["value"])))
            for one in numbers
            if one.get("system") == _NHS_NUMBER
        ),
        ("Died", words.day(str(dead))),
        *_addresses(patient),
        *(("Telephone", str(one["value"])) for one in patient.get("telecom", ()) if "value" in one),
        *(("Other number", str(one["value"])) for one in numbers if one.get("system") != _NHS_NUMBER),
    ]


def _addresses(patient: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for one in patient.get("address", ()):
        past = one.get("use") == "old" or "end" in one.get("period", {})
        parts = [
            *one.get("line", ()),
            one.get("city", ""),
            one.get("district", ""),
            one.get("postalCode", ""),
        ]
        text = ", ".join(str(part) for part in parts if part) or str(one.get("text", ""))
        found.append(("Former address" if past else _ADDRESS, text))
    return found


def _missing(rows: Sequence[Withheld]) -> tuple[Missing, ...]:
    """Rows that say the same of several sources are told once."""
    said: dict[tuple[str, str, str, str], list[str]] = {}
    for row in rows:
        key = (row.effect, row.class_, row.sentence, row.who_can_change)
        said.setdefault(key, []).append(row.source)
    return tuple(
        Missing(
            EFFECTS.get(effect, effect),
            words.first_up(what),
            words.listed(map(words.first_up, who)),
            sentence,
            change,
        )
        for (effect, what, sentence, change), who in said.items()
    )
