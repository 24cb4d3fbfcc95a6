"""The state of the paperwork between asker and holder on a day: what a rule may know of ISAs.

Promise: an ISA counts from its first day to its last, both inclusive, as days in Europe/London, for the
purpose that it names and between the parties that it names, and only while it is signed. What a caller says
of paper is never read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.contract.decisions import Context, Profile, with_paper
from services.runtime.book import Book


@dataclass(frozen=True, slots=True)
class Paper:
    """`state`: CURRENT | LAPSED | NONE | SUSPENDED; `isa`:
    the id of the one that covers, or covered, the purpose.
    """

    state: str
    isa: str = ""


def with_papers(book: Book, context: Context, profiles: tuple[Profile, ...]) -> tuple[Profile, ...]:
    """The profiles with the paper between the context's organisation and each one's source, on the
    context's day.
    """
    found = {
        holder: paper_between(book, context, holder)
        for holder in {profile.source_organisation for profile in profiles}
    }
    return tuple(
        with_paper(profile, paper.state, paper.isa)
        for profile in profiles
        for paper in [found[profile.source_organisation]]
    )


def paper_between(book: Book, context: Context, holder: str) -> Paper:
    """The paper for one holder. An organisation that the book does not know has none."""
    asker = context.organisation
    parties = [book.organisations.get(one) for one in (asker, holder)]
    if any(party is not None and party.suspended for party in parties):
        return Paper("SUSPENDED")
    if asker == holder or None in parties:
        return Paper("NONE")
    covering = _covering(book, asker, holder, context.purpose)
    in_force = [isa for isa in covering if isa["effective_from"] <= context.on <= isa["last_day"]]
    if in_force:
        # Several may stand side by side: the one that names the role, then the widest; the id makes it
        # certain.
        best = min(in_force, key=lambda isa: (context.role not in isa["roles"], -_width(isa), isa["id"]))
        return Paper("CURRENT", best["id"])
    ended = [isa for isa in covering if isa["last_day"] < context.on]
    return (
        Paper("LAPSED", max(ended, key=lambda isa: (isa["last_day"], isa["id"]))["id"])
        if ended
        else Paper("NONE")
    )


def _covering(book: Book, asker: str, holder: str, purpose: str) -> list[Mapping[str, Any]]:
    return [
        isa
        for isa in book.isas
        if isa["status"] == "signed"
        and purpose in isa["purposes"]
        and asker in isa["parties"]
        and holder in isa["parties"]
    ]


def _width(isa: Mapping[str, Any]) -> int:
    return 99 if isinstance(isa["classes"], str) else len(isa["classes"])
