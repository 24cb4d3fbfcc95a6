"""The public register: in plain words, who shares what about whom, why, and what one can do about it.

Promise: it names no person, and every agreement that is signed stands in it.
"""

from collections.abc import Iterator

from services.policy.documents.blocks import Block, Document, Heading, Items, Table, Text
from services.policy.documents.told import (
    HOW_FAR,
    Isa,
    agreement_words,
    day,
    how_far,
    name_of,
    names,
    public,
)
from services.runtime.book import Book


def register(book: Book) -> Document:
    """The register of every ISA of the book."""
    return Document("register", "What we share about people, and why", tuple(_blocks(book)))


def _blocks(book: Book) -> Iterator[Block]:
    yield Text(
        "Councils, the NHS, the police, schools and charities share information about people so that they can protect "
        "and help them. This page lists each agreement under which they do. Nobody may see everything: what is shown "
        "depends on why somebody asks and on their job, and each time it is written into a record that cannot be changed."
    )
    for framework in book.frameworks.values():
        yield Heading(framework["title"])
        yield Text(framework["about"])
        yield Text(f"In force from {day(framework['effective_from'])} to {day(framework['last_day'])}.")
    yield Heading("The agreements")
    signed = [isa for isa in book.isas if isa["status"] == "signed"]
    yield Table(
        ("Agreement", "What it is for", "Last day"),
        tuple((isa["title"], isa["journey"]["aim"], day(isa["last_day"])) for isa in signed),
    )
    for isa in signed:
        yield from one(book, isa)


def one(book: Book, isa: Isa) -> Iterator[Block]:
    """One agreement in plain words."""
    yield Heading(isa["title"])
    yield Text(isa["journey"]["aim"])
    yield Heading("Who shares", 3)
    if "only_with" in isa:
        yield Text(f"Only what passes to or from {name_of(book, isa['only_with'])}.")
    yield Items(names(book, isa))
    yield Heading("Whom it is about", 3)
    yield Items(tuple(_sentence(each) for each in isa["data_subjects"]))
    yield Heading("What it is used for", 3)
    yield Items(tuple(public(purpose) for purpose in isa["purposes"]))
    yield Heading("What may be shared", 3)
    yield Table(
        ("Information", "Shared?"),
        tuple((public(code), HOW_FAR[level]) for code, level in how_far(book, isa) if level != "-"),
    )
    yield Text(
        "Nothing else is shared under this agreement. Other rules may take away from the list, and none adds to it."
    )
    yield Heading("Your agreement", 3)
    yield Text(agreement_words(isa))
    yield Heading("Why the law allows it", 3)
    yield Text(isa["journey"]["legal_basis"])
    yield Heading("How long it is kept", 3)
    yield Text(isa["retention"])
    yield Heading("Questions, requests and complaints", 3)
    yield from rights(book, isa)
    yield Text(
        f"In force from {day(isa['effective_from'])} to {day(isa['last_day'])}. To be reviewed by {day(isa['review_by'])}."
    )


def rights(book: Book, isa: Isa) -> Iterator[Block]:
    """Whom to turn to."""
    asked, complaint = isa["answers"]["subject_requests"], isa["answers"]["complaints"]
    see = (
        f"To see what is held about you, or to have it put right: {name_of(book, asked['organisation'])}, "
        f"{asked['contact']}. {asked['how']}"
    )
    complain = (
        f"To complain: {name_of(book, complaint['organisation'])}, {complaint['contact']}, or online at "
        f"{complaint['electronic_form']}. You hear from us within {complaint['acknowledge_days']} days. "
        "You may also turn to the Information Commissioner's Office: 0303 123 1113, ico.org.uk."
    )
    yield Items((see, complain))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
