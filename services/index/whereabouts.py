"""Words that place a person across a harm link, so that text can be searched for them.

Promise: every version of every source's records about the person is read, superseded ones too; words come out squeezed
(letters and digits, lower case, nothing between), and are to be looked for in text squeezed the same way.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import or_, select

from services.index.normalise import squeeze, telephone
from services.index.people import People, in_parts
from services.index.read import dicts, text_of
from services.index.references import relative
from services.index.schema import RECORD, UNSEEN

_PART_OF_A_HOUSE = re.compile(r"^(flat|apartment|apt|room|unit|floor)[a-z0-9]{0,4}$")
SCHOOL = "urn:mash:ext:school"
"""Extension: the name of a school, as text."""
_PLACES = ("generalPractitioner", "location")
_OF_SCHOOLS = ("managingOrganization", "serviceProvider")
_SCHOOL_KINDS = frozenset({"education", "gp"})


def places_of(people: People, persons: Collection[str]) -> dict[str, tuple[str, ...]]:
    """person -> sorted squeezed words."""
    of_item = people.items(persons)
    found: dict[str, set[str]] = {person: set() for person in persons}
    for some in in_parts(sorted(of_item)):
        about = or_(RECORD.c.about.in_(some), RECORD.c.item.in_(some))
        for row in people.connection.execute(select(RECORD).where(about, RECORD.c.state != UNSEEN)):
            person = of_item.get(row.item) or of_item[row.about]
            found[person] |= set(_words(people, row.source, people.store.body(row)))
    return {person: tuple(sorted(words)) for person, words in found.items()}


def _words(people: People, source: str, value: object) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _words(people, source, one)
    if not isinstance(value, dict):
        return
    if "postalCode" in value or "line" in value:
        yield from _of_address(value)
    if value.get("system") in ("phone", "sms", "fax"):
        number = telephone(text_of(value.get("value")))
        if len(number) >= 6:
            yield number
    elif value.get("system") == "email":
        yield from filter(None, [squeeze(text_of(value.get("value")))])
    if value.get("url") == SCHOOL:
        yield from filter(None, [squeeze(text_of(value.get("valueString")))])
    registered = people.book.sources.get(source)
    schools = registered is not None and registered.kind in _SCHOOL_KINDS
    for name, member in value.items():
        if name in _PLACES or (schools and name in _OF_SCHOOLS):
            yield from _of_place(people, source, member)
        yield from _words(people, source, member)


def _of_address(address: Mapping[str, Any]) -> Iterator[str]:
    code = squeeze(text_of(address.get("postalCode")))
    if len(code) >= 5:
        yield code
    for line in address.get("line") or ():
        word = squeeze(text_of(line))
        if len(word) < 5 or _PART_OF_A_HOUSE.match(word):
            continue
        yield word
        street = word.lstrip("0123456789")
        # The street without its number places somebody as well; a short remainder would match by chance.
        if len(street) >= 8:
            yield street


def _of_place(people: People, source: str, member: object) -> Iterator[str]:
    for reference in dicts(member):
        names = [text_of(reference.get("display"))]
        target = relative(text_of(reference.get("reference")))
        if target:
            item = people.store.item(source, *target)
            rows = people.connection.execute(select(RECORD).where(RECORD.c.item == item, RECORD.c.state != UNSEEN))
            names += [text_of(people.store.body(row).get("name")) for row in rows]
        yield from (word for word in map(squeeze, names) if len(word) >= 5)
