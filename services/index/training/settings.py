"""The levels of `matching/levels.py` once more, as Splink's settings: the same conditions in SQL.

Promise: for any two records the level is the same here and there (`tests/unit/index/test_parity.py`), so that a weight
trained here means the same when it is looked up there.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from splink import SettingsCreator

from services.index.matching import levels
from services.index.matching.model import Model

NULL, ELSE = "null", "ELSE"


def _known(column: str) -> str:
    return f"{column}_l IS NOT NULL AND {column}_r IS NOT NULL"


def _nothing(*columns: str) -> str:
    return " OR ".join(f"{column}_{side} IS NULL" for column in columns for side in "lr")


def _shared(column: str, other: str = "") -> str:
    return f"coalesce(list_has_any({column}_l, {other or column}_r), false)"


def _likeness(column: str, least: float) -> str:
    """The best Jaro-Winkler over two lists; two single values, the usual case, without unfolding them."""
    best = (
        f"list_max(flatten(list_transform({column}_l, lambda a: "
        f"list_transform({column}_r, lambda b: jaro_winkler_similarity(a, b)))))"
    )
    single = f"jaro_winkler_similarity({column}_l[1], {column}_r[1])"
    alone = f"len({column}_l) = 1 AND len({column}_r) = 1"
    return f"coalesce(CASE WHEN {alone} THEN {single} ELSE {best} END >= {least}, false)"


_CROSSWISE = (_shared("givens", "families"), _shared("families", "givens"))
_WHOLE = "length(given_l) > 1 AND length(given_r) > 1"
_PART = " OR ".join(
    f"(len(list_filter({short}, lambda a: length(a) >= {levels.SHORTEST_PART} AND "
    f"len(list_filter({whole}, lambda b: starts_with(b, a) OR ends_with(b, a))) > 0)) > 0)"
    for short, whole in (("families_l", "families_r"), ("families_r", "families_l"))
)
_YEAR, _MONTH, _DAY = (f"split_part(born_l, '-', {n}) = split_part(born_r, '-', {n})" for n in (1, 2, 3))
_APART = f"coalesce(abs(year_l - year_r) > {levels.ROUGH_YEARS}, false)"

CONDITIONS: Mapping[str, Mapping[str, str]] = {
    levels.GIVEN: {
        NULL: _nothing("given"),
        levels.SAME: f"given_l = given_r AND {_WHOLE}",
        levels.ANOTHER: f"{_WHOLE} AND {_shared('givens')}",
        levels.LISTED: f"{_WHOLE} AND {_shared('given_forms')}",
        levels.CLOSE: f"{_WHOLE} AND {_likeness('givens', levels.CLOSE_NAMES)}",
        levels.SWAPPED: " AND ".join((_WHOLE, *_CROSSWISE)),
        levels.SIMILAR: f"{_WHOLE} AND ({_likeness('givens', levels.SIMILAR_NAMES)} OR {_shared('given_sounds')})",
        levels.INITIAL: f"NOT ({_WHOLE}) AND given_l[1] = given_r[1]",
        levels.DIFFERENT: ELSE,
    },
    levels.FAMILY: {
        NULL: _nothing("family"),
        levels.SAME: "family_l = family_r",
        levels.ANOTHER: _shared("families"),
        levels.CLOSE: _likeness("families", levels.CLOSE_NAMES),
        levels.SWAPPED: " OR ".join(_CROSSWISE),
        levels.PART: _PART,
        levels.SIMILAR: f"{_likeness('families', levels.SIMILAR_NAMES)} OR {_shared('family_sounds')}",
        levels.DIFFERENT: ELSE,
    },
    levels.BORN: {
        NULL: f"({_nothing('born')}) AND NOT {_APART}",
        levels.SAME: "born_l = born_r",
        levels.SWAPPED: "born_swapped_l = born_r",
        levels.DIGIT: "damerau_levenshtein(born_l, born_r) <= 1",
        levels.PARTS: f"({_YEAR})::int + ({_MONTH})::int + ({_DAY})::int = 2",
        levels.YEAR: _YEAR,
        levels.DIFFERENT: ELSE,
    },
    levels.SEX: {NULL: _nothing("sex"), levels.SAME: "sex_l = sex_r", levels.DIFFERENT: ELSE},
    levels.PLACE: {
        NULL: " OR ".join(f"(uprns_{side} IS NULL AND addresses_{side} IS NULL)" for side in "lr"),
        levels.HOME: f"{_shared('uprns')} OR {_shared('addresses')}",
        levels.POSTCODE: _shared("postcodes"),
        levels.CLOSE: _likeness("addresses", levels.CLOSE_ADDRESSES),
        levels.STREET: _shared("streets"),
        levels.DIFFERENT: ELSE,
    },
    levels.PHONE: {NULL: _nothing("phones"), levels.SAME: _shared("phones"), levels.DIFFERENT: ELSE},
    levels.NUMBER: {NULL: _nothing("numbers"), levels.SAME: _shared("numbers"), levels.DIFFERENT: ELSE},
}


def settings(blocks: Iterable[str], chance: float, model: Model | None = None) -> SettingsCreator:
    """Splink's settings; with a model, its weights stand in them and nothing is left to train.

    `blocks`: SQL conditions on `l` and `r` by which pairs are found. `chance`: that two random records are one person.
    """
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_comparison(name, model) for name in CONDITIONS],
        blocking_rules_to_generate_predictions=[{"blocking_rule": block} for block in blocks],
        probability_two_random_records_match=chance,
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=False,
    )


def _comparison(name: str, model: Model | None) -> dict[str, Any]:
    listed = [_level(name, level, condition, model) for level, condition in CONDITIONS[name].items()]
    return {"output_column_name": name, "comparison_levels": listed}


def _level(name: str, level: str, condition: str, model: Model | None) -> dict[str, Any]:
    found: dict[str, Any] = {"sql_condition": condition, "label_for_charts": level}
    if level == NULL:
        return found | {"is_null_level": True}
    if name in levels.FREQUENT and level == levels.SAME:
        # The level's own u is what the weight assumes; Splink would look for it in the text of the condition.
        found |= {"tf_adjustment_column": name, "disable_tf_exact_match_detection": True}
        if model:
            found["tf_minimum_u_value"] = model.frequencies[name].floor
    if model:
        trained = model.levels[name][level]
        found |= {"m_probability": trained.m, "u_probability": trained.u}
    return found
