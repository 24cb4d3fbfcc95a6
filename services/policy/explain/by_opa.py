"""What each rule finds of one profile, asked of OPA itself over the book's own Rego and data.

Promise: the findings are the rules' own, before they are put together; an OPA that fails or is not there answers nothing.
"""

import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.contract.canonical import emit
from services.contract.decisions import Context, Profile, as_input
from services.contract.vocabulary import codes
from services.policy.ports import EngineFailed
from services.runtime.book import Book

QUERY = "data.mash.main.restrictions(data.mash.main.key(input.profiles[0]), input.profiles[0])"
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Found:
    """One rule's finding of one class."""

    rule: str
    effect: int
    silent: bool
    code: str
    how: Mapping[str, str]
    missing: Sequence[str]


def findings(book: Book, opa: Path, context: Context, profile: Profile) -> Sequence[Sequence[Found]]:
    """For each class, in the order of `codes("classes")`, what every rule took away. Raises `EngineFailed`."""
    question = {
        "context": as_input(context),
        "profiles": [as_input(profile)],
        "classes": list(codes("classes")),
    }
    factors = _asked(book, opa, question)
    return [[_found(factor[class_]) for factor in factors if class_ in factor] for class_ in codes("classes")]


def _asked(book: Book, opa: Path, question: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="mash-explain-") as scratch:
        folder = Path(scratch)
        for name, source in book.rego.items():
            path = folder / "rego" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source, encoding="utf-8")
        (folder / "data.json").write_bytes(emit({"book": dict(book.data)}))
        (folder / "input.json").write_bytes(emit(question))
        command = [
            str(opa),
            "eval",
            "--format",
            "json",
            "--fail",
            "-d",
            "rego",
            "-d",
            "data.json",
            "-i",
            "input.json",
            QUERY,
        ]
        try:
            run = subprocess.run(
                command, cwd=folder, check=False, capture_output=True, text=True, timeout=_SECONDS
            )
        except (OSError, subprocess.SubprocessError):
            raise EngineFailed("OPA did not answer") from None
    if run.returncode:
        raise EngineFailed("OPA found no answer")
    answer: Sequence[Mapping[str, Any]] = json.loads(run.stdout)["result"][0]["expressions"][0]["value"]
    return answer


def _found(finding: Mapping[str, Any]) -> Found:
    return Found(
        finding["rule"],
        finding["effect"],
        finding["silent"],
        finding["code"],
        finding["how"],
        finding["missing"],
    )
