"""What policy is shown: the context of a request, and a profile for each person at a source and for each record.

Promise: a profile holds codes and truth values only. Whatever is not known is given its strictest word, never left out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from services.contract.cases import PERMISSION, Asker, CaseState, EvidenceState
from services.contract.decisions import NOT_YET, Context, Profile
from services.contract.directory import Source
from services.contract.people import Candidate, Edge, Introduced, Item, PersonFacts, Related
from services.contract.vocabulary import code_list, entry
from services.gateway.tasks.owners import Decisions

LONDON = ZoneInfo("Europe/London")
CONFIDENTIALITY = ("U", "L", "M", "N", "R", "V")


def day(now: datetime) -> str:
    """The day in Europe/London, on which every date of policy is read."""
    return now.astimezone(LONDON).date().isoformat()


VIEW, PRODUCT, REVIEW = "view", "product", "review"
"""How an answer is used: seen in the room, made to leave it, or drafted for the subject to whom it is about."""


def context_of(asker: Asker, case: CaseState, now: datetime, channel: str = VIEW) -> Context:
    """The context of one request on a case."""
    return Context(
        on=day(now),
        organisation=asker.organisation,
        organisation_type=asker.organisation_type,
        role=asker.role,
        purpose=case.purpose,
        case=case.state,
        evidence=tuple(sorted(case.evidence)),
        ground=case.ground,
        no_consent_reason=case.no_consent_reason,
        opened_by_asker=case.opened_by_asker,
        channel=channel,
    )


def most_open(asker: Asker, case: CaseState, source_kind: str) -> Profile:
    """The asker's own record about a plain adult of the case. What even this is refused, the context itself refuses."""
    return Profile(
        source_organisation=asker.organisation,
        source_kind=source_kind,
        own=True,
        identity="MATCH",
        relationship=_by(case.purpose, "own-case"),
        subject="case-adult",
        subject_age="ADULT",
        agreement="AGREED",
    )


def _by(purpose: str, case: str) -> str:
    """The relationship by which a purpose reaches people, before anybody is settled on; `case` for those by case."""
    reached_by = entry("purposes", purpose)["relationship"] if purpose in code_list("purposes") else "CASE"
    return {"CARE": "caseload", "INCIDENT": "incident"}.get(str(reached_by), case)


def stub_profile(
    asker: Asker, case: CaseState, candidate: Candidate, source: Source, said: Introduced
) -> Profile:
    """A candidate by one record, before anybody is settled on: the case stands for the relationship, which comes after."""
    exact = "CONFIRMED" if candidate.person in case.confirmed else "MATCH"
    return Profile(
        source_organisation=source.organisation,
        source_kind=source.kind,
        own=source.organisation == asker.organisation,
        identity=exact if candidate.grade == "exact" else "NOT_CONFIRMED",
        relationship=_by(case.purpose, case.membership),
        conflict=candidate.conflict,
        subject_age=candidate.facts.age,
        objection=candidate.facts.objection,
        confidentiality=candidate.facts.confidentiality,
        labels=tuple(sorted({*candidate.facts.labels, *said.labels})),
        adoption=said.adoption,
    )


@dataclass(frozen=True)
class Profiler:
    """Profiles of one request: the asker, the case, the people, and whose agreement is on record."""

    asker: Asker
    case: CaseState
    people: Mapping[str, Related]
    sources: Mapping[str, Source]
    agreements: Mapping[str, EvidenceState]
    now: datetime
    permitted: frozenset[str] = frozenset()
    """Patients who were asked now and agreed that their records are viewed."""
    owners: Decisions = field(default_factory=Decisions)
    channel: str = VIEW

    def for_asking(self, source: str, person: str) -> Profile:
        """A person at a source that has not been asked yet: what only its records could tell is NOT_YET."""
        related = self.people[person]
        profile = self._person(source, related, related.facts, (*related.facts.labels, NOT_YET))
        return replace(profile, owner_decision=self.owners.of_holding(source, person))

    def for_edge(self, edge: Edge, named: str) -> Profile:
        """The record that puts `named` into the family: about one person, naming another."""
        about, other = self.people.get(edge.record_person, self.people[named]), self.people[named]
        labels = {*about.facts.labels, *other.facts.labels, *edge.labels}
        profile = self._person(edge.source, about, about.facts, labels)
        return replace(
            profile,
            harm_link=other.harm_link,
            conflict=about.conflict or other.conflict,
            event_age=edge.event_age,
            adoption=edge.adoption,
        )

    def for_item(self, item: Item, facts: Mapping[str, PersonFacts]) -> Profile:
        """A record: its own facts, those of whom it is about, and the labels and conflicts of everyone it names."""
        related = self.people[item.person]
        about = facts.get(item.person, related.facts)
        named = [self.people[person] for _, person in item.names if person in self.people]
        labels = {*about.labels, *item.facts.labels}
        for other in named:
            labels |= set(facts.get(other.person, other.facts).labels)
        profile = self._person(item.source, related, about, labels)
        return replace(
            profile,
            conflict=related.conflict or any(other.conflict for other in named),
            confidentiality=highest(about.confidentiality, item.facts.confidentiality),
            currency=item.facts.currency,
            event_age=item.facts.event_age,
            adoption=item.facts.adoption,
            value=item.facts.value,
            item_share=item.facts.item_share,
            same_place=self._same_place(item),
            owner_decision=self.owners.of_item(item),
        )

    def for_element(self, profile: Profile, named: str) -> Profile:
        """An element that names or places somebody else: that person's harm link counts as well."""
        other = self.people.get(named)
        if self.channel == REVIEW:
            # What a record says of somebody else is not the subject's to have, though it stands in their record.
            profile = replace(profile, subject=other.subject if other else "other", family_child=False)
        return replace(profile, harm_link=True) if other is not None and other.harm_link else profile

    def _person(self, source_id: str, related: Related, facts: PersonFacts, labels: Iterable[str]) -> Profile:
        source = self.sources[source_id]
        evidence = self.agreements.get(related.person)
        return Profile(
            source_organisation=source.organisation,
            source_kind=source.kind,
            # A draft is read for the subject: nobody's own.
            own=source.organisation == self.asker.organisation and self.channel != REVIEW,
            identity=related.identity,
            relationship=self._relationship(related),
            conflict=related.conflict,
            harm_link=related.harm_link,
            subject=related.subject,
            family_child=related.family_child,
            subject_age=facts.age,
            agreement=_agreement(evidence, self.case),
            agreed_to=evidence.scope if evidence else (),
            objection=facts.objection,
            confidentiality=facts.confidentiality,
            labels=tuple(sorted(labels)),
            source_concern=source_id in related.asking_harms,
        )

    def _relationship(self, related: Related) -> str:
        """The relationship by which this purpose reaches somebody; another kind would not count for it."""
        reached_by = entry("purposes", self.case.purpose)["relationship"]
        if reached_by == "CARE":
            # Asking the patient stands in for a caseload, and for nothing else.
            permitted = "permission" if related.person in self.permitted else "none"
            return "caseload" if related.caseload else permitted
        if reached_by == "INCIDENT":
            return "incident" if self.case.incident else "none"
        if reached_by == "CASE":
            return self.case.membership if related.in_case_family else "none"
        return self.case.membership

    def _same_place(self, item: Item) -> bool:
        place = "".join(ch for ch in self.case.incident_place.lower() if ch.isalnum())
        return bool(place) and any(place == home for home in _homes(item.resource))


def highest(first: str, second: str) -> str:
    """The stricter of two confidentiality codes; a code that is no word of the list is the strictest."""
    return max(first, second, key=lambda code: CONFIDENTIALITY.index(code) if code in CONFIDENTIALITY else 99)


def agreements_of(case: CaseState, persons: tuple[str | None, ...], on: str) -> Mapping[str, EvidenceState]:
    """The latest agreement or refusal of each person, those past their end left out. A refusal beats an agreement."""
    found: dict[str, EvidenceState] = {}
    for evidence, person in zip(case.agreements, persons, strict=True):
        who = evidence.person or person
        if who is None or (evidence.until and evidence.until[:10] < on):
            continue
        if who not in found or evidence.kind == "refusal":
            found[who] = evidence
    return found


def permitted_by(case: CaseState, persons: tuple[str | None, ...]) -> frozenset[str]:
    """The patients who last answered that their records may be viewed, however they are described each time.

    `persons`: whom the index knows by each description, by position.
    """
    permitted: set[str] = set()
    for evidence, person in zip(case.permissions, persons, strict=True):
        who = evidence.person or person
        if who is not None and evidence.kind == PERMISSION:
            permitted.add(who)
        elif who is not None:
            permitted.discard(who)
        elif evidence.kind != PERMISSION:
            # Nobody can tell whose refusal it is, so it is everybody's.
            permitted.clear()
    return frozenset(permitted)


def _agreement(evidence: EvidenceState | None, case: CaseState) -> str:
    if evidence is None:
        return "NOT-SOUGHT-UNSAFE" if case.no_consent_reason != "none" else "NOT-RECORDED"
    if evidence.kind == "refusal":
        return "REFUSED"
    return "AGREED-LIMITED" if evidence.scope else "AGREED"


def _homes(resource: Mapping[str, object]) -> Iterable[str]:
    addresses = resource.get("address")
    for address in addresses if isinstance(addresses, list) else []:
        for extension in address.get("extension", []):
            identifier = extension.get("valueIdentifier", {}).get("value") or extension.get("valueString", "")
            yield identifier.lower()
        words = [*address.get("line", []), address.get("postalCode", "")]
        yield "".join(ch for ch in "".join(words).lower() if ch.isalnum())
