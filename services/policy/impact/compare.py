"""Which way one cell differs from another.

Promise: whatever lets anything more through counts as widening, even where something else is taken away at once: a finer
level on any axis, an owner who is asked where before nobody was, a word where before there was silence, a duty less.
"""

from functools import lru_cache

from services.contract.decisions import AXES, EFFECTS, Cell
from services.policy.impact.report import NARROWER, OTHER, WIDER
from services.policy.plain_words import effect_of, in_words

SAME = ""


def direction(before: Cell, after: Cell) -> str:
    """widening | narrowing | other (only a reason, a task or what is missing), or "" where they are equal."""
    if before is after or before == after:
        return SAME
    if _more(before, after):
        return WIDER
    return NARROWER if _more(after, before) else OTHER


def _more(before: Cell, after: Cell) -> bool:
    """Whether `after` lets anything through that `before` does not."""
    if EFFECTS.index(after.effect) < EFFECTS.index(before.effect) or (before.silent and not after.silent):
        return True
    if after.released and before.released:
        finer = any(
            levels.index(after.how.get(axis, levels[0])) < levels.index(before.how.get(axis, levels[0]))
            for axis, levels in AXES.items()
        )
        return finer or bool(set(before.obligations) - set(after.obligations))
    return False


def words_of(cell: Cell) -> str:
    """The cell as a line names it: effect, level, reason recorded, duties."""
    return _words(cell.effect, cell.code, cell.visibility, tuple(sorted(cell.how.items())), cell.obligations)


@lru_cache(maxsize=4096)
def _words(
    effect: str, code: str, visibility: str, how: tuple[tuple[str, str], ...], obligations: tuple[str, ...]
) -> str:
    told = in_words(Cell(effect, code, "", visibility, dict(how)))
    word = effect_of(Cell(effect, code, "", visibility))
    duties = f", with {' and '.join(obligations)}" if obligations else ""
    if word == "release":
        return f"released{duties}"
    if word == "generalise":
        return f"given in general terms ({told.level}){duties}"
    if word == "ask-owner":
        return "put to the owner" if code == "OWNER_APPROVAL" else f"put to the owner ({told.reason})"
    return f"withheld{' without a word' if word == 'silent' else ''} ({told.reason or code})"
