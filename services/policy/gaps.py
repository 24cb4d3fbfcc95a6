"""What is missing, or at odds, in the paper between an asker and the holders, said as an IG lead would.

Promise: a purpose without an ISA, a role or class that the ISA does not name, a role without a ceiling, two ISAs side by
side and an ISA near its end are each named with the file; nothing here decides.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from services.contract.decisions import Context
from services.contract.directory import Source
from services.contract.vocabulary import code_list
from services.policy.circumstances import Asking, usual_context
from services.policy.clauses import gateways, isa_file
from services.policy.paper import SOUND, defect_of, paper_between
from services.policy.plain_words import listed
from services.runtime.book import Book

NEAR_DAYS = 30
"""Days before its last day from which an ISA is said to end soon."""


def paper_words(book: Book, asking: Asking, source: Source) -> str:
    """The paper between asker and holder on that day, in a sentence."""
    if source.organisation == asking.organisation:
        return "Own records: no ISA is read."
    paper = paper_between(book, usual_context(book, asking), source.organisation)
    isa = next((one for one in book.isas if one["id"] == paper.isa), None)
    if paper.state == "SUSPENDED":
        return "One of the two organisations is suspended: nothing is shared."
    if isa and paper.defect == SOUND:
        return f"ISA “{isa['title']}” ({isa_file(book, isa['id'])}), in force until {isa['last_day']}."
    if isa:
        defect = _lower(str(code_list("paper-defects")[paper.defect]["title"]))
        title = f"ISA “{isa['title']}” ({isa_file(book, isa['id'])}): {defect}"
        return f"{title}, its last day is {isa['last_day']}. {_gateway_words(book, asking, source)}"
    return f"No ISA between the two names this purpose. {_gateway_words(book, asking, source)}"


def gaps_of(book: Book, asking: Asking, sources: Sequence[Source]) -> Iterator[str]:
    """Every gap and conflict, one sentence each."""
    yield from _of_role(book, asking)
    partners = {one.organisation for one in sources} - {asking.organisation}
    context = usual_context(book, asking)
    yield from _named(
        "No ISA names this purpose between {asker} and", book, asking, _without(book, context, partners)
    )
    for holder in sorted(partners):
        yield from _of_holder(book, asking, context, holder)


def _of_role(book: Book, asking: Asking) -> Iterator[str]:
    role, purpose = code_list("roles")[asking.role], code_list("purposes")[asking.purpose]
    if asking.purpose not in book.role_purposes.get(asking.role, ()):
        yield f"The role may not use this purpose: {role['title']}, {purpose['title']} (catalogue/role-purposes.yaml)."
    ceiling = role.get("ceiling_by_purpose", {}).get(asking.purpose, role["ceiling"])
    if not ceiling:
        yield f"The role has no ceiling for this purpose: {role['title']} sees no class (schemas/vocabulary/roles.json)."


def _without(book: Book, context: Context, holders: Iterable[str]) -> list[str]:
    if code_list("purposes")[context.purpose]["isa"] == "NOT_READ":
        return []
    return [one for one in sorted(holders) if paper_between(book, context, one).state == "NONE"]


def _named(sentence: str, book: Book, asking: Asking, holders: Sequence[str]) -> Iterator[str]:
    if holders:
        names = listed(book.organisations[one].name for one in holders)
        yield f"{sentence.format(asker=book.organisations[asking.organisation].name)} {names}."


def _of_holder(book: Book, asking: Asking, context: Context, holder: str) -> Iterator[str]:
    name = book.organisations[holder].name
    naming = [isa for isa in book.isas if _covers(isa, asking, holder)]
    found = {isa["id"]: defect_of(book, isa, context, holder) for isa in naming}
    sound = [isa for isa in naming if found[isa["id"]] == SOUND]
    if len(sound) > 1:
        counts = paper_between(book, context, holder).isa
        files = listed(isa_file(book, isa["id"]) for isa in sound)
        yield f"Two ISAs stand side by side with {name}: {files}. The one that counts is {counts}."
    for isa in naming:
        file, defect = isa_file(book, isa["id"]), code_list("paper-defects")[found[isa["id"]]]
        if defect["code"] != SOUND:
            yield f"{file} with {name}: {_lower(str(defect['title']))}. {defect['meaning']}"
        elif isa["last_day"] <= _later(context.on, NEAR_DAYS):
            yield f"{file} with {name} ends on {isa['last_day']}."
        if defect["paper"] == "CURRENT" and not isinstance(isa["classes"], str):
            every = [code for code, row in code_list("classes").items() if not row["question"]]
            yield f"{file} with {name} does not name {listed(code for code in every if code not in isa['classes'])}."


def _covers(isa: Mapping[str, Any], asking: Asking, holder: str) -> bool:
    return asking.purpose in isa["purposes"] and {asking.organisation, holder} <= set(isa["parties"])


def _gateway_words(book: Book, asking: Asking, source: Source) -> str:
    names = [gateway["id"] for gateway in gateways_for(book, asking, source)]
    if not names:
        return "No gateway in law stands in for it."
    return f"It goes on under {listed(f'gateways/{name}.yaml' for name in names)}."


def gateways_for(book: Book, asking: Asking, source: Source) -> list[Mapping[str, Any]]:
    """The signed gateways in force that name the purpose and both kinds of organisation."""
    kinds = {one: book.organisations[one].type for one in (asking.organisation, source.organisation)}
    return [
        gateway
        for gateway in gateways(book)
        if gateway["status"] == "signed"
        and asking.purpose in gateway["purposes"]
        and (gateway["askers"] == "any" or kinds[asking.organisation] in gateway["askers"])
        and (gateway["holders"] == "any" or kinds[source.organisation] in gateway["holders"])
        and gateway["effective_from"] is not None
        and gateway["effective_from"] <= asking.on <= (gateway["last_day"] or "9999-12-31")
    ]


def _lower(words: str) -> str:
    """As within a sentence; an abbreviation stays one."""
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


def _later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days)).isoformat()
