"""The coarser forms in which an element may leave: pure functions from a FHIR value to a FHIR value.

Promise: a form says nothing that the value, or the kind of the source, did not say; a value that a form does not fit has
no form (`None`), and is then withheld.

    keep       as it is                        drop       not at all
    month      2024-05-17 -> 2024-05           year       2024-05-17 -> 2024; a Period likewise at both ends
    district   an address -> its outward code  yes        an extension -> the same URL with `true`
    kind       the words for the kind of source, such as "adult health service"
    in-service the words for being in such a service, such as "substance use, in treatment"
    top-label  a code -> the general label that the catalogue gives for it
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.contract.decisions import AXES
from services.gateway.catalogue.paths import Forms

DROP: Final = object()
"""The element does not leave at this level."""

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\S+)?)?)?")
_OUTWARD = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)\d[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Words:
    """What may be said in place of a provider or a service, and in place of a code."""

    services: Mapping[str, str]
    """`kind` and `in-service` for this source's kind; a word that is not there has no form."""
    top_labels: Mapping[str, Mapping[str, str]]


def forms_at(forms: Forms, how: Mapping[str, str]) -> tuple[str, ...] | None:
    """The forms that an element takes at the levels asked for, in the order of the axes; None where one has none."""
    if not how:
        return None
    words = []
    for axis in AXES:
        level = how.get(axis)
        if level is None or level == AXES[axis][0]:
            continue
        word = forms.get(axis, {}).get(level)
        if word is None:
            return None
        words.append(word)
    if not words or how.keys() - AXES.keys():
        return None
    return ("drop",) if "drop" in words else tuple(word for word in words if word != "keep")


def in_form(value: Any, word: str, words: Words) -> Any:
    """The value in one form: a new value, DROP, or None where the form does not fit it."""
    match word:
        case "drop":
            return DROP
        case "month":
            return _cut(value, 7)
        case "year":
            return _cut(value, 4)
        case "district":
            return _district(value)
        case "yes":
            return (
                {"url": value["url"], "valueBoolean": True}
                if isinstance(value, dict) and "url" in value
                else None
            )
        case "kind" | "in-service":
            return _said(value, words.services.get(word))
        case "top-label":
            return _label(value, words.top_labels)
        case _:
            return None


def _cut(value: Any, length: int) -> Any:
    if isinstance(value, str):
        return value[:length] if _DATE.fullmatch(value) else None
    if not isinstance(value, dict):
        return None
    ends = {end: _cut(value[end], length) for end in ("start", "end") if end in value}
    return ends if ends and None not in ends.values() else None


def _district(value: Any) -> Any:
    written = value.get("postalCode") if isinstance(value, dict) else None
    if not isinstance(written, str):
        return None
    match = _OUTWARD.fullmatch(re.sub(r"[^A-Z\d]", "", written.upper()))
    return {"postalCode": match[1]} if match else None


def _said(value: Any, words: str | None) -> Any:
    """A string, CodeableConcept, Coding or Reference that says `words` and nothing else."""
    if not words:
        return None
    if isinstance(value, str):
        return words
    if not isinstance(value, dict):
        return None
    concept = "coding" in value or "text" in value
    return {"text": words} if concept else {"display": words}


def _label(value: Any, labels: Mapping[str, Mapping[str, str]]) -> Any:
    if not isinstance(value, dict):
        return None
    codings = value.get("coding", [value])
    found = next((labels[str(c.get("code"))] for c in codings if str(c.get("code")) in labels), None)
    if found is None:
        return None
    return {"coding": [dict(found)]} if "coding" in value else dict(found)
