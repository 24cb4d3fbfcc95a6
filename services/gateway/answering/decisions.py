"""Decisions about treatment at the end of life, as an answer gives them: resuscitation (CPR) and advance decisions (ADRT).

Promise: every decision that was released is shown, newest first, none ranked above another and none computed from others;
where sources disagree it is said; and the words for "none" depend on what is released alone, so that one that is kept
back in silence reads as one that never was (SCCI1580; Mental Capacity Act 2005 sections 24 to 26).
"""

from collections.abc import Iterable, Mapping
from typing import Any

Resource = Mapping[str, Any]
CPR_FOR, CPR_NOT_FOR = "450475007", "450476008"
"""SNOMED CT: they differ in two digits and mean opposite things."""
CPR = (CPR_FOR, CPR_NOT_FOR)
ADRT = "816301000000100"
"""SNOMED CT: has an advance decision to refuse treatment."""

NO_CPR = "No CPR decision is shown here; look for a patient-held form."
NO_ADRT = "No advance decision (ADRT) or preferences are shown here; they may be kept elsewhere."
CPR_CONFLICT = (
    "Sources disagree about CPR. Every decision on record is shown, newest first; none counts for more here. "
    "Look for a patient-held form, and ask the senior clinician."
)
ADRT_SCOPE = "There is an advance decision (ADRT). Read what it refuses, beside the CPR decision: neither is ranked here."


def codes_of(resource: Resource) -> set[str]:
    """The codes of a Flag; none for anything else."""
    coded = resource.get("code", {}).get("coding", ()) if resource.get("resourceType") == "Flag" else ()
    return {str(coding.get("code", "")) for coding in coded}


def is_decision(resource: Resource) -> bool:
    """Whether it is a decision about treatment."""
    return not codes_of(resource).isdisjoint({*CPR, ADRT})


def decided_on(resource: Resource) -> str:
    """The day of the decision, as far as it was released. `period.end` is the day of its next review."""
    return str(resource.get("period", {}).get("start", ""))


def notes_on(resources: Iterable[Resource]) -> tuple[str, ...]:
    """What an answer for care says of the decisions in it, or of there being none."""
    listed = list(resources)
    cpr = [one for one in listed if not codes_of(one).isdisjoint(CPR)]
    advance = any(ADRT in codes_of(one) for one in listed)
    preferences = any(one.get("resourceType") == "QuestionnaireResponse" for one in listed)
    notes = [] if cpr else [NO_CPR]
    if disagree(cpr):
        notes.append(CPR_CONFLICT)
    if advance:
        notes.append(ADRT_SCOPE)
    elif not preferences:
        notes.append(NO_ADRT)
    return tuple(notes)


def disagree(resources: Iterable[Resource]) -> bool:
    """Whether two decisions in force about one person say opposite things about CPR."""
    said: dict[str, set[str]] = {}
    for one in resources:
        if one.get("status") == "active":
            whose = str(one.get("subject", {}).get("reference", ""))
            said.setdefault(whose, set()).update(codes_of(one) & {*CPR})
    return any(len(found) > 1 for found in said.values())
