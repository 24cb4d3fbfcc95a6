"""From an engine's JSON to cells.

Promise: a cell is taken whole or not at all. A row of the wrong length, an effect, level or visibility that is no word of the
hub, a reason that is no code: withheld, POLICY_UNAVAILABLE.
"""

from typing import Any

from services.contract.decisions import AXES, EFFECTS, WITHHELD_UNAVAILABLE, Cell
from services.contract.vocabulary import code_list

_MEMBERS = frozenset(Cell.__dataclass_fields__)
_LISTS = ("missing", "obligations", "tasks")


def rows_of(answer: Any, profiles: int, classes: int) -> tuple[tuple[Cell, ...], ...] | None:
    """`cells[profile][class]`, each row `classes` long; None where the answer holds no rows at all."""
    rows = answer.get("cells") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or len(rows) != profiles:
        return None
    return tuple(_row(row, classes) for row in rows)


def _row(row: Any, classes: int) -> tuple[Cell, ...]:
    if not isinstance(row, list) or len(row) != classes:
        return (WITHHELD_UNAVAILABLE,) * classes
    return tuple(cell_of(cell) for cell in row)


def cell_of(found: Any) -> Cell:
    """One cell; WITHHELD_UNAVAILABLE for anything but a whole one."""
    if not isinstance(found, dict) or found.keys() != _MEMBERS or not _sound(found):
        return WITHHELD_UNAVAILABLE
    return Cell(**{**found, **{name: tuple(found[name]) for name in _LISTS}})


def _sound(found: dict[str, Any]) -> bool:
    effect, silent = found["effect"], found["visibility"] == "silent"
    if effect not in EFFECTS or found["visibility"] not in ("shown", "silent"):
        return False
    how = found["how"]
    if not isinstance(how, dict) or not all(level in AXES.get(axis, ()) for axis, level in how.items()):
        return False
    if bool(how) != (effect == "generalise") or (silent and effect != "withhold"):
        return False
    reasons = code_list("reasons")
    if any(code and code not in reasons for code in (found["code"], found["shown_as"])):
        return False
    told = found["shown_as"], found["missing"], found["obligations"]
    if silent and any(told):
        return False
    if effect in ("ask-owner", "withhold") and not (found["code"] and (silent or found["shown_as"])):
        return False
    return all(
        isinstance(found[name], list) and all(isinstance(word, str) for word in found[name])
        for name in _LISTS
    )
