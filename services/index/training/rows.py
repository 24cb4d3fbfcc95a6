"""Records as a table that Splink trains on: each trait a column, sounds and listed forms worked out beforehand.

Promise: the columns hold just what `matching/traits.py` compares, so that a condition in SQL and a comparison in Python
read the same; nothing of it is written to a file.
"""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from services.index import normalise
from services.index.matching import traits
from services.index.matching.traits import Traits
from services.index.read import Summary

_WORD, _WORDS = pa.string(), pa.list_(pa.string())
SCHEMA = pa.schema(
    [
        pa.field("unique_id", pa.int64()),
        *(pa.field(name, _WORD) for name in ("given", "family", "born", "born_swapped", "sex")),
        pa.field("year", pa.int32()),
        *(
            pa.field(name, _WORDS)
            for name in ("givens", "given_sounds", "families", "family_sounds", "uprns", "addresses",
                         "postcodes", "streets", "phones", "numbers")
        ),
        pa.field("given_forms", pa.list_(pa.int32())),
    ]
)  # fmt: skip
"""The columns; what is not known is NULL, an empty list among it."""


def table(records: Sequence[Summary]) -> pa.Table:
    """The table of records; `unique_id` is the place of each in `records`."""
    rows = [_row(number, traits.of(record)) for number, record in enumerate(records)]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _row(number: int, one: Traits) -> dict[str, Any]:
    lists = {
        "givens": one.givens,
        "given_sounds": traits.sounds(one.givens),
        "given_forms": one.forms(),
        "families": one.families,
        "family_sounds": traits.sounds(one.families),
        **{
            name: getattr(one, name)
            for name in ("uprns", "addresses", "postcodes", "streets", "phones", "numbers")
        },
    }
    words = {name: getattr(one, name) or None for name in ("given", "family", "born", "sex")}
    return {
        "unique_id": number,
        **words,
        "born_swapped": normalise.swapped(one.born) or None,
        "year": int(one.year) if one.year else None,
        # In one order, so that two trainings on the same records are the same.
        **{name: sorted(found) or None for name, found in lists.items()},
    }
