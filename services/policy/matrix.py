"""The matrix of one question: what happens to each class of information in each named circumstance, and why.

Promise: every cell is what the rules decide, none is worked out here; sources are put together only where every cell and
the paper agree; what is missing or at odds in the paper is said.
"""

from collections.abc import Mapping, Sequence

from services.contract.decisions import Cell, Context, Matrix, MatrixAsked, MatrixPart, MatrixRow, Profile
from services.contract.directory import Source
from services.contract.problems import BadInput
from services.contract.vocabulary import code_list, codes
from services.policy.circumstances import (
    CHILD,
    GROUPS,
    PLAIN,
    Asking,
    Circumstance,
    circumstances,
    in_circumstance,
    that_apply,
)
from services.policy.gaps import gaps_of, paper_words
from services.policy.near import known, one_of
from services.policy.plain_words import in_words
from services.policy.ports import Rows
from services.runtime.book import Book

Row = tuple[Cell, ...]


def shown_classes() -> tuple[str, ...]:
    """The classes that a field may have, in order."""
    return tuple(code for code, row in code_list("classes").items() if not row["question"])


def matrix_of(book: Book, rows: Rows, asked: MatrixAsked) -> Matrix:
    """The matrix. `asked` names an organisation of the book, and a role and purpose of the vocabulary."""
    asking = Asking(asked.organisation, asked.role, asked.purpose, asked.on)
    wanted = [one for one in book.sources.values() if asked.holder in ("", one.id, one.organisation)]
    cells = {source.id: _decided(book, rows, asking, source) for source in wanted}
    return Matrix(
        asked=asked,
        question=_question(book, asked),
        revision=book.revision,
        classes=tuple(
            (code, str(code_list("classes")[code]["title"]), str(code_list("classes")[code]["content"]))
            for code in shown_classes()
        ),
        holders=tuple(row for source in wanted for row in _of_holder(asking, source, cells[source.id])),
        groups=tuple(GROUPS.items()),
        parts=_parts(book, asking, wanted, cells),
        gaps=tuple(gaps_of(book, asking, wanted)),
    )


def checked(book: Book, asked: MatrixAsked) -> MatrixAsked:
    """The same, where every word of it is known. Raises `BadInput` with a near word."""
    one_of("who asks", asked.organisation, book.organisations)
    one_of("role", asked.role, known("roles"))
    one_of("purpose", asked.purpose, known("purposes"))
    if asked.holder:
        one_of("who holds it", asked.holder, {**book.organisations, **book.sources})
        if not any(asked.holder in (one.id, one.organisation) for one in book.sources.values()):
            raise BadInput(
                f"who holds it: {asked.holder} holds no records in the hub", next_step="Name one that does."
            )
    return asked


def _question(book: Book, asked: MatrixAsked) -> str:
    role, purpose = code_list("roles")[asked.role]["title"], code_list("purposes")[asked.purpose]["title"]
    return f"{role} of {book.organisations[asked.organisation].name}, for: {purpose}"


def _decided(book: Book, rows: Rows, asking: Asking, source: Source) -> Mapping[str, Row]:
    """Circumstance -> its row; one call for each context."""
    every = that_apply(asking, source, circumstances(book))
    by_context: dict[Context, list[tuple[str, Profile]]] = {}
    for one in every:
        context, profile = in_circumstance(book, asking, source, one)
        by_context.setdefault(context, []).append((one.code, profile))
    found: dict[str, Row] = {}
    for context, put in by_context.items():
        answered = rows.rows(context, [profile for _, profile in put])
        found |= {code: row for (code, _), row in zip(put, answered, strict=True)}
    return {one.code: found[one.code] for one in every}


def _row(code: str, title: str, group: str, cells: Row) -> MatrixRow:
    by_class = dict(zip(codes("classes"), cells, strict=True))
    return MatrixRow(code, title, group, tuple(in_words(by_class[one]) for one in shown_classes()))


def _of_holder(asking: Asking, source: Source, cells: Mapping[str, Row]) -> list[MatrixRow]:
    own = " (own records)" if source.organisation == asking.organisation else ""
    name = f"{source.name}{own}"
    found = [_row(source.id, f"{name}: an adult of the case", "holder", cells[PLAIN])]
    if cells[CHILD] == cells[PLAIN]:
        return [_row(source.id, name, "holder", cells[PLAIN])]
    return [*found, _row(f"{source.id}-child", f"{name}: the case's child", "holder", cells[CHILD])]


def _parts(
    book: Book, asking: Asking, wanted: Sequence[Source], cells: Mapping[str, Mapping[str, Row]]
) -> tuple[MatrixPart, ...]:
    alike: dict[tuple[object, ...], list[Source]] = {}
    for source in wanted:
        paper = paper_words(book, asking, source)
        key = (paper, tuple(cells[source.id]), tuple(cells[source.id].values()))
        alike.setdefault(_hashable(key), []).append(source)
    titles: dict[str, Circumstance] = {one.code: one for one in circumstances(book)}
    return tuple(
        MatrixPart(
            tuple(source.name for source in same),
            (paper_words(book, asking, same[0]),),
            tuple(
                _row(code, titles[code].title, titles[code].group, row)
                for code, row in cells[same[0].id].items()
            ),
        )
        for same in alike.values()
    )


def _hashable(key: tuple[object, ...]) -> tuple[object, ...]:
    """Cells hold a mapping, which has no hash: their words stand for them."""
    return tuple(repr(one) for one in key)
