"""A problem as it travels: problem+json (RFC 9457), FHIR OperationOutcome, and the 503 prepared in advance.

Promise: nothing of a person stands in any of them, and the 503 is the same bytes whatever broke: it tells
neither which part is down nor whether anybody was found.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from services.contract.problems import BadInput, Problem, Unavailable

PROBLEM_JSON = "application/problem+json"
FHIR_JSON = "application/fhir+json"
_PROBLEMS = "urn:mash:cs:problem"
_RETRY_AFTER = "30"

# FHIR R4 issue-type of each kind of problem; the rest is `processing`.
_ISSUE_TYPES: Mapping[str, str] = {
    "unreadable": "structure",
    "too-large": "too-long",
    "bad-input": "invalid",
    "not-signed-in": "login",
    "not-allowed": "forbidden",
    "not-found": "not-found",
    "not-supported": "not-supported",
    "conflict": "conflict",
    "too-many": "throttled",
    "breakage": "exception",
}


@dataclass(frozen=True, slots=True)
class Issue:
    """One fault of a resource: R4 issue-type, FHIRPath of the element, a sentence that echoes no value."""

    code: str
    expression: str
    message: str
    severity: str = "error"


class Rejected(BadInput):
    """A submission that cannot be stored; every fault is named, and nothing of it was stored."""

    def __init__(self, issues: Sequence[Issue], detail: str = "") -> None:
        super().__init__(detail, places=tuple(issue.expression for issue in issues))
        self.issues = tuple(issues)


class NotSupported(Problem):
    """A part of FHIR that this hub does not offer; said plainly, never ignored."""

    status, kind = 422, "not-supported"
    title = "The hub does not offer this part of FHIR"
    next_step = "See /fhir/metadata for what it offers. Nothing was stored."


def as_json(problem: Problem) -> bytes:
    """problem+json: type, title, status, detail, next_step, and places where there are any."""
    body: dict[str, Any] = {
        "type": f"urn:mash:problem:{problem.kind}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "next_step": problem.step,
    }
    if problem.places:
        body["places"] = list(problem.places)
    if isinstance(problem, Rejected):
        body["issues"] = [{"place": issue.expression, "message": issue.message} for issue in problem.issues]
    return orjson.dumps(body)


def outcome(issues: Sequence[Issue]) -> dict[str, Any]:
    """A FHIR R4 OperationOutcome of these issues (at least one)."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "severity": issue.severity,
                "code": issue.code,
                "diagnostics": issue.message,
                **({"expression": [issue.expression]} if issue.expression else {}),
            }
            for issue in issues
        ],
    }


def as_outcome(problem: Problem) -> bytes:
    """The problem as an OperationOutcome: an issue for each fault or place, with the problem's own code."""
    code = _ISSUE_TYPES.get(problem.kind, "processing")
    if isinstance(problem, Rejected):
        issues = problem.issues
    else:
        issues = tuple(Issue(code, place, problem.detail) for place in problem.places) or (
            Issue(code, "", problem.detail),
        )
    body = outcome(issues)
    details = {
        "coding": [{"system": _PROBLEMS, "code": problem.kind}],
        "text": f"{problem.title}. {problem.step}",
    }
    for issue in body["issue"]:
        issue["details"] = details
    return orjson.dumps(body)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The 503 in each of its forms: media type and body, made once, before anything can be down."""

    bodies: Mapping[str, tuple[str, bytes]]

    def answer(self, form: str) -> tuple[str, bytes, dict[str, str]]:
        """Media type, body and headers for `json`, `fhir` or `page`."""
        media, body = self.bodies[form]
        return media, body, {"Retry-After": _RETRY_AFTER}


def prepare(telephone: str) -> Prepared:
    """The constant answers, with the fallback telephone line of the installation."""
    title = "Nothing can be shown at the moment"
    sentence = f"{title}. Ring {telephone}. If somebody is in danger now, ring 999."
    problem = Unavailable(sentence)
    outcome_body = outcome([Issue("transient", "", sentence, "fatal")])
    page = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><main><h1>{title}</h1><p>{html.escape(sentence)}</p></main></body></html>"
    )
    return Prepared(
        {
            "json": (PROBLEM_JSON, as_json(problem)),
            "fhir": (FHIR_JSON, orjson.dumps(outcome_body)),
            "page": ("text/html; charset=utf-8", page.encode()),
        }
    )
