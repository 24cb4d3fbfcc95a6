"""A cell in plain English: what happens, how far, why, and who can change it.

Promise: every effect, level and reason has words, and the words are those of schemas/vocabulary/.
"""

from collections.abc import Iterable, Mapping

from services.contract.decisions import Cell, MatrixCell
from services.contract.vocabulary import code_list

WORDS: Mapping[str, str] = {
    "release": "Released",
    "generalise": "In general terms",
    "ask-owner": "Owner is asked",
    "withhold": "Withheld",
    "silent": "Silent",
}
LEVELS: Mapping[tuple[str, str], str] = {
    ("code", "top-label"): "top label only",
    ("code", "in-service"): "as “in service”",
    ("code", "kind"): "kind of service",
    ("date", "month"): "month",
    ("date", "year"): "year",
    ("count", "count"): "count",
    ("provider", "kind"): "no provider named",
    ("place", "district"): "district",
    ("identity", "birth-year"): "birth year",
    ("identity", "stub"): "name and birth year",
}


def effect_of(cell: Cell) -> str:
    """The effect, with silent withholding as a word of its own."""
    return "silent" if cell.silent else cell.effect


def level_of(how: Mapping[str, str]) -> str:
    """How far something is generalised, in words."""
    return ", ".join(LEVELS.get(pair, f"{pair[0]} {pair[1]}") for pair in sorted(how.items()))


def in_words(cell: Cell) -> MatrixCell:
    """The cell for those who write the rules: the reason recorded, not only the one an asker is shown."""
    reason = code_list("reasons").get(cell.code, {}) if cell.effect != "release" else {}
    effect = effect_of(cell)
    return MatrixCell(
        effect,
        WORDS[effect],
        level_of(cell.how),
        str(reason.get("title", "")),
        str(reason.get("who_can_change", "")),
    )


def listed(words: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    every = list(words)
    return f" {last} ".join(filter(None, (", ".join(every[:-1]), every[-1]))) if every else ""
