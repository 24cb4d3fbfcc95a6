"""Who is compared with whom: the keyed hashes by which a record finds the records it may be one person with.

Promise: a key tells nothing of what it was made from; what a protected or restricted person's record says of a place or a
telephone makes no key, neither to be found by nor to find others.

Kinds (made for each name of a record, each home and each telephone number): the number; date of birth with family name, with
given name, with postcode; postcode, and UPRN, with given name; telephone with initial; both names with the year; street with
given name and either the year or the family name; UPRN with date of birth. Names stand by their sound. A record looks also for
day and month changed about, and for given and family name changed about.

No kind of key grows into a crowd where there are more people, except by what people share beyond one place: that is why a
street's name, of which every town has one like it, stands with two things more. What is left of crowds, candidates.py bounds.
"""

from collections.abc import Iterable, Iterator
from functools import cache

from services.index import normalise
from services.index.read import Home, Name, Summary
from services.runtime.keys import Mac

MOST_NAMES = 20
"""Names of one record that are looked at; more are no person's."""
Words = tuple[str, ...]
Sounds = tuple[str, ...]


def of_record(mac: Mac, summary: Summary, placed: bool) -> set[int]:
    """The keys by which others find the record; those of place only where `placed`."""
    dates = (summary.birth_date,)
    return {mac.number(*words) for words in _words(summary, summary.names, dates, placed)}


def of_search(mac: Mac, summary: Summary, placed: bool) -> set[int]:
    """The keys by which the record finds others."""
    dates = (summary.birth_date, normalise.swapped(summary.birth_date))
    turned = (Name(name.given, name.family, "") for name in summary.names if name.given and name.family)
    names = (*summary.names[:MOST_NAMES], *turned)
    return {mac.number(*words) for words in _words(summary, names, dates, placed)}


def _words(summary: Summary, names: Iterable[Name], dates: Iterable[str], placed: bool) -> Iterator[Words]:
    """The words of every key."""
    dates = tuple(filter(None, dates))
    # Each name is put into sound once, however many keys it stands in.
    sounds = cache(_sounds)
    for number in summary.numbers:
        yield "match-number", number.value
    for name in tuple(names)[: 2 * MOST_NAMES]:
        yield from _of_name(sounds(name.given), sounds(name.family), dates, summary.born[:4])
        if placed:
            yield from _of_name_and_place(name, sounds(name.given), sounds(name.family), summary)
    if placed:
        for home in summary.homes:
            yield from _of_home(home, dates)


def _of_name(given: Sounds, family: Sounds, dates: Iterable[str], year: str) -> Iterator[Words]:
    for sound in family:
        yield from (("match-born-family", born, sound) for born in dates)
    for sound in given:
        yield from (("match-born-given", born, sound) for born in dates)
        if year:
            yield from (("match-names-year", sound, other, year) for other in family)


def _of_name_and_place(name: Name, given: Sounds, family: Sounds, summary: Summary) -> Iterator[Words]:
    yield from (("match-phone", phone, name.given[:1]) for phone in summary.phones if name.given)
    beside = (*filter(None, (summary.born[:4],)), *family)
    for sound in given:
        for home in summary.homes:
            places = (("postcode", home.postcode), ("uprn", home.uprn))
            yield from ((f"match-{kind}-given", place, sound) for kind, place in places if place)
            if home.street:
                yield from (("match-street-given", home.street, sound, one) for one in beside)


def _of_home(home: Home, dates: Iterable[str]) -> Iterator[Words]:
    places = (("postcode", home.postcode), ("uprn", home.uprn))
    yield from ((f"match-{kind}-born", place, born) for kind, place in places if place for born in dates)


def _sounds(name: str) -> Sounds:
    """By metaphone, which puts fewer different names together than soundex; the name itself in another script."""
    return tuple(sorted(code for code in normalise.sounds(name) if code[0] in "m="))
