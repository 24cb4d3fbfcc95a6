"""What one part of law or practice says of a cell, and how what several say is put together.

Promise: the most restrictive wins and silence beats everything; which reason is recorded and which is shown follows two
stated orders, and from the parts whose effect is the cell's own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from inspect import signature

from services.contract.vocabulary import code_list
from services.policy.invariants.row import Row, rank

RECORDED = (
    "isa", "role_purpose", "conflict", "identity", "relationship", "bar", "harm", "sensitivity", "consent", "objection",
    "item_share", "matrix", "ceiling", "confidentiality", "owner_decision", "currency", "channel",
)  # fmt: skip
SHOWN = (
    "isa", "role_purpose", "consent", "matrix", "ceiling", "currency", "channel", "identity", "relationship", "conflict",
    "objection", "owner_decision", "confidentiality", "item_share", "harm", "bar", "sensitivity",
)  # fmt: skip
"""The most impersonal first: what says nothing about the person is said before what does."""


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """A cell may show no more than this. `codes`: the reasons that would be right."""

    effect: str
    codes: frozenset[str] = frozenset()
    silent: bool = False
    how: Mapping[str, str] = field(default_factory=dict)


@cache
def withheld(*codes: str) -> Said:
    """Withheld, and told so."""
    return Said("withhold", frozenset(codes))


@cache
def silent(*codes: str) -> Said:
    """Withheld, as if there were nothing."""
    return Said("withhold", frozenset(codes), silent=True)


@cache
def owner() -> Said:
    """The owner decides."""
    return Said("ask-owner", frozenset({"OWNER_APPROVAL"}))


@cache
def coarser(**how: str) -> Said:
    """Given, no finer than these levels."""
    return Said("generalise", how=how)


@dataclass(frozen=True)
class Table:
    """One part of law or practice. `says(row, class)`: at least so much is kept back, or None."""

    name: str
    part: str
    """Its place in the two orders."""
    title: str
    source: str
    says: Callable[[Row, str], Said | None]
    whole: bool = field(init=False)
    """Whether it says the same of every class: its function then calls the class `_`, and is asked once for a row."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "whole", "_" in signature(self.says).parameters)


def expected_effect(said: Iterable[Said]) -> tuple[str, bool]:
    """The effect of the strictest, and whether it is silent."""
    found = list(said)
    strictest = max((one.effect for one in found), key=rank, default="release")
    return strictest, any(one.silent for one in found)


def expected_codes(said: Sequence[tuple[str, Said]], order: tuple[str, ...]) -> frozenset[str]:
    """The reasons that would be right: those of the first part in the order whose effect is the cell's own."""
    effect, quiet = expected_effect(one for _, one in said)
    own = [(part, one) for part, one in said if one.effect == effect and (one.silent or not quiet)]
    first = min((order.index(part) for part, _ in own), default=-1)
    return frozenset().union(*(one.codes for part, one in own if order.index(part) == first))


def shown(code: str) -> str:
    """What an asker is told for a reason: RESTRICTED where the reason itself would disclose."""
    return str(code_list("reasons")[code]["shown_as"])
