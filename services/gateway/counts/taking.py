"""Taking the numbers of a month: once for each set of sources, then kept, so that asking again tells nothing new.

Promise: whatever two gateways do at one moment, each number is settled against every one before it; the exact count of the
index is kept nowhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from services.contract.directory import Source
from services.contract.people import Count
from services.gateway.counts.cells import Cells, cells_of, settled
from services.gateway.counts.tables import CountsRow
from services.gateway.parts import Parts
from services.gateway.store.opened import StoreUnavailable

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Taken:
    """The numbers of a month."""

    month: str
    taken_on: str
    cells: Cells = field(repr=False)


def take(parts: Parts, sources: Sequence[Source], on: str) -> Taken:
    """The numbers of these sources for the month of the day `on`. Raises `IndexUnavailable`, `StoreUnavailable`."""
    month, named = on[:7], " ".join(sorted(source.id for source in sources))
    counted = None
    for _ in range(_TRIES):
        rows = _rows(parts)
        there = next((row for row in rows if (row.month, row.sources) == (month, named)), None)
        if there is not None:
            return Taken(month, there.taken_on, _open(parts, there))
        if counted is None:
            counted = parts.index.count(Count(tuple(source.id for source in sources), on))
        kinds = dict.fromkeys(source.kind for source in sources)
        cells = settled(cells_of(counted, kinds), [_open(parts, row) for row in rows])
        if _keep(
            parts, CountsRow(number=len(rows) + 1, month=month, sources=named, taken_on=on, sealed=b""), cells
        ):
            return Taken(month, on, cells)
    # Others took theirs each time between reading and keeping.
    raise StoreUnavailable


def _rows(parts: Parts) -> Sequence[CountsRow]:
    """Everything that was ever taken, newest first."""
    with parts.store.begin() as session:
        return session.exec(select(CountsRow).order_by(col(CountsRow.number).desc())).all()


def _open(parts: Parts, row: CountsRow) -> Cells:
    cells: Cells = parts.store.open(row.sealed, f"counts:{row.number}")
    return cells


def _keep(parts: Parts, row: CountsRow, cells: Cells) -> bool:
    """Whether it is kept; not where somebody else took the number first, or these same numbers."""
    row.sealed = parts.store.seal(dict(cells), f"counts:{row.number}")
    try:
        with parts.store.begin() as session:
            session.add(row)
    except IntegrityError:
        return False
    return True
