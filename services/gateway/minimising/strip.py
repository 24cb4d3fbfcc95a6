"""Walks one record along the catalogue and takes out what may not leave, so that what is left is still a record.

Promise: each listed element leaves, changes form or stays behind by the cell of its own class, and an element inside one
that stays behind stays with it. Where the asker may know that something was withheld, an optional element is stripped and a
required one masked, down to its required children; where even that is unsaid, it is stripped, and a record that cannot
stand without it does not leave at all. A modifier is never masked: without it the record does not leave.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.contract.decisions import Cell
from services.gateway.catalogue.catalogue import NEVER_COPIED, UNCLASSIFIED, Node
from services.gateway.catalogue.elements import Element
from services.gateway.minimising.copying import (
    NOT_LISTED,
    NOT_PLAIN,
    UNSAID,
    Copying,
    ModifierWithheld,
    Placed,
)
from services.gateway.minimising.generalise import DROP, Words, forms_at, in_form
from services.gateway.minimising.tally import Gone, Tally

PLACED = Cell(effect="withhold", code="HARM_LOCATION", shown_as="RESTRICTED")
_SPOKEN = frozenset({"kind", "in-service"})


class Walk:
    """One record, once. `person` is whose it is; `scoped` gives other cells to elements that name somebody else."""

    def __init__(
        self,
        copying: Copying,
        words: Words,
        person: str,
        scoped: Mapping[str, Mapping[str, Cell]],
        *,
        mask_all: bool = False,
    ) -> None:
        self.copying = copying
        self.catalogue = copying.catalogue
        self.elements = copying.elements
        self.words = words
        self.person = person
        self.scoped = scoped
        self.mask_all = mask_all
        self.tally = Tally()

    def record(self, resource: Mapping[str, Any], root: Node) -> dict[str, Any]:
        """What is left of the record, without id and meta; see `tally.drop` before using it."""
        if "implicitRules" in resource or "modifierExtension" in resource:
            self.tally.drop = "modifier"
        body = {key: value for key, value in resource.items() if key not in NEVER_COPIED}
        kept, lost = self._members(body, root, UNCLASSIFIED)
        if self._stand(kept, lost, root.type) is not None:
            self.tally.drop = self.tally.drop or "required"
        for class_, cell in self.copying.lost.items():
            self.tally.note(Gone(class_, cell))
        return kept

    def _members(
        self, value: Mapping[str, Any], node: Node, inherited: str
    ) -> tuple[dict[str, Any], list[tuple[Element, Gone]]]:
        """What is kept of an object's members, and what is not. `inherited` is the class of members without a line."""
        kept: dict[str, Any] = {}
        lost: list[tuple[Element, Gone]] = []
        met = node.met
        for key, sub in value.items():
            known = met.get(key) or self.catalogue.meet(node, key)
            if known is None:
                self.tally.note(Gone(UNCLASSIFIED, NOT_LISTED))
                continue
            element, listed, twin = known
            if element.key == "extension":
                result = self._extensions(sub, listed, inherited)
            elif listed is not None:
                result = self._listed(sub, element, listed, twin=twin)
            elif inherited == UNCLASSIFIED:
                result = Gone(UNCLASSIFIED, NOT_LISTED)
            else:
                result = self._copied(sub, "Element" if twin else element.type, inherited)
            if isinstance(result, Gone):
                self.tally.note(result)
                lost.append((element, result))
            elif result is not None:
                kept[key] = result
        return kept, lost

    def _listed(self, sub: Any, element: Element, node: Node, *, twin: bool) -> Any:
        """One listed member: its value, or each of its values, or `Gone`."""
        one = self._scoped if node.by or self.scoped else self._value
        if not isinstance(sub, list) or element.primitive:
            return one(sub, element, node, twin=twin)
        kept: list[Any] = []
        lost: list[Gone] = []
        for item in sub:
            result = one(item, element, node, twin=twin)
            if isinstance(result, Gone):
                lost.append(result)
            elif len(sub) == 1 or result not in kept:
                kept.append(result)
        if kept:
            for gone in lost:
                self.tally.note(gone)
            return kept
        for gone in lost:
            self.tally.note(gone)
        return (
            next((gone for gone in lost if not gone.silent), lost[0])
            if lost
            else Gone(node.class_, NOT_PLAIN, quiet=True)
        )

    def _scoped(self, value: Any, element: Element, node: Node, *, twin: bool) -> Any:
        narrow = node.which(value) if node.by else node
        other = (self.scoped.get(narrow.path) or self.scoped.get(node.path)) if self.scoped else None
        if other is None:
            return self._value(value, element, narrow, twin=twin)
        usual, self.copying.cells = self.copying.cells, other
        try:
            return self._value(value, element, narrow, twin=twin)
        finally:
            self.copying.cells = usual

    def _value(self, value: Any, element: Element, node: Node, *, twin: bool) -> Any:
        cell = self.copying.cell(node.class_)
        effect = cell.effect
        if effect == "release" and type(value) is str and self.copying.places is None and not node.frame:
            # Most members are this: a string that leaves as it is.
            self.tally.released.add(node.class_)
            self.tally.substance = True
            return value
        if not cell.released:
            return self._refused(node, cell)
        forms: tuple[str, ...] = ()
        if cell.effect == "generalise":
            given = forms_at(node.forms, cell.how)
            if given is None:
                return self._refused(node, replace(cell, effect="withhold"))
            forms = given
        if "drop" in forms or (twin and forms):
            self.tally.generalised.setdefault(node.class_, cell)
            return Gone(node.class_, cell, dropped=True)
        result = (
            self._frame(value) if node.frame else self._in_forms(value, element, node, cell, forms, twin=twin)
        )
        if isinstance(result, Gone):
            return result
        if cell.effect == "release":
            self.tally.released.add(node.class_)
        else:
            self.tally.generalised.setdefault(node.class_, cell)
        self.tally.substance = self.tally.substance or not node.frame
        return result

    def _refused(self, node: Node, cell: Cell) -> Gone:
        if node.frame:
            self.tally.drop = self.tally.drop or "frame"
        return Gone(node.class_, cell)

    def _frame(self, value: Any) -> Any:
        """Whose record it is: by the person's id in this answer, and by nothing else."""
        written = value.get("reference") if isinstance(value, dict) else None
        target = self.copying.references.get(written, "") if isinstance(written, str) else ""
        led = self.copying.lead(target or f"person:{self.person}")
        if led is None:
            self.tally.drop = self.tally.drop or "frame"
            return Gone("DM0", NOT_PLAIN, quiet=True)
        return led

    def _in_forms(
        self, value: Any, element: Element, node: Node, cell: Cell, forms: tuple[str, ...], *, twin: bool
    ) -> Any:
        """The value copied and put in its forms."""
        used = set(self.copying.used) if self.copying.contained else None
        if forms and forms[0] in _SPOKEN:
            # What is said in its place comes from the catalogue alone: nothing of the value is read.
            result: Any = value
        elif isinstance(value, dict) and node.members and not twin:
            return self._container(value, node, cell, forms)
        else:
            result = self._copied(value, "Element" if twin else element.type, node.class_)
        for form in forms:
            if not isinstance(result, Gone):
                result = self._formed(result, form, node, cell)
        if used is not None and isinstance(result, Gone):
            self.copying.used = used
        return result

    def _formed(self, value: Any, form: str, node: Node, cell: Cell) -> Any:
        made = in_form(value, form, self.words)
        if made is DROP:
            return Gone(node.class_, cell, dropped=True)
        return Gone(node.class_, replace(cell, effect="withhold")) if made is None else made

    def _copied(self, value: Any, type_name: str, class_: str) -> Any:
        used = set(self.copying.used) if self.copying.contained else set()
        try:
            kept = self.copying.copy(value, type_name, class_)
        except Placed:
            self.copying.used = used
            return Gone(class_, PLACED)
        except ModifierWithheld:
            self.tally.drop = self.tally.drop or "modifier"
            return Gone(class_, NOT_LISTED, quiet=True)
        if kept is None or kept is UNSAID:
            return Gone(class_, NOT_PLAIN, dropped=True, quiet=kept is None)
        return kept

    def _container(self, value: Mapping[str, Any], node: Node, cell: Cell, forms: tuple[str, ...]) -> Any:
        """An element some of whose parts have lines of their own: each goes by its own class, the rest by this one's."""
        if "modifierExtension" in value:
            self.tally.drop = self.tally.drop or "modifier"
        kept, lost = self._members(value, node, node.class_)
        if forms and any(key.lstrip("_") not in node.members for key in kept):
            # A form is made of the element's own parts; parts with a line of their own have had theirs.
            own = {key: sub for key, sub in kept.items() if key.lstrip("_") not in node.members}
            formed: Any = own
            for form in forms:
                if not isinstance(formed, Gone):
                    formed = self._formed(formed, form, node, cell)
            if isinstance(formed, Gone):
                return formed
            kept = {**formed, **{key: sub for key, sub in kept.items() if key not in own}}
        if not kept.keys() - {"id"}:
            shown = next((gone for _, gone in lost if not gone.silent), None)
            return shown or Gone(node.class_, cell, quiet=True)
        return self._stand(kept, lost, node.type) or kept

    def _stand(self, kept: dict[str, Any], lost: list[tuple[Element, Gone]], owner: str) -> Gone | None:
        """Masks what must be there and may be known to be withheld; `Gone` where the whole cannot stand without it."""
        fell: Gone | None = None
        for element, gone in lost:
            if element.key in kept or f"_{element.key}" in kept:
                continue
            if element.modifier:
                self.tally.drop = self.tally.drop or "modifier"
            elif element.required and gone.silent:
                fell = gone
            elif element.required or (self.mask_all and not gone.silent and not gone.dropped):
                mask = self.elements.mask(owner, element)
                if mask is None:
                    self.tally.drop = self.tally.drop or "modifier"
                else:
                    kept[mask[0]] = mask[1]
                    self.tally.masked = True
        return fell

    def _extensions(self, sub: Any, node: Node | None, inherited: str) -> Any:
        """Extensions by their URL: those with a line here, and those that are listed for any element."""
        kept: list[Any] = []
        for extension in sub if isinstance(sub, list) else ():
            listed = node.by.get(extension.get("url", "")) if node and isinstance(extension, dict) else None
            if listed is not None:
                element = self.elements.of("Patient")["extension"]
                result = self._scoped(extension, element, listed, twin=False)
                if isinstance(result, Gone):
                    self.tally.note(result)
                else:
                    kept.append(result)
                continue
            try:
                kept += self.copying.extensions([extension], inherited, inside=False) or ()
            except Placed:
                self.tally.note(Gone(inherited, PLACED))
        return kept or None
