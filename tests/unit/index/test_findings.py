"""Promise: what a publisher is told follows from the record alone, and names a status of a statement that nobody knows."""

from typing import Any

import pytest

from services.index.findings import findings_of

SYSTEM = "urn:mash:cs:statement-status"


def told(*tags: dict[str, str]) -> list[str]:
    record: dict[str, Any] = {"resourceType": "Flag", "status": "active", "meta": {"tag": list(tags)}}
    return list(findings_of(record, "2026-11-23"))


@pytest.mark.parametrize("code", ["fact", "opinion", "allegation", "unverified", "found"])
def test_a_known_status_is_no_finding(code: str) -> None:
    assert told({"system": SYSTEM, "code": code}, {"system": "urn:other", "code": "anything"}) == []


@pytest.mark.parametrize("tag", [{"code": "certain"}, {"code": ""}, {}])
def test_an_unknown_status_is_told_to_its_publisher(tag: dict[str, str]) -> None:
    assert told({"system": SYSTEM, **tag}, {"system": SYSTEM, "code": "fact"}) == ["STATEMENT_STATUS"]
