"""Words that place a person across a harm link, so that text can be searched for them.

Promise: every version of every source's records about the person is read, superseded ones too. Words come out as they
were written but for case and spaces: how an address is recognised in text is for whoever searches the text.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import or_, select

from services.index.people import People, in_parts
from services.index.read import SCHOOL, dicts, text_of
from services.index.references import relative
from services.index.schema import RECORD, UNSEEN

_PLACES = ("generalPractitioner", "location")
_OF_SCHOOLS = ("managingOrganization", "serviceProvider")
_SCHOOL_KINDS = frozenset({"education", "gp"})


def places_of(people: People, persons: Collection[str]) -> dict[str, tuple[str, ...]]:
    """person -> sorted words: address lines, postcodes, telephone numbers and email addresses, schools, practices."""
    of_item = people.items(persons)
    found: dict[str, set[str]] = {person: set() for person in persons}
    for some in in_parts(sorted(of_item)):
        about = or_(RECORD.c.about.in_(some), RECORD.c.item.in_(some))
        for row in people.connection.execute(select(RECORD).where(about, RECORD.c.state != UNSEEN)):
            # A relative's record says where the relative is, whoever it is about.
            person = of_item.get(row.item) if row.type == "RelatedPerson" else of_item.get(row.about)
            if person is not None:
                found[person] |= set(_words(people, row.source, people.store.body(row)))
    return {person: tuple(sorted(words - {""})) for person, words in found.items()}


def _words(people: People, source: str, value: object) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _words(people, source, one)
    if not isinstance(value, dict):
        return
    if "postalCode" in value or "line" in value:
        yield from _of_address(value)
    if value.get("system") in ("phone", "sms", "fax", "pager", "email"):
        yield _plain(value.get("value"))
    if value.get("url") == SCHOOL:
        yield _plain(value.get("valueString"))
    registered = people.book.sources.get(source)
    schools = registered is not None and registered.kind in _SCHOOL_KINDS
    for name, member in value.items():
        if name in _PLACES or (schools and name in _OF_SCHOOLS):
            yield from _of_place(people, source, member)
        # A Patient's contact is somebody else.
        if name != "contact":
            yield from _words(people, source, member)


def _of_address(address: Mapping[str, Any]) -> Iterator[str]:
    yield _plain(address.get("postalCode"))
    for line in address.get("line") or ():
        yield _plain(line)


def _of_place(people: People, source: str, member: object) -> Iterator[str]:
    for reference in dicts(member):
        names = [text_of(reference.get("display"))]
        target = relative(text_of(reference.get("reference")))
        if target:
            item = people.store.item(source, *target)
            rows = people.connection.execute(
                select(RECORD).where(RECORD.c.item == item, RECORD.c.state != UNSEEN)
            )
            names += [text_of(people.store.body(row).get("name")) for row in rows]
        yield from map(_plain, names)


def _plain(value: object) -> str:
    return " ".join(text_of(value).casefold().split())
