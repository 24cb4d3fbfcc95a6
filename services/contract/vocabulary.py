"""The hub's words, read from `schemas/vocabulary/*.json`, which IG leads own.

Promise: a code that is in no list never passes as a word of the hub. Each list is `{name, codes: [{code, title, …}]}`.
"""

import json
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, WithJsonSchema

from services.contract.places import schemas


@cache
def code_list(name: str) -> Mapping[str, Mapping[str, Any]]:
    """The list `name` as `{code: {code, title, …}}`, in the file's order. Raises `FileNotFoundError` for no such list."""
    document = json.loads((schemas() / "vocabulary" / f"{name}.json").read_text(encoding="utf-8"))
    return MappingProxyType({row["code"]: MappingProxyType(row) for row in document["codes"]})


def codes(name: str) -> tuple[str, ...]:
    """The codes of list `name`, in the file's order."""
    return tuple(code_list(name))


def entry(name: str, code: str) -> Mapping[str, Any]:
    """One row of a list; raises `KeyError` where the code is not a word of it."""
    return code_list(name)[code]


def code_of(name: str) -> Any:
    """A type for messages: a string that is a code of list `name`. The error names the list and never echoes the value."""

    def known(value: str) -> str:
        if value not in code_list(name):
            raise ValueError(f"not a code of schemas/vocabulary/{name}.json")
        return value

    return Annotated[
        str, AfterValidator(known), WithJsonSchema({"type": "string", "enum": list(codes(name))})
    ]
