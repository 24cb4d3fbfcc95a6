"""Wording for a partner's privacy notice (UK GDPR Articles 13 and 14), for one agreement.

Promise: it has every part that Article 14 asks for, in words for the people concerned.
"""

from collections.abc import Iterator

from services.policy.documents.blocks import Block, Document, Heading, Items, Table, Text
from services.policy.documents.register import rights
from services.policy.documents.told import (
    HOW_FAR,
    Isa,
    agreement_words,
    bases,
    how_far,
    name_of,
    names,
    public,
)
from services.runtime.book import Book


def notice(book: Book, isa: Isa) -> Document:
    """The wording for one ISA."""
    return Document(
        f"privacy-notice-{isa['id']}", f"Privacy notice: {isa['title']}", tuple(_blocks(book, isa))
    )


def _blocks(book: Book, isa: Isa) -> Iterator[Block]:
    yield Text(isa["journey"]["aim"])
    yield Heading("Who decides about your information")
    only = (
        f" This is about what passes to or from {name_of(book, isa['only_with'])}."
        if "only_with" in isa
        else ""
    )
    yield Text(f"These organisations decide together (they are joint controllers).{only}")
    yield Items(names(book, isa))
    yield Heading("Why we share it")
    yield Items(tuple(public(purpose) for purpose in isa["purposes"]))
    yield Heading("What we share")
    yield Table(
        ("Information", "Shared?"),
        tuple((public(code), HOW_FAR[level]) for code, level in how_far(book, isa) if level != "-"),
    )
    yield Text("It comes from the records of the organisations above, not from you directly.")
    yield Heading("Your agreement")
    yield Text(agreement_words(isa))
    yield Heading("The law")
    yield Text(isa["journey"]["legal_basis"])
    yield Table(("For", "We rely on"), bases(isa))
    yield Heading("Where it is, and for how long")
    yield Text(f"Your information stays in: {', '.join(isa['processing']['places'])}.")
    if "transfers" in isa["processing"]:
        yield Text(isa["processing"]["transfers"])
    for processor in isa["processing"]["processors"]:
        yield Text(f"{processor['name']} works for us: {processor['does']} ({processor['place']})")
    yield Text(isa["retention"])
    yield Text("No decision about you is made by a computer alone.")
    yield Heading("Your rights")
    objecting = "to object to our use of it, "
    yield Text(
        f"You may ask to see your information, to have it put right, in some cases to have it removed or its use limited, and "
        f"{objecting}where the law gives you that right. If you gave your agreement you may take it back at any time."
    )
    yield from rights(book, isa)
