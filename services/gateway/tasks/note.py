"""What one answer leaves behind: the tasks that it raises, what may be asked for of it, and what is to be looked into.

Promise: a note is gathered while the answer is made, and acted on only after the answer's entry is durable; making one
never changes the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from services.contract.cases import Asker
from services.gateway.notices import given
from services.gateway.notices.given import Given
from services.gateway.parts import fresh_id
from services.gateway.tasks.post import Post


@dataclass(frozen=True, slots=True)
class Offer:
    """One row of the answer that the owner decides on, and the records behind it."""

    person: str = field(repr=False)
    what: str
    """The plain title of the class, as the row gave it."""
    line: str
    """The source as the row named it."""
    records: tuple[tuple[str, str], ...] = field(repr=False)
    """(source, record)."""


@dataclass
class Note:
    """Gathered by one request."""

    id: str = field(default_factory=fresh_id)
    asker: Asker | None = None
    case: str = ""
    posts: list[Post] = field(default_factory=list, repr=False)
    offers: list[Offer] = field(default_factory=list, repr=False)
    given: list[Given] = field(default_factory=list, repr=False)
    """What the answer gives of other organisations' records."""
    conflict: bool = False
    """The asker is connected to somebody who was asked about."""
    across: tuple[str, ...] = field(default=(), repr=False)
    """The people of the answer across a harm link."""
    sources_out: tuple[str, ...] = ()
    """Sources that were asked and did not answer."""
    sources_in: tuple[str, ...] = ()
    """Sources that answered."""
    introduced: list[tuple[str, str, str]] = field(default_factory=list, repr=False)
    """(fresh id, source, id at the source) of the Patients shown to somebody who reviews, `links/shown.py`."""

    def offer(self, person: str, what: str, line: str, records: tuple[tuple[str, str], ...]) -> int:
        """Keep a row that may be asked for; its number."""
        self.offers.append(Offer(person, what, line, records))
        return len(self.offers) - 1


def told(note: Note) -> dict[str, Any]:
    """The note as JSON."""
    asker = note.asker
    return {
        "case": note.case,
        "asker": _asker(asker) if asker else None,
        "posts": [_post(one) for one in note.posts],
        "offers": [
            [one.person, one.what, one.line, [list(pair) for pair in one.records]] for one in note.offers
        ],
        "given": [given.told(one) for one in note.given],
        "conflict": note.conflict,
        "across": list(note.across),
        "out": list(note.sources_out),
        "in": list(note.sources_in),
        "introduced": [list(one) for one in note.introduced],
    }


def read(id: str, kept: Mapping[str, Any]) -> Note:
    """The note that `told` wrote."""
    return Note(
        id=id,
        asker=_asker_of(kept["asker"]) if kept["asker"] else None,
        case=kept["case"],
        posts=[_post_of(one) for one in kept["posts"]],
        offers=[
            Offer(person, what, line, tuple((source, record) for source, record in records))
            for person, what, line, records in kept["offers"]
        ],
        given=[given.read(one) for one in kept.get("given", ())],
        conflict=kept["conflict"],
        across=tuple(kept["across"]),
        sources_out=tuple(kept["out"]),
        sources_in=tuple(kept["in"]),
        introduced=[(fresh, source, id) for fresh, source, id in kept.get("introduced", ())],
    )


def _asker(asker: Asker) -> dict[str, Any]:
    return {
        "organisation": asker.organisation,
        "organisation_type": asker.organisation_type,
        "role": asker.role,
        "user": asker.user,
        "teams": list(asker.teams),
        "client_key": asker.client_key,
    }


def _asker_of(kept: Mapping[str, Any]) -> Asker:
    return Asker(**{**kept, "teams": tuple(kept["teams"])})


def _post(one: Post) -> dict[str, Any]:
    whole = {name: getattr(one, name) for name in one.__dataclass_fields__}
    return whole | {"records": list(one.records), "due": one.due.isoformat() if one.due else None}


def _post_of(kept: Mapping[str, Any]) -> Post:
    due = datetime.fromisoformat(kept["due"]) if kept["due"] else None
    return replace(Post(**{**kept, "due": due}), records=tuple(kept["records"]))
