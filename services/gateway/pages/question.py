"""What was asked for, and whom the answer offered, carried from page to page in hidden fields.

Promise: nobody has to type a question again to change it, or to search again because a choice was forgotten; what is carried
stands in the bodies of forms alone, and what comes back is shown to whoever sent it and believed by nobody: a candidate is the
token, which opens for its asker and case only.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.contract.views import Stub
from services.gateway.matching import STUBS
from services.gateway.pages import words
from services.gateway.pages.forms import Form

AGAIN = "again"
"""The field of a form that asks for the question back instead of an answer."""
_WHO = ("nhs_number", "given", "family", "born-day", "born-month", "born-year")
_ALONE = ("postcode", "nickname", "age", "street", "school", "phone", "unborn", "relation")
FIELDS = (*_WHO, *_ALONE, *(f"of-{name}" for name in _WHO))
"""Everything that the form of a search asks."""
_NAME, _TOKEN = 200, 1000


@dataclass(frozen=True, slots=True)
class Offer:
    """Somebody whom the answer offered."""

    candidate: str
    name: str = field(repr=False)
    year: str

    def born(self, now: datetime) -> str:
        """The year in words. A child not yet born has the year in which it is expected, and a stub says no more than the year."""
        if not self.year.isdigit():
            return "no birth on record"
        today = now.astimezone(words.LONDON).year
        how = "expected in" if int(self.year) > today else "born in"
        return f"{how if int(self.year) != today else 'born or expected in'} {self.year}"


def carried(form: Form) -> tuple[tuple[str, str], ...]:
    """(field, what was typed) of everything that was asked."""
    return tuple((name, form.get(name)) for name in FIELDS if form.get(name))


def offers(stubs: Sequence[Stub]) -> tuple[Offer, ...]:
    """Whom an answer offers."""
    return tuple(Offer(one.candidate, one.name, one.birth_year or "") for one in stubs)


def offered(form: Form) -> tuple[Offer, ...]:
    """The same as they come back in a form; nothing that is not as the page wrote it."""
    found = []
    for number in range(1, STUBS + 1):
        token, name, year = (form.get(f"offered-{number}{part}") for part in ("", "-name", "-year"))
        if token and len(token) <= _TOKEN and len(name) <= _NAME and re.fullmatch(r"([0-9]{4})?", year):
            found.append(Offer(token, name, year))
    return tuple(found)
