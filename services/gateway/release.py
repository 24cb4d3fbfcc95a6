"""From what the sources gave to what leaves: cells for each record, fields kept or taken, states and markers left over.

Promise: a resource leaves only through `minimise`, under cells that policy gave for its own profile; what is silent
leaves no trace in what is built here: no resource, no marker, no state, no count.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.contract.decisions import WITHHELD_UNAVAILABLE, Cell, Profile
from services.contract.people import Gathered, Item
from services.contract.views import Withheld
from services.gateway.answering import decisions
from services.gateway.answering.withheld import Marker, list_withheld, settle_silence
from services.gateway.family import Family
from services.gateway.minimise import Minimised, Places, Rewrite, minimise_all
from services.gateway.profiles import Profiler
from services.gateway.request import Request
from services.gateway.tasks.owners import REFUSED
from services.gateway.trail import Trail

Cells = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Decided:
    """One record with the cells of its classes, and of its elements that name somebody else."""

    item: Item
    cells: Cells
    elements: Mapping[str, Cells]


@dataclass(frozen=True, slots=True)
class Built:
    """What is left after minimising, ready to be put together."""

    refs: Mapping[str, str]
    """person id -> the reference by which the whole answer speaks of them."""
    resources: tuple[Mapping[str, Any], ...] = field(repr=False)
    """In the order of the answer's Bundle."""
    released: Mapping[str, Sequence[Mapping[str, Any]]] = field(repr=False)
    """person id -> their resources, in the same order."""
    given: tuple[Item, ...] = field(repr=False)
    """The records of which something leaves."""
    kinds: Mapping[str, tuple[str, ...]] = field(repr=False)
    """person id -> the classes of which something leaves in their resources."""
    held: set[tuple[str, str]]
    withheld: "tuple[Withheld, ...]"
    obligations: tuple[str, ...]
    full_urls: tuple[str, ...]


def decide_items(
    request: Request, gathered: Gathered, profiler: Profiler, trail: Trail
) -> tuple[Decided, ...]:
    """Step 6: one call for the distinct profiles and all classes that the records hold; spread back to each record."""
    catalogue = request.hub.catalogue
    wanted: list[tuple[Profile, tuple[str, ...]]] = []
    classes: dict[str, int] = {}
    plan = []
    for item in map(_provenanced, gathered.items):
        profile = profiler.for_item(item, gathered.facts)
        elements = {path: profiler.for_element(profile, person) for path, person in item.names}
        held = catalogue.classes_of(item.resource) | {"DM0"}
        whose = tuple({item.person: None} | {person: None for _, person in item.names})
        wanted += [(needed, whose) for needed in (profile, *elements.values())]
        for class_ in sorted(held):
            classes.setdefault(class_, len(classes))
        plan.append((item, profile, elements, held))
    if not plan:
        return ()
    profiles = [profile for profile, _ in wanted]
    decided = request.decide(trail, profiles, tuple(classes), [whose for _, whose in wanted])
    rows = dict(zip(profiles, decided, strict=True))

    def cells_of(profile: Profile, held: set[str]) -> Cells:
        row = rows[profile]
        cells = {
            class_: row[classes[class_]] if classes[class_] < len(row) else WITHHELD_UNAVAILABLE
            for class_ in held
        }
        # What the owner refused was asked for by name: that is no secret any more.
        told = profile.family_child or profile.owner_decision == REFUSED
        return settle_silence(cells, told)

    return tuple(
        Decided(
            item, cells_of(profile, held), {path: cells_of(other, held) for path, other in elements.items()}
        )
        for item, profile, elements, held in plan
    )


def build(
    request: Request,
    trail: Trail,
    kin: Family,
    decided: Sequence[Decided],
    line_of: Mapping[str, str],
    refused: Mapping[tuple[str, str], Cell],
) -> Built:
    """Step 7: every record minimised, each with a fresh id, references rewritten; and the list of what was not given."""
    refs, rewrite = _fresh_names(request, kin, decided)
    places = Places.of(word for related in kin.people for word in related.places)
    made = minimise_all(decided, request.hub.catalogue, places, rewrite)
    said = list(zip(decided, made, strict=True))
    markers = _markers(kin, said, refused)
    kept = [(one.item, _linked(one.item, done, refs)) for one, done in said if done.resource is not None]
    # A record of which nothing leaves and nothing may be said counts as one that was never there.
    held = {
        (one.item.source, one.item.person) for one, done in said if done.resource is not None or done.touched
    }
    ordered = _in_order(kin, kept)
    return Built(
        refs=refs,
        resources=tuple(made.resource for _, made in ordered if made.resource is not None),
        released=_by_person(kin, ordered),
        given=tuple(item for item, _ in ordered),
        kinds=_kinds(ordered),
        held=held,
        withheld=list_withheld(markers, refs, line_of, _offers(request, trail)),
        obligations=_owed(decided),
        full_urls=tuple(rewrite.full_url(item) for item, _ in ordered),
    )


def _markers(
    kin: Family, said: Sequence[tuple[Decided, Minimised]], refused: Mapping[tuple[str, str], Cell]
) -> list[Marker]:
    """What may be told of each source not asked and of each record, silence left out by whoever lists them."""
    across = {related.person: related.harm_link for related in kin.people}
    markers = [
        Marker(person, source, "ASK", cell, across[person]) for (source, person), cell in refused.items()
    ]
    for one, done in said:
        where = one.item.person, one.item.source
        markers += [
            Marker(*where, class_, cell, across[where[0]], one.item.record)
            for class_, cell in done.touched.items()
        ]
    return markers


def _offers(request: Request, trail: Trail) -> Callable[[str, str, Sequence[Marker]], str]:
    """A token for each row that the owner decides on; the records behind it stand in the note of this answer."""

    def offer(what: str, line: str, markers: Sequence[Marker]) -> str:
        records = tuple(dict.fromkeys((one.source, one.record) for one in markers))
        number = trail.note.offer(markers[0].person, what, line, records)
        return request.hub.notes.token(trail.note, number, request.asker, request.case.id)

    return offer


def _owed(decided: Sequence[Decided]) -> tuple[str, ...]:
    """What the receiver owes for what is released, sorted."""
    cells = (cell for one in decided for cell in one.cells.values() if cell.released)
    return tuple(sorted({owed for cell in cells for owed in cell.obligations}))


def _provenanced(item: Item) -> Item:
    """The record with the hub's own word for where it came from, whatever the publisher wrote there."""
    meta = {**item.resource.get("meta", {}), "source": f"urn:mash:source:{item.source}"}
    return replace(item, resource={**item.resource, "meta": meta})


def _fresh_names(request: Request, kin: Family, decided: Sequence[Decided]) -> tuple[dict[str, str], Rewrite]:
    """A fresh name for each person and record of the answer. A person goes by their first Patient that is released."""
    names = {one.item.record: request.hub.fresh() for one in decided}
    patients: dict[str, str] = {}
    for one in decided:
        if _is_patient(one.item) and one.cells.get("DM1", WITHHELD_UNAVAILABLE).released:
            patients.setdefault(one.item.person, names[one.item.record])
    refs = {related.person: patients.get(related.person) or request.hub.fresh() for related in kin.people}
    kinds = {source: row.kind for source, row in request.hub.book.sources.items()}
    return refs, Rewrite(people=refs, records=names, kinds=kinds)


def _is_patient(item: Item) -> bool:
    return item.resource.get("resourceType") == "Patient"


def _linked(item: Item, done: Minimised, refs: Mapping[str, str]) -> Minimised:
    """A further Patient of somebody points at the one by which the answer speaks of them (Patient.link, seealso)."""
    if done.resource is None or not _is_patient(item) or refs[item.person].endswith(str(done.resource["id"])):
        return done
    link = [{"other": {"reference": refs[item.person]}, "type": "seealso"}]
    return replace(done, resource={**done.resource, "link": link})


def _in_order(kin: Family, kept: list[tuple[Item, Minimised]]) -> list[tuple[Item, Minimised]]:
    """By person as the family stands, Patients first, then type, then newest; never by source across a harm link."""
    place = {related.person: number for number, related in enumerate(kin.people)}

    def key(pair: tuple[Item, Minimised]) -> tuple[int, bool, str]:
        kind = str(pair[0].resource.get("resourceType"))
        return place.get(pair[0].person, len(place)), kind != "Patient", kind

    # Sorting keeps the order of equals: first by record, then decisions about treatment newest first, then by the rest.
    by_record = sorted(kept, key=lambda pair: pair[0].record)
    newest = sorted(by_record, key=lambda pair: _decided(pair[1]), reverse=True)
    return sorted(newest, key=key)


def _decided(made: Minimised) -> str:
    """The day of a decision about treatment, as released; empty for anything else."""
    resource = made.resource or {}
    return decisions.decided_on(resource) if decisions.is_decision(resource) else ""


def _kinds(ordered: Sequence[tuple[Item, Minimised]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for item, made in ordered:
        found.setdefault(item.person, set()).update(made.released, made.generalised)
    return {person: tuple(sorted(classes)) for person, classes in found.items()}


def _by_person(kin: Family, ordered: Sequence[tuple[Item, Minimised]]) -> dict[str, list[Mapping[str, Any]]]:
    released: dict[str, list[Mapping[str, Any]]] = {related.person: [] for related in kin.people}
    for item, made in ordered:
        if made.resource is not None:
            released.setdefault(item.person, []).append(made.resource)
    return released
