"""What a publisher is told of the quality of a record: codes that follow from the record alone.

Promise: the same record gives the same findings whatever the index holds and whatever it was linked to. A finding refuses
nothing: the record is stored, found by what it says, and linked by the rules only.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from services.contract.about import NHS_NUMBER
from services.contract.vocabulary import codes
from services.index import consent, normalise, reduce
from services.index.read import dicts, text_of

_STATEMENT = "urn:mash:cs:statement-status"
MANY = 10
"""Given names of one name beyond which it is a list of something else."""
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2}|GIR0AA")
"""Outward and inward code without the space (BS 7666)."""


def findings_of(resource: Mapping[str, Any], on: str) -> Iterator[str]:
    """Of a person: NHS_NUMBER_CHECK, BIRTH_DATE_FUTURE, BIRTH_DATE_PART, BIRTH_DATE_PLACEHOLDER, POSTCODE_FORM, NO_NAME,
    NICKNAME_ONLY, NAME_SCRIPT, NAME_PLACEHOLDER, NAME_LIST. Of others: CONSENT_SHAPE, UNKNOWN_CODE. Of any: STATEMENT_STATUS.
    """
    given = [tag for tag in dicts(resource.get("meta", {}).get("tag")) if tag.get("system") == _STATEMENT]
    if any(tag.get("code") not in codes("statement-status") for tag in given):
        yield "STATEMENT_STATUS"
    kind = resource.get("resourceType")
    if kind in ("Patient", "RelatedPerson"):
        yield from _of_number_and_birth(resource, on)
        yield from _of_names(dicts(resource.get("name")))
        found = [normalise.postcode(text_of(one.get("postalCode"))) for one in dicts(resource.get("address"))]
        if any(code and not _POSTCODE.fullmatch(code) for code in found):
            yield "POSTCODE_FORM"
    elif kind == "Consent" and consent.read_consent(resource, on).finding:
        yield consent.SHAPE
    elif reduce.unknown_code(resource):
        yield "UNKNOWN_CODE"


def _of_number_and_birth(resource: Mapping[str, Any], on: str) -> Iterator[str]:
    numbers = [one for one in dicts(resource.get("identifier")) if one.get("system") == NHS_NUMBER]
    if any("value" in one and not normalise.number(text_of(one["value"])) for one in numbers):
        yield "NHS_NUMBER_CHECK"
    born = text_of(resource.get("birthDate"))
    if born > on:
        yield "BIRTH_DATE_FUTURE"
    elif born in normalise.PLACEHOLDER_DATES:
        yield "BIRTH_DATE_PLACEHOLDER"
    elif born and not normalise.birth_date(born):
        yield "BIRTH_DATE_PART"


def _of_names(names: list[Mapping[str, Any]]) -> Iterator[str]:
    if not names:
        yield "NO_NAME"
        return
    if all(name.get("use") == "nickname" for name in names):
        yield "NICKNAME_ONLY"
    words = [word for name in names for word in _words(name)]
    if any(normalise.squeeze(word) in normalise.PLACEHOLDERS for word in words):
        yield "NAME_PLACEHOLDER"
    if any(not normalise.squeeze(word).isascii() for word in words):
        yield "NAME_SCRIPT"
    if any(len(_texts(name.get("given"))) > MANY for name in names):
        yield "NAME_LIST"


def _words(name: Mapping[str, Any]) -> Iterator[str]:
    parts = [*_texts(name.get("given")), text_of(name.get("family"))]
    yield from " ".join(parts if any(parts) else [text_of(name.get("text"))]).split()


def _texts(value: object) -> list[str]:
    """The strings of an array; anything else is none."""
    return [text_of(one) for one in value if text_of(one)] if isinstance(value, list) else []
