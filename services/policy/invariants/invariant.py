"""What an invariant is, and what it means that one cell reveals more than another.

Promise: a breach names the invariant, and prints the row in words, so that it can be asked again by hand.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from services.contract.decisions import Cell, Context, Profile
from services.policy.invariants.row import Row, finer, rank
from services.policy.invariants.said import SHOWN

PERSONAL = {
    code: place
    for place, part in enumerate(SHOWN)
    for code in {
        "isa": ("NO_AGREEMENT", "AGREEMENT_EXPIRED", "PARTNER_SUSPENDED"),
        "role_purpose": ("PURPOSE_NOT_PERMITTED", "REASON_REQUIRED"),
        "consent": ("CONSENT_REQUIRED",),
        "ceiling": ("ROLE_NOT_PERMITTED",),
        # Of the record, not of the person.
        "matrix": ("MINIMISATION", "COMMERCIAL", "DEIDENTIFIED_ONLY", "UNCLASSIFIED", "UNKNOWN_CODE"),
        "identity": ("IDENTITY_NOT_CONFIRMED",),
        "relationship": ("NO_RELATIONSHIP",),
        "conflict": ("CONFLICT_OF_INTEREST",),
        "objection": ("OBJECTION",),
        "sensitivity": ("RESTRICTED", "SENSITIVE_CATEGORY", "THIRD_PARTY"),
    }.get(part, ())
}
"""How much a reason says about the person: the higher, the more."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One row for which an invariant does not hold."""

    invariant: str
    told: str
    """In words: who asks for what, and what came out."""


@dataclass(frozen=True)
class Invariant:
    """What must hold of every row. `breaches(row)`: what is wrong with it, class by class."""

    name: str
    title: str
    source: str
    breaches: Callable[[Row], Iterable[tuple[str, str]]]
    """Yields (class, what is wrong)."""


@dataclass(frozen=True)
class Change:
    """What must hold between a row and the same row with one thing changed.

    `to(row)`: the changed questions, each with what was changed in words. `breaches(before, after)`: what is wrong.
    """

    name: str
    title: str
    source: str
    to: Callable[[Row], Iterable[tuple[str, Context, Profile]]]
    breaches: Callable[[Row, Row], Iterable[tuple[str, str]]]


def reveals_more(after: Cell, before: Cell) -> str:
    """How the second cell lets through, or gives away, more than the first; empty where it does not.

    More is: a weaker effect; a finer level on an axis; a word where there was silence; and, with the same effect, a reason that
    says more about the person than the one given before.
    """
    if before.silent and not after.silent:
        return "what was silent is shown"
    if rank(after.effect) < rank(before.effect):
        return f"{before.effect} becomes {after.effect}"
    if after.effect == before.effect == "generalise" and finer(after.how, before.how):
        return f"finer in {', '.join(finer(after.how, before.how))}"
    if after.effect == before.effect and PERSONAL.get(after.shown_as, -1) > PERSONAL.get(before.shown_as, 99):
        return f"the reason {before.shown_as} becomes {after.shown_as}, which says more about the person"
    return ""
