"""The skeleton of a data protection impact assessment (UK GDPR Article 35(7)), for one agreement.

Promise: what the ISA says is filled in; what only the assessors can say stands as a question, never as an answer.
"""

from collections.abc import Iterator

from services.policy.documents.blocks import Block, Document, Heading, Items, Table, Text
from services.policy.documents.told import (
    HOW_FAR,
    Isa,
    agreement_words,
    bases,
    day,
    how_far,
    name_of,
    names,
    titles,
)
from services.runtime.book import Book

TO_FILL_IN = "To be filled in: "


def dpia(book: Book, isa: Isa) -> Document:
    """The skeleton for one ISA."""
    title = f"Data protection impact assessment: {isa['title']}"
    return Document(f"dpia-{isa['id']}", title, tuple(_blocks(book, isa)))


def _blocks(book: Book, isa: Isa) -> Iterator[Block]:
    yield Text(
        f"Skeleton made from the agreement {isa['id']}. The assessment itself: {isa['dpia']['reference']}, last reviewed on "
        f"{day(isa['dpia']['reviewed_on'])}."
    )
    yield Heading("1. Why an assessment is needed")
    yield Text(
        "It is about people who may be vulnerable, matches records of several organisations, and may be about health or "
        "offences: each of these calls for an assessment (UK GDPR Article 35; ICO list)."
    )
    yield from _processing(book, isa)
    yield Heading("3. Whom we asked")
    yield Text(
        f"{TO_FILL_IN}people concerned or those who speak for them, staff, processors; what they said and what changed."
    )
    yield from _necessity(isa)
    yield from _risks(isa)
    yield Heading("6. Sign-off")
    yield Table(
        ("Step", "Name and day"),
        (
            ("Measures approved by", TO_FILL_IN + "name, position, day"),
            (
                "Risk that remains accepted by",
                TO_FILL_IN + "name, position, day; a high one goes to the ICO first (Article 36)",
            ),
            (
                "Advice of the data protection officer",
                TO_FILL_IN + "what was advised, and why if it was not followed",
            ),
            ("Kept under review by", f"By {day(isa['review_by'])}: {isa['journey']['monitoring']}"),
        ),
    )


def _processing(book: Book, isa: Isa) -> Iterator[Block]:
    yield Heading("2. The processing")
    yield Heading("Aim", 3)
    yield Text(isa["journey"]["aim"])
    yield Heading("Who, about whom, for what", 3)
    yield Table(
        ("Part", "What the agreement says"),
        (
            ("Controllers", "; ".join(names(book, isa))),
            (
                "Limited to",
                f"What passes to or from {name_of(book, isa['only_with'])}"
                if "only_with" in isa
                else "All parties",
            ),
            ("People concerned", "; ".join(isa["data_subjects"])),
            ("Purposes", "; ".join(titles("purposes", isa["purposes"]))),
            ("Roles that may ask", "; ".join(titles("roles", isa["roles"]))),
            ("Where", "; ".join(isa["processing"]["places"])),
            (
                "Processors",
                "; ".join(f"{each['name']}: {each['does']}" for each in isa["processing"]["processors"])
                or "None",
            ),
            ("Kept", isa["retention"]),
        ),
    )
    yield Heading("What passes, at the furthest", 3)
    yield Table(
        ("Information", "How far"),
        tuple(
            (f"{titles('classes', [code])[0]} ({code})", HOW_FAR[level]) for code, level in how_far(book, isa)
        ),
    )
    yield Text(
        f"{TO_FILL_IN}how many people a year; how long the history reaches; any concern raised before."
    )


def _necessity(isa: Isa) -> Iterator[Block]:
    yield Heading("4. Necessity and proportion")
    yield Text(isa["journey"]["needs"])
    yield Text(isa["journey"]["legal_basis"])
    yield Table(("For", "Basis"), bases(isa))
    yield Table(
        ("Question", "Answer"),
        (
            ("Arrangements for governance", isa["journey"]["mechanisms"]),
            ("Agreement of the people concerned", agreement_words(isa)),
            ("Benefits", "; ".join(benefit.rstrip(".") for benefit in isa["journey"]["benefits"]) + "."),
            ("How people are told", "Privacy notice and public register, made from this agreement"),
            ("How rights are met", isa["answers"]["subject_requests"]["how"]),
            (
                "Could the aim be reached with less?",
                TO_FILL_IN + "what was considered and why it was not enough",
            ),
        ),
    )


def _risks(isa: Isa) -> Iterator[Block]:
    yield Heading("5. Risks and measures")
    yield Table(
        ("Risk to people", "Measure", "Likelihood", "Severity", "What remains"),
        tuple(
            (each["risk"], each["measure"], "To assess", "To assess", "To assess")
            for each in isa["journey"]["risks"]
        ),
    )
    yield Text(f"Measures for all: {isa['security']}")
    yield Items((TO_FILL_IN + "risks that the agreement does not name",))
