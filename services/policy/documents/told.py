"""What the files say, in words: parties by name, bases by their law, and how far each kind of information goes.

Promise: how far is read from the class matrix that decides, limited to the classes of the ISA; a word is from
the vocabulary.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.contract.vocabulary import code_list, entry
from services.runtime.book import Book

Isa = Mapping[str, Any]
ORDER = ("R", "G", "O", "-")
HOW_FAR = {
    "R": "Shared where needed",
    "G": "In general terms only",
    "O": "Only if the service that holds it agrees each time",
    "-": "Not shared",
}


def name_of(book: Book, organisation: str) -> str:
    """The organisation's name; its id where the book does not have it."""
    found = book.organisations.get(organisation)
    return found.name if found else organisation


def names(book: Book, isa: Isa) -> tuple[str, ...]:
    """The parties' names, in the file's order."""
    return tuple(name_of(book, party) for party in isa["parties"])


def day(text: str) -> str:
    """`31 March 2031` for `2031-03-31`."""
    found = date.fromisoformat(text)
    return f"{found.day} {found:%B %Y}"


def titles(name: str, codes: Any) -> tuple[str, ...]:
    """The titles of codes of a vocabulary list."""
    return tuple(str(entry(name, code)["title"]) for code in codes)


def public(code: str) -> str:
    """A purpose or class in words for the public."""
    return str(entry("public-words", code)["title"])


def in_law(code: str, schedule: str = "") -> str:
    """`Substantial public interest (UK GDPR Article 9(2)(g)), with …`."""
    row = entry("lawful-bases", code)
    told = f"{row['title']} ({row['law']})"
    return f"{told}, with {in_law(schedule)}" if schedule else told


def bases(isa: Isa) -> tuple[tuple[str, str], ...]:
    """What each basis is for -> the law."""
    basis = isa["lawful_basis"]
    found = [("Personal data", "; ".join(in_law(code) for code in basis["article_6"]))]
    for article, title in (
        ("article_9", "Health, care and other special category data"),
        ("article_10", "Data about offences"),
    ):
        if article in basis:
            found.append((title, in_law(basis[article]["code"], basis[article].get("schedule_1", ""))))
    if basis.get("gateways"):
        found.append(("Acts that allow or require it", "; ".join(in_law(code) for code in basis["gateways"])))
    found.append(("Duty of confidence", str(entry("lawful-bases", basis["cldc"])["title"])))
    return tuple(found)


def how_far(book: Book, isa: Isa) -> tuple[tuple[str, str], ...]:
    """Class -> the furthest that it goes for any of the ISA's purposes, from the matrix."""
    return tuple(
        (code, min((_level(book, isa, purpose, code) for purpose in isa["purposes"]), key=ORDER.index))
        for code, row in code_list("classes").items()
        if not row["question"]
    )


def _level(book: Book, isa: Isa, purpose: str, code: str) -> str:
    listed = isa["classes"]
    if not isinstance(listed, str) and code not in listed:
        return "-"
    cell = book.data["matrix"]["columns"][book.data["purposes"][purpose]["column"]][code]
    # A class goes furthest where it is about the child of the case, or at the same place.
    levels: list[str] = [cell[name] for name in ("cell", "case-child", "same-place") if name in cell]
    return min(levels, key=ORDER.index)


def agreement_words(isa: Isa) -> str:
    """The rule about people's agreement, in a sentence or two."""
    asked = [purpose for purpose in isa["purposes"] if entry("purposes", purpose)["agreement"]]
    if isa["consent"] == "agreement" or (len(asked) == len(isa["purposes"]) and "without_consent" not in isa):
        return "Only with your agreement. Each adult, and each child who can decide, agrees for themselves."
    objects = [purpose for purpose in isa["purposes"] if entry("purposes", purpose)["objection"]]
    found = []
    if asked:
        found.append(
            "Below the level of risk your agreement is asked for first. It is not asked for where somebody "
            "could come to harm, or where asking could put somebody at risk."
        )
    elif "without_consent" in isa:
        found.append("Your agreement is not asked for where somebody could come to harm.")
    else:
        found.append("Your agreement is taken as given because it is for your care, unless you object.")
    if objects and asked == []:
        found.append("You may object, and that is honoured unless the law says otherwise in your case.")
    return " ".join(found)
