"""What a Patient or RelatedPerson says of a person, read out of FHIR into a summary.

Promise: the summary holds everything by which a person is found, linked and placed, and nothing else; reading never
raises on a valid resource, and a number counts as verified only on the source's word that it was traced.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from services.contract.about import NHS_NUMBER
from services.index import normalise

SCHOOL = "urn:mash:ext:school"
"""Extension: the name of a school, as text."""
VERIFICATION = "NHSNumberVerificationStatus"
"""UK Core's extension on the identifier ends so; 01 = number present and verified."""
INTRODUCE = ("Patient", "RelatedPerson")
"""The types that introduce a person."""


@dataclass(frozen=True, slots=True, repr=False)
class Number:
    """An NHS number whose check digit is right."""

    value: str
    verified: bool
    old: bool = False
    """The record says that it was superseded: of use `old`, or its period ended."""


@dataclass(frozen=True, slots=True, repr=False)
class Name:
    """One name: for comparing (`family`, `given`) and as written (`text`)."""

    family: str
    given: str
    """The first given name."""
    text: str
    more: tuple[str, ...] = ()
    """Further given names, in their order."""


@dataclass(frozen=True, slots=True, repr=False)
class Home:
    """One address at which somebody lives or lived."""

    uprn: str
    text: str
    """Lines and postcode, squeezed."""
    postcode: str
    start: str
    end: str
    street: str = ""
    """The name of the street, squeezed, without a number: what a worker remembers of an address."""

    def current(self, on: str) -> bool:
        """Whether it is an address on the day `on`; partial dates count by their first day, an end by its last."""
        return self.start[:10] <= on and (not self.end or self.end[:10] >= on[: len(self.end[:10])])


@dataclass(frozen=True, slots=True, repr=False)
class Summary:
    """A person as one record introduces them."""

    numbers: tuple[Number, ...]
    names: tuple[Name, ...]
    birth_date: str
    """Whole date or empty."""
    born: str
    """As written, for its year."""
    sex: str
    homes: tuple[Home, ...]
    restricted: bool
    """The record itself is R or V: out of searches by location (PDS)."""
    phones: tuple[str, ...] = ()
    """Digits of each telephone number, `+44` as `0`."""
    multiple: bool = False
    """Said to be one of a multiple birth (Patient.multipleBirth)."""
    schools: tuple[str, ...] = ()
    """Names of schools, squeezed."""

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @property
    def verified(self) -> str:
        """The one verified number; empty where there is none or more than one."""
        found = {number.value for number in self.numbers if number.verified}
        return found.pop() if len(found) == 1 else ""

    @property
    def live_numbers(self) -> frozenset[str]:
        """The verified numbers that are in use."""
        return frozenset(number.value for number in self.numbers if number.verified)

    @property
    def old_numbers(self) -> frozenset[str]:
        """Numbers that the record itself says were superseded."""
        return frozenset(number.value for number in self.numbers if number.old)


def from_plain(value: Mapping[str, Any]) -> Summary:
    """The summary that `plain` made."""
    return Summary(
        numbers=tuple(Number(**one) for one in value["numbers"]),
        names=tuple(Name(**{**one, "more": tuple(one.get("more", ()))}) for one in value["names"]),
        birth_date=value["birth_date"],
        born=value["born"],
        sex=value["sex"],
        homes=tuple(Home(**one) for one in value["homes"]),
        restricted=value["restricted"],
        phones=tuple(value.get("phones", ())),
        multiple=value.get("multiple", False),
        schools=tuple(value.get("schools", ())),
    )


def summarise(resource: Mapping[str, Any], traces: bool, confidentiality: str) -> Summary:
    """The summary of a Patient or RelatedPerson; `traces`: its source traces every number it holds."""
    born = text_of(resource.get("birthDate"))
    return Summary(
        numbers=tuple(_numbers(resource, traces)),
        names=tuple(_names(resource)),
        birth_date=normalise.birth_date(born),
        born=born,
        sex=text_of(resource.get("gender")),
        homes=tuple(_homes(resource)),
        restricted=confidentiality not in ("U", "L", "M", "N"),
        phones=tuple(dict.fromkeys(_phones(resource))),
        multiple=_multiple(resource),
        schools=tuple(dict.fromkeys(_schools(resource))),
    )


def text_of(value: object) -> str:
    """The string itself, else empty: what a valid record masks or leaves out is nothing."""
    return value if isinstance(value, str) else ""


def dicts(value: object) -> list[Mapping[str, Any]]:
    """The objects of an array, or of one object; anything else is none."""
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, dict)]


def codings(concept: object) -> Iterator[tuple[str, str]]:
    """(system, code) of every coding of one CodeableConcept or of several."""
    for one in dicts(concept):
        for coding in dicts(one.get("coding")):
            yield text_of(coding.get("system")), text_of(coding.get("code"))


def security(resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(system, code) of every label in `meta.security`."""
    meta = resource.get("meta")
    for coding in dicts(meta.get("security")) if isinstance(meta, dict) else ():
        yield text_of(coding.get("system")), text_of(coding.get("code"))


def _numbers(resource: Mapping[str, Any], traces: bool) -> Iterator[Number]:
    for identifier in dicts(resource.get("identifier")):
        if identifier.get("system") != NHS_NUMBER:
            continue
        value = normalise.number(text_of(identifier.get("value")))
        if value:
            old = _superseded(identifier)
            yield Number(value, not old and _verified(identifier, traces), old)


def _superseded(identifier: Mapping[str, Any]) -> bool:
    ended = isinstance(identifier.get("period"), dict) and identifier["period"].get("end")
    return identifier.get("use") == "old" or bool(ended)


def _verified(identifier: Mapping[str, Any], traces: bool) -> bool:
    said = [
        code
        for extension in dicts(identifier.get("extension"))
        if VERIFICATION in text_of(extension.get("url"))
        for _, code in codings(extension.get("valueCodeableConcept"))
    ]
    # What the record says of its own number is later and nearer than what the source says of all its numbers.
    return "01" in said if said else traces


def _names(resource: Mapping[str, Any]) -> Iterator[Name]:
    # Usual and official names first: the first is the one shown.
    ordered = sorted(
        dicts(resource.get("name")), key=lambda name: name.get("use") in ("old", "maiden", "nickname")
    )
    for name in ordered:
        given = " ".join(text_of(one) for one in name.get("given") or () if text_of(one))
        family = text_of(name.get("family"))
        text = " ".join(part for part in (given, family) if part) or text_of(name.get("text"))
        if text:
            more = tuple(filter(None, map(normalise.name_key, given.split()[1:])))
            yield Name(normalise.name_key(family), normalise.first_given(given), text, more)


def _homes(resource: Mapping[str, Any]) -> Iterator[Home]:
    for address in dicts(resource.get("address")):
        if address.get("use") in ("old", "billing", "work") or address.get("type") == "postal":
            continue
        lines = [text_of(line) for line in address.get("line") or ()]
        code = normalise.postcode(text_of(address.get("postalCode")))
        period = next(iter(dicts(address.get("period"))), {})
        uprn = _uprn(address)
        text = normalise.squeeze("".join(lines)) or ""
        # A postcode alone is a street, not a home.
        if uprn or text:
            place = code or normalise.squeeze(text_of(address.get("city")))
            yield Home(uprn, text + place if text else "", code,
                       text_of(period.get("start")), text_of(period.get("end")),
                       normalise.street(lines))  # fmt: skip


def _phones(resource: Mapping[str, Any]) -> Iterator[str]:
    for point in dicts(resource.get("telecom")):
        if point.get("system") in ("phone", "sms") and point.get("use") not in ("old", "work"):
            value = normalise.phone(text_of(point.get("value")))
            if value:
                yield value


def _schools(resource: Mapping[str, Any]) -> Iterator[str]:
    for extension in dicts(resource.get("extension")):
        if extension.get("url") == SCHOOL and (
            name := normalise.squeeze(text_of(extension.get("valueString")))
        ):
            yield name


def _multiple(resource: Mapping[str, Any]) -> bool:
    return resource.get("multipleBirthBoolean") is True or "multipleBirthInteger" in resource


def _uprn(address: Mapping[str, Any]) -> str:
    for extension in dicts(address.get("extension")):
        url = text_of(extension.get("url"))
        if "UPRN" in url:
            inner = extension.get("valueIdentifier")
            return _digits(inner.get("value") if isinstance(inner, dict) else extension.get("valueString"))
        # UK Core's AddressKey: a type coding of UPRN beside the value.
        if "AddressKey" in url:
            parts = {text_of(one.get("url")): one for one in dicts(extension.get("extension"))}
            kinds = {code for _, code in _coded(parts.get("type", {}))}
            if "UPRN" in kinds:
                return _digits(parts.get("value", {}).get("valueString"))
    return ""


def _coded(extension: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from codings({"coding": dicts(extension.get("valueCoding"))})
    yield from codings(extension.get("valueCodeableConcept"))


def _digits(value: object) -> str:
    return "".join(ch for ch in text_of(value) if ch.isdecimal()).lstrip("0")
