"""Every word of the families that must never stand at rest, in a log or in an address.

Promise: names, numbers, address lines, postcodes, telephone numbers, schools and free text of every resource
are in the list; what stands there for everybody alike (code wordings, names of organisations) is not.
"""

import base64
from collections.abc import Iterator, Mapping
from typing import Any

_SPOKEN = frozenset({"family", "postalCode", "city", "text", "description", "rationale", "valueString"})
"""Elements whose value is a name, a place or somebody's words, wherever they stand."""
_LISTED = frozenset({"given", "line"})
_CONCEPTS = frozenset(
    {
        "category",
        "code",
        "medicationCodeableConcept",
        "outcome",
        "qualitativeRisk",
        "relationship",
        "role",
        "type",
    }
)
"""Elements that are codes with their wording: the same for everybody."""
_WORKERS = frozenset({"author", "careManager", "individual"})


def words_of(resources: list[dict[str, Any]]) -> tuple[str, ...]:
    """The words, each once, sorted; full names too, since three letters are soon found by chance."""
    return tuple(sorted({word for resource in resources for word in _words(resource)}))


def wordings_of(resources: list[dict[str, Any]]) -> tuple[str, ...]:
    """The wordings of codes that say something by themselves (three words or more), each once, sorted."""
    found = {wording for resource in resources for wording in _wordings(resource, "")}
    return tuple(sorted(wording for wording in found if wording.count(" ") >= 2))


def _words(node: object) -> Iterator[str]:
    if isinstance(node, list):
        for member in node:
            yield from _words(member)
    elif isinstance(node, Mapping):
        yield from _of_element(node)
        for name, value in node.items():
            if name not in _CONCEPTS:
                yield from _words(value)
            if name in _WORKERS and "display" in value:
                yield value["display"]


def _of_element(node: Mapping[str, Any]) -> Iterator[str]:
    for name, value in node.items():
        if name in _SPOKEN and isinstance(value, str):
            yield value
        elif name in _LISTED and isinstance(value, list):
            yield from value
        elif name in {"identifier", "telecom"} and isinstance(value, list):
            yield from (entry["value"] for entry in value)
    if "given" in node and "family" in node:
        yield f"{' '.join(node['given'])} {node['family']}"
    # A practice places its patient; the organisation that publishes an episode is everybody's.
    yield from (practice["display"] for practice in node.get("generalPractitioner", ()))
    if "contentType" in node and "data" in node:
        yield base64.b64decode(node["data"]).decode()
        # Sealed wrongly, the attachment would be found in the form in which it travels.
        yield node["data"]


def _wordings(node: object, name: str) -> Iterator[str]:
    if isinstance(node, list):
        for member in node:
            yield from _wordings(member, name)
    elif isinstance(node, Mapping):
        if name in _CONCEPTS and isinstance(node.get("text"), str):
            yield node["text"]
        for inner, value in node.items():
            yield from _wordings(value, inner)
