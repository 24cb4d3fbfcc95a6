"""What a publisher sent, read and judged: a transaction Bundle or one resource, made into one submission.

Promise: all or nothing; every fault is named by its place (`Bundle.entry[39].resource.birthDate`) and
echoes no value; what the hub does not offer is refused, never ignored.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from services.contract.canonical import NotJson, parse
from services.contract.problems import BadInput, NotFound, Unreadable
from services.contract.publishing import Put
from services.gateway.access.bearer import Publisher
from services.gateway.parts import Parts
from services.runtime.problem_pages import Issue, Rejected

DEEPEST = 60
"""Levels of nested objects and lists."""
MOST_ENTRIES = 2000
_MOST_ISSUES = 50
_ID = re.compile(r"^[A-Za-z0-9.-]{1,64}$")
_URL = re.compile(r"^([A-Z][A-Za-z]{1,60})(?:/([A-Za-z0-9.-]{1,64}))?$")
_CONDITIONS = ("ifNoneMatch", "ifModifiedSince", "ifMatch", "ifNoneExist")


def read(raw: bytes) -> dict[str, Any]:
    """The JSON object of a body, decimals as written. Raises `Unreadable` or `BadInput` (too deep)."""
    try:
        body = parse(raw)
    except NotJson as error:
        raise Unreadable(str(error)) from None
    if not isinstance(body, dict):
        raise Unreadable("the body is not a JSON object")
    if _deeper_than(body, DEEPEST):
        raise BadInput(f"the body is nested deeper than {DEEPEST} levels")
    return body


def single(
    parts: Parts, publisher: Publisher, resource: dict[str, Any], resource_type: str, id: str | None
) -> Put:
    """One resource for POST (`id` None) or PUT. Raises `NotFound`, `NotAllowed`, `BadInput`, `Rejected`."""
    if resource_type not in parts.resource_types:
        raise NotFound(
            "the hub takes no resources of this type", next_step="See /fhir/metadata for those it takes."
        )
    publisher.may(resource_type, "u" if id else "c")
    issues = [*_fits(resource, resource_type, id, resource_type), *_faults(parts, resource, resource_type)]
    if issues:
        raise Rejected(issues[:_MOST_ISSUES], "the resource cannot be stored")
    return Put(_as_stored(resource, id), id, "PUT" if id else "POST")


def bundle(parts: Parts, publisher: Publisher, body: dict[str, Any]) -> tuple[Put, ...]:
    """The entries of a transaction Bundle, in order. Raises `NotAllowed` or `Rejected`."""
    entries = body.get("entry")
    if body.get("resourceType") != "Bundle" or body.get("type") != "transaction":
        raise Rejected([Issue("invalid", "Bundle.type", "This address takes a Bundle of type transaction.")])
    if not isinstance(entries, list) or not 0 < len(entries) <= MOST_ENTRIES:
        message = f"A transaction has 1 to {MOST_ENTRIES} entries."
        raise Rejected([Issue("invalid", "Bundle.entry", message)])
    issues: list[Issue] = []
    puts = []
    for number, entry in enumerate(entries):
        put = _entry(parts, publisher, entry, f"Bundle.entry[{number}]", issues)
        if put is not None:
            puts.append(put)
    issues += _twice(entries)
    if issues:
        raise Rejected(issues[:_MOST_ISSUES], "nothing of the Bundle was stored")
    return tuple(puts)


def _entry(parts: Parts, publisher: Publisher, entry: Any, place: str, issues: list[Issue]) -> Put | None:
    """One entry, or None with what is wrong added to `issues`."""
    request = entry.get("request") if isinstance(entry, dict) else None
    resource = entry.get("resource") if isinstance(entry, dict) else None
    if not isinstance(request, dict) or not isinstance(resource, dict):
        issues.append(Issue("required", place, "An entry has a resource and a request."))
        return None
    found = [*_asked(request, place)]
    url = _URL.match(str(request.get("url", "")))
    method = request.get("method")
    id = url[2] if url else None
    if url is None or (method == "PUT") != (id is not None):
        found.append(Issue("value", f"{place}.request.url", "POST takes Type, PUT takes Type/id."))
    elif url[1] not in parts.resource_types:
        found.append(
            Issue("not-supported", f"{place}.request.url", "The hub takes no resources of this type.")
        )
    else:
        publisher.may(url[1], "u" if id else "c")
        found += _fits(resource, url[1], id, f"{place}.resource")
        found += _faults(parts, resource, f"{place}.resource")
    issues += found
    if found:
        return None
    full_url = entry.get("fullUrl")
    return Put(_as_stored(resource, id), id, str(method), full_url if isinstance(full_url, str) else "")


def _asked(request: Mapping[str, Any], place: str) -> list[Issue]:
    issues = []
    if request.get("method") not in ("POST", "PUT"):
        issues.append(Issue("not-supported", f"{place}.request.method", "The hub takes POST and PUT here."))
    issues += [
        Issue("not-supported", f"{place}.request.{name}", "The hub does not offer conditions.")
        for name in _CONDITIONS
        if name in request
    ]
    return issues


def _fits(resource: Mapping[str, Any], resource_type: str, id: str | None, place: str) -> list[Issue]:
    """Whether the resource is what its address says."""
    issues = []
    if resource.get("resourceType") != resource_type:
        issues.append(
            Issue("value", f"{place}.resourceType", "It is not of the type that the address names.")
        )
    if id is not None and (not _ID.match(id) or resource.get("id") != id):
        issues.append(Issue("value", f"{place}.id", "The id must be the one that the address names."))
    return issues


def _faults(parts: Parts, resource: Mapping[str, Any], place: str) -> list[Issue]:
    """What the gate says; its paths begin with the resource's type, ours with where the resource stands."""
    return [
        Issue(fault.code, place + fault.path[_head(fault.path) :], fault.message)
        for fault in parts.gate(resource)
    ]


def _head(path: str) -> int:
    match = re.match(r"[A-Za-z]*", path)
    return match.end() if match else 0


def _twice(entries: Sequence[Any]) -> list[Issue]:
    """A transaction may not touch a record twice, nor give two entries one name (R4, http 3.1.0.11.2)."""
    seen: set[tuple[str, str]] = set()
    issues = []
    for number, entry in enumerate(entries):
        if not isinstance(entry, dict):
            continue
        request = entry.get("request")
        url = request.get("url") if isinstance(request, dict) and request.get("method") == "PUT" else None
        for name, value in (("fullUrl", entry.get("fullUrl")), ("request.url", url)):
            if not isinstance(value, str) or not value:
                continue
            if (name, value) in seen:
                message = "Another entry of the Bundle has the same."
                issues.append(Issue("duplicate", f"Bundle.entry[{number}].{name}", message))
            seen.add((name, value))
    return issues


def _as_stored(resource: dict[str, Any], id: str | None) -> dict[str, Any]:
    """A create's own id is not kept (FHIR R4, http 3.1.0.8: the server draws it)."""
    return resource if id else {name: value for name, value in resource.items() if name != "id"}


def _deeper_than(value: Any, levels: int) -> bool:
    level = [value]
    for _ in range(levels):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True
