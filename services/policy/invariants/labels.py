"""What each sensitivity label takes away, by purpose: protecting somebody (A), care in person (B), everything else (C).

Promise: each label is read by itself; several on one record only ever take away more.
"""

from services.contract.vocabulary import code_list
from services.policy.invariants.row import Row, depth
from services.policy.invariants.said import Said, Table, coarser, owner, silent, withheld

SEXUAL = frozenset({"HIV", "STD", "SEX", "GDIS", "L:TOP"})
MIND = frozenset({"ETH", "SUD", "MH", "PSY"})
VIOLENCE = frozenset({"SDV", "VIO"})
CHILD_STATUS = frozenset({"L:CPROT", "L:LAC"})
KEPT_BY_OWNER = frozenset({"L:INTEL", "L:COURT"})
ASKED_BACK = frozenset({"PRS", "PHY"})
OF_OTHERS = frozenset({"L:THIRDPARTY", "L:IMMIG"})
ABUSE_IN_THE_NAME_OF_HONOUR = frozenset({"C-S47", "MARAC", "A-S42"})
NO_EFFECT = frozenset({"L:KEYSAFE", "LIVARG", "IDS", "B"})


def _opened(row: Row, said: Said | None) -> Said | None:
    """What the owner's approval opens: what it would be asked for, what is only coarser, and what is silent about an adult."""
    if said is None or not row.approved:
        return said
    if said.effect in ("ask-owner", "generalise"):
        return None
    return None if said.silent and not row.child else said


def mind(row: Row, code: str) -> Said | None:
    if not row.labels & MIND or row.profile.own or row.column == "B":
        return None
    if row.column == "C" and depth(code) >= 3:
        return _opened(row, silent("SENSITIVE_CATEGORY"))
    if row.column == "C" and code in ("DM0", "DM0p"):
        return _opened(row, coarser(code="kind") if code == "DM0" else coarser(provider="kind"))
    # The keyworker's contact and the risk statement are what an enquiry asks for.
    return _opened(row, coarser(code="in-service")) if code in ("DM0", "DM3", "DM4") else None


def therapy(row: Row, code: str) -> Said | None:
    if "PSYTHPN" not in row.labels or row.profile.own:
        return None
    if depth(code) >= 4:
        return _opened(row, silent("SENSITIVE_CATEGORY") if row.column == "C" else owner())
    if row.column == "C" and depth(code) == 3:
        return _opened(row, silent("SENSITIVE_CATEGORY"))
    if row.column == "C" and code in ("DM0", "DM0p"):
        return _opened(row, coarser(code="kind") if code == "DM0" else coarser(provider="kind"))
    return _opened(row, coarser(code="in-service")) if row.column == "A" and code in ("DM0", "DM3") else None


def intelligence(row: Row, _: str) -> Said | None:
    if not row.labels & KEPT_BY_OWNER or row.profile.own:
        return None
    may_ask = row.decision_maker and row.purpose == "C-S47"
    return _opened(row, owner() if may_ask else silent("SENSITIVE_CATEGORY"))


def informant(row: Row, _: str) -> Said | None:
    if "L:INFORMANT" not in row.labels or row.profile.own:
        return None
    may_ask = row.decision_maker and row.purpose == "C-S47"
    return _opened(row, owner() if may_ask else silent("SENSITIVE_CATEGORY"))


def violence(row: Row, code: str) -> Said | None:
    bites = row.labels & VIOLENCE and depth(code) >= 3 and row.column == "C" and row.partner
    return withheld("SENSITIVE_CATEGORY") if bites else None


def child_status(row: Row, code: str) -> Said | None:
    bites = row.labels & CHILD_STATUS and depth(code) >= 3 and row.column == "C" and row.partner
    asked_for = row.purpose == "CP-ALERT" and code == "DM3s"
    return withheld("SENSITIVE_CATEGORY") if bites and not asked_for else None


def provider_reveals(row: Row, code: str) -> Said | None:
    bites = "SSP" in row.labels and code in ("DM0", "DM0p", "DM1i") and row.column == "C" and row.partner
    if not bites:
        return None
    if row.profile.source_kind == "sexual-health":
        return _opened(row, silent("SENSITIVE_CATEGORY"))
    return _opened(row, coarser(provider="kind"))


def sexual_health(row: Row, _: str) -> Said | None:
    if not row.labels & SEXUAL or row.profile.own or row.family_child:
        return None
    # Break glass asks nobody, but it is no agreement either.
    if row.column == "B" and row.profile.item_share == "AGREED":
        return None
    return _opened(row, silent("SENSITIVE_CATEGORY"))


def sexual_health_of_a_child(row: Row, _: str) -> Said | None:
    if not row.labels & SEXUAL or row.profile.own or not row.family_child:
        return None
    if row.column == "C":
        return _opened(row, silent("SENSITIVE_CATEGORY"))
    if row.column == "B":
        return None
    if row.profile.subject_age == "UNDER_13":
        # The coded fact, its date and the doctor go to the decision maker and the child's worker; the rest is asked for.
        told = row.decision_maker or row.context.role == "SW-CHILD"
        return None if told else _opened(row, owner())
    return _opened(row, owner() if row.decision_maker else silent("SENSITIVE_CATEGORY"))


def pregnancy(row: Row, _: str) -> Said | None:
    bites = "PREGNANT" in row.labels and row.column == "C" and row.partner
    return _opened(row, silent("SENSITIVE_CATEGORY")) if bites else None


def young_persons_own_care(row: Row, _: str) -> Said | None:
    if "ADOL" not in row.labels or row.profile.own or row.column == "B":
        return None
    return _opened(row, owner() if row.column == "A" else silent("SENSITIVE_CATEGORY"))


def honour(row: Row, _: str) -> Said | None:
    if "L:HBA" not in row.labels or row.profile.own:
        return None
    if row.context.channel == "notice":
        return silent("SENSITIVE_CATEGORY")
    if row.purpose in ABUSE_IN_THE_NAME_OF_HONOUR:
        return None
    return _opened(row, owner() if row.column == "A" else silent("SENSITIVE_CATEGORY"))


def end_of_life(row: Row, code: str) -> Said | None:
    # The kind of class that DM0p is goes with DM0: the key contact.
    bites = "L:EOL" in row.labels and code not in ("DM0", "DM0p") and row.column != "B" and row.partner
    return _opened(row, silent("SENSITIVE_CATEGORY")) if bites else None


def end_of_life_refused(row: Row, code: str) -> Said | None:
    bites = "L:EOL" in row.labels and code not in ("DM0", "DM0p") and row.partner
    refused = row.profile.item_share in ("REFUSED", "WITHDRAWN") and row.purpose != "BTG"
    return silent("SENSITIVE_CATEGORY", "CONSENT_REQUIRED", "OBJECTION") if bites and refused else None


def of_others(row: Row, _: str) -> Said | None:
    if not row.labels & OF_OTHERS or row.profile.own:
        return None
    return _opened(row, owner() if row.column == "A" else withheld("THIRD_PARTY"))


def asked_back(row: Row, _: str) -> Said | None:
    if not row.labels & ASKED_BACK or row.profile.own or row.purpose == "BTG":
        return None
    return _opened(row, owner() if row.column == "A" else withheld("SENSITIVE_CATEGORY"))


def unknown(row: Row, _: str) -> Said | None:
    foreign = [label for label in row.profile.labels if label not in code_list("sensitivity")]
    return silent("SENSITIVE_CATEGORY") if foreign else None


DUTY = "common law duty of confidence; Caldicott principles 3 and 4"
TABLES = (
    Table(
        "mental-health-and-substance-use",
        "sensitivity",
        "Substance use and mental health: that somebody is in a service, to those who protect; whole to "
        "those who treat; to all others a kind of service, and silence on the rest",
        DUTY,
        mind,
    ),
    Table(
        "therapy-notes",
        "sensitivity",
        "Therapy notes never leave without their owner's approval, not even for care",
        DUTY,
        therapy,
    ),
    Table(
        "intelligence-and-court-papers",
        "sensitivity",
        "Police intelligence and restricted court papers are silent to everybody but their owner and the "
        "decision maker of a child protection enquiry, who may ask",
        "Family Procedure Rules 2010 r.12.73; police practice (graded intelligence)",
        intelligence,
    ),
    Table(
        "informants",
        "sensitivity",
        "Who told is silent to everybody but the owner and the decision maker of a child protection "
        "enquiry, who may ask",
        "D v NSPCC [1978] AC 171; DPA 2018 Sch. 2 para. 16",
        informant,
    ),
    Table(
        "violence",
        "sensitivity",
        "Abuse and violence: to those who protect and those who treat, nobody else",
        DUTY,
        violence,
    ),
    Table(
        "child-protection-status-label",
        "sensitivity",
        "Child protection and looked-after status: to those who protect, those who treat, and a status check",
        "Children Act 1989 ss.22 and 47",
        child_status,
    ),
    Table(
        "revealing-provider",
        "sensitivity",
        "A provider whose name reveals is a kind of service outside protection and care, and a sexual "
        "health provider is nothing at all",
        DUTY,
        provider_reveals,
    ),
    Table(
        "sexual-health-of-an-adult",
        "sensitivity",
        "HIV, sexual health, gender identity and termination of an adult are silent until the owner "
        "releases them, and for care until the person agreed to share that item",
        "Common law duty of confidence; former NHS (Venereal Diseases) Directions practice; Abortion "
        "Regulations 1991 reg. 5",
        sexual_health,
    ),
    Table(
        "sexual-health-of-a-child",
        "sensitivity",
        "The same about a child of the case's family is silent outside protection and care, parents "
        "included; at 13 to 17 the decision maker alone is told that the owner can be asked",
        "Sexual Offences Act 2003 ss.5 to 9; Gillick v West Norfolk AHA [1986] AC 112",
        sexual_health_of_a_child,
    ),
    Table(
        "pregnancy",
        "sensitivity",
        "Pregnancy is silent outside protection and care",
        DUTY,
        pregnancy,
    ),
    Table(
        "young-persons-own-care",
        "sensitivity",
        "A competent young person's own care: the owner decides for those who protect; silent to all "
        "others but those who treat, parents included",
        "Gillick v West Norfolk AHA [1986] AC 112",
        young_persons_own_care,
    ),
    Table(
        "honour-based-abuse",
        "sensitivity",
        "Honour-based abuse, forced marriage, FGM: to an enquiry or a panel; the owner decides for others "
        "who protect; silent elsewhere, and never in a notice",
        "Forced Marriage statutory guidance 2023; FGM Act 2003 s.5B",
        honour,
    ),
    Table(
        "end-of-life-for-care-only",
        "sensitivity",
        "End of life items leave for care alone: a safeguarding asker learns that there is palliative "
        "care, never a decision",
        DUTY,
        end_of_life,
    ),
    Table(
        "end-of-life-refused",
        "item_share",
        "An end of life item whose sharing the person refused or took back is silent in care too, break "
        "glass apart",
        "Mental Capacity Act 2005; common law duty of confidence",
        end_of_life_refused,
    ),
    Table(
        "third-parties-and-immigration",
        "sensitivity",
        "What is about a third party, or about immigration: the owner decides for those who protect; "
        "nobody else",
        "DPA 2018 Sch. 2 paras. 4 and 16",
        of_others,
    ),
    Table(
        "asked-to-be-kept-back",
        "sensitivity",
        "What the person or a clinician asked to keep back: the owner decides for those who protect; "
        "break glass opens it; nobody else",
        DUTY,
        asked_back,
    ),
    Table(
        "unknown-label",
        "sensitivity",
        "A label that nobody here knows is taken for the strictest: silence, on own records too",
        "UK GDPR Art. 25(2): protection by default",
        unknown,
    ),
)
