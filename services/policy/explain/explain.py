"""The answer to one question in plain English, from what each rule found and not only from what came of it.

Promise: for each class: what happens, every rule that took something away with its clause, what is missing, and whom to ask.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.contract.decisions import Cell, Context, Profile
from services.contract.vocabulary import code_list, codes
from services.policy.circumstances import Asking
from services.policy.explain.by_opa import Found
from services.policy.explain.places import About, place_of
from services.policy.explain.question import Asked, put
from services.policy.gaps import paper_words
from services.policy.matrix import shown_classes
from services.policy.plain_words import in_words, level_of
from services.policy.ports import Rows
from services.runtime.book import Book

EFFECTS = ("lets through", "gives in general terms", "puts to the owner", "withholds")
RULES: Mapping[str, str] = {
    "isa": "ISA or gateway", "role_purpose": "role and purpose", "conflict": "conflict of interest", "identity": "identity",
    "relationship": "relationship", "statutory_bar": "statutory bar", "harm": "harm", "sensitivity": "sensitivity label",
    "consent": "agreement", "objection": "objection", "item_share": "share state of the item", "matrix": "class matrix",
    "ceiling": "role ceiling", "confidentiality": "confidentiality", "owner_decision": "owner's decision",
    "currency": "currency and lookback", "channel": "channel", "ask": "whether to ask",
}  # fmt: skip


Findings = Callable[[Context, Profile], Sequence[Sequence[Found]]]
"""For each class, in the order of `codes("classes")`, the findings of every rule that took anything away."""


@dataclass(frozen=True, slots=True)
class Because:
    """One rule's part in what happens to a class."""

    rule: str
    does: str
    reason: str
    place: str
    decides: bool
    """Whether it is as strict as what came out: without it less might be taken away."""


@dataclass(frozen=True, slots=True)
class OfClass:
    """What happens to one class, and why."""

    class_: str
    title: str
    word: str
    level: str
    because: tuple[Because, ...]
    missing: tuple[str, ...]
    """Sentences."""
    ask: tuple[str, ...]
    """Whom."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer."""

    question: str
    paper: str
    classes: tuple[OfClass, ...]
    obligations: tuple[str, ...]


def explain(
    book: Book, rows: Rows, findings: Findings, asked: Asked, classes: Sequence[str] = ()
) -> Explanation:
    """The explanation, of some classes or of all that a field may have. Raises `BadInput`."""
    context, profile = put(book, asked)
    (cells,) = rows.rows(context, [profile])
    found = findings(context, profile)
    order = {code: place for place, code in enumerate(codes("classes"))}
    wanted = classes or shown_classes()
    told = tuple(
        _of_class(About(book, context, profile, one), cells[order[one]], found[order[one]]) for one in wanted
    )
    owed = {code for one in wanted for code in cells[order[one]].obligations}
    return Explanation(
        _question(book, asked, profile), _paper(book, asked, profile), told, tuple(sorted(owed))
    )


def _of_class(about: About, cell: Cell, found: Sequence[Found]) -> OfClass:
    words = in_words(cell)
    worst = max((one.effect for one in found), default=0)
    because = tuple(
        Because(
            RULES.get(one.rule, one.rule),
            f"{EFFECTS[one.effect]}{' without a word' if one.silent else ''}{_level(one.how)}",
            str(code_list("reasons").get(one.code, {}).get("title", "")),
            place_of(one.rule, about),
            one.effect == worst and worst > 0,
        )
        for one in sorted(found, key=lambda one: (-one.effect, not one.silent))
        if one.effect
    )
    missing = dict.fromkeys(word for one in found if one.effect == worst for word in one.missing)
    return OfClass(
        about.class_,
        str(code_list("classes")[about.class_]["title"]),
        words.word,
        words.level,
        because,
        tuple(str(code_list("missing").get(word, {}).get("sentence", word)) for word in missing),
        tuple(dict.fromkeys(_whom(about, one) for one in found if one.effect == worst and worst > 0)),
    )


def _level(how: Mapping[str, str]) -> str:
    return f" ({level_of(how)})" if how else ""


def _whom(about: About, finding: Found) -> str:
    """Whoever can change it, by name where the book names them."""
    reason = code_list("reasons").get(finding.code, {})
    who = str(reason.get("who_can_change", ""))
    book, holder, asker = about.book, about.profile.source_organisation, about.context.organisation
    if finding.rule == "isa":
        return f"{who}: {_lead(book, asker)}; {_lead(book, holder)}"
    if finding.code == "OWNER_APPROVAL":
        owner = book.organisations[holder]
        return f"{owner.name}{f', {owner.telephone}' if owner.telephone else ''}"
    return who


def _lead(book: Book, id: str) -> str:
    organisation = book.organisations[id]
    contact: Any = getattr(organisation, "ig_lead", None)
    if contact is None:
        return f"the information governance lead of {organisation.name}"
    name, reach = (
        (contact["name"], contact["contact"])
        if isinstance(contact, Mapping)
        else (contact.name, contact.contact)
    )
    return f"{name} ({reach}) of {organisation.name}"


def _question(book: Book, asked: Asked, profile: Profile) -> str:
    asking = asked.asking
    role, purpose = code_list("roles")[asking.role]["title"], code_list("purposes")[asking.purpose]["title"]
    labels = f", labelled {', '.join(profile.labels)}" if profile.labels else ""
    return (
        f"{role} of {book.organisations[asking.organisation].name}, for “{purpose}”, on {asking.on}: a record held by "
        f"{book.organisations[profile.source_organisation].name}{labels}"
    )


def _paper(book: Book, asked: Asked, profile: Profile) -> str:
    source = next(one for one in book.sources.values() if one.organisation == profile.source_organisation)
    asking = asked.asking
    return paper_words(book, Asking(asking.organisation, asking.role, asking.purpose, asking.on), source)
