"""Named circumstances: what may be known of a record, in the words of those who write ISAs.

Promise: every label of the book stands in one of them, and so does every state of paper, consent, owner's decision and
record that a rule may read; a circumstance is the plain one with one thing changed, so that a difference has one cause.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.contract.decisions import Context, Profile
from services.contract.directory import Source
from services.contract.vocabulary import code_list
from services.policy.paper import paper_between
from services.runtime.book import Book

PLAIN, CHILD = "adult", "case-child"
GROUPS: Mapping[str, str] = {
    "who": "Whose record it is",
    "record": "The record itself",
    "consent": "Agreement and objection",
    "paper": "Paper between the two organisations",
    "owner": "What the owner decided",
    "case": "The case and the asker",
    "label": "With a sensitivity label",
}
"""Group of circumstances -> its heading."""


@dataclass(frozen=True, slots=True)
class Circumstance:
    """One thing that is known. `context` and `profile` are the members that differ from the plain circumstance."""

    code: str
    title: str
    group: str
    context: Mapping[str, Any] = field(default_factory=dict)
    profile: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, why, on what day."""

    organisation: str
    role: str
    purpose: str
    on: str


_CHILD_OF_CASE = {"subject": "case-child", "subject_age": "UNDER_13", "family_child": True}
_YOUNG_PERSON = {"subject": "case-child", "subject_age": "13_17", "family_child": True}
_FIXED: tuple[Circumstance, ...] = (
    Circumstance(PLAIN, "An adult of the case", "who"),
    Circumstance(CHILD, "The case's child, under 13", "who", profile=_CHILD_OF_CASE),
    Circumstance("case-child-13-17", "The case's child, 13 to 17", "who", profile=_YOUNG_PERSON),
    Circumstance("other-adult", "Another adult of the family or household", "who", profile={"subject": "other"}),
    Circumstance("harm-link", "Somebody protected from a person of this case", "who", profile={"harm_link": True}),
    Circumstance("adopted", "A child before adoption", "who", profile={**_CHILD_OF_CASE, "adoption": "before"}),
    Circumstance("v", "Marked very restricted (V)", "record", profile={"confidentiality": "V"}),
    Circumstance("superseded", "Superseded, or entered in error", "record", profile={"currency": "SUPERSEDED"}),
    Circumstance("overdue", "Its review is overdue", "record", profile={"currency": "REVIEW_OVERDUE"}),
    Circumstance("unknown-code", "In a code that nobody knows", "record", profile={"value": "unknown-code"}),
    Circumstance("same-place", "The incident is at the person's home", "record", profile={"same_place": True}),
    Circumstance("agreed", "The person agreed", "consent", profile={"agreement": "AGREED"}),
    Circumstance("not-recorded", "No agreement on record", "consent", profile={"agreement": "NOT-RECORDED"}),
    Circumstance("refused", "The person refused", "consent", profile={"agreement": "REFUSED"}),
    Circumstance("objected", "The person objected to sharing", "consent", profile={"objection": "OBJECTED"}),
    Circumstance(
        "eol-refused", "End of life item, sharing refused", "consent",
        profile={"labels": ("L:EOL",), "item_share": "REFUSED"},
    ),
    Circumstance("owner-approved", "The owner approved it", "owner", profile={"owner_decision": "approved"}),
    Circumstance("owner-refused", "The owner refused", "owner", profile={"owner_decision": "refused"}),
    Circumstance("detriment", "More detrimental to the child (16LA)", "owner", profile={"owner_decision": "detriment"}),
    Circumstance("case-lapsed", "The case has lapsed", "case", {"case": "LAPSED"}),
    Circumstance("no-evidence", "No risk, cause or ground recorded", "case", {"evidence": (), "ground": "none"}),
    Circumstance("urgent", "Marked urgent", "case", {"ground": "urgent"}),
    Circumstance("not-related", "No working relationship", "case", profile={"relationship": "none"}),
    Circumstance("not-confirmed", "Identity not confirmed", "case", profile={"identity": "NOT_CONFIRMED"}),
    Circumstance("conflict", "Conflict of interest", "case", profile={"conflict": True}),
    Circumstance("printed", "On paper or in a product", "case", {"channel": "product"}),
)  # fmt: skip
_DEFECTS = {"LAPSED": "ENDED", "NONE": "NO_ISA", "SUSPENDED": "PARTNER_SUSPENDED"}
_PAPERS = {
    "LAPSED": "The ISA has lapsed",
    "NONE": "There never was an ISA",
    "SUSPENDED": "A partner is suspended",
}
_REACHED_BY = {"CASE": "own-case", "CARE": "caseload", "INCIDENT": "incident"}
_EVIDENCE = {"C-S47": ("reasonable-cause",), "C-SCREEN": ("perceived-risk",), "A-S42": ("referral",)}


def circumstances(book: Book) -> tuple[Circumstance, ...]:
    """All of them, in the order in which they are shown: the plain one first, the labels last."""
    papers = tuple(
        Circumstance(f"paper-{state.lower()}", title, "paper", profile={"paper": state})
        for state, title in _PAPERS.items()
    )
    oldest = {"event_age": str(book.lookback[-1]["code"])}
    old = Circumstance("old", "It ended longest ago (last bucket of lookback.yaml)", "record", profile=oldest)
    fixed = sorted((*_FIXED, old, *papers), key=lambda one: tuple(GROUPS).index(one.group))
    return (*fixed, *_labelled(book))


def _labelled(book: Book) -> Iterator[Circumstance]:
    """One for each set of labels that are read alike, for an adult and for the case's child where that may differ."""
    alike: dict[str, list[str]] = {}
    for label in code_list("sensitivity"):
        alike.setdefault(repr(book.data["labels"].get(label)), []).append(label)
    for labels in alike.values():
        table = book.data["labels"].get(labels[0]) or {}
        code = f"label-{labels[0].removeprefix('L:').lower()}"
        title = ", ".join(str(code_list("sensitivity")[label]["title"]) for label in labels)
        yield Circumstance(code, title, "label", profile={"labels": (labels[0],)})
        if "family-child" in repr(table):
            child = {"labels": (labels[0],), **_CHILD_OF_CASE}
            young = {"labels": (labels[0],), **_YOUNG_PERSON}
            yield Circumstance(
                f"{code}-child",
                f"The same, the case's child under 13 ({labels[0]} …)",
                "label",
                profile=child,
            )
            yield Circumstance(
                f"{code}-13-17",
                f"The same, the case's child 13 to 17 ({labels[0]} …)",
                "label",
                profile=young,
            )


def usual_context(book: Book, asking: Asking) -> Context:
    """The context in which everything that the purpose asks for is in place."""
    purpose = code_list("purposes").get(asking.purpose, {})
    organisation = book.organisations.get(asking.organisation)
    return Context(
        on=asking.on,
        organisation=asking.organisation,
        organisation_type=organisation.type if organisation else "",
        role=asking.role,
        purpose=asking.purpose,
        case="OPEN" if purpose.get("opens_case") else "NONE",
        evidence=_EVIDENCE.get(asking.purpose, ()),
        ground="stated",
        opened_by_asker=True,
    )


def usual_profile(asking: Asking, source: Source) -> Profile:
    """A plain record of an adult of the case at a source, agreed to where the purpose reads agreement."""
    purpose = code_list("purposes").get(asking.purpose, {})
    return Profile(
        source_organisation=source.organisation,
        source_kind=source.kind,
        own=source.organisation == asking.organisation,
        identity="MATCH",
        relationship=_REACHED_BY.get(str(purpose.get("relationship")), "none"),
        subject="case-adult",
        subject_age="ADULT",
        agreement="AGREED" if purpose.get("agreement") else "NOT-RECORDED",
    )


def in_circumstance(book: Book, asking: Asking, source: Source, one: Circumstance) -> tuple[Context, Profile]:
    """What policy would be shown: paper filled in from the book, but where the circumstance says otherwise."""
    ((_, context, profile),) = in_circumstances(book, asking, source, (one,))
    return context, profile


def in_circumstances(
    book: Book, asking: Asking, source: Source, every: Sequence[Circumstance]
) -> list[tuple[str, Context, Profile]]:
    """The same for many circumstances of one question, each with its code."""
    usual, plain = usual_context(book, asking), usual_profile(asking, source)
    # No circumstance says who asks, in what role, why or when: there is one state of the paper for all of them.
    papers = paper_between(book, usual, source.organisation)
    found = []
    for one in every:
        context = replace(usual, **one.context) if one.context else usual
        paper = one.profile.get("paper", papers.state)
        defect = _DEFECTS[paper] if "paper" in one.profile else papers.defect
        members = {**one.profile, "paper": paper, "isa": papers.isa, "paper_defect": defect}
        found.append((one.code, context, replace(plain, **members)))
    return found


def that_apply(asking: Asking, source: Source, every: Sequence[Circumstance]) -> tuple[Circumstance, ...]:
    """Those that can be: between an organisation and itself there is no paper, and nobody asks himself."""
    own = source.organisation == asking.organisation
    return tuple(one for one in every if not (own and one.group in ("paper", "owner")))
