"""What a FHIR Consent says about sharing: an objection of the person, or the share state of one item.

Promise: a shape that is not understood reads as NOT-RECORDED and is reported to its publisher; it never opens anything.
Reading (R4 Consent; NHS end-of-life profile): root `provision.type`, else `policyRule`; one whose
`provision.data.reference` is an item speaks of that item alone; in the end-of-life profile `inactive` means refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.index.read import codings, dicts, text_of

SHAPE = "CONSENT_SHAPE"
SCOPE = "patient-privacy"
STATES = "urn:mash:cs:consent-state"
"""A coding of this system in `category` says BEST-INTERESTS or PROXY-LPA of an item's share."""
_RULE = {"OPTIN": "AGREED", "OPTOUT": "OBJECTED", "OPTOUTE": "OBJECTED-EXCEPT", "EMRGONLY": "EMERGENCY-ONLY"}
_STRICTEST = ("OBJECTED", "OBJECTED-EXCEPT", "EMERGENCY-ONLY", "AGREED", "NOT-RECORDED")
_SHARES = ("REFUSED", "WITHDRAWN", "AGREED", "BEST-INTERESTS", "PROXY-LPA", "NOT-RECORDED")
"""Each from the strictest down, for joining what several sources say."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one Consent comes to."""

    objection: str = "NOT-RECORDED"
    share: str = "NOT-RECORDED"
    items: tuple[str, ...] = ()
    """References of the items it speaks of."""
    end_of_life: bool = False
    """It speaks of everything under the person's end-of-life label."""
    finding: str = ""


def read_consent(resource: Mapping[str, Any], on: str) -> Said:
    """What a Consent says on the day `on`."""
    provision = resource.get("provision")
    provision = provision if isinstance(provision, dict) else {}
    items = tuple(text_of(one.get("reference", {}).get("reference")) for one in dicts(provision.get("data")))
    end_of_life = is_end_of_life(resource)
    stated = _stated(resource, provision)
    if not stated and not end_of_life:
        return Said(finding=SHAPE)
    if not _in_force(provision, on):
        return Said(items=items)
    if items or end_of_life:
        return Said(
            share=_share(resource, stated, end_of_life), items=items, end_of_life=end_of_life and not items
        )
    if not {code for _, code in codings(resource.get("scope"))} <= {SCOPE}:
        return Said(finding=SHAPE)
    finding = SHAPE if provision.get("provision") else ""
    # Exceptions inside a consent are not read: an objection with exceptions stays an objection, while a permission
    # with exceptions is no permission.
    if resource.get("status") != "active" or (finding and stated == "AGREED"):
        return Said(finding=finding)
    return Said(objection=stated, finding=finding)


def is_end_of_life(resource: Mapping[str, Any]) -> bool:
    """Whether a resource claims the NHS end-of-life profile."""
    meta = resource.get("meta")
    profiles = meta.get("profile") if isinstance(meta, dict) else None
    names = [text_of(one).rsplit("/", 1)[-1].lower() for one in profiles or ()]
    return any("eol" in name.split("-") or "endoflife" in name or "end-of-life" in name for name in names)


def strictest(states: Iterable[str]) -> str:
    """The strictest objection of several; NOT-RECORDED of none."""
    return min(states, key=_STRICTEST.index, default="NOT-RECORDED")


def strictest_share(states: Iterable[str]) -> str:
    """The strictest share state of several; NOT-RECORDED of none."""
    return min(states, key=_SHARES.index, default="NOT-RECORDED")


def _stated(resource: Mapping[str, Any], provision: Mapping[str, Any]) -> str:
    root = provision.get("type")
    if root in ("permit", "deny"):
        return "AGREED" if root == "permit" else "OBJECTED"
    rules = [_RULE[code] for _, code in codings(resource.get("policyRule")) if code in _RULE]
    return strictest(rules) if rules else ""


def _share(resource: Mapping[str, Any], stated: str, end_of_life: bool) -> str:
    status = resource.get("status")
    if status in ("draft", "proposed", "entered-in-error"):
        return "NOT-RECORDED"
    if status == "inactive":
        return "REFUSED" if end_of_life else "WITHDRAWN"
    if status == "rejected" or (stated and stated != "AGREED"):
        return "REFUSED"
    said = {code for system, code in codings(resource.get("category")) if system == STATES}
    return next((state for state in ("BEST-INTERESTS", "PROXY-LPA") if state in said), "AGREED")


def _in_force(provision: Mapping[str, Any], on: str) -> bool:
    period = provision.get("period")
    if not isinstance(period, dict):
        return True
    start, end = text_of(period.get("start"))[:10], text_of(period.get("end"))[:10]
    return start <= on and (not end or end >= on[: len(end)])
