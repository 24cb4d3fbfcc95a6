"""The question put to policy and its answer: a context, profiles, classes; a cell for each pair.

Promise: nothing here can hold a name, number, date of birth, identifier of a person, or text: every member is a code, a
truth value or an organisation's id. Effects and how they compose: the most restrictive wins, silence beats everything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.contract.canonical import emit, parse

NOT_YET = "NOT_YET"
"""The value of an input not known before the sources are asked; only rules about ASK and QUERY accept it."""

EFFECTS = ("release", "generalise", "ask-owner", "withhold")
AXES: Mapping[str, tuple[str, ...]] = {
    "code": ("as-is", "top-label", "in-service", "kind"),
    "date": ("day", "month", "year"),
    "count": ("as-is", "count"),
    "provider": ("name", "kind"),
    "place": ("full", "district"),
    "identity": ("full", "stub", "birth-year"),
}
"""The axes of generalising, each from finest to coarsest. Two generalisings combine by the coarser level of each axis."""


@dataclass(frozen=True, slots=True)
class Context:
    """What is the same for every cell of one request."""

    on: str
    """The day in Europe/London, `YYYY-MM-DD`: both ends of every date in policy are inclusive."""
    organisation: str
    organisation_type: str
    role: str
    purpose: str
    case: str
    """OPEN | LAPSED | CLOSED | NOT_MEMBER | NONE (a purpose that needs no case)."""
    evidence: tuple[str, ...] = ()
    """Kinds of evidence on the case, sorted."""
    ground: str = "none"
    """none | stated | urgent."""
    no_consent_reason: str = "none"
    channel: str = "view"
    opened_by_asker: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """What policy may know of a record, or of a person at a source. Finite, so that it can be tabulated."""

    source_organisation: str
    source_kind: str
    own: bool
    identity: str
    relationship: str
    conflict: bool = False
    harm_link: bool = False
    subject: str = "other"
    family_child: bool = False
    subject_age: str = "UNKNOWN"
    agreement: str = "NOT-RECORDED"
    agreed_to: tuple[str, ...] = ()
    objection: str = "NOT-RECORDED"
    item_share: str = "NOT-RECORDED"
    confidentiality: str = "N"
    labels: tuple[str, ...] = ()
    adoption: str = "none"
    currency: str = "CURRENT"
    event_age: str = "NO_EVENT"
    same_place: bool = False
    value: str = "known"
    owner_decision: str = "none"
    source_concern: bool = False
    paper: str = "NONE"
    """CURRENT | LAPSED | NONE | SUSPENDED. The policy service fills it in from the ISAs; what a caller sends is not read."""
    isa: str = ""
    paper_defect: str = "NO_ISA"
    """A word of schemas/vocabulary/paper-defects.json; SOUND where nothing is wrong. Filled in with `paper`."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The answer for one profile and class."""

    effect: str
    code: str = ""
    """The reason recorded; empty for a plain release."""
    shown_as: str = ""
    """The reason an asker may see; empty on a silent cell."""
    visibility: str = "shown"
    how: Mapping[str, str] = field(default_factory=dict)
    """Level on each axis that is coarser than as it is; empty where nothing is generalised."""
    missing: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    """The hub's own; never part of an answer."""

    @property
    def released(self) -> bool:
        """Whether anything of the field leaves (as it is or generalised)."""
        return self.effect in ("release", "generalise")

    @property
    def silent(self) -> bool:
        """Whether even the withholding is unsaid."""
        return self.visibility == "silent"


WITHHELD_UNAVAILABLE = Cell(effect="withhold", code="POLICY_UNAVAILABLE", shown_as="POLICY_UNAVAILABLE")


@dataclass(frozen=True, slots=True)
class Question:
    """One call to policy: every profile against every class."""

    revision: str
    """The book under which the caller works; the answer must be given under it or under the one that follows it."""
    context: Context
    profiles: tuple[Profile, ...]
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Cells by position: `cells[profile][class]`, complete; a cell that the engine did not give is WITHHELD_UNAVAILABLE."""

    revision: str
    digest: str
    cells: tuple[tuple[Cell, ...], ...]
    warnings: tuple[str, ...] = ()
    """Codes for the whole context, such as AGREEMENT_LAPSED."""
    profiles: tuple[Profile, ...] = ()
    """As the engine was shown them (paper filled in): this is what is recorded and replayed."""
    classes: tuple[str, ...] = ()
    """As asked, so that a record of the answer stands by itself."""


def with_paper(profile: Profile, paper: str, isa: str, defect: str) -> Profile:
    """The same profile with the state of the paperwork between asker and source, and what is wrong with it."""
    return replace(profile, paper=paper, isa=isa, paper_defect=defect)


def as_input(value: Context | Profile) -> dict[str, Any]:
    """The engine's JSON for a context or profile: member names as above, tuples as lists."""
    return {
        name: list(member) if isinstance(member := getattr(value, name), tuple) else member
        for name in value.__dataclass_fields__
    }


def joined(common: Mapping[str, Any], parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A decision record in one piece: `{salt, context, noted, cells, calls: [{revision, digest, classes, profiles, cells}]}`.

    `common` is such a record of what is about nobody; each part has `{objection, cells, calls: [{call, profiles, cells}]}`
    of the people whom it is about. A profile that stands in two parts stands once.
    """
    told = [cell for whole in (common, *parts) for cell in whole["cells"]]
    rows: list[dict[bytes, tuple[Any, list[int]]]] = [{} for _ in common["calls"]]
    start = len(common["cells"])
    for part in parts:
        for call in part["calls"]:
            for profile, row in zip(call["profiles"], call["cells"], strict=True):
                rows[call["call"]].setdefault(emit(profile), (profile, [start + place for place in row]))
        start += len(part["cells"])
    number: dict[bytes, int] = {}
    calls = []
    for call, found in zip(common["calls"], rows, strict=True):
        # Sorted, so that equal decisions are equal bytes in whatever order their parts were kept.
        held = [
            *zip(call["profiles"], call["cells"], strict=True),
            *(row for _, row in sorted(found.items())),
        ]
        cells = [[number.setdefault(emit(told[place]), len(number)) for place in row] for _, row in held]
        calls.append({**call, "profiles": [profile for profile, _ in held], "cells": cells})
    objection = any((common["noted"]["objection"], *(part["objection"] for part in parts)))
    noted = {**common["noted"], "objection": objection}
    kept = {"salt": common["salt"], "context": common["context"], "noted": noted, "calls": calls}
    return kept | {"cells": [parse(cell) for cell in number]}


@dataclass(frozen=True, slots=True)
class MatrixAsked:
    """What an IG lead picks: who asks, why, on what day; one holder, or all of them."""

    organisation: str
    role: str
    purpose: str
    on: str
    holder: str = ""


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """One cell in words: what happens, how far, why, and who can change it."""

    effect: str
    """release | generalise | ask-owner | withhold | silent."""
    word: str
    level: str = ""
    reason: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A circumstance or a holder, and a cell for each class."""

    code: str
    title: str
    group: str
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True, slots=True)
class MatrixPart:
    """Sources that are treated alike, the paper that stands between, and their rows."""

    holders: tuple[str, ...]
    paper: tuple[str, ...]
    rows: tuple[MatrixRow, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Class by circumstance for one question, with what is missing or at odds in the paper. No person is in it."""

    asked: MatrixAsked
    question: str
    revision: str
    classes: tuple[tuple[str, str, str], ...]
    """(code, title, content)."""
    holders: tuple[MatrixRow, ...]
    """A row a source, in the plain circumstance; a second where the case's child is treated otherwise."""
    groups: tuple[tuple[str, str], ...]
    """Groups of circumstances, in order: (code, heading)."""
    parts: tuple[MatrixPart, ...]
    gaps: tuple[str, ...]
