"""The emergency log held against the main one: what the main log commits to is there, whole, in that order and no other.

Promise: an auditor needs the hub's own key only: the entry that joins the emergency log on names the digest of its key, and
its root at that size. An emergency log that is missing, or that was joined on to no end, is said and never passed over.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from services.contract.canonical import digest
from services.ledger import journal
from services.ledger.auditing.audit import Finding
from services.ledger.auditing.report import Report
from services.ledger.tree import Tree, leaf_hash
from services.ledger.verify import keys_beside, verify_folder
from services.runtime.note import Verifier

PREFIX = "emergency-"


def is_emergency(key: Verifier) -> bool:
    """Whether a key is that of an emergency log."""
    return key.name.partition("/")[2].startswith(PREFIX)


def hold_emergency(main: Report, second: Path, keys: Sequence[Verifier]) -> None:
    """Add to `main` what is to be said of the emergency log in the folder `second`. `keys`: those given from outside.
    Raises `OSError`, `BadKey`."""
    joined = [row for row in main.bridges if row["log"].startswith(PREFIX)]
    here = _code(second)
    for code in sorted({row["log"] for row in joined} - {here}):
        size = max(row["size"] for row in joined if row["log"] == code)
        main.gaps.append(
            f"the main log commits to {size} entries of the emergency log {code}, and that log is not here; "
            "name its folder with --emergency, or say that its disk was lost"
        )
    if not here:
        return
    mine = [row for row in joined if row["log"] == here]
    report = verify_folder(second, _keys(second, here, mine, keys))
    main.logs += report.logs
    main.findings += report.findings
    main.gaps += report.gaps
    main.notes += report.notes
    main.contradictions += report.contradictions
    _hold(main, here, mine, second)


def _hold(main: Report, code: str, mine: Sequence[Mapping[str, Any]], second: Path) -> None:
    tree = _tree(second, code)
    for row in mine:
        if row["size"] > tree.size:
            what = f"entry {row['at']} of log hub commits to {row['size']} entries, and {tree.size} are here"
            main.findings.append(Finding(code, "short", tree.size, what))
        elif tree.root(row["size"]).hex() != row["root"]:
            what = (
                f"its first {row['size']} entries are not those that entry {row['at']} of log hub commits to"
            )
            main.findings.append(Finding(code, "bridge", -1, what))
    left = tree.size - max((row["size"] for row in mine), default=0)
    if left > 0:
        main.notes.append(f"{left} entries of the emergency log {code} are joined on to no main log yet")


def _keys(
    second: Path, code: str, mine: Sequence[Mapping[str, Any]], given: Sequence[Verifier]
) -> list[Verifier]:
    """A key from outside; else the one beside the log, where the main log commits to it."""
    outside = [key for key in given if key.name.endswith(f"/{code}")]
    said = {row["key"] for row in mine}
    return outside or [key for key in keys_beside(second) if digest(key.vkey.encode()).hex() in said]


def _code(second: Path) -> str:
    """The code of the log in the folder; empty where there is none, or none with an entry."""
    path = second / journal.NAME
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        if journal.read_hub(file) is None:
            return ""
        first = next(iter(journal.read_frames(file)), None)
        return first.log if isinstance(first, journal.Frame) else ""


def _tree(second: Path, code: str) -> Tree:
    tree = Tree()
    with (second / journal.NAME).open("rb") as file:
        journal.read_hub(file)
        for frame in journal.read_frames(file):
            if isinstance(frame, journal.Frame) and frame.log == code:
                tree.append(leaf_hash(frame.leaf))
    return tree
