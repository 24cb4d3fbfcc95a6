"""Copies what may leave, whole subtrees at a time, and leaves behind what never may, however deep it lies.

Promise: nothing is copied that R4 does not know; no extension whose URL is not listed; no attachment but plain text that is
in the record itself; no reference as it was written; no code system that names a publisher unless the provider is released;
and no string in which a protected person's place is found (`Placed`).
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from services.contract.decisions import WITHHELD_UNAVAILABLE, Cell
from services.gateway.catalogue.catalogue import UNCLASSIFIED, Catalogue
from services.gateway.catalogue.elements import DIRECTORY, DIRECTORY_REFERENCE
from services.gateway.minimising.fresh_ids import Rewrite
from services.gateway.minimising.places import Places

NOT_LISTED = Cell(effect="withhold", code="UNCLASSIFIED", shown_as="UNCLASSIFIED")
NOT_PLAIN = Cell(effect="withhold", code="MINIMISATION", shown_as="MINIMISATION")
PLAIN_TEXT = "text/plain"
UNSAID: Final = object()
"""What a copy is of something that stays behind, where it may be seen that something does; None where it may not."""


class Placed(Exception):
    """A string that places a protected person; it carries nothing."""


class ModifierWithheld(Exception):
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
        """The value, or what may leave of it; None or `UNSAID` where nothing may.

        Raises `Placed` and `ModifierWithheld`.
        """
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, dict):
            if type_name in ("Reference", DIRECTORY_REFERENCE):
                return self.reference(value, class_, directory=type_name == DIRECTORY_REFERENCE)
            if type_name == "Attachment":
                return self._attachment(value, class_)
            return self._object(value, type_name, class_)
        if isinstance(value, list):
            return self._list(value, type_name, class_)
        if self.places and value is not None and not isinstance(value, bool):
            self._text(str(value))
        return value

    def _list(self, value: list[Any], type_name: str, class_: str) -> Any:
        kept = [self.copy(item, type_name, class_) for item in value]
        if type_name == "Element" or not self.elements.of(type_name):
            # A list of primitives, or its underscored twin, keeps its gaps: the two go side by side.
            return kept if any(item is not None for item in kept) else None
        there = [item for item in kept if item is not None and item is not UNSAID]
        return there or (UNSAID if UNSAID in kept else None)

    def _text(self, text: str) -> str:
        if self.places and self.places.found_in(text):
            raise Placed
        return text

    def _object(self, value: Mapping[str, Any], type_name: str, class_: str) -> Any:
        known = self.elements.of(type_name)
        scan = self.places is not None
        kept: dict[str, Any] = {}
        masks: dict[str, Any] = {}
        for key, sub in value.items():
            element = known.get(key)
            if element is None:
                twin = known.get(key[1:]) if key[:1] == "_" else None
                if twin is None or not twin.primitive:
                    self.lost.setdefault(UNCLASSIFIED, NOT_LISTED)
                    continue
                copied: Any = self.copy(sub, "Element", class_)
            elif type(sub) is str:
                copied = self._text(sub) if scan else sub
            elif key == "extension":
                copied = self.extensions(sub, class_, inside=type_name == "Extension")
            elif key == "modifierExtension":
                raise ModifierWithheld
            else:
                copied = self.copy(sub, element.type, class_)
            if copied is not None and copied is not UNSAID:
                kept[key] = copied
            elif element is not None and element.required:
                # Without it the whole is not R4: a mask stands for it, or the whole stays behind as well.
                mask = self.elements.mask(type_name, element) if copied is UNSAID else None
                if mask is None:
                    return copied
                masks[mask[0]] = mask[1]
        if masks:
            kept = {**kept, **masks} if kept else {}
            if not kept:
                return UNSAID
        if "system" in kept and not self.names_provider():
            self._hide_system(kept, type_name)
        return kept if kept.keys() - {"id", "url"} else None

    def _hide_system(self, kept: dict[str, Any], type_name: str) -> None:
        """A local code system's address says who published; its code and words may stay."""
        if type_name != "ContactPoint" and not str(kept["system"]).startswith(self.catalogue.public_systems):
            del kept["system"]
            kept.pop("version", None)

    def extensions(self, value: Any, class_: str, *, inside: bool) -> list[Any] | None:
        """Those of the extensions of an element of `class_` that are listed, and whose own class is released as it is."""
        kept = []
        for extension in value if isinstance(value, list) else ():
            if not isinstance(extension, dict):
                continue
            own = self.catalogue.extension_class(extension, class_, inside=inside)
            if own == UNCLASSIFIED or (own != class_ and self.cell(own).effect != "release"):
                self.lost.setdefault(own, self.cell(own))
                continue
            copied = self._object(extension, "Extension", own)
            if copied is not None and copied is not UNSAID:
                kept.append(copied)
        return kept or None

    def reference(self, value: Mapping[str, Any], class_: str, *, directory: bool) -> Any:
        """A reference by fresh id. To what is not shown, nothing at all: the same whether or not the hub holds it.

        To an organisation, a worker or a place, which is nobody's record: who it names, by the class of the element.
        """
        written = value.get("reference")
        if isinstance(written, str) and written.startswith("#"):
            if written[1:] not in self.contained:
                return UNSAID
            self.used.add(written[1:])
            return {"reference": written}
        if isinstance(written, str):
            led = self.lead(self.references.get(written, ""))
            if led is not None or not (directory or _directory(value, written)):
                return led
        kept = self._object(
            {key: sub for key, sub in value.items() if key != "reference"}, "Reference", class_
        )
        return kept if isinstance(kept, dict) and kept.keys() - {"type"} else UNSAID

    def lead(self, target: str) -> dict[str, Any] | None:
        """A reference to a person or record of this answer."""
        urn = self.rewrite.of(target) if target else None
        if urn is None:
            return None
        self.targets.add(target)
        return {"reference": urn}

    def _attachment(self, value: Mapping[str, Any], class_: str) -> Any:
        """Plain text that is in the record, read before it leaves. An address would lead around the gate."""
        text = _plain(value)
        if text is None:
            self.lost.setdefault(class_, NOT_PLAIN)
            return UNSAID
        self._text(text)
        wanted = ("contentType", "language", "data", "title", "creation")
        return self._object({key: value[key] for key in wanted if key in value}, "Attachment", class_)


def _plain(attachment: Mapping[str, Any]) -> str | None:
    """The words of a plain text attachment; None for any other."""
    if not str(attachment.get("contentType", "")).lower().startswith(PLAIN_TEXT) or "data" not in attachment:
        return None
    try:
        return base64.b64decode(attachment["data"], validate=True).decode("utf-8")
    except (binascii.Error, ValueError, TypeError):
        return None


def _directory(value: Mapping[str, Any], written: str) -> bool:
    """Whether a reference is to something that is nobody's record."""
    steps = written.split("/_history/", maxsplit=1)[0].split("/")
    return (steps[-2] if len(steps) > 1 else value.get("type")) in DIRECTORY
