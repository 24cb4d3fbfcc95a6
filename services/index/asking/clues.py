"""Keys of what a worker half knows: the beginning of a name, together with one thing more.

Promise: keyed hashes only, like every look-up key; nobody who is protected or restricted has one of a street, a house, a
telephone number or a school. A beginning alone is no key: it would list the town.
"""

import re
from collections.abc import Iterator

from services.index import normalise
from services.index.asking import streets
from services.index.asking.asked import Asked
from services.index.matching import forms
from services.index.read import Name, Summary
from services.runtime.keys import Mac

LEAST, LONGEST = 3, 8
"""Letters of a beginning; a name that is shorter is its own."""
WIDEST = 11
"""Years of a range by which one may look; a wider one only tells apart."""
UNBORN = "unborn"


def of_record(mac: Mac, summary: Summary, placed: bool) -> set[int]:
    """The keys of a record; those of place only where `placed`."""
    found: set[int] = set()
    year = summary.born[:4] or UNBORN
    for name in summary.names:
        called = beginnings(name.given)
        family = {one for part in families(name) for one in beginnings(part)}
        found |= {mac.number("begin-born", one, year) for one in (*called, *family)}
        found |= {mac.number("begin-begin", one, other[:LEAST]) for one in family for other in called}
        if placed:
            found |= set(_of_places(mac, summary, {*called, *family}))
    if placed:
        found |= {mac.number("phone", phone) for phone in summary.phones}
        found |= {mac.number("uprn", home.uprn) for home in summary.homes if home.uprn}
    return found


def of_question(mac: Mac, asked: Asked, on: str) -> list[set[int]]:
    """The ways to look, from the narrowest to the widest, each a set of keys; none where the description is whole."""
    if asked.whole:
        return []
    called = {_longest(form) for one in asked.called for form in (one, *forms.others(one))}
    begun = {*called, _longest(asked.family)} - {""}
    ways = [
        {mac.number("uprn", asked.uprn)} if asked.uprn else set(),
        {mac.number("phone", asked.phone)} if asked.phone else set(),
        {mac.number("begin-street", one, street) for one in begun for street in streets.forms(asked.street)},
        {mac.number("begin-school", one, school) for one in begun for school in schools(asked.school)},
        {mac.number("begin-born", one, year) for one in begun for year in _years(asked, on)},
        {mac.number("begin-begin", _longest(asked.family), one[:LEAST]) for one in called if asked.family},
    ]
    return [keys for keys in ways if keys]


def beginnings(key: str) -> list[str]:
    """The beginnings of a normalised name, by which it is found: 3 to 8 letters, or the whole of a shorter name."""
    return [key[:length] for length in range(min(LEAST, len(key)), min(LONGEST, len(key)) + 1) if length]


def families(name: Name) -> tuple[str, ...]:
    """A family name and, of one with several parts ("Penrose-Hall"), each part; normalised."""
    words = [normalise.squeeze(word) for word in re.split(r"[\s\-\u2010\u2011]+", name.text)]
    for first in range(len(words)):
        if "".join(words[first:]) == name.family and len(words) - first > 1:
            return (name.family, *(word for word in words[first:] if len(word) >= LEAST))
    return (name.family,) if name.family else ()


def schools(school: str) -> set[str]:
    """A squeezed school and its first letters: "Elmfield", "Elmfield Primary", "Elmfield Primary School" are one."""
    return {school[:6]} if school else set()


def not_born(summary: Summary, on: str) -> bool:
    """Whether a record is of a child not yet born: no birth and no first name on it, or a birth still to come."""
    if summary.born:
        return summary.born > on[: len(summary.born)]
    return not any(name.given for name in summary.names)


def _of_places(mac: Mac, summary: Summary, begun: set[str]) -> Iterator[int]:
    places = {street for home in summary.homes for street in streets.forms(home.street)}
    learnt = {one for school in summary.schools for one in schools(school)}
    for one in begun:
        yield from (mac.number("begin-street", one, street) for street in places)
        yield from (mac.number("begin-school", one, school) for school in learnt)


def _years(asked: Asked, on: str) -> list[str]:
    if asked.unborn:
        # A birth still to come may stand there as a date; it is this year's or the next.
        return [UNBORN, on[:4], str(int(on[:4]) + 1)]
    if asked.years is None or asked.years[1] - asked.years[0] >= WIDEST:
        return []
    return [str(year) for year in range(asked.years[0], asked.years[1] + 1)]


def _longest(key: str) -> str:
    return key[:LONGEST]
