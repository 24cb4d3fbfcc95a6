"""Every document of a book: register, record of processing, and for each ISA its notice and the skeleton of its assessment.

Promise: a draft is in the record of processing, and in nothing that is for the public.
"""

from collections.abc import Mapping, Sequence

from services.policy.clauses import documents as files_of
from services.policy.documents.blocks import Document
from services.policy.documents.dpia import dpia
from services.policy.documents.notice import notice
from services.policy.documents.record import record
from services.policy.documents.register import register
from services.runtime.book import Book


def every_document(book: Book) -> Sequence[Document]:
    """In the order in which they are written."""
    signed = [isa for isa in book.isas if isa["status"] == "signed"]
    return (
        register(book),
        record(book, _people(book)),
        *(notice(book, isa) for isa in signed),
        *(dpia(book, isa) for isa in book.isas),
    )


def _people(book: Book) -> dict[str, dict[str, str]]:
    rows: Sequence[Mapping[str, Mapping[str, str]]] = files_of(book)["organisations.yaml"].data[
        "organisations"
    ]
    return {
        str(row["id"]): {
            officer: f"{row[officer]['name']}, {row[officer]['contact']}"
            for officer in ("dpo", "ig_lead", "caldicott_guardian")
            if officer in row
        }
        for row in rows
    }
