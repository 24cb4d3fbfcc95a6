"""What must hold between two rows: more protection never reveals more, and what a purpose does not read changes nothing.

Promise: each change is one step from a row that was asked for anyway, so a breach shows two questions and what lies between.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from services.contract.decisions import Context, Profile
from services.contract.vocabulary import code_list, codes
from services.policy.invariants.askers import relationship
from services.policy.invariants.bars import stays_in_the_room
from services.policy.invariants.invariant import Change, reveals_more
from services.policy.invariants.papers import goes_on, under_gateway
from services.policy.invariants.row import Row, cell_in_words

Told = Iterable[tuple[str, str]]
To = Iterator[tuple[str, Context, Profile]]
CONSENT_IRRELEVANT = frozenset({
    "C-S47", "A-S45", "MARAC", "MAPPA", "MISPER", "CASE-REVIEW", "CP-ALERT", "BTG"
})  # fmt: skip
WHOEVER_HOLDS = frozenset({"C-S47", "MISPER", "ETREAT", "ERTREAT", "BTG"})
"""These go on whoever asks and whoever holds; the others where a gateway names both."""
LOCATION = frozenset({"L:SAFEADDR", "LOCIS", "PATLOC"})
BARS = frozenset({"L:GRA", "L:HFEA", "L:PRIVILEGE", "L:PROTECTED", "L:ADOPT"})


def never_more(before: Row, after: Row) -> Told:
    """Class by class, what the second row reveals that the first did not."""
    for code, cell in before.cells.items():
        more = reveals_more(after.cells[code], cell)
        if more:
            yield code, f"{more} ({cell_in_words(cell)} -> {cell_in_words(after.cells[code])})"


def the_same(before: Row, after: Row) -> Told:
    """Class by class, what came out otherwise."""
    for code, cell in before.cells.items():
        other = after.cells[code]
        if (other.effect, other.how, other.code, other.visibility) != (
            cell.effect,
            cell.how,
            cell.code,
            cell.visibility,
        ):
            yield code, f"{cell_in_words(cell)} becomes {cell_in_words(other)}"


def no_less(before: Row, after: Row) -> Told:
    """Class by class, what is no longer given."""
    for code, cell in before.cells.items():
        if cell.released and not after.cells[code].released:
            yield code, f"{cell_in_words(cell)} becomes {cell_in_words(after.cells[code])}"


def _with(row: Row, **changed: object) -> tuple[str, Context, Profile]:
    told = ", ".join(f"{name} becomes {value}" for name, value in changed.items())
    return told, row.context, replace(row.profile, **changed)  # type: ignore[arg-type]


def labelled(row: Row) -> To:
    for label in (*codes("sensitivity"), "NOT-A-LABEL"):
        if label not in row.profile.labels:
            labels = tuple(sorted({*row.profile.labels, label}))
            yield f"label {label} is added", row.context, replace(row.profile, labels=labels)


def agreement_taken_back(row: Row) -> To:
    if row.profile.agreement == "AGREED":
        for state in ("WITHDRAWN", "REFUSED", "NOT-RECORDED", "AGREED-LIMITED", "NOT-SOUGHT-UNSAFE"):
            yield _with(row, agreement=state)
    if row.profile.item_share == "AGREED":
        for state in ("WITHDRAWN", "REFUSED", "NOT-RECORDED"):
            yield _with(row, item_share=state)


def objected(row: Row) -> To:
    if row.profile.objection == "NOT-RECORDED":
        for state in ("OBJECTED", "OBJECTED-EXCEPT", "EMERGENCY-ONLY", "CHILD-OWN-VIEW", "NDOO"):
            yield _with(row, objection=state)


def spoken_against(row: Row) -> To:
    yield _with(row, conflict=True)
    yield _with(row, harm_link=True)
    yield _with(row, source_concern=True)
    yield _with(row, relationship="none")
    # Nobody is related to an unknown: the stub by which the right person is picked comes before the relationship.
    if relationship(row, "") is None:
        yield _with(row, identity="NOT_CONFIRMED")
    yield _with(row, paper="SUSPENDED", paper_defect="PARTNER_SUSPENDED", isa="")
    yield _with(row, confidentiality="V")
    yield _with(row, value="unknown-code")
    for state in ("SUPERSEDED", "ENTERED_IN_ERROR"):
        yield _with(row, currency=state)
    for state in ("before", "after"):
        if row.profile.adoption == "none":
            yield _with(row, adoption=state)
    if row.profile.owner_decision in ("none", "approved"):
        for state in ("refused", "detriment", "harm"):
            yield _with(row, owner_decision=state)
    if row.profile.owner_decision == "approved":
        yield _with(row, owner_decision="none")
    for state in ("LAPSED", "CLOSED", "NOT_MEMBER"):
        yield f"case becomes {state}", replace(row.context, case=state), row.profile
    if row.context.channel == "view":
        for channel in ("product", "notice", "print"):
            yield f"channel becomes {channel}", replace(row.context, channel=channel), row.profile


def never_read(row: Row) -> To:
    if row.purpose in CONSENT_IRRELEVANT:
        for state in ("REFUSED", "WITHDRAWN", "NOT-RECORDED"):
            yield _with(row, agreement=state)
        for state in ("OBJECTED", "EMERGENCY-ONLY", "NDOO"):
            yield _with(row, objection=state)
    elif code_list("purposes")[row.purpose]["care"] and row.profile.objection == "NOT-RECORDED":
        yield _with(row, objection="NDOO")


def own_skips(row: Row) -> To:
    if not row.profile.own or row.profile.paper == "SUSPENDED":
        return
    for state in ("REFUSED", "NOT-RECORDED", "AGREED"):
        yield _with(row, agreement=state)
    yield _with(row, objection="OBJECTED")
    yield _with(row, item_share="REFUSED")
    yield _with(row, confidentiality="V")
    for state, defect in (("NONE", "NO_ISA"), ("LAPSED", "ENDED")):
        yield _with(row, paper=state, paper_defect=defect, isa="")
    read_all_the_same = BARS | LOCATION | stays_in_the_room(row.context.channel)
    for label in codes("sensitivity"):
        if label not in read_all_the_same:
            labels = tuple(sorted({*row.profile.labels, label}))
            yield f"label {label} is added", row.context, replace(row.profile, labels=labels)


def paper_lapses(row: Row) -> To:
    gateway = row.purpose in WHOEVER_HOLDS or (goes_on(row) and under_gateway(row))
    if gateway and row.profile.paper == "CURRENT" and row.partner:
        yield _with(row, paper="LAPSED", paper_defect="ENDED")


def approved(row: Row) -> To:
    if row.profile.owner_decision == "none":
        yield _with(row, owner_decision="approved")


def not_by_approval(before: Row, after: Row) -> Told:
    """What an approval may not open: a bar, harm, and anything that is neither asked nor sensitive."""
    for code, cell in before.cells.items():
        other = after.cells[code]
        opened = other.released and not cell.released
        if opened and cell.effect != "ask-owner" and not (cell.silent and cell.code == "SENSITIVE_CATEGORY"):
            yield code, f"{cell_in_words(cell)} becomes {cell_in_words(other)}"


MONOTONE = "Consent and protection only ever take away: UK GDPR Art. 7(3) and Art. 25(2)"
CHANGES = (
    Change(
        "a-label-never-reveals",
        "Adding a label never reveals more",
        MONOTONE,
        labelled,
        never_more,
    ),
    Change(
        "withdrawing-never-reveals",
        "Refusing or taking back agreement, to sharing or to one item, never reveals more",
        MONOTONE,
        agreement_taken_back,
        never_more,
    ),
    Change(
        "an-objection-never-reveals",
        "An objection never reveals more",
        MONOTONE,
        objected,
        never_more,
    ),
    Change(
        "what-speaks-against-never-reveals",
        "A conflict, a harm link, a missing relationship, an unsure identity, a suspended partner, a "
        "restriction, a lapsed case, another channel, an owner's no: none of them ever reveals more",
        MONOTONE,
        spoken_against,
        never_more,
    ),
    Change(
        "consent-irrelevant-to-statute",
        "For an enquiry, a panel, a missing person, a review, a status check and break glass neither "
        "agreement nor objection changes anything; the national opt-out changes nothing in care",
        "Children Act 1989 s.47; DfE golden rules 2024; National Data Opt-out policy",
        never_read,
        the_same,
    ),
    Change(
        "own-records-skip-sharing-rules",
        "For an organisation's own records no ISA, agreement, objection, item share, confidentiality or "
        "label matters, but for location, bars, protected persons and what never leaves the room",
        "Nothing is shared: the controller reads its own record",
        own_skips,
        the_same,
    ),
    Change(
        "paperwork-never-blinds",
        "A lapsed ISA takes nothing away from an enquiry or an emergency",
        "ICO Data Sharing Code: share in an emergency; Children Act 1989 s.47",
        paper_lapses,
        no_less,
    ),
    Change(
        "approval-opens-what-it-may",
        "The owner's approval opens what is the owner's to decide and a silence about an adult, never a "
        "bar, harm, nor what another part of the law withholds",
        "Each agency owns what it holds; no owner can lift a bar",
        approved,
        not_by_approval,
    ),
)
