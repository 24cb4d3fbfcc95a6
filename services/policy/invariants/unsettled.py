"""Where law and practice leave a cell to whoever writes the rules: there the tables say what is the most, not what is the least.

Promise: a short list, each with why; everywhere else a cell is exactly what the tables together say.
"""

from services.contract.vocabulary import code_list
from services.policy.invariants.askers import REFERRED, ceiling_of
from services.policy.invariants.depths import COUNTS, NO_VALUES, OVERVIEWS
from services.policy.invariants.labels import MIND, SEXUAL
from services.policy.invariants.papers import under_isa
from services.policy.invariants.persons import needs_agreement
from services.policy.invariants.row import Row, depth


def unsettled(row: Row) -> bool:
    """Whether every cell of a row may be stricter than the tables say."""
    return _by_situation(row) or _by_person(row)


def _by_situation(row: Row) -> bool:
    asks, record = row.context, row.profile
    # What a reviewer pre-marks, what is counted, what goes by another channel or from a source of concern has rules of its own.
    if asks.purpose in REFERRED | COUNTS | NO_VALUES or asks.channel != "view" or record.source_concern:
        return True
    # A panel is about its subjects; of others it may be given less.
    if asks.purpose in ("MARAC", "MAPPA") and record.subject == "other":
        return True
    # An enquiry without its manager's stated cause cannot be opened.
    if asks.purpose == "C-S47" and "reasonable-cause" not in asks.evidence:
        return True
    # An ISA that does not name the role may be read as leaving it to the gateway, or as refusing.
    return record.paper == "CURRENT" and not under_isa(row)


def _by_person(row: Row) -> bool:
    record = row.profile
    # Agreed in part, or by somebody else with authority: how far is written in the agreement.
    if needs_agreement(row) and record.agreement in (
        "AGREED-LIMITED", "BEST-INTERESTS", "PROXY-LPA", "CHILD-OWN-VIEW",
    ):  # fmt: skip
        return True
    if record.objection in ("CHILD-OWN-VIEW", "OBJECTED-EXCEPT", "NDOO") or record.owner_decision in (
        "refused",
        "disclose",
    ):
        return True
    # How much of a child's sexual health goes to whom in care, and under 13.
    return bool(row.labels & SEXUAL) and row.child


def unsettled_class(row: Row, code: str) -> bool:
    """Whether the cell of one class may be."""
    if code == "DM7" or (code == "DM6" and not ceiling_of(row) >= {"DM5"}):
        return True
    # The form of a mental health or substance use record in an enquiry is the catalogue's, class by class.
    mind = (
        bool(row.labels & (MIND | {"PSYTHPN"})) and row.column == "A" and (depth(code) >= 3 or code == "DM0p")
    )
    # Children's services, providers and identifiers in the broad purposes may be generalised with the adults'.
    broad = row.purpose in OVERVIEWS or (row.purpose == "C-SCREEN" and not row.risk)
    health = bool(code_list("source-kinds").get(row.profile.source_kind, {}).get("adult_health"))
    return mind or (broad and health and code in ("DM0", "DM0p", "DM1i"))
