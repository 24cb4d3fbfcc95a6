"""Whether what a worker says of a person agrees with a record of them.

Promise: the answer is yes or no; somebody unknown costs the same statements and the same opening of a sealed row; of a mother
nothing confirms but a child not yet born, whose records of relationship name her.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from services.contract.about import IDENTIFIERS, OF_MOTHER
from services.index import family, normalise
from services.index.asking import clues
from services.index.people import NOBODY, Known, People
from services.index.read import Summary

EXPECTED_WITHIN = 14
"""Days by which an expected day of birth may differ beside something of the mother: a scan moves it, and sources hear of that at
different times. Alone it has to be the very day, for days can be tried."""
_MOTHERS = frozenset(["MTH", "NMTH", "NMTHF", "GESTM", "PRN", "NPRN"])
"""v3-RoleCode of whoever may carry the child; a father is told from her by sex."""


def compare(people: People, person: str, identifiers: Mapping[str, str]) -> bool:
    """Whether every identifier named (of the closed list) agrees with some record of `person`, or, of a child not yet born, of
    the mother.
    """
    records = people.of([person])[person]
    of_mother = {name: value for name, value in identifiers.items() if name in OF_MOTHER}
    own = {name: value for name, value in identifiers.items() if name not in OF_MOTHER}
    within = EXPECTED_WITHIN if of_mother else 0
    agreed = [
        any(
            _agrees(known.summary, name, value) or _expected(known, name, value, people.on, within)
            for known in records
        )
        for name, value in own.items()
    ]
    if of_mother:
        agreed.append(_of_mother(people, person, records, of_mother))
    return bool(records) and bool(own) and all(agreed)


def _of_mother(people: People, child: str, records: Sequence[Known], told: Mapping[str, str]) -> bool:
    """Whether one woman who carries the child fits all that is said of the mother."""
    edges = family.families(people, [child])[child]
    mothers = {
        other
        for other, known in edges.items()
        if any(
            one.code in _MOTHERS and one.toward == child and one.adoption == "none" and not one.labels
            for one in known
        )
    }
    unborn = bool(records) and all(clues.not_born(known.summary, people.on) for known in records)
    found = people.of(mothers or NOBODY)
    return unborn and any(
        all(
            any(_agrees(known.summary, name.removeprefix("mother_"), value) for known in of)
            for name, value in told.items()
        )
        and not any(known.summary.sex == "male" for known in of)
        for mother, of in found.items()
        if mother in mothers
    )


def _expected(known: Known, name: str, value: str, on: str, within: int) -> bool:
    """Whether a day said of a child not yet born is near enough to the one on record."""
    said, held = normalise.birth_date(value) if name == "birth_date" else "", known.summary.birth_date
    if not within or len(said) != len(held) or len(said) != _DAY or held <= on:
        return False
    return abs((date.fromisoformat(said) - date.fromisoformat(held)).days) <= within


_DAY = len("2026-11-30")


def _agrees(summary: Summary, name: str, value: str) -> bool:
    if name not in IDENTIFIERS or not value:
        return False
    if name == "nhs_number":
        return normalise.number(value) in {number.value for number in summary.numbers}
    if name == "birth_date":
        return bool(summary.birth_date) and normalise.birth_date(value) == summary.birth_date
    if name == "sex":
        return bool(summary.sex) and value == summary.sex
    wanted = normalise.first_given(value) if name == "given" else normalise.name_key(value)
    return bool(wanted) and wanted in {getattr(one, name) for one in summary.names}
