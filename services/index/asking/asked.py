"""A question about somebody, brought to the form in which records are kept.

Promise: what cannot be read is as if it had not been said; nothing here looks at a record.
"""

from dataclasses import dataclass

from services.contract.people import About
from services.index import normalise
from services.index.asking import streets

_FIRST_YEAR = 1850


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """A question, normalised. Everything but `years` and `unborn` is text, empty where it was not said."""

    number: str = ""
    given: str = ""
    family: str = ""
    birth_date: str = ""
    years: tuple[int, int] | None = None
    """First and last year of birth that fit."""
    sex: str = ""
    postcode: str = ""
    nickname: str = ""
    unborn: bool = False
    street: str = ""
    uprn: str = ""
    phone: str = ""
    school: str = ""

    @classmethod
    def of(cls, about: About) -> "Asked":
        """The question `about`, but for whose relation somebody is (`kin.py`)."""
        born = about.birth_date or ""
        return cls(
            number=normalise.number(about.nhs_number or ""),
            given=normalise.first_given(about.given or ""),
            family=normalise.name_key(about.family or ""),
            birth_date=normalise.birth_date(born),
            years=_years(about, born),
            sex=about.sex or "",
            postcode=normalise.postcode(about.postcode or ""),
            nickname=normalise.first_given(about.nickname or ""),
            unborn=bool(about.unborn),
            street=streets.of_text(about.street or ""),
            uprn=(about.uprn or "").lstrip("0"),
            phone=normalise.phone(about.phone or ""),
            school=normalise.squeeze(about.school or ""),
        )

    @property
    def called(self) -> tuple[str, ...]:
        """What they are called, first name and nickname."""
        return tuple(dict.fromkeys(filter(None, (self.given, self.nickname))))

    @property
    def whole(self) -> bool:
        """Whether it is a full description, with nothing by which one would have to search about."""
        clues = (self.nickname, self.street, self.uprn, self.phone, self.school, self.unborn)
        return bool(self.number or (self.given and self.family and self.birth_date)) and not any(clues)


def _years(about: About, born: str) -> tuple[int, int] | None:
    if born:
        return int(born[:4]), int(born[:4])
    if about.born_from or about.born_to:
        # One end alone is a year and no more: an open range would be a list of everybody.
        first, last = (
            about.born_from or about.born_to or _FIRST_YEAR,
            about.born_to or about.born_from or _FIRST_YEAR,
        )
        return first, last
    return None
