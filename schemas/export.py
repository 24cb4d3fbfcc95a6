"""Writes `schemas/messages/` from `services/contract/`, and the pages of the settings and of the invariants.

Promise: what partners read is what the code takes. `--check` changes nothing and exits 1 where a file is not current.

    python schemas/export.py [--check]
"""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from services.contract import cases, decisions, people, publishing, releases, views
from services.policy.invariants.page import page as invariants_page
from services.runtime.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
MESSAGES: dict[str, Any] = {
    "about": people.About,
    "open-case": cases.OpenCase,
    "record-evidence": cases.RecordEvidence,
    "confirm-identity": cases.ConfirmIdentity,
    "close-case": cases.CloseCase,
    "review-protection": cases.ReviewProtection,
    "withdraw-link": cases.WithdrawLink,
    "decide-task": cases.DecideTask,
    "ask-owner": cases.AskOwner,
    "challenge": cases.Challenge,
    "advice": cases.Advice,
    "view-request": views.ViewRequest,
    "family-view": views.FamilyView,
    "product-request": views.ProductRequest,
    "draft-request": views.DraftRequest,
    "counts-request": views.CountsRequest,
    "counts-answer": views.CountsAnswer,
    "context": decisions.Context,
    "profile": decisions.Profile,
    "cell": decisions.Cell,
    "accepted": publishing.Accepted,
    "draft": releases.Draft,
    "receipt": releases.Receipt,
}


def files() -> dict[Path, str]:
    """Every generated file with its text."""
    made = {}
    for name, shape in MESSAGES.items():
        schema = TypeAdapter(shape).json_schema(by_alias=True)
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:mash:message:{name}",
            **schema,
        }
        made[ROOT / "schemas" / "messages" / f"{name}.schema.json"] = (
            json.dumps(schema, indent=2, sort_keys=True) + "\n"
        )
    made[ROOT / "docs" / "reference" / "settings.md"] = settings_page()
    made[ROOT / "docs" / "reference" / "invariants.md"] = invariants_page()
    return made


def settings_page() -> str:
    """The page of settings, one row each."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, "") else f"`{field.default}`"
        rows.append(f"| `MASH_{name.upper()}` | {default} | {field.description or ''} |")
    return "\n".join([
        "# Settings",
        "",
        "Made by `python schemas/export.py` from `services/runtime/settings.py`. Each may stand in the environment, or, in",
        "lower case and without `MASH_`, in the TOML file that `MASH_CONFIG` names; the environment wins. A wrong or",
        "misspelt setting stops the start and is named. No setting switches policy or ledger off.",
        "",
        "| setting | default | what it says |",
        "|---|---|---|",
        *rows,
        "",
    ])  # fmt: skip


def main() -> int:
    """Write, or with `--check` compare."""
    stale = [
        path
        for path, text in files().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" in sys.argv:
        for path in stale:
            sys.stdout.write(f"not current: {path.relative_to(ROOT)}; run python schemas/export.py\n")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files()[path], encoding="utf-8")
    sys.stdout.write(f"wrote {len(stale)} files\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
