"""What a publisher is told of the quality of a record: codes that follow from the record alone.

Promise: the same record gives the same findings whatever the index holds and whatever it was linked to.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from services.contract.vocabulary import codes
from services.index import consent, normalise, reduce
from services.index.read import dicts, text_of

_STATEMENT = "urn:mash:cs:statement-status"


def findings_of(resource: Mapping[str, Any], on: str) -> Iterator[str]:
    """NHS_NUMBER_CHECK | BIRTH_DATE_FUTURE | NO_NAME | CONSENT_SHAPE | UNKNOWN_CODE | STATEMENT_STATUS."""
    given = [tag for tag in dicts(resource.get("meta", {}).get("tag")) if tag.get("system") == _STATEMENT]
    if any(tag.get("code") not in codes("statement-status") for tag in given):
        yield "STATEMENT_STATUS"
    kind = resource.get("resourceType")
    if kind in ("Patient", "RelatedPerson"):
        numbers = [
            one for one in dicts(resource.get("identifier")) if one.get("system") == normalise.NHS_NUMBER
        ]
        if any("value" in one and not normalise.number(text_of(one["value"])) for one in numbers):
            yield "NHS_NUMBER_CHECK"
        if text_of(resource.get("birthDate")) > on:
            yield "BIRTH_DATE_FUTURE"
        if not dicts(resource.get("name")):
            yield "NO_NAME"
    elif kind == "Consent" and consent.read_consent(resource, on).finding:
        yield consent.SHAPE
    elif reduce.unknown_code(resource):
        yield "UNKNOWN_CODE"
