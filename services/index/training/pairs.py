"""Pairs of records that may be of one person, found in a table by conditions in SQL.

Promise: each pair once, the smaller place first, in one order; memory does not grow with their number.
"""

from collections.abc import Iterator, Sequence

import duckdb
import pyarrow as pa

WIDE = (
    "l.numbers[1] = r.numbers[1]",
    "l.born = r.born AND list_has_any(l.family_sounds, r.family_sounds)",
    "l.born = r.born AND list_has_any(l.given_sounds, r.given_sounds)",
    "l.born = r.born AND l.postcodes[1] = r.postcodes[1]",
    "l.postcodes[1] = r.postcodes[1] AND list_has_any(l.given_sounds, r.given_sounds)",
    "l.phones[1] = r.phones[1]",
    "l.family = r.family AND l.given = r.given AND l.year = r.year",
)
"""The look-up keys of the hub, near enough."""
_AT_ONCE = 100_000


def found(
    table: pa.Table, blocks: Sequence[str] = WIDE, every: int = 1, seed: int = 1
) -> Iterator[tuple[int, int]]:
    """Pairs (places in the table) that meet any of `blocks`; of one record in `every`, drawn by `seed`, against all."""
    connection = duckdb.connect()
    connection.register("records", table)
    drawn = f"hash(l.unique_id, {int(seed)}) % {int(every)} = 0"
    sides = "SELECT least(l.unique_id, r.unique_id) a, greatest(l.unique_id, r.unique_id) b FROM records l JOIN records r"
    # A condition may not be the same both ways round, so both are tried.
    each = (f"{sides} ON l.unique_id != r.unique_id AND {block} WHERE {drawn}" for block in blocks)
    result = connection.execute(f"{' UNION '.join(each)} ORDER BY a, b")
    while some := result.fetchmany(_AT_ONCE):
        yield from some
