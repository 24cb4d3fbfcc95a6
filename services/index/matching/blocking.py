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

from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.index import normalise
from services.index.read import Home, Name, Summary
from services.runtime.keys import Mac

MOST_NAMES = 20
"""Names of one record that are looked at; more are no person's."""
Words = tuple[str, ...]


def of_record(mac: Mac, summary: Summary, placed: bool) -> set[int]:
    """The keys by which others find the record; those of place only where `placed`."""
    bare, keys = _keys(mac, summary, summary.names, (summary.birth_date,))
    return keys if placed else bare


def of_search(mac: Mac, summary: Summary) -> tuple[set[int], set[int]]:
    """The keys by which the record finds others: those without a place, and all."""
    dates = (summary.birth_date, normalise.swapped(summary.birth_date))
    turned = (Name(name.given, name.family, "") for name in summary.names if name.given and name.family)
    return _keys(mac, summary, (*summary.names[:MOST_NAMES], *turned), dates)


def _keys(
    mac: Mac, summary: Summary, names: Sequence[Name], dates: Iterable[str]
) -> tuple[set[int], set[int]]:
    born = [*filter(None, dates)]
    sounds: dict[str, str] = {}
    for name in names[: 2 * MOST_NAMES]:
        for one in (name.given, name.family):
            # Each name is put into sound once, however many keys it stands in.
            if one not in sounds:
                sounds[one] = normalise.sound(one)
    # Several names of one record say much alike: no words are hashed twice.
    bare = {mac.number(*words) for words in set(_of_person(summary, names, born, sounds))}
    return bare, bare | {mac.number(*words) for words in set(_of_places(summary, names, born, sounds))}


def _of_person(
    summary: Summary, names: Sequence[Name], dates: Sequence[str], sounds: Mapping[str, str]
) -> Iterator[Words]:
    """The words of the keys without a place."""
    for number in summary.numbers:
        yield "match-number", number.value
    for name in names[: 2 * MOST_NAMES]:
        yield from _of_name(sounds[name.given], sounds[name.family], dates, summary.born[:4])


def _of_places(
    summary: Summary, names: Sequence[Name], dates: Sequence[str], sounds: Mapping[str, str]
) -> Iterator[Words]:
    """The words of the keys with a place or a telephone."""
    for name in names[: 2 * MOST_NAMES]:
        yield from _of_name_and_place(name, sounds[name.given], sounds[name.family], summary)
    for home in summary.homes:
        yield from _of_home(home, dates)


def _of_name(given: str, family: str, dates: Iterable[str], year: str) -> Iterator[Words]:
    if family:
        for born in dates:
            yield "match-born-family", born, family
    if given:
        for born in dates:
            yield "match-born-given", born, given
        if year and family:
            yield "match-names-year", given, family, year


def _of_name_and_place(name: Name, given: str, family: str, summary: Summary) -> Iterator[Words]:
    if name.given:
        for phone in summary.phones:
            yield "match-phone", phone, name.given[:1]
    if not given:
        return
    for home in summary.homes:
        if home.postcode:
            yield "match-postcode-given", home.postcode, given
        if home.uprn:
            yield "match-uprn-given", home.uprn, given
        if home.street:
            for one in filter(None, (summary.born[:4], family)):
                yield "match-street-given", home.street, given, one


def _of_home(home: Home, dates: Iterable[str]) -> Iterator[Words]:
    for born in dates:
        if home.postcode:
            yield "match-postcode-born", home.postcode, born
        if home.uprn:
            yield "match-uprn-born", home.uprn, born
