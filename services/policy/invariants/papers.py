"""The paper between two organisations: ISAs and the law's own gateways.

Promise: read as the ISAs' and gateways' own files say; paperwork never blinds an enquiry or an emergency, and a suspended
partner is refused always.
"""

from services.policy.invariants.row import Row
from services.policy.invariants.said import Said, Table, withheld

NEEDED = frozenset({"FAM-OVERVIEW", "EARLY-HELP", "COC", "COMMISSION", "PLANNING", "HRESCH"})
NOT_READ = frozenset({"IDENTITY-REVIEW", "PATRQT", "FAMRQT", "PWATRNY", "IG-AUDIT", "HTEST"})
WITHOUT_AN_ISA_EVER = frozenset({"DM0", "DM0p", "DM3s"})
GOES_ON = frozenset({"C-S47", "CP-ALERT", "MISPER", "ETREAT", "ERTREAT", "BTG"})
"""Besides: an adult enquiry marked urgent, and screening with a recorded risk."""


def under_isa(row: Row) -> bool:
    """Whether a current ISA names purpose and role."""
    isa = row.written.isas.get(row.profile.isa)
    current = row.profile.paper == "CURRENT" and isa is not None
    return bool(current and isa and row.purpose in isa["purposes"] and row.context.role in isa["roles"])


def agreed_beforehand(row: Row, code: str) -> bool:
    """Whether the holder agreed in a sound ISA to release this class for the purpose without being asked; never narrative.

    A class stands for its letters too: DM4 for DM4r.
    """
    isa = row.written.isas.get(row.profile.isa)
    if isa is None or row.profile.paper_defect != "SOUND" or code in ("DM6", "DM7"):
        return False
    return any(
        clause["holder"] == row.profile.source_organisation
        and row.purpose in clause["purposes"]
        and not {code, code[:3]}.isdisjoint(clause["classes"])
        for clause in isa.get("releases_without_asking", ())
    )


def under_gateway(row: Row) -> bool:
    """Whether the law has a way of its own for such an asker and such a holder on the day."""
    asks = row.context
    holder = row.written.type_of(row.profile.source_organisation)
    return row.written.has_gateway(row.purpose, asks.organisation_type, holder, asks.on)


def disclosed(row: Row) -> bool:
    """Whether the holder decided, under a duty in force, to disclose; that stands in for agreement and ISA."""
    asks, holder = row.context, row.written.type_of(row.profile.source_organisation)
    duty = row.written.has_gateway(row.purpose, asks.organisation_type, holder, asks.on, decides=True)
    return duty and row.profile.owner_decision == "disclose"


def needs_isa(row: Row) -> bool:
    """Whether the purpose is given nothing of a partner's without a current ISA."""
    return row.purpose in NEEDED or (row.purpose == "C-SCREEN" and not row.risk)


def goes_on(row: Row) -> bool:
    """Whether the purpose goes on whatever the paperwork."""
    urgent = row.purpose == "A-S42" and row.context.ground == "urgent"
    return row.purpose in GOES_ON or urgent or (row.purpose == "C-SCREEN" and row.risk)


def paper(row: Row, code: str) -> Said | None:
    record = row.profile
    if record.paper == "SUSPENDED":
        return withheld("PARTNER_SUSPENDED")
    if record.own or row.purpose in NOT_READ:
        return None
    if disclosed(row):
        return None
    missing = withheld("NO_AGREEMENT", *({"AGREEMENT_EXPIRED"} if record.paper == "LAPSED" else ()))
    if under_isa(row):
        classes = row.written.isas[record.isa]["classes"]
        return None if isinstance(classes, str) or code in classes else withheld("NO_AGREEMENT")
    if needs_isa(row):
        return missing
    if not under_gateway(row):
        return missing
    never = record.paper == "NONE" and row.purpose == "C-S47"
    return withheld("NO_AGREEMENT") if never and code not in WITHOUT_AN_ISA_EVER else None


TABLES = (
    Table(
        "paper",
        "isa",
        "A purpose that needs an ISA is given nothing without a current one that names purpose and role; "
        "the law's own gateways serve between those they name; an enquiry where there never was an ISA "
        "learns that a service knows the child, which, and the child protection status; a suspended "
        "partner is refused everything",
        "ICO Data Sharing Code of Practice (DPA 2018 s.121); Children Act 1989 s.47; the ISAs and "
        "gateways themselves",
        paper,
    ),
)
