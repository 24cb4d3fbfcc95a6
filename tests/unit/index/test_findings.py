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


def of_person(**said: Any) -> list[str]:
    plain = {
        "resourceType": "Patient",
        "name": [{"family": "Reid", "given": ["Mia"]}],
        "birthDate": "2019-05-07",
    }
    return list(findings_of(plain | said, "2026-11-23"))


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, None),
        ({"name": [{"family": "O'Reilly-Ng", "given": ["Zoë"]}]}, None),
        ({"birthDate": "2019"}, "BIRTH_DATE_PART"),
        ({"birthDate": "2019-05"}, "BIRTH_DATE_PART"),
        ({"birthDate": "2027"}, "BIRTH_DATE_FUTURE"),
        ({"birthDate": "1900-01-01"}, "BIRTH_DATE_PLACEHOLDER"),
        ({"birthDate": None}, None),
        ({"name": []}, "NO_NAME"),
        ({"name": [{"use": "nickname", "text": "Dave"}]}, "NICKNAME_ONLY"),
        ({"name": [{"use": "nickname", "text": "Dave"}, {"text": "David Cole"}]}, None),
        ({"name": [{"text": "Baby of Reid"}]}, "NAME_PLACEHOLDER"),
        ({"name": [{"text": "محمد علي"}]}, "NAME_SCRIPT"),
        ({"name": [{"family": "Reid", "given": ["Mia"] * 11}]}, "NAME_LIST"),
        ({"name": [{"family": "Reid", "given": ["Mia"] * 10}]}, None),
        ({"name": [{"given": None, "family": None}]}, None),
        ({"address": [{"postalCode": "75001"}]}, "POSTCODE_FORM"),
        ({"address": [{"postalCode": "zz98 1aa"}, {"postalCode": "ZZ991AA"}, {"postalCode": ""}]}, None),
        ({"address": [{"postalCode": None}]}, None),
    ],
)
def test_an_odd_person_is_told_to_the_publisher(said: dict[str, Any], code: str | None) -> None:
    assert of_person(**said) == ([code] if code else [])
