"""The JSON Schema of what the rules are asked, made from the contract: by it OPA finds a misspelt input in a rule.

Promise: it knows the members of context and profile as the contract has them, and no others.
"""

from typing import Any

from pydantic import TypeAdapter

from services.contract.decisions import Context, Profile


def input_schema() -> dict[str, Any]:
    """The schema of `input`, for `opa check --schema`."""
    return _closed({
        "context": _of(Context),
        "profiles": {"type": "array", "items": _of(Profile)},
        "classes": {"type": "array", "items": {"type": "string"}},
    })  # fmt: skip


def members() -> frozenset[str]:
    """Every member of context and profile."""
    return frozenset(Context.__dataclass_fields__) | frozenset(Profile.__dataclass_fields__)


def _of(shape: type) -> dict[str, Any]:
    return _closed(TypeAdapter(shape).json_schema()["properties"])


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    # Without this OPA lets any member pass.
    return {"type": "object", "properties": properties, "additionalProperties": False}
