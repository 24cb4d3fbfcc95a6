"""A request that was refused as a whole is an AuditEvent too: by whom, for what, and why not; nobody it was about is in it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from services.contract.canonical import parse
from services.contract.releases import Draft
from services.ledger.auditing.audit_events import audit_events
from services.ledger.reading import Reading
from services.ledger.tree import leaf_hash
from services.runtime.fhir import faults
from services.runtime.note import encode64
from tests.verification.ledger_world import Place, refusal


def told(place: Place, draft: Draft) -> tuple[Sequence[dict[str, Any]], bytes]:
    """The AuditEvents of one entry in the council's log, and its stored leaf."""
    with place.opened() as ledger:
        ledger.append(draft)
    with Reading(place.settings(), place.keys) as reading:
        (leaf,) = [leaf for log, _, leaf in reading.leaves() if log == "council"]
    entry = parse(leaf)["entry"]
    return list(audit_events(str(entry["origin"]), 0, leaf_hash(leaf), entry)), leaf


def test_a_refusal_is_one_event_with_its_reason_and_its_place(tmp_path: Path) -> None:
    (event,), leaf = told(Place(tmp_path), refusal())
    assert not faults(event)
    assert (event["outcome"], event["outcomeDesc"], event["action"]) == ("8", "CONSENT_REFUSED", "E")
    assert (event["type"]["code"], event["subtype"][0]["code"]) == ("110113", "AuthZ-Role")
    assert event["purposeOfEvent"][0]["coding"][0]["code"] == "TREAT"
    roles = [row["coding"][0]["code"] for agent in event["agent"] for row in agent.get("role", ())]
    assert roles == ["GP"]
    (entity,) = event["entity"]
    place = {one["type"]: one for one in entity["detail"]}
    assert place["log"]["valueString"].endswith("/council")
    assert place["leaf-hash"]["valueBase64Binary"] == encode64(leaf_hash(leaf))
    assert "a-doctor" not in str(event)


def test_what_neither_decides_nor_releases_is_no_event(tmp_path: Path) -> None:
    events, _ = told(
        Place(tmp_path), replace(refusal(), kind="release.repeat-refused", ref=("council", "A" * 22))
    )
    assert events == []
