"""Each rule on what stands in what, Bundles and contained resources: kept here, and broken here."""

import inspect
import re
from typing import Any

import pytest

from services.runtime import fhir_rules
from tests.unit.runtime.test_fhir_rules import ORGANISATION, example, kept_and_broken
from tests.unit.runtime.test_fhir_rules import RULED as OF_ONE


def bundle(kind: str, *entries: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries), **changes}


COMPOSITION = {
    "resourceType": "Composition",
    "status": "final",
    "type": {"text": "Plan"},
    "date": "2026",
    "author": [{"display": "x"}],
    "title": "Plan",
}
DOCUMENT = {
    "identifier": {"system": "https://example.org/id", "value": "1"},
    "timestamp": "2026-01-01T00:00:00Z",
}
FOUND = {"fullUrl": "https://example.org/Organization/1", "resource": ORGANISATION}
ASKED = {"request": {"method": "GET", "url": "Patient/1"}}
CONTAINED = {"resourceType": "Practitioner", "id": "author"}
POINTS_UP = {**CONTAINED, "id": "b", "extension": [{"url": "x", "valueUri": "#"}]}

# key of the rule, what keeps it, what breaks it, and where
RULED: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    (
        "bdl-2",
        bundle("searchset", {**FOUND, "search": {"mode": "match"}}),
        bundle("collection", {**FOUND, "search": {"mode": "match"}}),
        "Bundle.entry[0]",
    ),
    ("bdl-3", bundle("batch", ASKED), bundle("collection", {**FOUND, **ASKED}), "Bundle.entry[0]"),
    ("bdl-3", bundle("collection", FOUND), bundle("transaction", FOUND), "Bundle.entry[0]"),
    (
        "bdl-4",
        bundle("batch-response", {"response": {"status": "200"}}),
        bundle("collection", {**FOUND, "response": {"status": "200"}}),
        "Bundle.entry[0]",
    ),
    (
        "bdl-7",
        bundle("collection", FOUND, {**FOUND, "fullUrl": "https://example.org/Organization/2"}),
        bundle("collection", FOUND, FOUND),
        "Bundle.entry",
    ),
    (
        "bdl-8",
        bundle("collection", FOUND),
        bundle("collection", {**FOUND, "fullUrl": "https://example.org/Organization/1/_history/2"}),
        "Bundle.entry[0]",
    ),
    (
        "bdl-9",
        bundle("document", {"resource": COMPOSITION}, **DOCUMENT),
        bundle("document", {"resource": COMPOSITION}, timestamp=DOCUMENT["timestamp"]),
        "Bundle",
    ),
    (
        "bdl-10",
        bundle("document", {"resource": COMPOSITION}, **DOCUMENT),
        bundle("document", {"resource": COMPOSITION}, identifier=DOCUMENT["identifier"]),
        "Bundle",
    ),
    (
        "bdl-11",
        bundle("document", {"resource": COMPOSITION}, FOUND, **DOCUMENT),
        bundle("document", FOUND, {"resource": COMPOSITION}, **DOCUMENT),
        "Bundle.entry",
    ),
    ("bdl-12", bundle("collection", FOUND), bundle("message", FOUND), "Bundle.entry"),
    (
        "dom-2",
        example("Flag"),
        example("Flag", contained=[{**CONTAINED, "contained": [POINTS_UP]}]),
        "Flag.contained[0]",
    ),
    (
        "dom-3",
        example(
            "Flag",
            contained=[CONTAINED, POINTS_UP],
        ),
        example("Flag", contained=[CONTAINED, {**CONTAINED, "id": "b"}]),
        "Flag.contained[1]",
    ),
    (
        "dom-4",
        example("Flag", contained=[{**CONTAINED, "meta": {"source": "x"}}]),
        example("Flag", contained=[{**CONTAINED, "meta": {"versionId": "1"}}]),
        "Flag.contained[0]",
    ),
    (
        "dom-5",
        example("Flag", contained=[{**CONTAINED, "meta": {"tag": [{"code": "x"}]}}]),
        example("Flag", contained=[{**CONTAINED, "meta": {"security": [{"code": "R"}]}}]),
        "Flag.contained[0]",
    ),
]


@pytest.mark.parametrize(("key", "good", "bad", "where"), RULED, ids=[row[0] for row in RULED])
def test_each_rule_is_kept_and_broken(
    key: str, good: dict[str, Any], bad: dict[str, Any], where: str
) -> None:
    kept_and_broken(key, good, bad, where)


def test_no_rule_is_without_a_row() -> None:
    keys = set(re.findall(r'"([a-z]{3}-\d+)"', inspect.getsource(fhir_rules)))
    assert keys == {row[0] for row in (*OF_ONE, *RULED)}
