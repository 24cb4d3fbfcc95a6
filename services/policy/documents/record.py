"""The record of processing activities (UK GDPR Article 30), with what Schedule 1 paragraph 41 adds to it.

Promise: one section for each ISA, with every field that Article 30(1) names; what a file does not say is not made up.
"""

from collections.abc import Iterator

from services.policy.documents.blocks import Block, Document, Heading, Table, Text
from services.policy.documents.told import (
    HOW_FAR,
    Isa,
    bases,
    day,
    how_far,
    in_law,
    name_of,
    titles,
)
from services.runtime.book import Book
from services.runtime.paper_checks import WITH_POLICY_DOCUMENT, conditions

JOINED = "; "


def record(book: Book, people: dict[str, dict[str, str]]) -> Document:
    """The record of every ISA; `people`: organisation -> officer -> name and contact."""
    return Document("record-of-processing", "Record of processing activities", tuple(_blocks(book, people)))


def _blocks(book: Book, people: dict[str, dict[str, str]]) -> Iterator[Block]:
    yield Text(
        "Made from the information sharing agreements in force or in preparation, for UK GDPR Article 30(1) and Data "
        "Protection Act 2018 Schedule 1 paragraph 41."
    )
    for isa in book.isas:
        yield Heading(f"{isa['title']} ({isa['id']}, {isa['status']})")
        yield Table(("Article 30(1)", "Entry"), tuple(_rows(book, isa)))
        yield Table(
            (
                "Controller",
                "Data protection officer",
                "Information governance lead",
                "Caldicott Guardian",
                "Signed",
            ),
            tuple(_party(book, isa, party, people) for party in isa["parties"]),
        )
    for framework in book.frameworks.values():
        yield Heading(f"Joint controllers: {framework['title']}")
        yield Table(
            ("Duty (Article 26)", "Who", "How"),
            tuple((each["duty"], each["who"], each["how"]) for each in framework["joint_controllers"]),
        )


def _rows(book: Book, isa: Isa) -> Iterator[tuple[str, str]]:
    processing = isa["processing"]
    yield "(a) Joint controllers", "The parties below; contacts there"
    if "only_with" in isa:
        yield "Limited to", f"What passes to or from {name_of(book, isa['only_with'])}"
    yield "(b) Purposes", JOINED.join(titles("purposes", isa["purposes"]))
    yield "(c) Data subjects", JOINED.join(isa["data_subjects"])
    found = [(code, level) for code, level in how_far(book, isa) if level != "-"]
    yield (
        "(c) Personal data",
        JOINED.join(
            f"{titles('classes', [code])[0]} ({code}): {HOW_FAR[level].lower()}" for code, level in found
        )
        or "None: counts only, from which nobody can be told",
    )
    yield "(d) Recipients", f"The parties, in the roles: {JOINED.join(titles('roles', isa['roles']))}"
    yield (
        "(d) Processors",
        JOINED.join(
            f"{each['name']}: {each['does']} {each['place']}; {each['contract']}"
            for each in processing["processors"]
        )
        or "None",
    )
    yield "(e) Transfers abroad", processing.get("transfers", f"None: {', '.join(processing['places'])}")
    yield "(f) Time limits", isa["retention"]
    yield "(g) Security", isa["security"]
    for what, law in bases(isa):
        yield f"Lawful basis: {what.lower()}", law
    yield from _schedule_1(isa)
    yield (
        "Obligations of recipients",
        JOINED.join(titles("obligations", isa["obligations"])) or "None beyond the purpose",
    )
    yield "Impact assessment", f"{isa['dpia']['reference']}, reviewed on {day(isa['dpia']['reviewed_on'])}"
    yield from _who_answers(book, isa)
    yield (
        "In force",
        f"{day(isa['effective_from'])} to {day(isa['last_day'])}; review by {day(isa['review_by'])}",
    )


def _who_answers(book: Book, isa: Isa) -> Iterator[tuple[str, str]]:
    for kind, answer in isa["answers"].items():
        yield (
            f"Answers {kind.replace('_', ' ')}",
            f"{name_of(book, answer['organisation'])}, {answer['contact']}. {answer['how']}",
        )


def _schedule_1(isa: Isa) -> Iterator[tuple[str, str]]:
    relied_on = sorted(conditions(isa))
    if relied_on:
        yield "Schedule 1 conditions (para 41)", JOINED.join(in_law(code) for code in relied_on)
    if set(relied_on) & set(WITH_POLICY_DOCUMENT):
        yield (
            "Policy document (para 39)",
            f"{isa['policy_document']}. Retained and erased as that document says, and as under (f).",
        )
    if "without_consent" in isa:
        yield (
            "Why consent may be left out (para 18)",
            JOINED.join(titles("no-consent-reasons", isa["without_consent"])),
        )


def _party(book: Book, isa: Isa, party: str, people: dict[str, dict[str, str]]) -> tuple[str, ...]:
    signed = next((each for each in isa["signatories"] if each["organisation"] == party), None)
    known = people.get(party, {})
    signature = f"{signed['name']}, {signed['position']}, {day(signed['day'])}" if signed else "Not signed"
    return (
        name_of(book, party),
        known.get("dpo", "Not named"),
        known.get("ig_lead", "Not named"),
        known.get("caldicott_guardian", "None"),
        signature,
    )
