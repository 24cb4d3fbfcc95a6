"""What left by an answer, class by class, as its decision record has it.

Promise: over-reported, never under-reported: a class counts as having left if any record of the answer could show it; which
record was whose stands in no decision record, so everybody in the answer counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.contract.decisions import Profile
from services.contract.vocabulary import code_list
from services.policy.recorded import AnotherShape, Call, Decision, Told, read_record

OPENS = ("release", "generalise")
SEARCHES = "search."
STUB = ("DM1",)
"""What a search gives of those it may mean: name and year of birth."""


@dataclass
class Form:
    """How a class left: whole in some record or coarser only, and whether only of the asker's own records."""

    whole: bool = False
    coarser: list[Mapping[str, str]] = field(default_factory=list)
    own_only: bool = True

    def words(self) -> str:
        """Such as `whole`, or `coarser (place: district)`."""
        kinds = sorted({f"{axis}: {level}" for how in self.coarser for axis, level in how.items()})
        told = "whole" if self.whole else f"coarser ({', '.join(kinds)})"
        return f"{told}, of the asker's own records only" if self.own_only else told

    def as_json(self) -> dict[str, Any]:
        """`{whole, coarser, own_only}`."""
        return {"whole": self.whole, "coarser": self.coarser, "own_only": self.own_only}


@dataclass(frozen=True)
class Left:
    """An answer: by which channel, and the form of each class that left."""

    channel: str
    classes: Mapping[str, Form]


class NotTold(Exception):
    """The record is of another version of the hub, and is not guessed at."""


def left_by(kind: str, record: bytes) -> Left:
    """What the answer of an entry of this kind let leave. Raises `NotTold`."""
    try:
        decision = read_record(record)
    except AnotherShape as error:
        raise NotTold(str(error)) from None
    classes: dict[str, Form] = {}
    for class_, profile, cell in _shown(kind, decision):
        effect, how = cell[0], dict(cell[3])
        if effect not in OPENS:
            continue
        form = classes.setdefault(class_, Form())
        form.own_only = form.own_only and profile.own
        if effect == "release" and not how:
            form.whole = True
        elif how not in form.coarser:
            form.coarser.append(how)
    return Left(decision.context.channel, classes)


def _shown(kind: str, decision: Decision) -> Iterator[tuple[str, Profile, Told]]:
    """The cells that an answer is made of. The first call weighs whom the question means: of it nothing is shown but, in a
    search, stubs of those who are left; its first row is the question itself."""
    if kind.startswith(SEARCHES):
        yield from (one for one in _cells(decision.calls[0], 1) if one[0] in STUB)
        return
    for call in decision.calls[1:]:
        yield from _cells(call, 0)


def _cells(call: Call, first: int) -> Iterator[tuple[str, Profile, Told]]:
    questions = {code for code, row in code_list("classes").items() if row["question"]}
    for profile, row in zip(call.profiles[first:], call.cells[first:], strict=True):
        for class_, cell in zip(call.classes, row, strict=True):
            if class_ not in questions:
                yield class_, profile, cell
