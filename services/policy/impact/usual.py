"""Which roles are usual at which kind of organisation: only to say first what concerns somebody, never to decide.

Promise: nothing is left out of a report for being unusual; it stands last.
"""

from collections.abc import Mapping

from services.contract.vocabulary import entry

_COUNCIL = frozenset({"LA-CSC", "LA-ASC"})
_HEALTH = frozenset({"NHS-ACUTE", "NHS-COMM", "NHS-MH", "GP", "HOSPICE"})
USUAL: Mapping[str, frozenset[str]] = {
    "SOCIAL-WORK": _COUNCIL,
    "HEALTH": _HEALTH,
    "CARE-EMERGENCY": _HEALTH | {"AMB"},
    "POLICE-JUSTICE": frozenset({"POLICE", "PROBATION"}) | _COUNCIL,
    "EDUCATION-HOUSING": frozenset({"LA-EDUC", "LA-HOUSING", "SCHOOL"}),
    "VOLUNTARY": frozenset({"VCS", "SMS"}),
    "COMMISSIONING": frozenset({"CARE-PROVIDER"}) | _COUNCIL | _HEALTH,
    "RESEARCH": frozenset({"RESEARCH-ORG"}) | _HEALTH,
    "ADMIN": _COUNCIL,
}
"""Group of roles -> types of organisation. A group that is not named is usual everywhere."""
ONLY: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("SW-CHILD", "SW-TEAM-MGR", "ADOPTION-WORKER", "LADO", "IRO"), frozenset({"LA-CSC"})),
    "SW-ADULT": frozenset({"LA-ASC"}),
    "GP": frozenset({"GP"}),
    "PALLIATIVE-NURSE": frozenset({"HOSPICE", "NHS-COMM"}),
    "PARAMEDIC": frozenset({"AMB"}),
    "SMS-KEYWORKER": frozenset({"SMS"}),
    "MH-NURSE": frozenset({"NHS-MH"}),
    "PSYCHIATRIST": frozenset({"NHS-MH"}),
}
"""The roles that are usual at fewer than the rest of their group."""


def usual_at(role: str, type_: str) -> bool:
    """Whether such an organisation usually has such a role."""
    usual = ONLY.get(role) or USUAL.get(str(entry("roles", role)["group"]))
    return usual is None or type_ in usual
