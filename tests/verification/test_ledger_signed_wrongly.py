"""What is no entry, or an entry that the hub itself signed wrongly, is found; and what is no ledger at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.contract.canonical import canonical, parse
from services.ledger.auditing.check import Record
from services.ledger.checkpoint import Checkpoint
from services.ledger.journal import Frame
from services.ledger.tree import Tree, leaf_hash
from services.ledger.verify import verify_folder, verify_records
from services.runtime.note import Signer, Verifier
from tests.verification.attacked import folder, frames_of, keys, kinds, quick, whole
from tests.verification.ledger_world import HUB

__all__ = ["folder", "keys", "whole"]

Frames = list[Frame]


@pytest.mark.parametrize("name", ["journal", "checkpoints/council"])
def test_a_missing_file_is_found(folder: Path, keys: list[Verifier], name: str) -> None:
    (folder / name).unlink()
    assert kinds(verify_folder(folder, keys)) & {"journal", "checkpoint"}


@pytest.mark.parametrize(
    "junk", [b"", b"\n", b"mash-journal v1\n", b"mash-journal v2 x\n", bytes(5000), b"PK\3\4" * 99]
)
def test_junk_for_a_journal_is_found(folder: Path, keys: list[Verifier], junk: bytes) -> None:
    (folder / "journal").write_bytes(junk)
    assert kinds(verify_folder(folder, keys)) == {"journal"}


@pytest.mark.parametrize("junk", [b"", b"junk", bytes(300), b"\xff\xfe"])
def test_junk_for_a_checkpoint_is_found(folder: Path, keys: list[Verifier], junk: bytes) -> None:
    (folder / "checkpoints" / "council").write_bytes(junk)
    assert kinds(quick(folder, keys)) == {"signature"}


SEMANTIC: dict[str, tuple[str, Callable[[list[Any]], None]]] = {
    "a kind that is none": ("schema", lambda rows: rows[1]["entry"].update(kind="release.all")),
    "a member too many": ("schema", lambda rows: rows[1]["entry"].update(name="x")),
    "a text among the facts": ("schema", lambda rows: rows[1]["entry"].update(facts={"note": "she moved"})),
    "a chain value too few": ("chain", lambda rows: rows[1].update(chain=rows[1]["chain"][:1])),
    "a chain value doubled": ("chain", lambda rows: rows[1].update(chain=rows[0]["chain"])),
    "a chain value that is none": ("chain", lambda rows: rows[1].update(chain=["x", "y"])),
    "an event id doubled": (
        "event-id", lambda rows: rows[1]["entry"].update(event_id=rows[0]["entry"]["event_id"])),
    "an outcome of nothing": ("ref", lambda rows: rows[2]["entry"]["ref"].update(event_id="A" * 22)),
    "an outcome of an outcome": (
        "ref", lambda rows: rows[5]["entry"].update(ref={"log": "council", "event_id": rows[2]["entry"]["event_id"]})),
    "a second outcome": ("ref", lambda rows: rows[5]["entry"].update(ref=dict(rows[2]["entry"]["ref"]))),
    "an outcome before its intent": (
        "ref", lambda rows: rows[2]["entry"].update(ref={"log": "council", "event_id": rows[4]["entry"]["event_id"]})),
    "a repeat of an outcome": ("ref", lambda rows: rows[5]["entry"].update(
        kind="release.repeat", ref={"log": "council", "event_id": rows[2]["entry"]["event_id"]})),
    "an overlap of what overlaps nothing": ("overlap", lambda rows: [rows[2]["entry"].pop("ref"),
        rows[2]["entry"].update(kind="log.overlap", facts={"index": 1})].clear()),
    "a second answer under one key": ("once", lambda rows: [
        rows[n]["entry"]["facts"].update(once="ab" * 16) for n in (0, 1)].clear()),
}  # fmt: skip


@pytest.mark.parametrize("what", SEMANTIC)
def test_a_log_that_the_hub_itself_signed_wrongly_is_found(
    folder: Path, keys: list[Verifier], what: str
) -> None:
    """Root and signature hold: only the meaning of an entry is wrong."""
    kind, change = SEMANTIC[what]
    key = Signer(f"{HUB}/council", Ed25519PrivateKey.generate())
    rows = [parse(found.leaf) for found in frames_of(folder) if found.log == "council"]
    change(rows)
    leaves, tree = [canonical(row) for row in rows], Tree()
    for leaf in leaves:
        tree.append(leaf_hash(leaf))
    notes = {"council": key.sign(Checkpoint(f"{HUB}/council", tree.size, tree.root()).text)}
    report = verify_records(
        [Record("council", n, leaf) for n, leaf in enumerate(leaves)], HUB, lambda: notes, [key.verifier]
    )
    # An entry that is none leaves what refers to it hanging: that is a second finding, never the first.
    assert kinds(report) - {"ref"} <= {kind}
    assert report.findings[0].kind == kind
    assert report.findings[0].index in (1, 2, 5)


@pytest.mark.parametrize("leaf", [b"", b"{}", b"[]", b'{"entry":{},"chain":[]}', b'{"chain":[],"entry":[]}', b"\xff",
                                  b'{"chain":[], "entry":{}}', b'{"chain":[],"chain":[],"entry":{}}'])  # fmt: skip
def test_a_signed_leaf_that_is_no_entry_is_found(leaf: bytes) -> None:
    key, tree = Signer(f"{HUB}/council", Ed25519PrivateKey.generate()), Tree()
    tree.append(leaf_hash(leaf))
    notes = {"council": key.sign(Checkpoint(f"{HUB}/council", 1, tree.root()).text)}
    report = verify_records([Record("council", 0, leaf)], HUB, lambda: notes, [key.verifier])
    assert kinds(report) <= {"form", "schema"}


def test_an_entry_in_another_spelling_is_found_though_signed(folder: Path) -> None:
    key, tree = Signer(f"{HUB}/council", Ed25519PrivateKey.generate()), Tree()
    leaf = frames_of(folder)[0].leaf.replace(b'"entry":', b'"entry": ')
    tree.append(leaf_hash(leaf))
    notes = {"council": key.sign(Checkpoint(f"{HUB}/council", 1, tree.root()).text)}
    report = verify_records([Record("council", 0, leaf)], HUB, lambda: notes, [key.verifier])
    assert kinds(report) == {"form"}
