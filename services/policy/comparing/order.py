"""Which way one rule's finding differs from another: what lets anything more through gives, whatever else it takes.

Promise: where no finding of any rule gives, no cell put together from them releases more. That holds because the most restrictive
effect wins, silence beats everything, and each axis takes its coarsest level; `sound` refuses the findings of which it would not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.contract.decisions import AXES, EFFECTS
from services.contract.vocabulary import code_list

RELEASE, GENERALISE, WITHHOLD = 0, EFFECTS.index("generalise"), EFFECTS.index("withhold")


@dataclass(frozen=True, slots=True)
class Said:
    """What one rule says of one class, as far as it decides what is released."""

    effect: int = RELEASE
    silent: bool = False
    how: tuple[tuple[str, str], ...] = ()
    code: str = ""


NOTHING = Said()
"""The rule takes nothing away."""


def said(found: Mapping[str, Any] | None) -> Said:
    """From a finding as a rule gives it. One whose effect is release takes nothing away."""
    if found is None or found["effect"] == RELEASE:
        return NOTHING
    return Said(found["effect"], found["silent"], tuple(sorted(found["how"].items())), found["code"])


def gives(before: Said, after: Said) -> bool:
    """Whether `after` lets anything through that `before` does not: less withheld, a finer level, a word for silence."""
    if after.effect < before.effect or (before.silent and not after.silent):
        return True
    if before.effect != GENERALISE or after.effect != GENERALISE:
        return False
    was, is_now = dict(before.how), dict(after.how)
    return any(
        levels.index(is_now.get(axis, levels[0])) < levels.index(was.get(axis, levels[0]))
        for axis, levels in AXES.items()
    )


def owes_less(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether any duty of the receiver is gone."""
    return bool(set(before) - set(after))


def sound(found: Mapping[str, Any]) -> bool:
    """Whether a finding is of the form for which the order holds: only withholding is silent, only generalising has levels, each
    a known one, and every reason is a word. Any other would make a cell that nobody can read, and reads as withheld."""
    effect, how = found["effect"], found["how"]
    if effect not in range(len(EFFECTS)) or not isinstance(found["silent"], bool):
        return False
    if (found["silent"] and effect != WITHHOLD) or bool(how) != (effect == GENERALISE):
        return effect == RELEASE and not found["silent"]
    if not all(level in AXES.get(axis, ()) for axis, level in how.items()):
        return False
    return effect == RELEASE or found["code"] in code_list("reasons")
