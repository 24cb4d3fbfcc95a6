"""What of a record is compared, taken out of its summary once: the one place where a placeholder becomes nothing.

Promise: a value that says nothing of the person (no fixed abode, an initial among the further names, "other" for a sex)
is absent here, so that neither the score nor its training can count it as agreement.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.index import normalise
from services.index.matching import forms
from services.index.read import Home, Summary

NO_POSTCODE = re.compile(r"ZZ99\d[A-Z]Z")
"""Postcodes that stand for no place: 3VZ no fixed abode, 3WZ not known, others for a country (ODS pseudo postcodes)."""
NO_STREET = frozenset(
    {"nofixedabode", "nofixedaddress", "nfa", "homeless", "unknown", "notknown", "noaddress"}
)
SEXES = frozenset({"male", "female"})


@dataclass(frozen=True, slots=True, repr=False)
class Traits:
    """One record, for comparing. Empty means nothing known."""

    given: str
    """The first given name of the first name that has one; perhaps an initial."""
    givens: frozenset[str]
    """Every given name of two letters or more, further names among them."""
    family: str
    families: frozenset[str]
    born: str
    """`YYYY-MM-DD`, whole."""
    year: str
    """The year of birth where any is given."""
    sex: str
    uprns: frozenset[str]
    addresses: frozenset[str]
    postcodes: frozenset[str]
    streets: frozenset[str]
    phones: frozenset[str]
    numbers: frozenset[str]

    def forms(self) -> frozenset[int]:
        """The groups of `given-names.json` that any given name stands in."""
        return frozenset().union(*map(forms.groups, self.givens))


def of(summary: Summary) -> Traits:
    """The traits of a record; never raises."""
    homes = [home for home in summary.homes if _is_place(home)]
    givens = [one for name in summary.names for one in (name.given, *name.more)]
    return Traits(
        given=_first(name.given for name in summary.names),
        givens=frozenset(one for one in givens if len(one) > 1),
        family=_first(name.family for name in summary.names),
        families=_known(name.family for name in summary.names),
        born=summary.birth_date,
        year=(summary.birth_date or _year(summary.born))[:4],
        sex=summary.sex if summary.sex in SEXES else "",
        uprns=_known(home.uprn for home in homes),
        addresses=_known(home.text for home in homes),
        postcodes=_known(home.postcode for home in homes),
        streets=frozenset(home.street for home in homes if len(home.street) > 3),
        phones=_known(summary.phones),
        numbers=_known(number.value for number in summary.numbers),
    )


def sounds(names: Iterable[str]) -> frozenset[str]:
    """How names sound, by metaphone alone: soundex puts too many different names together to be evidence."""
    codes = (code for name in names for code in normalise.sounds(name))
    return frozenset(code for code in codes if code.startswith("m"))


def _is_place(home: Home) -> bool:
    return not NO_POSTCODE.fullmatch(home.postcode) and home.street not in NO_STREET


def _year(born: str) -> str:
    year = born[:4]
    whole = len(year) == 4 and year.isascii() and year.isdigit()
    # A placeholder is no date, and its year is none either.
    return year if whole and born not in normalise.PLACEHOLDER_DATES else ""


def _first(values: Iterable[str]) -> str:
    return next(filter(None, values), "")


def _known(values: Iterable[str]) -> frozenset[str]:
    return frozenset(filter(None, values))
