"""The JSON answer put together, and the other form it is sent in (one FHIR Bundle).

Promise: every form is rendered from the one JSON answer; constant sentences depend on what is released and asked, never
on what was held back.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.contract.canonical import emit
from services.contract.people import Edge
from services.contract.views import FamilyView, PersonEntry, ReceiptEntry, SourceEntry
from services.contract.vocabulary import entry
from services.gateway.answering import decisions, search_notes
from services.gateway.answering.contacts import contacts_of
from services.gateway.answering.differences import differences_of
from services.gateway.answering.household import family_entries
from services.gateway.answering.released import Resource
from services.gateway.answering.ties import Telling, ties_of
from services.gateway.answering.unborn import is_unborn
from services.gateway.answering.who_answers import complete
from services.gateway.cases import break_glass
from services.gateway.cases.grounds import over_objection
from services.gateway.family import Family
from services.gateway.matching import Match
from services.gateway.release import Built
from services.gateway.request import Request
from services.gateway.trail import Trail

MAY_BE_INCOMPLETE = "Lists of medicines and allergies may be incomplete."
NO_RELATION = (
    "No care relationship is on record. If the patient can answer, ask them now, alone, and record what they answer "
    "on the case (permission to view)."
)
BREAK_GLASS = "If the patient cannot answer and harm is about to happen, break the glass."
OVER_OBJECTION = (
    "Somebody here has objected to sharing. It went on all the same, on a stated ground: {ground}."
)
CAPPED = "More people belong to this family than are shown here. Ask about one person to see them."
_LISTS = ("MedicationStatement", "MedicationRequest", "AllergyIntolerance")


def assemble(
    request: Request,
    match: Match,
    kin: Family,
    built: Built,
    strip: tuple[SourceEntry, ...],
    trail: Trail,
) -> FamilyView:
    """Step 7: the whole answer but its receipt."""
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "collection"}
    entries = [
        {"fullUrl": url, "resource": resource}
        for url, resource in zip(built.full_urls, built.resources, strict=True)
    ]
    if entries:
        bundle["entry"] = entries
    names = {id: source.name for id, source in request.hub.book.sources.items()}
    told = {built.refs[related.person]: built.released.get(related.person, ()) for related in kin.people}
    telling = _telling(kin, built, names, request.context.on)
    by_url = dict(zip(built.full_urls, built.resources, strict=True))
    return FamilyView(
        match=match.match,
        view=bundle,
        people=tuple(_person(related.person, kin, built, match, telling) for related in kin.people),
        sources=strip,
        complete=complete(strip),
        withheld=built.withheld,
        obligations=built.obligations,
        warnings=tuple(dict.fromkeys(code for answer in trail.answers for code in answer.warnings)),
        differences=differences_of(told, names),
        contacts=contacts_of(told, by_url, names, request.context.on),
        notes=_notes(request, kin, built, trail),
    )


def _person(person: str, kin: Family, built: Built, match: Match, telling: Telling) -> PersonEntry:
    edges = kin.why[person]
    why = tuple(dict.fromkeys(edge.code or edge.kind for edge in edges)) if edges else ("asked-about",)
    identity = match.identity if not edges else next(p.identity for p in kin.people if p.person == person)
    resources = built.released.get(person, ())
    return PersonEntry(
        ref=built.refs[person],
        why=why,
        match=identity,
        name=_name(resources),
        ties=ties_of(person, edges, telling),
        unborn=is_unborn(_introducing(person, edges, resources, telling.records), telling.on),
    )


def _telling(kin: Family, built: Built, names: Mapping[str, str], on: str) -> Telling:
    return Telling(
        records={item.record: one for item, one in zip(built.given, built.resources, strict=True)},
        refs={one.person: built.refs[one.person] for one in kin.people},
        names=names,
        harmed=frozenset(one.person for one in kin.people if one.harm_link),
        on=on,
    )


def _introducing(
    person: str, edges: Sequence[Edge], resources: Sequence[Resource], records: Mapping[str, Resource]
) -> list[Resource]:
    """What says of them who they are: their own Patient records, and those of relatives that name them."""
    own = [one for one in resources if one.get("resourceType") == "Patient"]
    return own + [
        records[edge.record] for edge in edges if edge.record in records and edge.record_person != person
    ]


def _name(resources: Any) -> str | None:
    """The name as released: from a Patient, or from the relative's record that names them."""
    for resource in resources:
        names = resource.get("name") if resource.get("resourceType") == "Patient" else None
        for name in names or []:
            words = [*name.get("given", []), name.get("family", "")]
            shown = " ".join(word for word in words if word) or name.get("text", "")
            if shown:
                return str(shown)
    return None


def _notes(request: Request, kin: Family, built: Built, trail: Trail) -> tuple[str, ...]:
    notes = []
    kinds = {resource.get("resourceType") for resource in built.resources}
    if kinds & set(_LISTS):
        notes.append(MAY_BE_INCOMPLETE)
    if request.hub.is_care(request.context.purpose):
        notes += decisions.notes_on(built.resources)
    notes += _offers(request, kin, built)
    if trail.objection and trail.stated_ground in over_objection(request.context.purpose):
        notes.append(OVER_OBJECTION.format(ground=entry("grounds", trail.stated_ground)["title"]))
    if request.body.about.by_place:
        notes.append(search_notes.sentence("PLACE"))
    if kin.capped:
        notes.append(CAPPED)
    return tuple(notes)


def _offers(request: Request, kin: Family, built: Built) -> list[str]:
    """What a care worker without a relationship to the patient can do: ask them, and only then break the glass."""
    asked_by_care = entry("purposes", request.context.purpose)["relationship"] == "CARE"
    # A row without a person is about everybody of the answer. Relatives who are nobody's patient here need no offer.
    patient = {"", *(built.refs[one.person] for one in kin.people if not kin.why[one.person])}
    if not asked_by_care or not any(
        row.code == "NO_RELATIONSHIP" and row.person in patient for row in built.withheld
    ):
        return []
    role = request.asker.role
    may = break_glass.PURPOSE in request.hub.book.role_purposes.get(role, ()) and break_glass.may_break(role)
    return [NO_RELATION, BREAK_GLASS] if may else [NO_RELATION]


def as_json(view: FamilyView) -> bytes:
    """The JSON answer, partners' decimals as they came."""
    return emit(view.model_dump(mode="python", by_alias=True, exclude_none=True))


def as_bundle(view: FamilyView, receipts_url: str) -> bytes:
    """`Accept: application/fhir+json`: the same as one Bundle that ends with an OperationOutcome and the receipt."""
    bundle = dict(view.view)
    issues = [
        {
            "severity": "information",
            "code": "suppressed",
            "details": {"text": " ".join([row.sentence, *(one.sentence for one in row.missing)])},
            "diagnostics": f"{row.source}; {row.class_}; {row.code}; {row.effect}",
        }
        for row in view.withheld
    ]
    issues += _conflicts(view)
    issues.append({"severity": "information", "code": "informational", "diagnostics": f"match; {view.match}"})
    tail: list[Any] = [
        *family_entries(view),
        {"resource": {"resourceType": "OperationOutcome", "issue": issues}},
    ]
    if view.receipt is not None:
        tail.append({"resource": _receipt_document(view.receipt, receipts_url)})
    bundle["entry"] = [*bundle.get("entry", []), *tail]
    return emit(bundle)


def _conflicts(view: FamilyView) -> list[dict[str, Any]]:
    """Where the sources differ, without the values."""
    fixed = {"severity": "warning", "code": "conflict"}
    return [fixed | {"diagnostics": f"{row.person}; {row.field}; sources differ"} for row in view.differences]


def _receipt_document(receipt: ReceiptEntry, receipts_url: str) -> dict[str, Any]:
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "description": "Receipt: proof that this release is in the ledger",
        "date": receipt.time,
        "content": [
            {
                "attachment": {
                    "contentType": "text/plain",
                    "url": f"{receipts_url}/{receipt.id}",
                    "title": "tlog-proof",
                }
            }
        ],
    }
