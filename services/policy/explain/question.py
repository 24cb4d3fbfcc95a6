"""The question of an explanation: who asks, from where, why, whose record held by whom, and what is known.

Promise: what is not said is as usual for the purpose; a member or word that nobody knows is refused with a near one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from services.contract.decisions import Context, Profile
from services.contract.problems import BadInput
from services.contract.vocabulary import codes
from services.policy.circumstances import Asking, circumstances, in_circumstance
from services.policy.near import one_of
from services.runtime.book import Book

WORDS: Mapping[str, str] = {
    "case": "case-states", "no_consent_reason": "no-consent-reasons", "channel": "channels", "identity": "identity",
    "relationship": "relationships", "subject": "subjects", "subject_age": "ages", "agreement": "consent-states",
    "objection": "consent-states", "item_share": "consent-states", "confidentiality": "confidentiality",
    "adoption": "adoption", "currency": "currency", "owner_decision": "owner-decisions", "labels": "sensitivity",
    "evidence": "evidence-kinds",
}  # fmt: skip
"""Member -> the list that its words are of."""
FILLED_IN = frozenset({"paper", "isa", "paper_defect", "source_organisation", "source_kind", "own", "on", "organisation",
                       "organisation_type", "role", "purpose"})  # fmt: skip
"""Members that the question itself or the book says."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`circumstance`: a named one, `known`: `member=word` beside it."""

    asking: Asking
    held_by: str
    circumstance: str
    known: Sequence[str] = ()


def put(book: Book, asked: Asked) -> tuple[Context, Profile]:
    """What policy would be shown. Raises `BadInput`."""
    asking = asked.asking
    one_of("--from", asking.organisation, book.organisations)
    one_of("--who", asking.role, codes("roles"))
    one_of("--why", asking.purpose, codes("purposes"))
    source = next((one for one in book.sources.values() if asked.held_by in (one.id, one.organisation)), None)
    if source is None:
        one_of("--held-by", asked.held_by, {one.organisation for one in book.sources.values()})
        raise BadInput(f"--held-by: {asked.held_by} holds no records")
    every = {one.code: one for one in circumstances(book)}
    circumstance = every[one_of("--whose", asked.circumstance, every)]
    context, profile = in_circumstance(book, asking, source, circumstance)
    of_context, of_profile = _known(asked.known)
    changed = replace(context, **of_context)
    return changed, replace(profile, **of_profile)


def _known(told: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    context = {one.name for one in fields(Context)} - FILLED_IN
    profile = {one.name for one in fields(Profile)} - FILLED_IN
    of_context: dict[str, Any] = {}
    of_profile: dict[str, Any] = {}
    for one in told:
        name, sign, word = one.partition("=")
        if not sign:
            raise BadInput(
                f"--known: write MEMBER=WORD, not {one}", next_step="For example: --known labels=MH"
            )
        one_of("--known", name, context | profile)
        (of_context if name in context else of_profile)[name] = _value(name, word)
    return of_context, of_profile


def _value(name: str, word: str) -> Any:
    kind = next(one.type for one in (*fields(Context), *fields(Profile)) if one.name == name)
    if "bool" in str(kind):
        return one_of(f"--known {name}", word, ("true", "yes", "false", "no")) in ("true", "yes")
    if "tuple" in str(kind):
        return tuple(
            sorted(one_of(f"--known {name}", each, _words(name, each)) for each in word.split(",") if each)
        )
    return one_of(f"--known {name}", word, _words(name, word))


def _words(name: str, word: str) -> Sequence[str]:
    """The words of the member's list; of a member without a list whatever was written is one."""
    return codes(WORDS[name]) if name in WORDS else (word,)
