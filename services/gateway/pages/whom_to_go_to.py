"""Whom to go to first about each person, who else works with them now, and where the sources differ: the top of a family view.

Promise: it words what the answer lists and adds nothing; where no worker is named it says so, and names nobody instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.contract.views import Contact, Difference, FamilyView, Said
from services.contract.vocabulary import code_list
from services.gateway.pages import words
from services.gateway.pages.particulars import A_PARTNER

_FIELDS = "differing-fields"


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker or service, in words."""

    name: str = field(repr=False)
    what: str
    """Role, service and organisation, as far as each is known and says more."""
    telephone: str
    when: str
    source: str


@dataclass(frozen=True, slots=True)
class GoTo:
    """One person's row."""

    anchor: str
    name: str = field(repr=False)
    first: Worker | None
    others: tuple[Worker, ...]
    services: int
    """How many sources have somebody working with them now: more than one is an overlap."""


@dataclass(frozen=True, slots=True)
class Differing:
    """What sources say differently of one person: each value once, with who says it and since when."""

    label: str
    values: tuple[tuple[str, tuple[str, ...]], ...] = field(repr=False)


def whom_to_go_to(answer: FamilyView, names: Mapping[str, str]) -> tuple[GoTo, ...]:
    """A row for each person with whom somebody works now, in the order of the answer; nobody else has one."""
    rows = []
    for number, person in enumerate(answer.people, 1):
        found = [one for one in answer.contacts if one.person == person.ref]
        if found:
            first = next((one for one in found if one.first), None)
            others = tuple(_worker(one) for one in found if one is not first)
            sources = len({one.source for one in found} - {None})
            rows.append(
                GoTo(
                    f"person-{number}", names[person.ref], _worker(first) if first else None, others, sources
                )
            )
    return tuple(rows)


def differing(differences: Sequence[Difference], ref: str) -> tuple[Differing, ...]:
    """What is said differently of one person."""
    fields = code_list(_FIELDS)
    return tuple(
        Differing(str(fields[one.field]["title"]) if one.field in fields else one.field, _values(one))
        for one in differences
        if one.person == ref
    )


def _values(difference: Difference) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, list[str]] = {}
    for said in difference.said:
        found.setdefault(_value(difference.field, said.value), []).append(_by(said))
    return tuple((value, tuple(dict.fromkeys(by))) for value, by in found.items())


def _value(field_: str, value: str) -> str:
    if field_ in ("birth-date", "death"):
        return {"yes": "Has died", "no": "Is alive"}.get(value, words.day(value))
    return words.nhs_number(value) if field_ == "nhs-number" else words.first_up(value)


def _by(said: Said) -> str:
    """`Housing: since 5 May 2026`; where the record gives no date, when the hub had it."""
    who = said.source or A_PARTNER
    if said.start and said.end:
        return f"{who}: {words.day(said.start)} to {words.day(said.end)}"
    if said.end:
        return f"{who}: until {words.day(said.end)}"
    if said.start:
        return f"{who}: since {words.day(said.start)}"
    return f"{who}: no date given" + (f", received {words.day(said.received)}" if said.received else "")


def _worker(contact: Contact) -> Worker:
    name = contact.name or contact.organisation or contact.service or ""
    parts = [contact.role, contact.service, contact.organisation]
    told = dict.fromkeys(words.first_up(part) for part in parts if part and part != name)
    seen = f"saw them {words.day(contact.last_seen)}" if contact.last_seen else ""
    since = f"since {words.day(contact.start)}" if contact.start else ""
    return Worker(name, ", ".join(told), contact.telephone or "", seen or since, contact.source or A_PARTNER)
