"""From an engine's JSON to cells.

Promise: a cell is taken whole or not at all. A row of the wrong length, an effect, level or visibility that
is no word of the hub, a reason that is no code: withheld, POLICY_UNAVAILABLE.
"""

from functools import lru_cache
from typing import Any

import orjson

from services.contract.decisions import AXES, EFFECTS, WITHHELD_UNAVAILABLE, Cell
from services.contract.vocabulary import code_list

_MEMBERS = frozenset(Cell.__dataclass_fields__)
_LISTS = ("missing", "obligations", "tasks")
_KEPT_BACK = ("ask-owner", "withhold")
_EMPTY = {
    "code": "",
    "shown_as": "",
    "visibility": "shown",
    "how": {},
    "missing": [],
    "obligations": [],
    "tasks": [],
}


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
    """One cell; WITHHELD_UNAVAILABLE for anything but a whole one.

    An engine leaves out what is empty: a plain release is `{"effect": "release"}`.
    """
    try:
        return _known(orjson.dumps(found))
    except TypeError:
        return WITHHELD_UNAVAILABLE


# A question has hundreds of cells and few distinct ones.
@lru_cache(maxsize=4096)
def _known(text: bytes) -> Cell:
    found = orjson.loads(text)
    if not isinstance(found, dict) or not found.keys() <= _MEMBERS or "effect" not in found:
        return WITHHELD_UNAVAILABLE
    whole = {**_EMPTY, **found}
    if not _sound(whole) or (whole["effect"] in _KEPT_BACK and "visibility" not in found):
        return WITHHELD_UNAVAILABLE
    return Cell(**{**whole, **{name: tuple(whole[name]) for name in _LISTS}})


def _sound(found: dict[str, Any]) -> bool:
    effect, silent = found["effect"], found["visibility"] == "silent"
    if effect not in EFFECTS or found["visibility"] not in ("shown", "silent"):
        return False
    how = found["how"]
    if not isinstance(how, dict) or not all(level in AXES.get(axis, ()) for axis, level in how.items()):
        return False
    if bool(how) != (effect == "generalise") or (silent and effect != "withhold"):
        return False
    lists = [found[name] for name in _LISTS]
    if not all(isinstance(one, list) and all(isinstance(word, str) for word in one) for one in lists):
        return False
    return _explained(found, silent)


def _explained(found: dict[str, Any], silent: bool) -> bool:
    """What is kept back has its reason; a silent cell says nothing;
    nothing is owed for what is not released.
    """
    reasons, kept_back = code_list("reasons"), found["effect"] in _KEPT_BACK
    if any(code != "" and code not in reasons for code in (found["code"], found["shown_as"])):
        return False
    if kept_back and (not found["code"] or bool(found["obligations"])):
        return False
    return not (silent and (found["shown_as"] or found["missing"])) and (
        not kept_back or silent == (not found["shown_as"])
    )
