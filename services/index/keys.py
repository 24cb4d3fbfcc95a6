"""Look-up keys: the keyed hashes by which a question finds records.

Promise: a key can be made only with the hub's own key and tells nothing of what it was made from; a protected person's
records have no key made from a place.
"""

from collections.abc import Iterable, Iterator

from services.contract.people import About
from services.index import normalise
from services.index.asking import clues
from services.index.matching import blocking
from services.index.read import Home, Summary
from services.runtime.keys import Mac

HOMES = ("uprn", "address")


def of_record(mac: Mac, summary: Summary, placed: bool) -> set[int]:
    """Every key of a record; those of place only where `placed`."""
    found = {mac.number("nhs", number.value) for number in summary.numbers}
    for name in summary.names:
        found |= set(_of_name(mac, name.given, name.family, (summary.birth_date,)))
        if placed:
            places = {home.postcode for home in summary.homes if home.postcode}
            found |= set(_of_place(mac, name.given, name.family, places))
    return found | clues.of_record(mac, summary, placed) | blocking.of_record(mac, summary, placed)


def of_question(mac: Mac, about: About) -> set[int]:
    """Every key that a question may be answered by, day and month swapped among them."""
    number = normalise.number(about.nhs_number or "")
    found = {mac.number("nhs", number)} if number else set()
    born = normalise.birth_date(about.birth_date or "")
    given, family = normalise.first_given(about.given or ""), normalise.name_key(about.family or "")
    found |= set(_of_name(mac, given, family, (born, normalise.swapped(born))))
    if about.postcode:
        found |= set(_of_place(mac, given, family, {normalise.postcode(about.postcode)}))
    return found


def _of_name(mac: Mac, given: str, family: str, dates: Iterable[str]) -> Iterator[int]:
    if given and family:
        # By sound, without a date: the worker who knows a name and no more.
        for one in normalise.sounds(given):
            for other in normalise.sounds(family):
                yield mac.number("name", one, other)
    for born in filter(None, dates):
        for code in normalise.sounds(family):
            yield mac.number("born-family", born, code)
        for code in normalise.sounds(given):
            yield mac.number("born-given", born, code)


def _of_place(mac: Mac, given: str, family: str, postcodes: Iterable[str]) -> Iterator[int]:
    for code in filter(None, postcodes):
        for sound in normalise.sounds(family):
            yield mac.number("postcode-family", code, sound)
        for sound in normalise.sounds(given):
            yield mac.number("postcode-given", code, sound)


def of_home(mac: Mac, home: Home) -> set[int]:
    """The keys of one home; never looked up by a question, only from one person's record to another's."""
    words = zip(HOMES, (home.uprn, home.text), strict=True)
    return {mac.number("home", kind, word) for kind, word in words if word}


def of_homes(mac: Mac, summary: Summary) -> set[int]:
    """The keys of every home of a record."""
    return {key for home in summary.homes for key in of_home(mac, home)}
