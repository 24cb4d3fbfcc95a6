"""The invented families are invented, valid, ageless, and all their words are known."""

import base64
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from services.contract.canonical import emit, parse
from services.runtime.fhir import faults
from tests.families import EVIE_AFTER, EVIE_BEFORE, SAFE, Resource, northshire, records

ON = date(2026, 11, 23)
FAMILIES = northshire(ON)
RECORDS = records(FAMILIES)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:]+Z)?")


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """(path without indexes, value) of every leaf."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from leaves(value, f"{path}.{name}")
    elif isinstance(node, list):
        for value in node:
            yield from leaves(value, path)
    else:
        yield path, node


def ids(pair: tuple[str, Resource]) -> str:
    return f"{pair[0]}-{pair[1]['resourceType']}-{pair[1]['id'][:8]}"


@pytest.mark.parametrize("pair", RECORDS, ids=ids)
def test_every_record_is_valid_by_the_gate_and_by_an_independent_model(pair: tuple[str, Resource]) -> None:
    record = pair[1]
    assert faults(record) == []
    assert faults(parse(emit(record))) == []
    get_fhir_model_class(record["resourceType"]).model_validate_json(emit(record))


def test_bundles_are_valid_and_put_every_record_under_its_own_id() -> None:
    for sent in FAMILIES.bundles.values():
        assert faults(sent) == []
        for entry in sent["entry"]:
            record = entry["resource"]
            assert entry["request"] == {"method": "PUT", "url": f"{record['resourceType']}/{record['id']}"}
        assert len({entry["fullUrl"] for entry in sent["entry"]}) == len(sent["entry"])


def test_references_lead_to_records_of_the_same_source() -> None:
    held = {(source, f"{record['resourceType']}/{record['id']}") for source, record in RECORDS}
    pointed = {
        (source, value)
        for source, record in RECORDS
        for path, value in leaves(record)
        if path.endswith(".reference")
    }
    assert pointed
    assert pointed <= held


def test_numbers_are_of_the_range_never_issued_and_their_check_digit_is_right() -> None:
    numbers = {
        identifier["value"]
        for _, record in RECORDS
        for identifier in record.get("identifier", ())
        if identifier["system"] == "https://fhir.nhs.uk/Id/nhs-number"
    }
    assert {"9991000011", "9991000046", "9991000054", "9991000062", "9991000089", "9991000100"} <= numbers
    for number in numbers:
        assert number.startswith("999")
        check = (
            11
            - sum(int(digit) * weight for digit, weight in zip(number, range(10, 1, -1), strict=False)) % 11
        )
        assert check != 10
        assert number[9] == str(check % 11)


def test_postcodes_telephones_and_the_tag_say_that_nobody_is_real() -> None:
    for _, record in RECORDS:
        assert {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"} in record[
            "meta"
        ]["tag"]
        for path, value in leaves(record):
            if path.endswith(".postalCode"):
                assert value.startswith("ZZ99 ")
            if path.endswith(".telecom.value"):
                assert re.fullmatch(r"01632 960\d{3}|07700 900\d{3}", value)


def test_every_date_moves_with_the_day_but_a_date_of_birth() -> None:
    later = timedelta(days=400)
    moved = 0
    for (_, before), (_, after) in zip(RECORDS, records(northshire(ON + later)), strict=True):
        for (path, then), (_, now) in zip(leaves(before), leaves(after), strict=True):
            if not (isinstance(then, str) and _DATE.fullmatch(then)) or path == ".birthDate":
                assert then == now
                continue
            gap = date.fromisoformat(now[:10]) - date.fromisoformat(then[:10])
            # Counted in calendar years, five years differ by a leap day.
            assert abs(gap - later) <= timedelta(days=1)
            moved += 1
    assert moved > 100


@pytest.mark.parametrize("on", [date(2028, 2, 29), date(2027, 3, 1)])
def test_the_event_outside_the_window_is_a_day_older_than_five_years(on: date) -> None:
    days = sorted(
        record["period"]["end"]
        for _, record in records(northshire(on))
        if record["resourceType"] == "Encounter" and "hearing test" in record["type"][0]["text"]
    )
    five_years_ago = on.replace(year=on.year - 5, day=min(on.day, 28))
    assert days == [(five_years_ago - timedelta(days=1)).isoformat(), five_years_ago.isoformat()]


def test_ids_say_nothing_and_stay_the_same() -> None:
    again = {record["id"] for _, record in records(northshire(ON + timedelta(days=1)))}
    assert again == {record["id"] for _, record in RECORDS}
    assert len(again) == len(RECORDS)


def test_the_words_hold_every_name_number_place_and_phrase() -> None:
    personal = re.compile(
        r"(^\.identifier\.value|\.name\.(given|family)|\.address\.(line|city|postalCode)|\.telecom\.value"
        r"|\.note\.text|\.dosage\.text|\.rationale|\.answer\.valueString|\.detail\.description)$"
    )
    said = {value for _, record in RECORDS for path, value in leaves(record) if personal.search(path)}
    said |= {
        base64.b64decode(content["attachment"]["data"]).decode()
        for _, record in RECORDS
        for content in record.get("content", ())
    }
    assert len(said) > 100
    assert said <= set(FAMILIES.words)
    assert "Elmfield Primary School" in FAMILIES.words
    assert "Mia Reid" in FAMILIES.words


def test_a_new_name_in_a_record_is_a_new_word() -> None:
    from services.cli.demo.families.words import words_of

    record = {"resourceType": "Patient", "name": [{"given": ["Zephyrine"], "family": "Quill"}]}
    assert set(words_of([record])) == {"Zephyrine", "Quill", "Zephyrine Quill"}


def test_the_safe_address_is_flagged_by_one_source_and_given_unlabelled_by_others() -> None:
    flagged = {
        source
        for source, record in RECORDS
        if any(label["code"] == "L:SAFEADDR" for label in record["meta"].get("security", ()))
    }
    giving = {source for source, record in RECORDS if SAFE.postcode in str(record)}
    assert flagged == {"northshire-csc"}
    assert giving - flagged >= {"northshire-housing", "northshire-gp-live"}
    note = "\n".join(word for word in FAMILIES.words if word.startswith("Visited"))
    assert SAFE.text in note


def test_nothing_joins_evie_before_and_after() -> None:
    def of(number: str) -> set[str]:
        sources = {source for source, record in RECORDS if number in str(record)}
        return {str(value) for source, record in RECORDS if source in sources for _, value in leaves(record)}

    assert EVIE_AFTER.number not in of(EVIE_BEFORE.number)
    assert EVIE_BEFORE.number not in of(EVIE_AFTER.number)
    assert EVIE_BEFORE.family not in of(EVIE_AFTER.number)
