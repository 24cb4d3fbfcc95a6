"""The rows of every book that is kept, each opened when the first decision under it is met.

Promise: a book decides here only where it is byte for byte the one of its name and its own rules can be run; for any other
there are no rows, so that nothing is decided under a stand-in.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self

from services.contract.problems import Problem
from services.policy.build import BUILT, read_built
from services.policy.engine_rows import EngineRows
from services.policy.kept import compiled_of, kept, read_kept
from services.policy.ports import Rows
from services.policy.tabled import Tabled
from services.policy.wasm import EmbeddedEngine

LONGEST = 60.0
"""Seconds for one call of many profiles."""


class KeptRows(Mapping[str, Rows]):
    """Digest of a book -> its rows. To be used as a context, at whose end the engines are let go."""

    def __init__(self, home: Path, built: Path = BUILT) -> None:
        self._home, self._built = home, built
        self._rows: dict[str, Rows | None] = {}
        self._engines = ExitStack()
        self._tabled = Tabled(built)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engines.close()

    def __getitem__(self, digest: str) -> Rows:
        if digest not in self._rows:
            self._rows[digest] = self._open(digest)
        found = self._rows[digest]
        if found is None:
            raise KeyError(digest)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(kept(self._home))

    def __len__(self) -> int:
        return len(kept(self._home))

    def _open(self, digest: str) -> Rows | None:
        """Of the rules that the program has, by its tables; of others by the engine that was kept beside them, and that one
        makes tables for nobody."""
        with suppress(Problem):
            book = read_kept(self._home, digest)
            own = read_built(self._built)[1].source_digest == book.rules_digest
            engine = EmbeddedEngine(self._built if own else compiled_of(self._home, digest), LONGEST)
            self._engines.callback(engine.close)
            engine.prepare(book)
            return self._tabled.rows(engine, book) if own else EngineRows(engine, book)
        return None
