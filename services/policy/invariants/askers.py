"""Who asks and why: role and purpose, the open case, the ceiling of each role, identity, relationship, conflict of interest.

Promise: written from practice and law (Caldicott principles 2 to 4; Children Act 1989 section 47), not from the rules.
"""

from functools import cache

from services.contract.vocabulary import code_list
from services.policy.invariants.row import CARING, CLASSES, Row, depth
from services.policy.invariants.said import Said, Table, coarser, owner, withheld

UP_TO_5 = frozenset(code for code in CLASSES if depth(code) <= 5)
UP_TO_4 = frozenset(code for code in CLASSES if depth(code) <= 4)
UP_TO_3 = frozenset(code for code in CLASSES if depth(code) <= 3)
UP_TO_2 = frozenset(code for code in CLASSES if depth(code) <= 2)
UP_TO_1 = frozenset(code for code in CLASSES if depth(code) <= 1)
POINTER = frozenset({"DM0", "DM0p"})
EMERGENCY_CREWS = frozenset({"PARAMEDIC", "ED-NURSE", "OOH-GP"})
TO_THE_DOOR = frozenset({"PARAMEDIC", "ED-NURSE", "ED-DOCTOR"})
CEILINGS = {
    "MASH-ADMIN": UP_TO_1, "VCS-COORD": POINTER, "BROKER": UP_TO_2 | {"DM8"},
    **dict.fromkeys(("HOUSING-OFF", "DSL", "SMS-KEYWORKER"), UP_TO_3),
    **dict.fromkeys(("POLICE-MASH", "PROBATION"), UP_TO_4),
    **dict.fromkeys(
        ("SW-CHILD", "SW-TEAM-MGR", "SW-EDT", "SW-ADULT", "ADOPTION-WORKER", "LADO", "IRO", "GP", "HEALTH-VISITOR",
         "SCHOOL-NURSE", "MIDWIFE", "COMM-NURSE", "CLINIC-NURSE", "NAMED-NURSE", "MASH-HEALTH", "MH-NURSE",
         "PSYCHIATRIST", "PALLIATIVE-NURSE", "GOLDLINE-NURSE", "ED-DOCTOR", "MASH-EDUC", "IDVA", "YOT",
         "CARE-MANAGER"), UP_TO_5),
}  # fmt: skip
"""Any other role has no ceiling of its own: it is given nothing but what `ceiling_of` adds."""
REVIEWERS = frozenset({"MASH-ADMIN", "PRIVACY-OFFICER"})
REFERRED = frozenset({"PATRQT", "FAMRQT", "PWATRNY"})
CASE = frozenset({
    "FAM-OVERVIEW", "EARLY-HELP", "C-SCREEN", "C-S17", "C-S47", "MARAC", "MAPPA", "MISPER", "A-S42", "A-S45", "CASE-REVIEW",
    "CRIME",
})  # fmt: skip
CASELOAD = frozenset({"TREAT", "COC", "EOL-CARE"})
INCIDENT = frozenset({"ETREAT", "ERTREAT", "CP-ALERT"})
HEALTH = frozenset({"HEALTH", "CARE-EMERGENCY"})


def ceiling_of(row: Row) -> frozenset[str]:
    """The classes that the role may ever see for the purpose."""
    return _ceiling(row.context.role, row.purpose, row.partner)


@cache
def _ceiling(role: str, purpose: str, partner: bool) -> frozenset[str]:
    classes = CEILINGS.get(role, frozenset())
    if role in EMERGENCY_CREWS:
        classes = UP_TO_5 if purpose in CARING else POINTER | {"DM3s"} if purpose == "CP-ALERT" else classes
    if role == "CARE-COORD" and purpose == "COC":
        classes = UP_TO_5
    if role in REVIEWERS and purpose == "IDENTITY-REVIEW":
        # Two records are compared by who and, roughly, where; in no other purpose does either role reach so far.
        classes = UP_TO_2
    if role in TO_THE_DOOR and purpose == "ETREAT":
        classes |= {"DM9"}
    return frozenset() if role == "ADOPTION-WORKER" and partner else classes


def role_and_purpose(row: Row, _: str) -> Said | None:
    role, purpose = row.context.role, row.purpose
    if not row.written.may(role, purpose):
        return withheld("PURPOSE_NOT_PERMITTED")
    needs_case = bool(code_list("purposes")[purpose]["opens_case"])
    if needs_case and row.context.case != "OPEN":
        return withheld("PURPOSE_NOT_PERMITTED")
    if purpose == "A-S45" and row.context.organisation_type != "SAB":
        return withheld("PURPOSE_NOT_PERMITTED", "NO_AGREEMENT")
    if purpose == "CRIME" and row.context.organisation_type != "POLICE":
        return withheld("PURPOSE_NOT_PERMITTED", "NO_AGREEMENT")
    if purpose == "BTG" and code_list("roles")[role]["group"] not in HEALTH:
        return withheld("PURPOSE_NOT_PERMITTED")
    if purpose == "BTG" and row.context.ground != "urgent":
        return withheld("REASON_REQUIRED")
    # A reviewer's draft is how a request is worked on; nothing leaves by it.
    return owner() if purpose in REFERRED and row.context.channel != "review" else None


def ceiling(row: Row, code: str) -> Said | None:
    if row.purpose in REFERRED:
        # The reader is the person who asked, not the reviewer.
        return None
    classes = ceiling_of(row)
    if code in classes:
        return None
    if code == "DM6" and "DM5" in classes:
        return None if row.approved or not row.partner else owner()
    return withheld("COMMERCIAL" if code == "DM8" else "ROLE_NOT_PERMITTED")


def identity(row: Row, code: str) -> Said | None:
    if row.profile.identity in ("MATCH", "CONFIRMED"):
        return None
    return coarser(identity="stub") if code == "DM1" else withheld("IDENTITY_NOT_CONFIRMED")


def relationship(row: Row, code: str) -> Said | None:
    if row.profile.identity == "NOT_CONFIRMED" and code == "DM1":
        # Nobody is related to an unknown: the stub by which the right person is picked comes first.
        return None
    has, purpose = row.profile.relationship, row.purpose
    reached = (
        has in ("own-case", "team-case") if purpose in CASE
        # A conscious patient may be asked now, and says yes.
        else has in ("caseload", "permission") if purpose in CASELOAD
        else has == "incident" if purpose in INCIDENT
        else True
    )  # fmt: skip
    return None if reached else withheld("NO_RELATIONSHIP")


def conflict(row: Row, _: str) -> Said | None:
    return withheld("CONFLICT_OF_INTEREST") if row.profile.conflict else None


TABLES = (
    Table(
        "role-and-purpose",
        "role_purpose",
        "A role is given nothing for a purpose that is not open to it, nor without the open case that the "
        "purpose needs; break glass is for health roles with a written, urgent reason; what a person or a "
        "relative asks for is never given without a reviewer",
        "Caldicott principles 1 and 4; Children Act 1989 s.47; Care Act 2014 s.45 (the board asks); UK "
        "GDPR Art. 15",
        role_and_purpose,
    ),
    Table(
        "role-ceiling",
        "ceiling",
        "No role sees a class above its ceiling, and restricted narrative leaves only when its owner "
        "approves",
        "Caldicott principle 4 (strict need to know); practice of the room: each agency owns what it holds",
        ceiling,
    ),
    Table(
        "identity-first",
        "identity",
        "Until it is certain whose record it is, at most a name and a year of birth are given",
        "UK GDPR Art. 5(1)(d) accuracy and Art. 5(1)(f)",
        identity,
    ),
    Table(
        "working-relationship",
        "relationship",
        "Without the case, caseload or incident that the purpose needs, nothing is given",
        "Caldicott principle 4; common law duty of confidence",
        relationship,
    ),
    Table(
        "conflict-of-interest",
        "conflict",
        "Nobody is given anything about themselves, their household, relatives or declared conflicts",
        "Professional codes of social work and nursing; nobody is a judge in his own cause",
        conflict,
    ),
)
