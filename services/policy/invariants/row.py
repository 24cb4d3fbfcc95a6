"""A row: one asker's situation, one profile, and the cell of each class. What the invariants are held against.

Promise: nothing here knows a rule; a row is read by the words of the vocabulary alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from services.contract.decisions import AXES, EFFECTS, Cell, Context, Profile
from services.contract.vocabulary import code_list, codes
from services.policy.invariants.written import Written

CLASSES = tuple(code for code in codes("classes") if not code_list("classes")[code]["question"])
"""The classes of fields; the questions about a source (ASK, QUERY, COUNT) have invariants of their own."""
PROTECTING = frozenset({"C-S17", "C-S47", "A-S42", "A-S45", "MARAC", "MAPPA", "MISPER", "CASE-REVIEW"})
CARING = frozenset({"TREAT", "COC", "ETREAT", "ERTREAT", "EOL-CARE", "BTG"})
USUAL: Mapping[str, Any] = {
    "identity": "MATCH", "conflict": False, "harm_link": False, "agreement": "AGREED", "agreed_to": (),
    "objection": "NOT-RECORDED", "item_share": "NOT-RECORDED", "confidentiality": "N", "labels": (),
    "adoption": "none", "currency": "CURRENT", "event_age": "OPEN", "same_place": False, "value": "known",
    "owner_decision": "none", "source_concern": False, "subject": "other", "family_child": False,
    "subject_age": "ADULT",
}  # fmt: skip
"""A plain, current record about an adult against which nothing speaks."""


@dataclass(frozen=True)
class Row:
    """What was asked, and what came out: a cell for each code of `CLASSES`, and for each question."""

    context: Context
    profile: Profile
    cells: Mapping[str, Cell]
    written: Written

    @cached_property
    def purpose(self) -> str:
        return self.context.purpose

    @cached_property
    def labels(self) -> frozenset[str]:
        return frozenset(self.profile.labels)

    @property
    def partner(self) -> bool:
        """Whether the record is another organisation's than the asker's."""
        return not self.profile.own

    @property
    def risk(self) -> bool:
        """Whether somebody recorded a perceived risk on the case."""
        return "perceived-risk" in self.context.evidence

    @cached_property
    def column(self) -> str:
        """A: protecting somebody, or a recorded risk. B: care in person. C: everything else."""
        if self.purpose in PROTECTING or (self.purpose == "C-SCREEN" and self.risk):
            return "A"
        return "B" if self.purpose in CARING else "C"

    @property
    def child(self) -> bool:
        """Under 18, or of unknown age, which counts as 13 to 17."""
        return self.profile.subject_age != "ADULT"

    @property
    def family_child(self) -> bool:
        """A child of the case's family."""
        return self.profile.family_child and self.child

    @property
    def approved(self) -> bool:
        """Whether the owner has approved this one."""
        return self.profile.owner_decision == "approved"

    @property
    def decision_maker(self) -> bool:
        """The hub's team manager, and the emergency duty team on a case that it opened itself."""
        role = self.context.role
        return role == "SW-TEAM-MGR" or (role == "SW-EDT" and self.context.opened_by_asker)


def depth(code: str) -> int:
    """The number of a class; a letter goes with its class."""
    return int(code[2])


def rank(effect: str) -> int:
    """0 for release to 3 for withhold."""
    return EFFECTS.index(effect)


def finer(how: Mapping[str, str], than: Mapping[str, str]) -> list[str]:
    """The axes on which `how` shows more than the levels of `than`."""
    return [
        axis
        for axis, level in than.items()
        if AXES[axis].index(how.get(axis, AXES[axis][0])) < AXES[axis].index(level)
    ]


def in_words(row: Row, code: str = "") -> str:
    """A row as a sentence: who asks, why, about whose record, and whatever of it is out of the usual."""
    asks, record = row.context, row.profile
    odd = [
        f"{name}={_told(getattr(record, name))}"
        for name, usual in USUAL.items()
        if getattr(record, name) != usual
    ]
    paper = record.paper + (f" ({record.isa})" if record.isa else "")
    holder = "its own" if record.own else record.source_organisation
    told = (
        f"{asks.role} of {asks.organisation} asks for {asks.purpose} on {asks.on} (case {asks.case}, ground {asks.ground}"
        f"{', opened by the asker' if asks.opened_by_asker else ''}, evidence {_told(asks.evidence)}, {asks.channel}); "
        f"the record is {holder} ({record.source_kind}), relationship {record.relationship}, paper {paper}"
        f"{''.join(f', {one}' for one in odd)}"
    )
    return f"{told}; {code}: {cell_in_words(row.cells[code])}" if code else told


def cell_in_words(cell: Cell) -> str:
    """A cell as a few words."""
    how = f" ({', '.join(f'{axis} {level}' for axis, level in sorted(cell.how.items()))})" if cell.how else ""
    seen = "silent" if cell.silent else f"shown as {cell.shown_as}" if cell.shown_as else ""
    return " ".join(part for part in (cell.effect + how, cell.code, seen) if part)


def _told(value: Any) -> str:
    return "+".join(value) or "none" if isinstance(value, tuple) else str(value)
