"""Deciding: a question about profiles and classes goes to the engine, a whole answer comes back or none.

Promise: every profile and class asked for has a cell; a cell that the engine did not give, or gave wrongly,
is withheld; an answer under a revision that is not accepted is no answer; one answer never mixes two
revisions.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from services.contract.decisions import (
    Answer,
    Cell,
    Context,
    Matrix,
    MatrixAsked,
    Profile,
    Question,
    as_input,
)
from services.contract.problems import PolicyUnavailable
from services.policy.cells import rows_of
from services.policy.engine_rows import EngineRows
from services.policy.kept import keep_compiled
from services.policy.matrix import checked, matrix_of
from services.policy.paper import with_papers
from services.policy.ports import Engine, EngineFailed, Rows
from services.policy.tables.domains import slot
from services.policy.tables.serve import TableEngine
from services.runtime.book import Book, Shelf
from services.runtime.logs import log


class Decider:
    """Satisfies the gateway's port `Policy`. Thread-safe; knows no person."""

    def __init__(self, shelf: Shelf, engine: Engine) -> None:
        self._shelf, self._engine = shelf, engine
        shelf.before_change(engine.prepare, engine.rehearse)

    def decide(self, question: Question) -> Answer:
        """A whole answer, under the question's revision or the one that has followed it.

        Raises `PolicyUnavailable`.
        """
        book = self._shelf.book(question.revision)
        if book is None:
            raise PolicyUnavailable("the policies have changed since this began")
        answer = self._ask(book, question)
        if answer.revision != book.revision:
            # The engine has gone on to the next book: ask again, so that paper and rules are of one revision.
            following = self._shelf.book(answer.revision)
            if following is None:
                raise PolicyUnavailable("the policy engine answers under a revision that is not accepted")
            book, answer = following, self._ask(following, question)
        if answer.revision != book.revision:
            raise PolicyUnavailable("the policies changed twice meanwhile")
        try:
            if self._shelf.keep(book):
                keep_compiled(self._shelf.home, book)
        except OSError as error:
            # What could not be replayed is not decided.
            log.error("book-not-kept", error=type(error).__name__)
            raise PolicyUnavailable("the policy book cannot be kept") from None
        return answer

    def matrix(self, asked: MatrixAsked) -> Matrix:
        """The matrix of one question under the book in force.

        Raises `BadInput` where a word of it is not known, `PolicyUnavailable`.
        """
        book = self._shelf.current()
        try:
            return matrix_of(book, self._rows(book), checked(book, asked))
        except EngineFailed:
            raise PolicyUnavailable("the policy engine does not answer") from None

    def ready(self) -> bool:
        """Whether the engine answers, under the book that is in force."""
        return self._engine.ready(self._shelf.current())

    def close(self) -> None:
        """Let the engine go."""
        self._engine.close()

    def _rows(self, book: Book) -> Rows:
        walk = self._engine.walk(book) if isinstance(self._engine, TableEngine) else None
        return walk or EngineRows(self._engine, book)

    def _ask(self, book: Book, question: Question) -> Answer:
        profiles = with_papers(book, question.context, question.profiles)
        # A family has few distinct profiles: each is decided once.
        distinct = {profile: place for place, profile in enumerate(dict.fromkeys(profiles))}
        if isinstance(self._engine, TableEngine):
            composed = self._composed(self._engine, book, question, distinct, profiles)
            if composed:
                return composed
        document = {
            "context": as_input(question.context),
            "profiles": [as_input(profile) for profile in distinct],
            "classes": list(question.classes),
        }
        try:
            found = self._engine.ask(book, document)
        except EngineFailed as failed:
            log.error("policy-engine-failed", reason=str(failed), revision=book.revision)
            raise PolicyUnavailable("the policy engine does not answer") from None
        rows = rows_of(found, len(distinct), len(question.classes))
        revision = found.get("revision") if isinstance(found, dict) else None
        if rows is None or not isinstance(revision, str):
            log.error("policy-answer-unsound", revision=book.revision)
            raise PolicyUnavailable("the policy engine's answer is not whole")
        cells = tuple(rows[distinct[profile]] for profile in profiles)
        return _answer(book, question, profiles, revision, cells, _codes(found.get("warnings")))

    def _composed(
        self,
        engine: TableEngine,
        book: Book,
        question: Question,
        distinct: Mapping[Profile, int],
        profiles: tuple[Profile, ...],
    ) -> Answer | None:
        """The answer from tables; None while the book has none."""
        found = engine.found(book, question.context, [*distinct])
        if found is None:
            return None
        slots = [slot(name) for name in question.classes]
        rows = [tuple([row.cells[place] for place in slots]) for row in found]
        cells = tuple(rows[distinct[profile]] for profile in profiles)
        warnings = [code for row in found for code in row.warnings]
        return _answer(book, question, profiles, book.revision, cells, warnings)


def _answer(
    book: Book,
    question: Question,
    profiles: tuple[Profile, ...],
    revision: str,
    cells: tuple[tuple[Cell, ...], ...],
    warnings: Sequence[str],
) -> Answer:
    return Answer(
        revision=revision,
        digest=book.digest,
        cells=cells,
        warnings=tuple(sorted({*warnings, *_dspt(book, question.context, profiles)})),
        profiles=profiles,
        classes=question.classes,
    )


def _codes(found: object) -> list[str]:
    return [code for code in found if isinstance(code, str)] if isinstance(found, list) else []


def _dspt(book: Book, context: Context, profiles: tuple[Profile, ...]) -> list[str]:
    """DSPT_LAPSED where the yearly data security assessment of asker or holder is past its day."""
    involved = {context.organisation, *(profile.source_organisation for profile in profiles)}
    until = [book.organisations[one].dspt_until for one in involved if one in book.organisations]
    return ["DSPT_LAPSED"] if _is_day(context.on) and any(day and day < context.on for day in until) else []


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except (TypeError, ValueError):
        return False
