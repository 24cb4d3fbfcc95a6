"""What a released record says of itself: whose it is, when the hub had it, what somebody in it is called.

Promise: it reads what minimising left and nothing else; what was withheld is empty here, never guessed.
"""

from collections.abc import Mapping
from typing import Any

Resource = Mapping[str, Any]
_SOURCE = "urn:mash:source:"


def source_of(resource: Resource, names: Mapping[str, str]) -> str | None:
    """The name of the source, where the record still says which it is from. `names`: source id -> its name."""
    written = str(resource.get("meta", {}).get("source", "")).removeprefix(_SOURCE)
    return names.get(written)


def day_of(resource: Resource) -> str | None:
    """The day on which the hub had this version, where that was released."""
    return str(resource.get("meta", {}).get("lastUpdated", ""))[:10] or None


def name_of(name: Mapping[str, Any]) -> str:
    """A HumanName as text; empty where nothing of it is left."""
    words = [*name.get("given", ()), name.get("family", "")]
    return " ".join(str(word) for word in words if word) or str(name.get("text", ""))


def said(concept: Any) -> str:
    """What a CodeableConcept, or the first of several that says anything, says in words."""
    if isinstance(concept, list):
        return next(filter(None, map(said, concept)), "")
    if not isinstance(concept, Mapping):
        return ""
    displays = (str(one["display"]) for one in concept.get("coding", ()) if one.get("display"))
    return str(concept.get("text", "")) or next(displays, "")


def named(reference: Any, entries: Mapping[str, Resource]) -> str:
    """What a Reference is called: its own words, else the name of the released record that it leads to."""
    if not isinstance(reference, Mapping):
        return ""
    target = entries.get(str(reference.get("reference", "")), {})
    name = target.get("name", "")
    if isinstance(name, list):
        name = next(filter(None, map(name_of, name)), "")
    return str(reference.get("display", "")) or str(name)


def holds(period: Any, on: str) -> bool:
    """Whether a Period covers the day `on`; partial dates begin on their first day and end on their last."""
    start, end = (
        (str(period.get(name, ""))[:10] for name in ("start", "end"))
        if isinstance(period, Mapping)
        else ("", "")
    )
    return start <= on and (not end or end >= on[: len(end)])


def uprn_of(address: Mapping[str, Any]) -> str:
    """The UPRN beside an address (UK Core AddressKey, or an extension of that name); empty where there is none."""
    for extension in address.get("extension", ()):
        parts = {str(one.get("url")): one for one in extension.get("extension", ())}
        kind = str(parts.get("type", {}).get("valueCoding", {}).get("code", ""))
        if kind == "UPRN":
            return str(parts.get("value", {}).get("valueString", ""))
        if "UPRN" in str(extension.get("url")):
            held = extension.get("valueIdentifier", {}).get("value") or extension.get("valueString", "")
            return str(held)
    return ""
