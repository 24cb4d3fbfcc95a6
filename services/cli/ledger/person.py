"""Which person a command is about: by the index's opaque id, or by NHS number and date of birth that are typed in.

Promise: a number, a name or a date of birth is never an argument, where other users of the machine and its history would have
it; nothing typed is repeated.
"""

import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import typer
from pydantic import ValidationError

from services.contract import places
from services.contract.people import About, Resolve
from services.ledger.reading import Reading
from services.runtime.book import Book, read_book
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings

Among = Callable[[Mapping[str, Any]], bool]
"""Whether an entry is about the person."""


@dataclass(frozen=True, slots=True)
class _Shelf:
    book: Book

    def current(self) -> Book:
        return self.book


def person_given(settings: Settings, id: str) -> str:
    """The opaque id: as given, or of whoever is typed in on standard input. A usage error where that is nobody, or several."""
    if id:
        return id
    first = _typed("Person (opaque id, or NHS number)")
    bare = first.replace(" ", "")
    if not bare.isdigit():
        return first
    return _resolved(settings, bare, _typed("Date of birth (YYYY-MM-DD)"))


def among(reading: Reading, person: str) -> Among:
    """Told by the keys of the installation: without them no two entries about one person look related."""
    handle = reading.about(person)

    def entry_is(entry: Mapping[str, Any]) -> bool:
        subjects = entry.get("subjects", ())
        return bool(subjects) and handle(entry["event_id"]) in {subject["handle"] for subject in subjects}

    return entry_is


def _typed(question: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(question, hide_input=True, err=True)).strip()
    line = sys.stdin.readline().strip()
    if not line:
        raise typer.BadParameter(f"nothing was given on standard input for: {question}")
    return line


def _resolved(settings: Settings, number: str, born: str) -> str:
    from services.index.open import open_index

    try:
        about = About(nhs_number=number, birth_date=born)
    except ValidationError:
        raise typer.BadParameter("the date of birth has the form YYYY-MM-DD") from None
    shelf = _Shelf(read_book(settings.policies or places.policies()))
    with closing(open_index(settings, KeyFolder(settings.key_folder), shelf)) as index:
        found = index.resolve(Resolve(about, datetime.now(UTC).date().isoformat()))
    exact = [one.person for one in found.people if one.grade == "exact"]
    if len(exact) != 1:
        raise typer.BadParameter("that is nobody's number and date of birth here, or not one person's alone")
    return exact[0]
