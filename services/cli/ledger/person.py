"""Which person a command is about: by the index's opaque id, or by NHS number and date of birth that are typed in.

Promise: a number, a name or a date of birth is never an argument, where other users of the machine and its history would have
it; nothing typed is repeated.
"""

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import typer
from pydantic import ValidationError

from services.cli.index_opened import index_opened
from services.contract.people import About, Resolve
from services.contract.reviews import KnownAs, known_alone
from services.ledger.reading import Reading
from services.runtime.settings import Settings

Among = Callable[[Mapping[str, Any]], bool]
"""Whether an entry is about the person."""
OF_SEVERAL = (
    "Told over all {} ids that this person's records stood under: links were made or withdrawn. What was told while "
    "somebody else's records counted as theirs was about both, and is marked."
)
NO_MORE = (
    "The key of this person was destroyed on {}, as they or the retention schedule asked: what is older can be told from "
    "nothing any more. Who asked and who agreed: mash ledger show HOME {}. Their cases, as long as those are kept, say which "
    "organisations asked (mash ledger search HOME --case)."
)
"""The day, and the entry that says so."""
WITH_ANOTHER = (
    "What was told of this person together with somebody else, whose records had counted as theirs, was destroyed on {} when "
    "either was erased. Who asked and who agreed: mash ledger show HOME {}."
)


def person_given(settings: Settings, id: str) -> KnownAs:
    """Every id of the person given by one, or typed in on standard input. A usage error where that is nobody, or several."""
    first = id or _typed("Person (opaque id, or NHS number)")
    bare = first.replace(" ", "")
    if id or not bare.isdigit():
        return _by_id(settings, first)
    return _resolved(settings, bare, _typed("Date of birth (YYYY-MM-DD)"))


def among(reading: Reading, whom: KnownAs) -> Among:
    """Told by the keys of the installation: without them no two entries about one person look related."""
    return reading.about(whom)


def of_several(whom: KnownAs) -> str:
    """What a report says of the ids that it was made from; "" where there is one."""
    return OF_SEVERAL.format(len(whom.ids)) if len(whom.ids) > 1 else ""


def no_more(reading: Reading, whom: KnownAs) -> list[str]:
    """What is to be said of a person whose keys were destroyed: when, what it means, and what can be done; else nothing."""
    erased = reading.destroyed(whom.id)
    others = {done for one in whom.ids if (done := reading.destroyed(one.id))} - {erased}
    found = [NO_MORE.format(erased.at[:10], erased.event_id)] if erased else []
    return found + [WITH_ANOTHER.format(done.at[:10], done.event_id) for done in sorted(others)]


def _typed(question: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(question, hide_input=True, err=True)).strip()
    line = sys.stdin.readline().strip()
    if not line:
        raise typer.BadParameter(f"nothing was given on standard input for: {question}")
    return line


def _by_id(settings: Settings, id: str) -> KnownAs:
    """An id that took another's place, or gave way to one, stands for all of them."""
    if not settings.database and not (settings.home / "index.db").is_file():
        return known_alone(id)
    with index_opened(settings) as index:
        return index.links.known_as(index.links.answering([id])[id])


def _resolved(settings: Settings, number: str, born: str) -> KnownAs:
    try:
        about = About(nhs_number=number, birth_date=born)
    except ValidationError:
        raise typer.BadParameter("the date of birth has the form YYYY-MM-DD") from None
    with index_opened(settings) as index:
        found = index.resolve(Resolve(about, datetime.now(UTC).date().isoformat()))
        exact = [one.person for one in found.people if one.grade == "exact"]
        if len(exact) != 1:
            raise typer.BadParameter(
                "that is nobody's number and date of birth here, or not one person's alone"
            )
        return index.links.known_as(exact[0])
