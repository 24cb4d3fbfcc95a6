"""What the sources say differently of one person: two addresses, two dates of birth, alive and dead. Shown, not settled.

Promise: it reads released records only, so it can tell nothing that the answer does not hold; a coarser form of one value
(a year beside a date, a district beside a house) is no difference; no value is put above another.
Source: a wrong address on file cost a home visit (Child Safeguarding Practice Review "Sara", 2025): who says what, and since
when, must be seen before somebody is sent.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.contract.about import NHS_NUMBER
from services.contract.views import Difference, Said
from services.gateway.answering.released import Resource, day_of, name_of, source_of, uprn_of

_OLD = ("old", "maiden", "nickname", "anonymous", "temp")


@dataclass(frozen=True, slots=True)
class Claim:
    """One value of one record: what it is compared by, and how it is told."""

    key: str = field(repr=False)
    said: Said
    past: bool = False


def differences_of(
    released: Mapping[str, Sequence[Resource]], names: Mapping[str, str]
) -> tuple[Difference, ...]:
    """`released`: ref of a person -> the records about them; `names`: source id -> its name."""
    return tuple(
        Difference(person=ref, field=field_, said=said)
        for ref, resources in released.items()
        for field_, read in _READ.items()
        if (said := _differing(_claims(resources, read, names)))
    )


def _claims(resources: Iterable[Resource], read: "Reader", names: Mapping[str, str]) -> list[Claim]:
    return [
        Claim(key, Said(value=value, source=source_of(one, names), start=period.get("start"), end=period.get("end"),
                        received=day_of(one)), past)
        for one in resources
        if one.get("resourceType") == "Patient"
        for key, value, period, past in read(one)
    ]  # fmt: skip


def _differing(claims: Sequence[Claim]) -> tuple[Said, ...]:
    """Every claim in order, where two that hold now are different or one says over what another says holds; else nothing."""
    now = {claim.key for claim in claims if not claim.past}
    over = {claim.key for claim in claims if claim.past}
    plain = {key for key in now if not any(key != other and other.startswith(key) for other in now)}
    if len(plain) < 2 and not now & over:
        return ()
    # What only ever was is history; it is told where it speaks against what somebody takes to hold.
    told = [claim for claim in claims if not claim.past or claim.key in now]
    return tuple(sorted(dict.fromkeys(claim.said for claim in told), key=_neutral))


def _neutral(said: Said) -> tuple[str, ...]:
    """By its letters: an order that puts nobody's word above another's."""
    return (said.value, said.source or "", said.start or "", said.end or "", said.received or "")


Told = tuple[str, str, Mapping[str, str], bool]
"""What it is compared by, how it is told, its period, and whether it is over by the record's own word."""
Reader = Callable[[Resource], Iterator[Told]]


def _names(patient: Resource) -> Iterator[Told]:
    for name in patient.get("name", ()):
        text = name_of(name)
        if text and name.get("use") not in _OLD and "end" not in name.get("period", {}):
            yield _squeezed(text), text, _period(name), False
            return


def _birth(patient: Resource) -> Iterator[Told]:
    born = patient.get("birthDate")
    if isinstance(born, str):
        yield born, born, {}, False


def _sex(patient: Resource) -> Iterator[Told]:
    sex = patient.get("gender")
    if isinstance(sex, str) and sex != "unknown":
        yield sex, sex, {}, False


def _numbers(patient: Resource) -> Iterator[Told]:
    for one in patient.get("identifier", ()):
        value = one.get("value")
        if one.get("system") == NHS_NUMBER and isinstance(value, str):
            period = _period(one)
            yield value, value, period, one.get("use") == "old" or "end" in period


def _death(patient: Resource) -> Iterator[Told]:
    died = patient.get("deceasedDateTime")
    if isinstance(died, str):
        yield "yes " + died, died, {}, False
    elif isinstance(patient.get("deceasedBoolean"), bool):
        dead = bool(patient["deceasedBoolean"])
        yield ("yes" if dead else "no"), ("yes" if dead else "no"), {}, False


def _homes(patient: Resource) -> Iterator[Told]:
    for address in patient.get("address", ()):
        lines = [str(line) for line in address.get("line", ()) if line]
        code = str(address.get("postalCode", ""))
        # A district or a town is a home made coarser.
        if lines and address.get("use") not in ("work", "billing"):
            period = _period(address)
            text = ", ".join(filter(None, (*lines, str(address.get("city", "")), code)))
            past = address.get("use") == "old" or "end" in period
            yield uprn_of(address) or _squeezed("".join(lines) + code), text, period, past


_READ: Mapping[str, Reader] = {
    "name": _names,
    "birth-date": _birth,
    "sex": _sex,
    "nhs-number": _numbers,
    "death": _death,
    "address": _homes,
}


def _period(element: Mapping[str, Any]) -> Mapping[str, str]:
    period = element.get("period", {})
    return {name: str(period[name])[:10] for name in ("start", "end") if period.get(name)}


def _squeezed(text: str) -> str:
    return "".join(ch for ch in text.casefold() if ch.isalnum())
