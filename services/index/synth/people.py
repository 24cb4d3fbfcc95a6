"""What an invented person is, and what a source writes of somebody.

Promise: a person holds the truth and its labels; a record holds only what a source could have written.
"""

from dataclasses import asdict, dataclass, fields
from datetime import date

from services.index.synth.places import Place

ON = date(2026, 11, 1)
"""The day on which the population stands as it is."""
BANDS = ((5, "0-4"), (13, "5-12"), (18, "13-17"), (25, "18-24"), (45, "25-44"), (65, "45-64"), (200, "65+"))


@dataclass(slots=True)
class Person:
    """Somebody who never was. `twin`, `mother`, `father`, `formerly`: ids of others, empty for none."""

    id: str
    household: str
    role: str
    culture: str
    sex: str
    born: date
    given: str
    more: str
    family: str
    home: Place
    phone: str = ""
    nhs_number: str = ""
    mother: str = ""
    father: str = ""
    twin: str = ""
    formerly: str = ""
    """Of an adopted child: who the child was before the order. Never to be joined, by anybody but an adoption's own role."""
    named_after: str = ""
    maiden: str = ""
    former_home: Place | None = None
    moved_on: str = ""
    safe: bool = False
    unborn: bool = False

    @property
    def band(self) -> str:
        """Age band on `ON`."""
        return age_band(self.born)


def age_band(born: date) -> str:
    """The age band of somebody born then; `unborn` before birth."""
    if born > ON:
        return "unborn"
    years = ON.year - born.year - ((ON.month, ON.day) < (born.month, born.day))
    return next(label for end, label in BANDS if years < end)


@dataclass(slots=True)
class Record:
    """What one source writes of one person; empty for what it does not hold."""

    id: str
    source: str
    nhs_number: str
    traced: str
    """1 where the source says that the number was verified."""
    given: str
    more: str
    family: str
    former_family: str
    nickname: str
    birth_date: str
    sex: str
    line: str
    town: str
    postcode: str
    uprn: str
    phone: str
    former_line: str
    former_postcode: str
    moved_on: str
    multiple: str
    safe: str

    def row(self) -> list[str]:
        """Its values, in the order of `COLUMNS`."""
        return [getattr(self, name) for name in COLUMNS]

    def plain(self) -> dict[str, str]:
        """By column."""
        return asdict(self)

    def missing(self) -> str:
        """What of number, date of birth, address and telephone it lacks, joined by `+`; `none` where it lacks nothing."""
        held = {"number": self.nhs_number, "birth date": self.birth_date, "address": self.line and self.postcode,
                "phone": self.phone}  # fmt: skip
        return "+".join(name for name, value in held.items() if not value) or "none"


COLUMNS = tuple(field.name for field in fields(Record))


def record_of(row: dict[str, str], prefix: str = "") -> Record:
    """The record in a row of one of the files."""
    return Record(**{name: row[prefix + name] for name in COLUMNS})
