"""Rows from an engine: every profile asked, a batch at a time.

Promise: the cells are the engine's own, whatever the number of profiles; an answer that is not whole, or of another
book, is none.
"""

from collections.abc import Sequence

from services.contract.decisions import Cell, Context, Profile, as_input
from services.contract.vocabulary import codes
from services.policy.cells import rows_of
from services.policy.ports import Engine, EngineFailed
from services.runtime.book import Book

BATCH = 100
"""Profiles in one call: what every engine answers well within its wait."""


class EngineRows:
    """Satisfies `Rows` over any engine that has the book."""

    def __init__(self, engine: Engine, book: Book) -> None:
        self._engine, self._book = engine, book

    def rows(
        self, context: Context, profiles: Sequence[Profile], classes: Sequence[str] | None = None
    ) -> Sequence[tuple[Cell, ...]]:
        """One row per profile, one cell per class. Raises `EngineFailed`."""
        wanted = list(codes("classes") if classes is None else classes)
        found: list[tuple[Cell, ...]] = []
        for start in range(0, len(profiles), BATCH):
            batch = profiles[start : start + BATCH]
            asked = {
                "context": as_input(context),
                "profiles": [as_input(profile) for profile in batch],
                "classes": wanted,
            }
            answer = self._engine.ask(self._book, asked)
            rows = rows_of(answer, len(batch), len(wanted))
            if rows is None or answer.get("revision") != self._book.revision:
                raise EngineFailed("NotWhole")
            found += rows
        return found
