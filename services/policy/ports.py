"""What deciding needs of an engine: the same rules on the same book, whoever evaluates them."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from services.contract.decisions import Cell, Context, Profile
from services.runtime.book import Book


class EngineFailed(Exception):
    """The engine gave no answer at all. Carries the kind of failure only, never the question."""


class Engine(Protocol):
    """Evaluates `data.mash.main.answer`. Thread-safe."""

    def rehearse(self, book: Book) -> None:
        """Everything of `prepare` after which nobody is answered under the book yet. Raises a `Problem`."""
        ...

    def prepare(self, book: Book) -> None:
        """Make the book ready to be decided under. Raises a `Problem` that says why it cannot be."""
        ...

    def ask(self, book: Book, question: Mapping[str, Any]) -> Any:
        """The engine's answer as JSON values, unchecked; under `book`, or under the one that has followed it.

        Raises `EngineFailed` within a bounded time.
        """
        ...

    def ready(self, book: Book) -> bool:
        """Whether it answers now, under this book."""
        ...

    def close(self) -> None: ...


class Rows(Protocol):
    """The cells of profiles under one book, for whoever looks at many: a matrix, a comparison, a replay."""

    def rows(
        self, context: Context, profiles: Sequence[Profile], classes: Sequence[str] | None = None
    ) -> Sequence[tuple[Cell, ...]]:
        """One row per profile, one cell per class: those asked for, else all of `codes("classes")` in their order.

        A class may be one that stands in no list: a record's fields that nobody has classed are asked about as well.
        Paper is already filled in (`with_papers`). Raises `EngineFailed` where nothing can be answered.
        """
        ...
