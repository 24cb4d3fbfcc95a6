"""Family: relatives to two steps, and whoever's current address is the same; each with the records that say so.

Promise: every edge names the record that supports it; nobody is joined by being alike.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from services.contract.people import Edge
from services.index import ages, barred
from services.index.marks import marks_of
from services.index.people import Known, People, in_parts, same_home
from services.index.probable_relative import probable_relative
from services.index.read import codings, dicts, text_of
from services.index.schema import RECORD

STEPS = 2
ROLES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
_BACK = {
    "CHILD": "MTH FTH PRN NMTH NFTH NPRN ADOPTP ADOPTM ADOPTF GESTM",
    "STPCHLD": "STPMTH STPFTH STPPRN",
    "CHLDFOST": "PRNFOST MTHFOST FTHFOST",
    "PRN": "CHILD SON DAU NCHILD SONC DAUC SONADOPT DAUADOPT CHLDADOPT",
    "STPPRN": "STPCHLD STPSON STPDAU",
    "PRNFOST": "CHLDFOST",
    "GRNDCHILD": "GRMTH GRFTH GRPRN MGRMTH PGRMTH MGRFTH PGRFTH",
    "GRPRN": "GRNDCHILD GRNDSON GRNDDAU",
    "SIB": "SIB BRO SIS NSIB NBRO NSIS",
    "HSIB": "HBRO HSIS",
    "STPSIB": "STPBRO STPSIS",
    "TWIN": "TWINBRO TWINSIS",
    "FTWIN": "FTWINBRO FTWINSIS",
    "ITWIN": "ITWINBRO ITWINSIS",
    "SPS": "SPS HUSB WIFE",
}
_SAME = "HSIB STPSIB TWIN FTWIN ITWIN DOMPART SIGOTHR FMRSPS COUSN ROOM FRND NBOR FAMMEMB EXT"
REVERSE: Mapping[str, str] = {code: back for back, known in _BACK.items() for code in known.split()} | {
    code: code for code in _SAME.split()
}
"""v3-RoleCode of a relative -> that of the patient, seen from the relative. What is not here turns into FAMMEMB."""


def families(people: People, persons: Collection[str]) -> dict[str, dict[str, list[Edge]]]:
    """person -> {member: edges}, the person left out."""
    found: dict[str, dict[str, list[Edge]]] = {}
    for person in sorted(persons):
        question = ("family", frozenset({person}))
        if question not in people.memo:
            members: dict[str, list[Edge]] = defaultdict(list)
            _relatives(people, person, members)
            _housemates(people, person, members)
            members.pop(person, None)
            people.memo[question] = dict(members)
        found[person] = people.memo[question]
    return found


def _relatives(people: People, person: str, members: dict[str, list[Edge]]) -> None:
    reached, front = {person}, {person}
    for _ in range(STEPS):
        fresh: set[str] = set()
        for _, other, edge in step(people, front):
            # Every record that supports a membership is kept: one may be silent where another is not.
            if edge not in members[other]:
                members[other].append(edge)
            if other not in reached:
                fresh.add(other)
        reached |= fresh
        front = fresh


def step(people: People, persons: Collection[str]) -> Iterator[tuple[str, str, Edge]]:
    """(person, relative, edge) for every RelatedPerson record about one of them, or through which one is a relative."""
    of_item = people.items(persons)
    about_them = people.related(of_item)
    as_relative = [known for known in _own_relative_records(people, persons) if known.about]
    patients = people.of_items({known.about for known in as_relative if known.about})
    bodies = _bodies(people, [*about_them, *as_relative])
    for known in sorted(about_them, key=lambda one: one.record):
        person = of_item[known.about or ""]
        if known.person != person and known.record in bodies:
            yield (
                person,
                known.person,
                _edge(people, known, person, person, bodies[known.record], reverse=False),
            )
    for known in sorted(as_relative, key=lambda one: one.record):
        patient = patients.get(known.about or "")
        if patient is not None and patient.person != known.person and known.record in bodies:
            edge = _edge(people, known, known.person, patient.person, bodies[known.record], reverse=True)
            yield known.person, patient.person, edge


def _own_relative_records(people: People, persons: Collection[str]) -> list[Known]:
    return [
        known for records in people.of(persons).values() for known in records if known.type == "RelatedPerson"
    ]


def _bodies(people: People, records: Collection[Known]) -> dict[str, Mapping[str, Any]]:
    """Resources of RelatedPerson records that stand; one that was made inactive supports nothing."""
    found: dict[str, Mapping[str, Any]] = {}
    for some in in_parts(sorted({known.record for known in records})):
        for row in people.connection.execute(select(RECORD).where(RECORD.c.id.in_(some))):
            resource = people.store.body(row)
            if resource.get("active") is not False:
                found[row.id] = resource
    return found


def _edge(
    people: People, known: Known, toward: str, about: str, resource: Mapping[str, Any], *, reverse: bool
) -> Edge:
    codes = [code for system, code in codings(resource.get("relationship")) if system == ROLES]
    code = codes[0] if codes else ""
    age = ages.relation_age(resource, people.on, people.book.lookback)
    said = barred.introduced(marks_of(resource), known.source, people.book)
    period = next(iter(dicts(resource.get("period"))), {})
    return Edge("relationship", toward, REVERSE.get(code, "FAMMEMB") if reverse and code else code, known.source,
                known.record, about, age, said.adoption, said.labels,
                text_of(period.get("start"))[:10], text_of(period.get("end"))[:10])  # fmt: skip


def _housemates(people: People, person: str, members: dict[str, list[Edge]]) -> None:
    own = [known.summary for known in people.of([person])[person]]
    homes = people.homes(person) if own else []
    others = people.of(people.same_home([person])[person])
    said = barred.introductions(people, [known for records in others.values() for known in records])
    for other, records in others.items():
        for known in records:
            there = [home for home in known.summary.homes if home.current(people.on)]
            shared = [two for two in there if any(same_home(one, two) for one in homes)]
            if shared:
                one = said[known.record]
                members[other].append(
                    Edge("address", person, "", known.source, known.record, other, adoption=one.adoption,
                         labels=one.labels, start=shared[0].start[:10], end=shared[0].end[:10], uprn=shared[0].uprn,
                         probable=probable_relative(own, known.summary))
                )  # fmt: skip


def address_groups(people: People, persons: Collection[str]) -> dict[str, str]:
    """person -> an opaque word that all at one current address share; empty where no address is known."""
    groups: dict[str, str] = {}
    together = people.same_home(persons)
    for person in persons:
        if person in groups or not people.homes(person):
            continue
        waiting, name = [person], person
        while waiting:
            one = waiting.pop()
            if one not in groups and one in together:
                groups[one] = name
                waiting += [other for other in together[one] if other in together]
    return {person: groups.get(person, "") for person in persons}
