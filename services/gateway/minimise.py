"""From a record and its cells to what may leave of it: fields kept, made coarser, masked or taken out; ids made fresh.

Promise: nothing is in the result that was not in the record, or in a form that the catalogue declares; a withheld value is
nowhere in it; a silently withheld field leaves the very result that a record without it gives; and the result is valid R4,
or there is none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from services.contract.decisions import AXES, EFFECTS, WITHHELD_UNAVAILABLE, Cell
from services.contract.people import Item
from services.contract.vocabulary import code_list, codes
from services.gateway.catalogue import statement
from services.gateway.catalogue.catalogue import SAME, UNCLASSIFIED, Catalogue, Node
from services.gateway.catalogue.paths import Step
from services.gateway.minimising.contained import Part, used_of, walk_contained, with_fresh_locals
from services.gateway.minimising.copying import NOT_LISTED, Copying
from services.gateway.minimising.fresh_ids import RECORD, Rewrite
from services.gateway.minimising.generalise import Words
from services.gateway.minimising.places import Places
from services.gateway.minimising.strip import Walk
from services.gateway.minimising.tally import Tally
from services.runtime.fhir import is_valid

__all__ = ["Minimised", "Places", "Rewrite", "minimise", "minimise_all"]

Cells = Mapping[str, Cell]
_VALUES = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
_ACTS = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_SUBSETTED = {"system": _VALUES, "code": "SUBSETTED"}
_REDACTED = {"system": _VALUES, "code": "REDACTED"}
_TEST_DATA = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}


@dataclass(frozen=True, slots=True)
class Minimised:
    """What leaves of one record, and what became of its classes."""

    resource: dict[str, Any] | None = field(repr=False)
    released: frozenset[str] = frozenset()
    """Classes of which something leaves as it is."""
    generalised: Mapping[str, Cell] = field(default_factory=dict)
    withheld: Mapping[str, Cell] = field(default_factory=dict)
    """Classes of which something was withheld, and the asker may know."""
    silent: Mapping[str, Cell] = field(default_factory=dict)
    """Classes of which something was withheld, unsaid. Never part of an answer."""
    dropped: str = ""
    """Why nothing leaves: unlisted, modifier, required, frame, empty, invalid; empty where something does."""
    targets: frozenset[str] = frozenset()
    """What the references that are left lead to: `person:…`, `record:…`."""

    @property
    def touched(self) -> Mapping[str, Cell]:
        """What an answer may say of this record: its shown refusals and its generalisings, by class."""
        return {**self.generalised, **self.withheld}


class Decided(Protocol):
    """A record with the cells of its classes, and of its elements that name somebody else."""

    @property
    def item(self) -> Item: ...
    @property
    def cells(self) -> Cells: ...
    @property
    def elements(self) -> Mapping[str, Cells]: ...


def minimise_all(
    decided: Sequence[Decided], catalogue: Catalogue, places: Places | None, rewrite: Rewrite
) -> tuple[Minimised, ...]:
    """Every record of one answer, by position. A reference to what does not leave is taken out as well.

    `places` are those of everybody across a harm link in the answer: each is looked for in everybody's records.
    """
    patients = {
        one.item.record: one.item.person
        for one in decided
        if one.item.resource.get("resourceType") == "Patient"
    }
    rewrite = replace(rewrite, patients={**patients, **rewrite.patients})
    answer = _Answer(catalogue, places, rewrite)
    made = [answer.minimise(one.item, one.cells, one.elements) for one in decided]
    # Each round at least one record more is known to be gone, so there are no more rounds than records.
    for _ in range(len(decided) + 1):
        gone = {one.item.record for one, done in zip(decided, made, strict=True) if done.resource is None}
        dangling = {RECORD + record for record in gone if record not in rewrite.patients}
        again = [place for place, done in enumerate(made) if not dangling.isdisjoint(done.targets)]
        if not again:
            return tuple(made)
        answer = replace(answer, rewrite=replace(rewrite, gone=frozenset(gone)))
        for place in again:
            one = decided[place]
            made[place] = answer.minimise(one.item, one.cells, one.elements)
    raise RuntimeError("a reference to what does not leave was not taken out")


def minimise(
    item: Item,
    cells: Cells,
    elements: Mapping[str, Cells],
    *,
    catalogue: Catalogue,
    places: Places | None,
    rewrite: Rewrite,
) -> Minimised:
    """One record by itself. `elements`: path -> cells, for elements that name or place somebody else."""
    return _Answer(catalogue, places, rewrite).minimise(item, cells, elements)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is the same for every record of one answer."""

    catalogue: Catalogue
    places: Places | None
    rewrite: Rewrite

    def minimise(self, item: Item, cells: Cells, elements: Mapping[str, Cells]) -> Minimised:
        root = self.catalogue.node_of(item.resource)
        if root is None:
            return Minimised(None, withheld={UNCLASSIFIED: NOT_LISTED}, dropped="unlisted")
        scoped: dict[str, Cells] = {}
        for path, theirs in elements.items():
            node = self.catalogue.nearest(path, item.resource)
            scoped[node] = _for_element(path, node, scoped.get(node, cells), theirs, again=node in scoped)
        if root.path in scoped:
            # No line covers the element, so the whole record goes by the stricter of both.
            cells = scoped.pop(root.path)
        made = self._walked(item, root, cells, scoped, mask_all=False)
        if made.dropped == "invalid":
            # Some rules of R4 ask for one of several optional elements: a mask stands for it where that may be known.
            made = self._walked(item, root, cells, scoped, mask_all=True)
        return made

    def _walked(
        self, item: Item, root: Node, cells: Cells, scoped: Mapping[str, Cells], *, mask_all: bool
    ) -> Minimised:
        kind = self.rewrite.kinds.get(item.source, "")
        words = Words(self.catalogue.services.get(kind, {}), self.catalogue.top_labels)

        def walk() -> Walk:
            copying = Copying(cells, self.catalogue, self.places, self.rewrite, item.references)
            return Walk(copying, words, item.person, scoped, mask_all=mask_all)

        inside = walk_contained(item.resource, self.catalogue, walk) if "contained" in item.resource else {}
        main = walk()
        main.copying.contained = frozenset(inside)
        body = main.record(item.resource, root)
        kept = used_of(main.copying.used, inside)
        for part in kept:
            main.tally.take(part.tally)
            main.copying.targets |= part.targets
        return self._checked(item, body, kept, main)

    def _checked(self, item: Item, body: dict[str, Any], kept: list[Part], main: Walk) -> Minimised:
        """The record put together, if it may leave and is valid."""
        tally = main.tally
        if tally.drop or not tally.substance:
            return _nothing(tally, tally.drop or "empty")
        record = {
            "resourceType": item.resource["resourceType"],
            "id": self.rewrite.records[item.record].removeprefix("urn:uuid:"),
            "meta": _meta(item.resource, self.catalogue, main.copying, tally),
            **({"contained": [part.resource for part in kept]} if kept else {}),
            **body,
        }
        if kept:
            record = with_fresh_locals(record)
        if not is_valid(record):
            return _nothing(tally, "invalid")
        targets = frozenset(main.copying.targets)
        released = frozenset(tally.released)
        return Minimised(record, released, tally.generalised, tally.withheld, tally.silent, "", targets)


def _nothing(tally: Tally, why: str) -> Minimised:
    """Nothing leaves. Where part of that is silent the whole is: a shown word would say that there was something."""
    shown = {} if tally.silent else {**tally.generalised, **tally.withheld}
    return Minimised(None, withheld=_as_withheld(shown), silent=tally.silent, dropped=why)


def _as_withheld(cells: Cells) -> Cells:
    return {class_: cell for class_, cell in cells.items() if not cell.released}


def _meta(
    resource: Mapping[str, Any], catalogue: Catalogue, copying: Copying, tally: Tally
) -> dict[str, Any]:
    """Made anew: no version, no profile that may no longer hold, no label; what the receiver owes, and what was done."""
    given = resource.get("meta", {})
    meta: dict[str, Any] = {}
    for key in ("lastUpdated", "source"):
        if key in given:
            class_ = catalogue.class_at(f"{resource['resourceType']}.meta.{key}", resource)
            if copying.cell(class_).effect == "release" and not (
                copying.places and copying.places.found_in(given[key])
            ):
                meta[key] = given[key]
    labels = [label for label in given.get("security", ()) if label.get("code") in codes("obligations")]
    owed = {label["code"] for label in labels}
    for class_ in tally.released | tally.generalised.keys():
        owed |= {*copying.cell(class_).obligations}
    security = [
        {"system": str(row.get("system", _ACTS)), "code": code}
        for code, row in code_list("obligations").items()
        if code in owed
    ]
    if tally.withheld or tally.masked:
        security.append(_REDACTED)
    if security:
        meta["security"] = security
    test = any(
        tag.get("code") == _TEST_DATA["code"] for key in ("tag", "security") for tag in given.get(key, ())
    )
    meta["tag"] = [_SUBSETTED, _TEST_DATA] if test else [_SUBSETTED]
    status = _statement(resource, catalogue, copying)
    if status:
        meta["tag"] = [*meta["tag"], statement.tag(status)]
    return meta


def _statement(resource: Mapping[str, Any], catalogue: Catalogue, copying: Copying) -> str:
    """How sure the record is, by its tag, else by its verification status; nothing that a silent rule hides says so."""
    kind = resource["resourceType"]
    line = catalogue.class_at(f"{kind}.{statement.STATEMENT}", resource)
    if line != SAME and not copying.cell(line).released:
        return ""
    status = statement.tagged(resource)
    if not status and "verificationStatus" in resource:
        beside = copying.cell(catalogue.class_at(f"{kind}.verificationStatus", resource))
        status = "" if beside.silent else statement.verified(resource)
    return status


def _for_element(path: str, node: str, usual: Cells, theirs: Cells, *, again: bool) -> Cells:
    """The cells of an element about somebody else; of two, or where only something wider is listed, the stricter."""
    if not again and Step.read(path) == Step.read(node):
        return theirs
    return {
        class_: stricter(usual.get(class_, WITHHELD_UNAVAILABLE), theirs.get(class_, WITHHELD_UNAVAILABLE))
        for class_ in usual.keys() | theirs.keys()
    }


def stricter(one: Cell, other: Cell) -> Cell:
    """The more restrictive of two cells, coarser on every axis; silence beats everything."""
    first, second = sorted(
        (one, other), key=lambda cell: (cell.silent, EFFECTS.index(cell.effect)), reverse=True
    )
    if not (first.effect == second.effect == "generalise"):
        return first
    how = {
        axis: levels[max(levels.index(cell.how.get(axis, levels[0])) for cell in (first, second))]
        for axis, levels in AXES.items()
    }
    return replace(first, how={axis: level for axis, level in how.items() if level != AXES[axis][0]})
