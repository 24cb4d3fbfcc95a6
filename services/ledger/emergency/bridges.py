"""The emergency log held against the main one: what the main log commits to is there, whole, in that order and no other.

Promise: an auditor needs the hub's own key only: the entry that joins the emergency log on names the digest of its key, and
its root at that size. An emergency log that is missing, or that was joined on to no end, is said and never passed over.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from services.contract.canonical import digest
from services.ledger import journal
from services.ledger.auditing.audit import EMERGENCY, Finding
from services.ledger.auditing.report import Report
from services.ledger.auditing.verify_tiles import CHECKPOINT, tree_in, verify_tiles
from services.ledger.tree import Tree, leaf_hash
from services.ledger.verify import keys_beside, verify_folder
from services.runtime.note import Verifier

VKEY = "vkey"
"""The file in an exported emergency log that holds its key."""


def is_emergency(key: Verifier) -> bool:
    """Whether a key is that of an emergency log."""
    return key.name.partition("/")[2].startswith(EMERGENCY)


def hold_emergency(main: Report, second: Path, keys: Sequence[Verifier]) -> None:
    """Add to `main` what is to be said of the emergency log in the folder `second`. `keys`: those given from outside.
    Raises `OSError`, `BadKey`."""
    here = _code(second)
    _absent(main, {here})
    if not here:
        return
    mine = [row for row in main.bridges if row["log"] == here]
    _add(main, verify_folder(second, _trusted(here, mine, keys, keys_beside(second))))
    _hold(main, here, mine, _tree(second, here))


def exported(folder: Path) -> Mapping[str, Path]:
    """Of a folder of tiles, the emergency logs in it, by their code."""
    return {path.parent.name: path.parent for path in sorted(folder.glob(f"{EMERGENCY}*/{CHECKPOINT}"))}


def hold_exported(main: Report, folder: Path, keys: Sequence[Verifier]) -> None:
    """As `hold_emergency`, of those that stand as tiles beside the main log's, each with its key (`VKEY`) by it.
    Raises `OSError`, `BadKey`, `BadNote`."""
    here = exported(folder)
    _absent(main, here)
    for code, path in here.items():
        mine = [row for row in main.bridges if row["log"] == code]
        beside = [Verifier.parse((path / VKEY).read_text("utf-8"))] if (path / VKEY).is_file() else []
        _add(main, verify_tiles(path, _trusted(code, mine, keys, beside)))
        _hold(main, code, mine, tree_in(path))


def _absent(main: Report, here: Collection[str]) -> None:
    joined = {row["log"]: row["size"] for row in main.bridges if row["log"].startswith(EMERGENCY)}
    for code, size in sorted(joined.items()):
        if code not in here:
            main.gaps.append(
                f"the main log commits to {size} entries of the emergency log {code}, and that log is not here; "
                "name its folder with --emergency, or say that its disk was lost"
            )


def _add(main: Report, report: Report) -> None:
    main.logs += report.logs
    main.findings += report.findings
    main.gaps += report.gaps
    main.notes += report.notes
    main.contradictions += report.contradictions


def _hold(main: Report, code: str, mine: Sequence[Mapping[str, Any]], tree: Tree) -> None:
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


def _trusted(
    code: str, mine: Sequence[Mapping[str, Any]], given: Sequence[Verifier], beside: Sequence[Verifier]
) -> list[Verifier]:
    """A key from outside; else the one beside the log, where the main log commits to it."""
    outside = [key for key in given if key.name.endswith(f"/{code}")]
    said = {row["key"] for row in mine}
    return outside or [key for key in beside if digest(key.vkey.encode()).hex() in said]


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
