"""How deep each purpose goes: the default matrix, the look-back, and what is current.

Promise: a purpose without a column, or a class without a cell, is withheld; the asker's own records skip the matrix alone.
"""

from collections.abc import Mapping

from services.policy.invariants.askers import REFERRED
from services.policy.invariants.papers import agreed_beforehand
from services.policy.invariants.row import Row, depth
from services.policy.invariants.said import Said, Table, coarser, owner, silent, withheld

R, G, O, W = "release", "generalise", "ask-owner", "withhold"  # noqa: E741 - the letters of the tables
ENQUIRY = (R, R, R, R, R, O, O)
ADULTS = (R, R, R, R, R, O, O)
CARE = (R, R, R, R, R, R, O)
EMERGENCY = (R, R, R, R, R, W, W)
PANEL = ENQUIRY
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "FAM-OVERVIEW": (R, R, W, W, W, W, W), "EARLY-HELP": (R, R, W, G, W, W, W), "C-SCREEN": (R, R, G, G, W, W, W),
    "C-S17": (R, R, R, R, G, O, W), "C-S47": ENQUIRY, "MARAC": PANEL, "MAPPA": PANEL,
    "MISPER": (R, R, R, R, R, W, W), "CASE-REVIEW": (R, R, R, R, O, O, O), "CRIME": (R, R, O, O, O, O, O),
    "A-S42": ADULTS, "A-S45": ADULTS, "TREAT": CARE, "COC": CARE, "EOL-CARE": CARE,
    "ETREAT": EMERGENCY, "ERTREAT": EMERGENCY, "BTG": (R, R, W, R, R, W, W),
    "COMMISSION": (G, R, G, W, W, W, W), "IDENTITY-REVIEW": (W, R, G, W, W, W, W), "CP-ALERT": (R, W, W, W, W, W, W),
}  # fmt: skip
"""DM0 to DM6. HRESCH, PLANNING, IG-AUDIT and HTEST give no value of anybody; what is referred has no column of its own."""
COUNTS = frozenset({"HRESCH", "PLANNING"})
NO_VALUES = frozenset({"IG-AUDIT", "HTEST"})
FORMS: Mapping[str, Mapping[str, str]] = {
    "DM2": {"place": "district"}, "DM3": {"code": "top-label"}, "DM3s": {"code": "top-label"},
    "DM4": {"count": "count", "date": "month"}, "DM4r": {"count": "count", "date": "month"},
}  # fmt: skip
"""How each class is generalised by the matrix."""
LOOKS_BACK = {
    "FAM-OVERVIEW": {"OVER_5Y"},
    "EARLY-HELP": {"OVER_5Y"},
    "CP-ALERT": {"OVER_5Y", "UP_TO_5Y"},
}
STALE = frozenset({"SUPERSEDED", "ENTERED_IN_ERROR"})
OVERVIEWS = frozenset({"FAM-OVERVIEW", "EARLY-HELP"})
ADULT_HEALTH = frozenset({
    "acute", "community", "mental-health", "substance-misuse", "sexual-health", "hospice"
})  # fmt: skip


def letter(row: Row, code: str) -> str:
    """The matrix's letter for a class, as the tables say it."""
    purpose, deep = row.purpose, depth(code)
    if deep == 8:
        return R if purpose == "COMMISSION" else W
    if deep == 9:
        return R if purpose in ("ETREAT", "ERTREAT") and row.profile.same_place else W
    if deep == 7 or purpose in COUNTS | NO_VALUES:
        return W
    if purpose == "CP-ALERT":
        return R if code in ("DM0", "DM0p", "DM3s") else W
    if purpose in ("C-S47", "MARAC", "MAPPA") and deep == 5 and row.profile.subject == "case-child":
        return R
    return COLUMNS[purpose][deep] if purpose in COLUMNS else R


def matrix(row: Row, code: str) -> Said | None:
    if row.profile.own:
        return None
    effect = letter(row, code)
    if effect == W:
        counts = row.purpose in COUNTS | NO_VALUES
        return withheld(
            *({"DEIDENTIFIED_ONLY"} if counts else set()),
            "COMMERCIAL" if code == "DM8" else "MINIMISATION",
        )
    if effect == O:
        return None if row.approved or agreed_beforehand(row, code) else owner()
    return coarser(**FORMS.get(code, {})) if effect == G else None


def about_others(row: Row, _: str) -> Said | None:
    asked_for = row.profile.subject in ("case-child", "case-adult")
    return withheld("THIRD_PARTY") if row.purpose in REFERRED and row.partner and not asked_for else None


def kind_of_service(row: Row, code: str) -> Said | None:
    """Broad purposes name no provider of adults: the kind of service and years, for everybody of that kind alike."""
    broad = row.purpose in OVERVIEWS or (row.purpose == "C-SCREEN" and not row.risk)
    if not broad or row.profile.own or row.child or row.profile.source_kind not in ADULT_HEALTH:
        return None
    if code == "DM0":
        return coarser(date="year", provider="kind")
    return coarser(provider="kind") if code == "DM0p" else None


def current(row: Row, code: str) -> Said | None:
    if row.profile.currency in STALE:
        return silent("NOT_CURRENT")
    if row.profile.value == "unknown-code" and depth(code) >= 3:
        return withheld("UNKNOWN_CODE")
    return None


def look_back(row: Row, _: str) -> Said | None:
    return silent("LOOKBACK") if row.profile.event_age in LOOKS_BACK.get(row.purpose, ()) else None


TABLES = (
    Table(
        "class-matrix",
        "matrix",
        "Each purpose gives no class more than its column says; rates are for commissioning alone, door "
        "codes for an ambulance at that very address, and research, planning, audit and tests are given "
        "nothing about a person",
        "UK GDPR Art. 5(1)(c); Caldicott principles 2 and 3; Children Act 1989 ss.17 and 47; Care Act "
        "2014 s.42",
        matrix,
    ),
    Table(
        "about-others",
        "matrix",
        "What a person, or somebody with authority for a person, asks for gives nothing about anybody else, "
        "in the reviewer's draft neither",
        "UK GDPR Art. 15(4); DPA 2018 Sch. 2 para. 16",
        about_others,
    ),
    Table(
        "kind-of-service",
        "matrix",
        "In a family overview, early help and screening without a recorded risk no provider of health "
        "care to adults is named: the kind of service and years, for all of that kind alike",
        "Common law duty of confidence; Leicestershire practice of the family overview",
        kind_of_service,
    ),
    Table(
        "current-only",
        "currency",
        "What was replaced or withdrawn as a mistake is as if it had never been; a code that nobody knows "
        "is not shown as a fact",
        "UK GDPR Art. 5(1)(d)",
        current,
    ),
    Table(
        "look-back",
        "currency",
        "A family overview and early help look back five years, a child protection status check twelve "
        "months; what is older is as if it had never been",
        "Leicestershire practice (five years); Child Protection Information Sharing (twelve months)",
        look_back,
    ),
)
