"""Copies what may leave, whole subtrees at a time, and leaves behind what never may, however deep it lies.

Promise: nothing is copied that R4 does not know; no extension whose URL is not listed; no attachment but plain text that is
in the record itself; no reference as it was written; no code system that names a publisher unless the provider is released;
and no string in which a protected person's place is found (`Placed`).
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from services.contract.decisions import WITHHELD_UNAVAILABLE, Cell
from services.gateway.catalogue import UNCLASSIFIED, Catalogue
from services.gateway.fresh_ids import Rewrite
from services.gateway.places import Places

NOT_LISTED = Cell(effect="withhold", code="UNCLASSIFIED", shown_as="UNCLASSIFIED")
PLAIN_TEXT = "text/plain"


class Placed(Exception):  # noqa: N818
    """A string that places a protected person; it carries nothing."""


class ModifierWithheld(Exception):  # noqa: N818
    """Without this element the rest would say something else; so the record does not leave."""


class Copying:
    """What one record is copied with. `cells` changes while an element is walked that is about somebody else."""

    def __init__(
        self,
        cells: Mapping[str, Cell],
        catalogue: Catalogue,
        places: Places | None,
        rewrite: Rewrite,
        references: Mapping[str, str],
    ) -> None:
        self.cells = cells
        self.catalogue = catalogue
        self.elements = catalogue.elements
        self.places = places
        self.rewrite = rewrite
        self.references = references
        self.contained: frozenset[str] = frozenset()
        """Local ids of the contained resources that may be kept."""
        self.used: set[str] = set()
        self.targets: set[str] = set()
        """Records that what is kept refers to."""
        self.lost: dict[str, Cell] = {}
        """Class -> why something of it, inside what is released, stays behind."""

    def cell(self, class_: str) -> Cell:
        """The cell of a class; withheld where policy gave none."""
        return NOT_LISTED if class_ == UNCLASSIFIED else self.cells.get(class_, WITHHELD_UNAVAILABLE)

    def names_provider(self) -> bool:
        """Whether what names the provider may leave as it is."""
        return self.cell("DM0p").effect == "release"

    def copy(self, value: Any, type_name: str, class_: str) -> Any:
        """The value, or what may leave of it; None where nothing may. Raises `Placed` and `ModifierWithheld`."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, dict):
            if type_name == "Reference":
                return self.reference(value, class_)
            if type_name == "Attachment":
                return self._attachment(value, class_)
            return self._object(value, type_name, class_)
        if isinstance(value, list):
            kept = [self.copy(item, type_name, class_) for item in value]
            # A list of primitives, or its underscored twin, keeps its gaps: the two go side by side.
            gaps = type_name in ("Element", "") or not self.elements.of(type_name)
            kept = kept if gaps else [item for item in kept if item is not None]
            return kept if any(item is not None for item in kept) else None
        if self.places and value is not None and not isinstance(value, bool):
            self._text(str(value))
        return value

    def _text(self, text: str) -> str:
        if self.places and self.places.found_in(text):
            raise Placed
        return text

    def _object(self, value: Mapping[str, Any], type_name: str, class_: str) -> dict[str, Any] | None:
        known = self.elements.of(type_name)
        kept: dict[str, Any] = {}
        for key, sub in value.items():
            if key == "extension":
                copied: Any = self.extensions(sub, class_)
            elif key == "modifierExtension":
                raise ModifierWithheld
            else:
                element = known.get(key)
                if element is None:
                    twin = known.get(key[1:]) if key[:1] == "_" else None
                    if twin is None:
                        self.lost.setdefault(UNCLASSIFIED, NOT_LISTED)
                        continue
                    copied = self.copy(sub, "Element", class_)
                elif element.primitive and isinstance(sub, str):
                    copied = self._text(sub) if self.places else sub
                else:
                    copied = self.copy(sub, element.type, class_)
            if copied is not None:
                kept[key] = copied
        if "system" in kept and not self.names_provider():
            self._hide_system(kept, type_name)
        return kept if kept.keys() - {"id", "url"} else None

    def _hide_system(self, kept: dict[str, Any], type_name: str) -> None:
        """A local code system's address says who published; its code and words may stay."""
        if type_name != "ContactPoint" and not str(kept["system"]).startswith(self.catalogue.public_systems):
            del kept["system"]
            kept.pop("version", None)

    def extensions(self, value: Any, class_: str) -> list[Any] | None:
        """Those of the extensions of an element of `class_` that are listed, and whose own class is released as it is."""
        kept = []
        for extension in value if isinstance(value, list) else ():
            own = (
                self.catalogue.extension_class(extension, class_)
                if isinstance(extension, dict)
                else UNCLASSIFIED
            )
            if own != class_ and self.cell(own).effect != "release":
                self.lost.setdefault(own, self.cell(own))
                continue
            copied = self._object(extension, "Extension", own)
            if copied is not None:
                kept.append(copied)
        return kept or None

    def reference(self, value: Mapping[str, Any], class_: str) -> dict[str, Any] | None:
        """A reference by fresh id; to what is not shown, nothing; to what the hub does not hold, who it names."""
        written = value.get("reference")
        if isinstance(written, str):
            if written.startswith("#"):
                if written[1:] in self.contained:
                    self.used.add(written[1:])
                    return {"reference": written}
            elif written in self.references:
                return self.lead(self.references[written])
        named = {key: sub for key, sub in value.items() if key != "reference"}
        kept = self._object(named, "Reference", class_) if named else None
        return kept if kept and kept.keys() - {"type"} else None

    def lead(self, target: str) -> dict[str, Any] | None:
        """A reference to a person or record of this answer."""
        urn = self.rewrite.of(target)
        if urn is None:
            return None
        self.targets.add(target)
        return {"reference": urn}

    def _attachment(self, value: Mapping[str, Any], class_: str) -> dict[str, Any] | None:
        """Plain text that is in the record, read before it leaves. An address would lead around the gate."""
        if not str(value.get("contentType", "")).lower().startswith(PLAIN_TEXT) or "data" not in value:
            return None
        try:
            text = base64.b64decode(value["data"], validate=True).decode("utf-8")
        except (binascii.Error, ValueError, TypeError):
            return None
        self._text(text)
        wanted = ("contentType", "language", "data", "title", "creation")
        return self._object({key: value[key] for key in wanted if key in value}, "Attachment", class_)
