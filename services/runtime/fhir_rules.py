"""R4's rules over several elements that need more than presence, by the definition that they hold for.

Promise: each carries the key that HL7 gives it, and is broken only by what certainly breaks it: where two
values cannot be compared (other precision, other unit), nothing is reported.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.runtime.fhir_faults import Fault

Rule = Callable[[dict[str, Any]], Sequence[Fault]]

_HL7 = "http://terminology.hl7.org/CodeSystem/"
_UCUM = "http://unitsofmeasure.org"
_MEALS = frozenset({"C", "CM", "CD", "CV"})
_DAY = 10  # len("2020-01-31"): what is longer has a time


def after(start: str, end: str) -> bool:
    """Whether `start` is certainly later than `end` (FHIR dateTimes); compared as far as both are given."""
    if len(start) > _DAY and len(end) > _DAY:
        return _instant(start) > _instant(end)
    shared = min(len(start), len(end), _DAY)
    return start[:shared] > end[:shared]


def _instant(text: str) -> datetime:
    # A leap second is good FHIR, and more than the library knows.
    return datetime.fromisoformat(text.replace(":60", ":59"))


def _broken(key: str, message: str, path: str = "") -> list[Fault]:
    return [Fault(path, "invariant", f"{message} ({key}).")]


def _coded(value: Mapping[str, Any], member: str, system: str, *codes: str) -> bool:
    codings = value.get(member, {}).get("coding", ())
    return any(c.get("system") == _HL7 + system and c.get("code") in codes for c in codings)


def _period(value: dict[str, Any]) -> Sequence[Fault]:
    start, end = value.get("start"), value.get("end")
    if start is None or end is None or not after(start, end):
        return ()
    return _broken("per-1", "The start must not be after the end")


def _range(value: dict[str, Any]) -> Sequence[Fault]:
    low, high = value.get("low", {}), value.get("high", {})
    same = all(low.get(member) == high.get(member) for member in ("unit", "system", "code"))
    if not same or "value" not in low or "value" not in high or low["value"] <= high["value"]:
        return ()
    return _broken("rng-2", "The low value must not be above the high value")


def _age(value: dict[str, Any]) -> Sequence[Fault]:
    found = list(_distance(value, "age-1"))
    if value.get("value", 1) <= 0:
        found += _broken("age-1", "An age is above nothing")
    return found


def _distance(value: dict[str, Any], key: str = "dis-1") -> Sequence[Fault]:
    if value.get("system", _UCUM) == _UCUM and ("code" in value or "value" not in value):
        return ()
    return _broken(key, "What is measured has a code, and that is UCUM")


def _duration(value: dict[str, Any]) -> Sequence[Fault]:
    if "code" not in value or (value.get("system") == _UCUM and "value" in value):
        return ()
    return _broken("drt-1", "A code is of UCUM and stands with a value")


def _timing(value: dict[str, Any]) -> Sequence[Fault]:
    found: list[Fault] = []
    for key, member in (("tim-4", "duration"), ("tim-5", "period")):
        if value.get(member, 0) < 0:
            found += _broken(key, "This must not be negative", f".{member}")
    if "offset" in value and not (value.get("when") and _MEALS.isdisjoint(value["when"])):
        found += _broken(
            "tim-9", "An offset stands with a time of day, and not with that of a meal", ".offset"
        )
    return found


def _allergy(value: dict[str, Any]) -> Sequence[Fault]:
    wrong = _coded(value, "verificationStatus", "allergyintolerance-verification", "entered-in-error")
    if wrong and "clinicalStatus" in value:
        return _broken("ait-2", "An allergy entered in error has no clinical status")
    if not wrong and "clinicalStatus" not in value:
        return _broken("ait-1", "An allergy has a clinical status unless it was entered in error")
    return ()


def _condition(value: dict[str, Any]) -> Sequence[Fault]:
    found: list[Fault] = []
    abated = any(member.lstrip("_").startswith("abatement") for member in value)
    if abated and not _coded(
        value, "clinicalStatus", "condition-clinical", "inactive", "resolved", "remission"
    ):
        found += _broken("con-4", "A condition that has abated is inactive, resolved or in remission")
    wrong = _coded(value, "verificationStatus", "condition-ver-status", "entered-in-error")
    if wrong and "clinicalStatus" in value:
        found += _broken("con-5", "A condition entered in error has no clinical status")
    return found


def _observation(value: dict[str, Any]) -> Sequence[Fault]:
    if not any(member.lstrip("_").startswith("value") for member in value):
        return ()
    own = _codings(value)
    if own.isdisjoint(pair for part in value.get("component", ()) for pair in _codings(part)):
        return ()
    return _broken("obs-7", "An observation with a value has no component of its own code")


def _codings(value: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    codings = value.get("code", {}).get("coding", ())
    return frozenset((c["system"], c["code"]) for c in codings if "system" in c and "code" in c)


def _organization(value: dict[str, Any]) -> Sequence[Fault]:
    found: list[Fault] = []
    for key, member in (("org-3", "telecom"), ("org-2", "address")):
        if any(item.get("use") == "home" for item in value.get(member, ())):
            found += _broken(key, "An organisation has no home", f".{member}")
    return found


def _dispensed(value: dict[str, Any]) -> Sequence[Fault]:
    handed, prepared = value.get("whenHandedOver"), value.get("whenPrepared")
    if handed is None or prepared is None or not after(prepared, handed):
        return ()
    return _broken("mdd-1", "It cannot be handed over before it was prepared")


def _questionnaire(value: dict[str, Any]) -> Sequence[Fault]:
    found: list[Fault] = []
    links: list[str] = []
    for item in _items(value):
        links.append(item.get("linkId", ""))
        kind, inner = item.get("type"), "item" in item
        if (kind == "group" and not inner) or (kind == "display" and inner):
            found += _broken("que-1", "A group has items, and a display item has none", ".item")
        if len(item.get("enableWhen", ())) > 2 and "enableBehavior" not in item:
            found += _broken("que-12", "More than two conditions need to say how they are joined", ".item")
    if len(set(links)) != len(links):
        found += _broken("que-2", "The link ids of a questionnaire differ from each other", ".item")
    return found


def _list(value: dict[str, Any]) -> Sequence[Fault]:
    found: list[Fault] = []
    for key, member, mode in (("lst-2", "deleted", "changes"), ("lst-3", "date", "working")):
        if value.get("mode") != mode and any(member in entry for entry in value.get("entry", ())):
            found += _broken(key, f"Only in a list of mode {mode} have entries {member}", ".entry")
    return found


def _items(value: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for item in value.get("item", ()):
        yield item
        yield from _items(item)


def _bundle(value: dict[str, Any]) -> Sequence[Fault]:
    kind, entries = value.get("type", ""), value.get("entry", ())
    found: list[Fault] = []
    asked, answered = (kind in ("batch", "transaction", "history"), kind.endswith(("-response", "history")))
    for place, entry in enumerate(entries):
        path = f".entry[{place}]"
        if "search" in entry and kind != "searchset":
            found += _broken("bdl-2", "Only the entries of a search result say how they were found", path)
        if ("request" in entry) != asked:
            found += _broken(
                "bdl-3", "Entries of batch, transaction and history have a request, no others", path
            )
        if ("response" in entry) != answered:
            found += _broken("bdl-4", "Entries of responses and history have a response, no others", path)
        if "/_history/" in entry.get("fullUrl", ""):
            found += _broken("bdl-8", "A full URL names no version", path)
    return found + _unlike(value) + _led(value)


def _unlike(value: dict[str, Any]) -> list[Fault]:
    if value.get("type") == "history":
        return []
    entries = (entry for entry in value.get("entry", ()) if "fullUrl" in entry)
    named = [(e["fullUrl"], e.get("resource", {}).get("meta", {}).get("versionId")) for e in entries]
    return (
        _broken("bdl-7", "Full URLs differ from each other", ".entry")
        if len(set(named)) != len(named)
        else []
    )


def _led(value: dict[str, Any]) -> list[Fault]:
    """Documents and messages begin with a resource that says what they are."""
    leader = {"document": "Composition", "message": "MessageHeader"}.get(value.get("type", ""))
    if leader is None:
        return []
    found: list[Fault] = []
    entries = value.get("entry")
    if not entries or entries[0].get("resource", {}).get("resourceType") != leader:
        key = "bdl-11" if leader == "Composition" else "bdl-12"
        found += _broken(key, f"Its first entry is a {leader}", ".entry")
    if leader == "Composition":
        identifier = value.get("identifier", {})
        if "system" not in identifier or "value" not in identifier:
            found += _broken("bdl-9", "A document has an identifier with a system and a value")
        if "timestamp" not in value:
            found += _broken("bdl-10", "A document has a timestamp")
    return found


def _container(value: dict[str, Any]) -> Sequence[Fault]:
    contained = value.get("contained", ())
    if not contained:
        return ()
    found: list[Fault] = []
    named = frozenset(_fragments(value))
    for place, inner in enumerate(contained):
        path, meta = f".contained[{place}]", inner.get("meta", {})
        if "contained" in inner:
            found += _broken("dom-2", "What is contained contains nothing", path)
        if f"#{inner.get('id', '')}" not in named and "#" not in _fragments(inner):
            found += _broken("dom-3", "What is contained is referred to, or refers to what contains it", path)
        if "versionId" in meta or "lastUpdated" in meta:
            found += _broken("dom-4", "What is contained has no version", path)
        if "security" in meta:
            found += _broken("dom-5", "What is contained has no security label of its own", path)
    return found


def _fragments(value: Any) -> Iterator[str]:
    """All strings that may be references within the resource."""
    if isinstance(value, str):
        if value.startswith("#"):
            yield value
    elif isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _fragments(child)


RULES: Mapping[str, Sequence[Rule]] = {
    "Age": (_age,),
    "AllergyIntolerance": (_allergy,),
    "Bundle": (_bundle,),
    "Condition": (_condition,),
    "Distance": (_distance,),
    "DomainResource": (_container,),
    "Duration": (_duration,),
    "List": (_list,),
    "MedicationDispense": (_dispensed,),
    "Observation": (_observation,),
    "Organization": (_organization,),
    "Period": (_period,),
    "Questionnaire": (_questionnaire,),
    "Range": (_range,),
    "Timing.repeat": (_timing,),
}
