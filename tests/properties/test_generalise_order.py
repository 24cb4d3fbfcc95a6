"""The levels of each axis are an order: what leaves at a coarser one never says more than at a finer one.

Two rules that make one cell coarser combine by the coarser level of each axis; that is safe only where this holds.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import pytest

from services.contract.decisions import AXES, Cell
from tests.made_records import each_element, whole
from tests.minimising import CLASSES, book, demo, generalised, left

TYPES = sorted({path.partition(".")[0].partition("[")[0] for path in book()["fields"]} - {"*"})
SAID_IN_OTHER_WORDS = ("code", "provider", "place")
"""Axes whose coarser level may stand in words of its own, such as the kind of service."""
PAIRS = [(axis, *pair) for axis, levels in AXES.items() for pair in pairwise(levels)]


def records() -> list[dict[str, Any]]:
    made = [record for name in TYPES for record in (whole(name), *(one for _, one in each_element(name)))]
    return [*demo(), *made]


def said(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if path or name not in ("id", "meta", "resourceType"):
                yield from said(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from said(inner, path)
    else:
        yield path, str(value)


def at(axis: str, level: str) -> dict[str, Cell]:
    """Every class at this level of the axis."""
    finest = AXES[axis][0]
    return {} if level == finest else {code: generalised(**{axis: level}) for code in CLASSES}


@pytest.mark.parametrize(("axis", "finer", "coarser"), PAIRS)
def test_a_coarser_level_says_nothing_that_a_finer_one_does_not(axis: str, finer: str, coarser: str) -> None:
    compared = 0
    for record in records():
        more, less = left(record, **at(axis, finer)), left(record, **at(axis, coarser))
        if less is None or (more is None and axis in SAID_IN_OTHER_WORDS):
            continue
        assert more is not None, record["resourceType"]
        known = set(said(more))
        for path, text in said(less):
            if "masked" in text or "data-absent-reason" in text:
                continue
            compared += 1
            if axis in SAID_IN_OTHER_WORDS:
                continue
            assert any(path == where and word.startswith(text) for where, word in known), (path, text)
    assert compared > 100


def test_neither_name_nor_number_is_left_of_somebody_known_by_year_of_birth() -> None:
    """Where a possible match is also an adopted child's former record, the level is that of both: no name."""
    for record in demo():
        if record["resourceType"] != "Patient":
            continue
        year = left(record, **at("identity", "birth-year"))
        assert year is not None
        assert set(dict(said(year))) <= {".active", ".birthDate"}
        assert year["birthDate"] == record["birthDate"][:4]
