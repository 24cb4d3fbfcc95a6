"""Family, household, relationship and harm link of one person, in one call.

Promise: what opens (being a subject, in the case's family, on a caseload) rests on an exact match only; what closes
(harm, conflict of interest) on everybody who may be meant. Nothing is capped or silenced here.

Steps, in this order: 1 the person's family; 2 the case's subjects and their families; 3 whom the asker must not ask
about; 4 harm links; 5 facts, caseload, addresses, words that place.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from services.contract.people import (
    About,
    AskerIdentity,
    CaseSubject,
    Edge,
    PersonFacts,
    Relate,
    Related,
    Relations,
)
from services.index import caseload, facts, family, find, harm, whereabouts
from services.index.asking.asked import Asked
from services.index.people import People

SUBJECT = {"child": "case-child", "adult": "case-adult"}
_CHILDREN = ("UNDER_13", "13_17")


@dataclass(frozen=True, slots=True)
class _Case:
    """The case as the index sees it."""

    roles: Mapping[str, str]
    """person -> case-child | case-adult, for subjects known for certain."""
    family: frozenset[str]
    near: harm.Near


def relate(people: People, query: Relate) -> Relations:
    """The person asked about first, then the family."""
    edges = family.families(people, [query.person])[query.person] if query.scope == "family" else {}  # 1
    persons = [query.person, *sorted(edges)]
    case = _case(people, query)  # 2
    avoided = find.conflicts(people, query.asker)  # 3
    harmed = harm.harm_links(people, persons, case.near)  # 4
    known = facts.facts_of(people, persons)  # 5
    listed = caseload.on_caseload(people, persons, query.asker)
    groups = family.address_groups(people, persons)
    words = whereabouts.places_of(people, [person for person in persons if harmed[person]])
    implicated = harm.implicated(people, persons)
    return Relations(
        tuple(
            Related(
                person=person,
                facts=known[person],
                edges=tuple(edges.get(person, ())),
                identity=_identity(people, query, person),
                subject=case.roles.get(person, "other"),
                in_case_family=person in case.family,
                family_child=person in case.family and _child(known[person], case.roles.get(person)),
                caseload=person in listed,
                conflict=person in avoided,
                harm_link=harmed[person],
                asking_harms=implicated,
                nhs_number=_number(people, person),
                birth_date=facts.birth_date_of(people.of([person])[person]) or None,
                places=words.get(person, ()),
                address_group=groups[person],
            )
            for person in persons
        ),
        tuple(_also(people, about, edges, query.person) for about in query.also),
    )


def alone(people: People, persons: Sequence[str], asker: AskerIdentity) -> tuple[Related, ...]:
    """Each of these by themselves, of no case and no family: what `relate` gives of the person alone, in as many statements for
    all of them as for one.
    """
    avoided = find.conflicts(people, asker)
    nobody = harm.near((), (), (), find.asker_persons(people, asker))
    harmed = harm.harm_links(people, persons, nobody)
    known = facts.facts_of(people, persons)
    listed = caseload.on_caseload(people, persons, asker)
    implicated = harm.implicated_each(people, persons)
    records = people.of(persons)
    return tuple(
        Related(
            person=person,
            facts=known[person],
            edges=(),
            identity="MATCH",
            subject="other",
            in_case_family=False,
            family_child=False,
            caseload=person in listed,
            conflict=person in avoided,
            harm_link=harmed[person],
            asking_harms=implicated[person],
            nhs_number=_number(people, person),
            birth_date=facts.birth_date_of(records[person]) or None,
            places=whereabouts.places_of(people, [person]).get(person, ()) if harmed[person] else (),
            address_group=person if people.homes(person) else "",
        )
        for person in persons
    )


def _case(people: People, query: Relate) -> _Case:
    roles: dict[str, str] = {}
    maybe: set[str] = set()
    for subject in query.case_subjects:
        certain = _certain(people, subject, query.confirmed)
        maybe |= {certain} if certain else find.meant(people, subject.about)
        if certain:
            roles[certain] = SUBJECT.get(subject.role, "case-adult")
    household = {person for about in query.household for person in find.meant(people, about)}
    members = {member for kin in family.families(people, set(roles)).values() for member in kin}
    near = harm.near(roles, maybe, household, find.asker_persons(people, query.asker))
    return _Case(roles, frozenset(roles) | members, near)


def _certain(people: People, subject: CaseSubject, confirmed: AbstractSet[str]) -> str | None:
    """Whom a subject of the case is: known, a match, or the one person confirmed for this case who fits the words."""
    sure = subject.person or find.find(people, subject.about).exact
    fitting = find.meant(people, subject.about) & confirmed
    return sure or (fitting.pop() if len(fitting) == 1 else None)


def _identity(people: People, query: Relate, person: str) -> str:
    """A verified number makes a person sure; the one asked about was matched before."""
    if person in query.confirmed:
        return "CONFIRMED"
    return "MATCH" if person == query.person or _number(people, person) else "NOT_CONFIRMED"


def _child(known: PersonFacts, role: str | None) -> bool:
    # Somebody of unknown age is no child here: rules open for the family's children what they silence for adults.
    return role == "case-child" or known.age in _CHILDREN


def _number(people: People, person: str) -> str | None:
    summaries = [known.summary for known in people.of([person])[person]]
    # A number that was superseded still stands in a record that nobody sent again.
    numbers = {one.verified for one in summaries} - {
        "",
        *(old for one in summaries for old in one.old_numbers),
    }
    return numbers.pop() if len(numbers) == 1 else None


def _also(people: People, about: About, edges: Mapping[str, list[Edge]], first: str) -> str | None:
    """Whom an agreement is of: an exact match, or the one member of this family whose names and birth date agree."""
    exact = find.find(people, about).exact
    if exact:
        return exact
    asked = Asked.of(about)
    if not (asked.given and asked.family and asked.birth_date):
        return None
    fitting = [
        person
        for person, records in people.of([first, *edges]).items()
        if find.same_person_by_name(asked, records)
    ]
    return fitting[0] if len(fitting) == 1 else None
