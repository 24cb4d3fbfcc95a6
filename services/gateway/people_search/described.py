"""Whom a $match or a search describes, read and judged: a Patient in Parameters, or the parameters of a form.

Promise: every fault is named by its place with a remedy, and echoes no value; what is not offered is refused, never ignored;
what comes out is one description, in the words of the index (`About`) and as a FHIR Patient to be weighed.
Source: FHIR R4 Patient/$match; IHE PDQm 3.1 (ITI-119, ITI-78); NHS Personal Demographics Service, patient search.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import nhs_number

from services.contract.about import NHS_NUMBER, About
from services.gateway.answering.released import uprn_of
from services.gateway.parts import Gate
from services.runtime.problem_pages import Issue, Rejected

MOST = 50
"""People in one answer."""
LONGEST = 200
"""Characters of one word of a description."""
FEWEST = 2
_DATE = re.compile(r"^\d{4}(-\d{2}(-\d{2})?)?$")
_SEXES = ("male", "female", "other", "unknown")
_NOT_ENOUGH = "Give an NHS number, or at least two of family name, given name, date of birth, postcode and telephone number."


@dataclass(frozen=True, slots=True)
class Described:
    """One description, and how much of an answer is wanted."""

    about: About = field(repr=False)
    patient: Mapping[str, Any] = field(repr=False)
    certain_only: bool = False
    count: int = MOST
    wide: bool = True
    """Names that sound alike or nearly agree are wanted too."""


def of_parameters(body: Mapping[str, Any], gate: Gate) -> Described:
    """The input of $match. Raises `Rejected`."""
    if body.get("resourceType") != "Parameters":
        raise _rejected(
            "structure", "Parameters", "This address takes a Parameters resource with one Patient."
        )
    given = body.get("parameter")
    rows = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    named = {
        name: [one for one in rows if one.get("name") == name]
        for name in ("resource", "onlyCertainMatches", "count")
    }
    if len(rows) != sum(map(len, named.values())) or (given is not None and len(rows) != len(given)):
        message = "This operation takes resource, onlyCertainMatches and count, and nothing else."
        raise _rejected("not-supported", "Parameters.parameter", message)
    patient = _patient(named["resource"], gate)
    return Described(
        about=_about(_words(patient), "Parameters.parameter[resource].resource"),
        patient=patient,
        certain_only=_certain_only(named["onlyCertainMatches"]),
        count=_count_of(named["count"]),
    )


def _patient(rows: Sequence[Mapping[str, Any]], gate: Gate) -> Mapping[str, Any]:
    place = "Parameters.parameter[resource]"
    if len(rows) != 1:
        none = "This operation needs a parameter `resource` that holds a Patient."
        several = "This operation takes one Patient, not several: send one by one."
        raise _rejected("invalid" if rows else "required", place, several if rows else none)
    patient = rows[0].get("resource")
    if not isinstance(patient, dict) or patient.get("resourceType") != "Patient":
        raise _rejected(
            "invalid", f"{place}.resource", "The parameter `resource` holds a Patient, and no other type."
        )
    faults = gate(patient)
    if faults:
        told = [_fault(f"{place}.resource", one.path, one.message) for one in faults[:20]]
        raise Rejected(told, "the Patient is not valid FHIR R4")
    return patient


def _fault(place: str, path: str, message: str) -> Issue:
    return Issue("invalid", f"{place}.{path.removeprefix('Patient.')}".rstrip("."), message)


def _certain_only(rows: Sequence[Mapping[str, Any]]) -> bool:
    values = [one.get("valueBoolean") for one in rows]
    if len(values) > 1 or not all(isinstance(value, bool) for value in values):
        raise _rejected(
            "invalid", "Parameters.parameter[onlyCertainMatches]", "Give it once, as valueBoolean."
        )
    return values == [True]


def _count_of(rows: Sequence[Mapping[str, Any]]) -> int:
    place = "Parameters.parameter[count]"
    if not rows:
        return MOST
    value = rows[0].get("valueInteger")
    if len(rows) > 1 or isinstance(value, bool | str) or value is None:
        raise _rejected("invalid", place, f"Give it once, as valueInteger from 1 to {MOST}.")
    return _within(int(value) if float(value).is_integer() else 0, place)


def _within(count: int, place: str) -> int:
    if not 1 <= count <= MOST:
        raise _rejected("invalid", place, f"Ask for 1 to {MOST} people.")
    return count


def _words(patient: Mapping[str, Any]) -> dict[str, str]:
    """The words by which somebody is looked for: the first of each that is not past."""
    names: list[Mapping[str, Any]] = [one for one in patient.get("name", ()) if one.get("use") != "old"]
    name = names[0] if names else {}
    numbers = [
        one.get("value", "") for one in patient.get("identifier", ()) if one.get("system") == NHS_NUMBER
    ]
    homes = [one for one in patient.get("address", ()) if one.get("use") != "old"]
    text = str(name.get("text", "")).split() if not name.get("family") and not name.get("given") else []
    given = [str(one) for one in name.get("given", ()) if one] or text[:-1]
    return {
        "nhs_number": str(next(iter(numbers), "")),
        "given": given[0] if given else "",
        "family": str(name.get("family", "")) or (text[-1] if text else ""),
        "birth_date": str(patient.get("birthDate", "")),
        "sex": str(patient.get("gender", "")),
        "postcode": str(next((one["postalCode"] for one in homes if one.get("postalCode")), "")),
        "uprn": next(filter(None, (uprn_of(one) for one in homes)), ""),
        "phone": _phone(patient),
    }


def _phone(patient: Mapping[str, Any]) -> str:
    points = (one for one in patient.get("telecom", ()) if one.get("system") in ("phone", "sms"))
    return str(next((one["value"] for one in points if one.get("value")), ""))


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the search: the word it becomes, and the text for whoever has it wrong."""

    word: str
    form: str


PARAMETERS: Mapping[str, Parameter] = {
    "identifier": Parameter("nhs_number", f"`{NHS_NUMBER}|` and the ten digits of an NHS number"),
    "family": Parameter("family", "a family name, or how it begins"),
    "given": Parameter("given", "a given name, or how it begins"),
    "birthdate": Parameter("birth_date", "a day, a month or a year: 2019-05-07, 2019-05 or 2019"),
    "gender": Parameter("sex", "male, female, other or unknown"),
    "address-postalcode": Parameter("postcode", "a postcode"),
    "phone": Parameter("phone", "a telephone number"),
}
"""Search parameters of ITI-78 that the hub offers: no `active`, no `mothersMaidenName`, no chains and no includes."""
COUNT, WIDE = "_count", "_fuzzy-match"


def of_form(pairs: Sequence[tuple[str, str]]) -> Described:
    """The input of the search for people. Raises `Rejected`."""
    names = [name for name, _ in pairs]
    offered = (*PARAMETERS, COUNT, WIDE)
    if set(names) - set(offered):
        raise _rejected(
            "not-supported",
            "",
            f"One of the parameters is not offered here. Offered are: {', '.join(offered)}.",
        )
    if len(set(names)) != len(names):
        raise _rejected(
            "invalid", next(name for name in names if names.count(name) > 1), "Give each parameter once."
        )
    told = dict(pairs)
    words = {
        parameter.word: _read(name, told[name]) for name, parameter in PARAMETERS.items() if name in told
    }
    about = _about(words, "")
    return Described(
        about=about,
        patient=_as_patient(about),
        count=_counted(told[COUNT]) if COUNT in told else MOST,
        wide=_truth(told.get(WIDE, "false")),
    )


def _counted(value: str) -> int:
    return _within(int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0, COUNT)


def _truth(value: str) -> bool:
    if value not in ("true", "false"):
        raise _rejected("invalid", WIDE, "Give true or false.")
    return value == "true"


def _read(name: str, value: str) -> str:
    text = value.strip()
    if name == "identifier":
        system, _, text = text.rpartition("|")
        if system not in ("", NHS_NUMBER):
            raise _rejected(
                "not-supported", name, f"People are found by their NHS number: {PARAMETERS[name].form}."
            )
    if name == "birthdate":
        text = text.removeprefix("eq")
    # Every name is taken for how a name begins.
    return text.removesuffix("*") if name in ("family", "given") else text


def _about(words: Mapping[str, str], place: str) -> About:
    """The description in the words of the index, each held against its form."""
    told = {name: " ".join(value.split()) for name, value in words.items() if value.strip()}
    issues = [Issue("invalid", f"{place}.{name}".lstrip("."), message) for name, message in _wrong(told)]
    told = {name: value for name, value in told.items() if name != "sex" or value in _SEXES}
    looked_for = set(told) - {"sex"}
    if not issues and "nhs_number" not in told and len(looked_for) < FEWEST:
        issues.append(Issue("incomplete", place, _NOT_ENOUGH))
    if issues:
        raise Rejected(issues, "nobody was looked for")
    return About(**told)


def _wrong(told: Mapping[str, str]) -> list[tuple[str, str]]:
    found = [(name, f"At most {LONGEST} characters.") for name, value in told.items() if len(value) > LONGEST]
    if "nhs_number" in told and not nhs_number.validate.is_valid(told["nhs_number"].replace(" ", "")):
        found.append(
            (
                "nhs_number",
                "An NHS number has ten digits, of which the last is its check digit: look at it again.",
            )
        )
    if "birth_date" in told and not _DATE.match(told["birth_date"]):
        found.append(
            ("birth_date", "A date of birth is a day, a month or a year: 2019-05-07, 2019-05 or 2019.")
        )
    if "sex" in told and told["sex"] not in _SEXES:
        found.append(("sex", f"It is one of {', '.join(_SEXES)}."))
    found += [(name, f"At most {most} characters.") for name, most in (("postcode", 10), ("phone", 30))
              if len(told.get(name, "")) > most]  # fmt: skip
    if "uprn" in told and not re.fullmatch(r"\d{1,12}", told["uprn"]):
        found.append(("uprn", "A UPRN has up to twelve digits."))
    found += [(name, "It needs a letter; a star stands at the end only.") for name in ("family", "given")
              if name in told and (not any(ch.isalpha() for ch in told[name]) or "*" in told[name])]  # fmt: skip
    return found


def _as_patient(about: About) -> Mapping[str, Any]:
    name = {"family": about.family, "given": [about.given] if about.given else None}
    made = {
        "resourceType": "Patient",
        "identifier": [{"system": NHS_NUMBER, "value": about.nhs_number}] if about.nhs_number else None,
        "name": [{key: value for key, value in name.items() if value}]
        if about.family or about.given
        else None,
        "birthDate": about.birth_date,
        "gender": about.sex,
        "address": [{"postalCode": about.postcode}] if about.postcode else None,
        "telecom": [{"system": "phone", "value": about.phone}] if about.phone else None,
    }
    return {key: value for key, value in made.items() if value}


def _rejected(code: str, place: str, message: str) -> Rejected:
    return Rejected([Issue(code, place, message)], "nobody was looked for")
