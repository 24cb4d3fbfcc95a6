"""What the person said: agreement and objection; and what the owner decided, or marked as its own to decide.

Promise: a statutory purpose does not depend on agreement; a purpose that does is given nothing without it.
"""

from services.policy.invariants.papers import disclosed
from services.policy.invariants.row import Row, depth
from services.policy.invariants.said import Said, Table, owner, withheld

BY_AGREEMENT = frozenset({"FAM-OVERVIEW", "EARLY-HELP"})
GIVEN = frozenset({"AGREED", "AGREED-LIMITED", "BEST-INTERESTS", "PROXY-LPA", "CHILD-OWN-VIEW"})
"""Whatever else is recorded is no agreement."""
EMERGENCY = frozenset({"ETREAT", "ERTREAT"})
HONOURED = frozenset({"TREAT", "COC", "EOL-CARE", "FAM-OVERVIEW", "EARLY-HELP"}) | EMERGENCY
OBJECTIONS = frozenset({"OBJECTED", "OBJECTED-EXCEPT"})


def needs_agreement(row: Row) -> bool:
    """Whether the purpose depends on agreement as the case stands."""
    evidence = row.context.evidence
    return (
        row.purpose in BY_AGREEMENT
        or (row.purpose == "C-SCREEN" and not row.risk)
        or (row.purpose == "C-S17" and not row.risk and "override" not in evidence)
    )


def agreement(row: Row, _: str) -> Said | None:
    missing = (
        needs_agreement(row) and row.partner and row.profile.agreement not in GIVEN and not disclosed(row)
    )
    return withheld("CONSENT_REQUIRED") if missing else None


def objection(row: Row, code: str) -> Said | None:
    said, purpose = row.profile.objection, row.purpose
    if row.profile.own:
        return None
    if purpose == "A-S42":
        over = said in OBJECTIONS | {"EMERGENCY-ONLY"} and row.context.ground == "none" and depth(code) > 1
        return withheld("REASON_REQUIRED", "OBJECTION") if over else None
    refuses = said in OBJECTIONS or (said == "EMERGENCY-ONLY" and purpose not in EMERGENCY)
    return withheld("OBJECTION") if refuses and purpose in HONOURED else None


def owners_word(row: Row, _: str) -> Said | None:
    said = row.profile.owner_decision
    reasons = {"detriment": "DETRIMENT_16LA3", "harm": "HARM_DISCLOSURE"}
    return withheld(reasons[said]) if row.partner and said in reasons else None


def confidentiality(row: Row, _: str) -> Said | None:
    asks = row.profile.confidentiality == "V" and row.partner and not row.approved
    return owner() if asks else None


TABLES = (
    Table(
        "agreement",
        "consent",
        "A family overview, early help, screening without a recorded risk and a child in need assessment "
        "without an override or a recorded risk are given nothing of a partner's about somebody who has "
        "not agreed for himself",
        "R (AB and CD) v Haringey [2013] EWHC 416 (Admin); DfE golden rules 2024; UK GDPR Art. 5(1)(a)",
        agreement,
    ),
    Table(
        "objection",
        "objection",
        "An objection is honoured in care, emergencies included unless it leaves them open, in the "
        "overview and early help; an adult enquiry over it without a stated ground learns who the person "
        "is and that services know them",
        "Health and Social Care Act 2012 s.251B(5); Care Act 2014 s.42; UK GDPR Art. 21",
        objection,
    ),
    Table(
        "owners-word",
        "owner_decision",
        "Where the owner holds that telling would do the child more harm than good, or could cause "
        "serious harm, nothing of it leaves",
        "Children Act 2004 s.16LA(3); DPA 2018 Sch. 3",
        owners_word,
    ),
    Table(
        "very-restricted",
        "confidentiality",
        "A partner's very restricted record is the owner's to decide on each time",
        "HL7 Confidentiality V; practice of the room: each agency owns what it holds",
        confidentiality,
    ),
)
