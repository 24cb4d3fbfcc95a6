"""Which classes a fact belongs to: a class by its code, or a field by its path in the catalogue of a book that decided.

Promise: a word that is neither is a usage error with what there is; where books differ, every class that one of them gave counts.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import typer

from services.contract.problems import Problem
from services.contract.vocabulary import code_list
from services.policy.kept import kept, read_kept

_AT = re.compile(r"[.(\[]")


def classes_given(codes: Iterable[str], paths: Iterable[str], home: Path) -> frozenset[str]:
    """The classes asked about; none for all of them."""
    known = {code for code, row in code_list("classes").items() if not row["question"]}
    found = set(codes)
    if unknown := sorted(found - known):
        raise typer.BadParameter(f"--class: {unknown[0]} is none of {', '.join(sorted(known))}")
    for path in paths:
        classes = {row for fields in _catalogues(home) if (row := class_of(fields, path))}
        if not classes:
            raise typer.BadParameter(f"--field: no book that decided here gives {path} a class")
        found |= classes
    return frozenset(found)


def class_of(fields: Mapping[str, Any], path: str) -> str:
    """The class of the longest prefix of `path` in the catalogue; "" where there is none."""
    fitting = [one for one in fields if path == one or (path.startswith(one) and _AT.match(path[len(one) :]))]
    return str(fields[max(fitting, key=len)]["class"]) if fitting else ""


def fields_of(home: Path, digest: str, classes: Iterable[str]) -> Mapping[str, list[str]]:
    """Class -> the paths that a record of it may hold, by the book that decided; empty where it is not kept here."""
    wanted = set(classes)
    with suppress(Problem):
        rows = read_kept(home, digest).fields["fields"]
        return {one: [path for path, row in rows.items() if row["class"] == one] for one in sorted(wanted)}
    return {}


def _catalogues(home: Path) -> Iterator[Mapping[str, Any]]:
    for digest in kept(home):
        with suppress(Problem):
            yield read_kept(home, digest).fields["fields"]
