"""Whether what a worker says of a person agrees with a record of them.

Promise: the answer is yes or no; somebody unknown costs the same statements and the same opening of a sealed row.
"""

from collections.abc import Mapping

from services.contract.people import IDENTIFIERS
from services.index import normalise
from services.index.people import People
from services.index.read import Summary


def compare(people: People, person: str, identifiers: Mapping[str, str]) -> bool:
    """Whether every identifier named (of the closed list) agrees with some record of `person`."""
    records = people.of([person])[person]
    agreed = [
        any(_agrees(known.summary, name, value) for known in records) for name, value in identifiers.items()
    ]
    return bool(records) and bool(agreed) and all(agreed)


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
