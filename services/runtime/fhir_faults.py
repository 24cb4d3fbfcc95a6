"""What the R4 gate says about a resource that it refuses.

Promise: a fault names a place and a rule and never echoes a value: paths are made of R4's own element names
and of indexes, and an element that R4 does not know at all is not named, because a name may hold data too.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import jsonschema_rs

NONE: Sequence["Fault"] = ()

_KINDS = jsonschema_rs.ValidationErrorKind
_FORMS = {
    "string": "a JSON string",
    "number": "a JSON number",
    "integer": "a whole JSON number, written without fraction or exponent",
    "boolean": "true or false",
    "object": "a JSON object",
    "array": "a JSON array",
}
_EMPTY = ("minItems", "minProperties", "minLength")
_LIMITS = ("minimum", "maximum", "maxLength")


class Fault(NamedTuple):
    """One reason why a resource is not valid R4.

    `path` is in JSON's element names ("Patient.name[0].given[1]"), `code` from http://hl7.org/fhir/issue-type,
    `message` a plain sentence.
    """

    path: str
    code: str
    message: str


def within(prefix: str, faults: Iterable[Fault]) -> list[Fault]:
    """The same faults, seen from one level up. A path of its own begins with "." or "[", or is empty."""
    return [Fault(prefix + fault.path, fault.code, fault.message) for fault in faults]


def outcome(faults: Sequence[Fault]) -> dict[str, Any]:
    """A FHIR OperationOutcome: one error per fault, or one information where there is none.

    Source: https://hl7.org/fhir/R4/operationoutcome.html
    """
    issues = [
        {"severity": "error", "code": f.code, "diagnostics": f.message, "expression": [f.path]}
        for f in faults
    ]
    good = {"severity": "information", "code": "informational", "diagnostics": "Valid FHIR R4."}
    return {"resourceType": "OperationOutcome", "issue": issues or [good]}


def worded(error: jsonschema_rs.ValidationError, definitions: dict[str, Any], names: frozenset[str]) -> Fault:
    """The fault that a schema error stands for; its path begins below the resource's own name.

    `definitions` are the schema's; `names` all element names of R4. The error's own message is never used: it
    quotes the instance.
    """
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path)
    rule = _rule(error.schema_path, definitions)
    if rule is not None:
        return _by_rule(path, rule, error.kind)
    kind = error.kind
    if isinstance(kind, _KINDS.Required):
        return Fault(f"{path}.{kind.property}", "required", "This element is required.")
    if isinstance(kind, _KINDS.AdditionalProperties):
        return Fault(path, "structure", _unknown(kind.unexpected, names))
    if isinstance(kind, _KINDS.Type):
        return Fault(path, "structure", f"This must be {_FORMS[next(n for n in kind.types if n != 'null')]}.")
    return Fault(path, *_by_keyword(kind.name, _definition(error.schema_path)))


def _by_keyword(keyword: str, definition: str) -> tuple[str, str]:
    if keyword in _EMPTY:
        return "structure", "This is empty. FHIR has no empty strings, arrays or objects."
    if keyword == "enum":
        return "code-invalid", f"This is not a code of the value set {definition.partition(':')[2]}."
    if keyword == "not":
        return "value", "There is no such day in the calendar."
    if keyword in _LIMITS:
        return "value", f"This is beyond what a FHIR {definition} may hold."
    if keyword == "pattern":
        return "value", f"This is not in the form of a FHIR {definition}."
    return "structure", "This has not the form that R4 gives it."


def _by_rule(path: str, rule: dict[str, Any], kind: Any) -> Fault:
    word, _, name = rule["$comment"].partition(" ")
    if word == "required":
        return Fault(
            f"{path}.{name}", "required", "This element is required, or an extension that says why not."
        )
    if word == "choice" and isinstance(kind, _KINDS.OneOfMultipleValid):
        return Fault(path, "structure", f"Only one type of {name} may be given.")
    if word == "choice":
        return Fault(path, "required", f"One type of {name} is required.")
    if word == "binding":
        return Fault(path, "code-invalid", "None of its codings is from the required value set.")
    if word == "ext-1":
        return Fault(path, "invariant", "An extension has either one value or extensions (ext-1).")
    return Fault(path, "invariant", f"{rule['description'].rstrip('.')} ({word}).")


def _rule(schema_path: Sequence[str | int], definitions: dict[str, Any]) -> dict[str, Any] | None:
    """The commented rule in which the error arose: definition / allOf / index."""
    if len(schema_path) < 4 or schema_path[2] != "allOf":
        return None
    rule: dict[str, Any] = definitions[str(schema_path[1])]["allOf"][schema_path[3]]
    return rule if "$comment" in rule else None


def _definition(schema_path: Sequence[str | int]) -> str:
    """The name of the definition in which the error arose; "string?" is a string that may be null."""
    return str(schema_path[1]).removesuffix("?") if len(schema_path) > 1 else ""


def _unknown(unexpected: Sequence[str], names: frozenset[str]) -> str:
    known = sorted(names.intersection(unexpected))
    told = f" ({', '.join(known)})" if known else ""
    return f"{len(unexpected)} of its elements are not defined here{told}."
