"""Labels and confidentiality of a record: what it carries, what its codes imply, what its source puts on every record.

Promise: a label that nobody knows stays on the record under its own code (policy takes it as the strictest); only what
is no sensitivity label at all (obligations, purposes, masking marks) is left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.contract.vocabulary import codes
from services.index.marks import Marks, marks_of
from services.index.ports import Book
from services.index.read import security

CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
ADOPTION = "urn:mash:cs:adoption"
RANKS = ("U", "L", "M", "N", "R", "V")
"""v3-Confidentiality from the least to the most confidential."""
_NOT_LABELS = frozenset(
    {
        CONFIDENTIALITY,
        ADOPTION,
        "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
        "http://terminology.hl7.org/CodeSystem/v3-ActReason",
    }
)


def labels_of(resource: Mapping[str, Any], source: str, book: Book) -> tuple[str, ...]:
    """Sorted label codes of a record."""
    return of_marks(marks_of(resource), source, book)


def of_marks(marks: Marks, source: str, book: Book) -> tuple[str, ...]:
    """The same, of the marks that were kept of it."""
    return tuple(sorted({*_carried(marks), *_implied(marks, book), *_every(source, book)}))


def binding(labels: tuple[str, ...], book: Book) -> tuple[str, ...]:
    """Those that bind the person, and with it every source's records about them."""
    return tuple(label for label in labels if binds_person(label, book))


def binds_person(label: str, book: Book) -> bool:
    """Whether labels.yaml says of a label that it binds the person."""
    row = book.labels.get(label)
    binds = row.get("binds") if isinstance(row, Mapping) else getattr(row, "binds", None)
    return binds == "person"


def confidentiality(resource: Mapping[str, Any]) -> str:
    """The highest confidentiality code; N where none is given; a code that is no word of the list is V."""
    found = [
        code if code in RANKS else "V" for system, code in security(resource) if system == CONFIDENTIALITY
    ]
    return max(found, key=RANKS.index, default="N")


def of_person(code: str) -> str:
    """What a record's confidentiality says of the whole person: restricted (R) at most. Very restricted (V) is the record's
    own: were it the person's, one record that nobody may know of would show on all the others.
    """
    return min(code, "R", key=RANKS.index)


def adoption(resource: Mapping[str, Any], labels: tuple[str, ...]) -> str:
    """none | before | after the order: what a record says of itself, else `after` under L:ADOPT."""
    return _adoption(security(resource), labels)


def adoption_of_marks(marks: Marks, labels: tuple[str, ...]) -> str:
    """The same, of the marks that were kept of it."""
    return _adoption(marks.security, labels)


def _adoption(carried: Iterable[tuple[str, str]], labels: tuple[str, ...]) -> str:
    said = [code for system, code in carried if system == ADOPTION]
    if said:
        return said[0] if said[0] in codes("adoption") else "after"
    return "after" if "L:ADOPT" in labels else "none"


def _carried(marks: Marks) -> Iterator[str]:
    obligations = codes("obligations") if marks.security else ()
    for system, code in marks.security:
        if system not in _NOT_LABELS and code not in obligations:
            yield code or "UNREADABLE"
    yield from marks.flags


def _implied(marks: Marks, book: Book) -> Iterator[str]:
    """Labels that the book puts on a clinical code, wherever in the record the code stands."""
    known = book.codes
    if known:
        for code in marks.codes:
            yield from known.get(code, ())


def _every(source: str, book: Book) -> tuple[str, ...]:
    registered = book.sources.get(source)
    return registered.labels if registered else ()
