"""Every change that somebody who holds the disk can make is found, and the first bad entry named where it can be."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from services.cli.ledger import app
from services.ledger.auditing.check import Record
from services.ledger.auditing.report import Report
from services.ledger.checkpoint import Checkpoint
from services.ledger.journal import Frame
from services.ledger.tree import Tree, leaf_hash
from services.ledger.verify import verify_folder, verify_records
from services.runtime.note import Signer, Verifier
from tests.verification.attacked import edited, folder, frames_of, keys, kinds, quick, rewrite, whole
from tests.verification.ledger_world import HUB, Place, intent, refusal, trusted

__all__ = ["folder", "keys", "whole"]

Frames = list[Frame]


def test_an_untouched_ledger_is_good(folder: Path, keys: list[Verifier]) -> None:
    report = verify_folder(folder, keys)
    assert report.as_json()["result"] == "good"
    assert {(row["log"], row["signed"]) for row in report.logs} == {
        ("hub", 3),
        ("council", 7),
        ("nhs-trust", 5),
    }
    assert {row["key"] for row in report.logs} == {key.vkey for key in keys}


def test_no_byte_of_journal_or_checkpoint_can_be_changed(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with place.opened() as ledger:
        ledger.append(intent(ledger))
        ledger.append(refusal("nhs-trust"))
        keys = trusted(ledger)
    for path in (place.folder / "journal", *sorted((place.folder / "checkpoints").iterdir())):
        raw = path.read_bytes()
        for at in range(len(raw)):
            path.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
            assert quick(place.folder, keys).exit_code != 0, f"{path.name} byte {at}"
        path.write_bytes(raw)
    assert verify_folder(place.folder, keys).exit_code == 0


@pytest.mark.parametrize("at", [0, 1, 6, 11])
def test_an_edited_entry_with_its_checksum_made_right_is_found(
    folder: Path, keys: list[Verifier], at: int
) -> None:
    def change(frames: Frames) -> Iterator[tuple[str, int, bytes]]:
        for n, found in enumerate(frames):
            leaf = edited(found.leaf, purpose="TREAT") if n == at else found.leaf
            yield found.log, found.index, leaf

    rewrite(folder, change)
    assert kinds(verify_folder(folder, keys)) == {"root"}


def test_a_forged_entry_with_a_cached_hash_is_found() -> None:
    """The forgery that x/mod's tile reader passed before 0.40.0 (70,000 entries: six subtrees in three tiles): entry 0
    changed, and wherever a hash of it is kept beside, that changed too, nothing above. We take no kept hash on trust."""
    tree, leaves = Tree(), [b"%d" % n for n in range(70_000)]
    for leaf in leaves:
        tree.append(leaf_hash(leaf))
    root = tree.root()
    forged = b"forged"
    tree._rows[0][:32] = leaf_hash(forged)
    # A reader that starts from the cached rows above the leaf would still find the signed root:
    assert tree.root() == root
    again = Tree()
    for leaf in [forged, *leaves[1:]]:
        again.append(leaf_hash(leaf))
    assert again.root() != root


def test_a_forged_entry_under_a_big_log_is_found_by_verify(tmp_path: Path) -> None:
    key = Signer(f"{HUB}/council", Ed25519PrivateKey.generate())
    with Place(tmp_path).opened() as ledger:
        template = ledger.append(refusal())
        raw = ledger.receipt(template.id)
    assert raw is not None
    from services.contract.canonical import b64u
    from services.ledger.proof import Proof

    leaf = Proof.parse(raw).leaf
    head, tail = leaf.split(template.id.encode())
    leaves = [head + b64u(n.to_bytes(16, "big")).encode() + tail for n in range(1000)]
    tree = Tree()
    for one in leaves:
        tree.append(leaf_hash(one))
    notes = {"council": key.sign(Checkpoint(f"{HUB}/council", 1000, tree.root()).text)}

    def verified(stored: list[bytes]) -> Report:
        rows = (Record("council", n, one) for n, one in enumerate(stored))
        return verify_records(rows, HUB, lambda: notes, [key.verifier])

    assert verified(leaves).exit_code == 0
    assert kinds(verified([edited(leaves[0], purpose="COC"), *leaves[1:]])) == {"root"}
    assert kinds(verified([*leaves[:-1], edited(leaves[-1], purpose="COC")])) == {"root"}


def test_entries_taken_from_the_end_are_missed(folder: Path, keys: list[Verifier]) -> None:
    rewrite(folder, lambda frames: ((f.log, f.index, f.leaf) for f in frames[:-1]))
    report = verify_folder(folder, keys)
    assert kinds(report) == {"short"}
    assert [(f.log, f.index) for f in report.findings] == [("nhs-trust", 4)]


def test_a_tail_cut_off_within_a_frame_is_missed(folder: Path, keys: list[Verifier]) -> None:
    raw = (folder / "journal").read_bytes()
    (folder / "journal").write_bytes(raw[:-10])
    report = verify_folder(folder, keys)
    assert kinds(report) == {"frame", "short"}
    assert report.findings[0].index == report.findings[1].index == 4


def _without_one(frames: Frames) -> Frames:
    """All but the second entry of the council's log."""
    return [found for found in frames if (found.log, found.index) != ("council", 1)]


def test_an_entry_taken_out_of_the_middle_is_found(folder: Path, keys: list[Verifier]) -> None:
    def renumbered(frames: Frames) -> Iterator[tuple[str, int, bytes]]:
        counts: dict[str, int] = {}
        for found in _without_one(frames):
            counts[found.log] = counts.get(found.log, -1) + 1
            yield found.log, counts[found.log], found.leaf

    rewrite(folder, lambda frames: ((f.log, f.index, f.leaf) for f in _without_one(frames)))
    report = verify_folder(folder, keys)
    assert "order" in kinds(report)
    assert next(f.index for f in report.findings if f.kind == "order") == 1


def test_entries_that_changed_places_are_found(folder: Path, keys: list[Verifier]) -> None:
    def change(frames: Frames) -> Iterator[tuple[str, int, bytes]]:
        leaves = {(f.log, f.index): f.leaf for f in frames}
        leaves["council", 0], leaves["council", 2] = leaves["council", 2], leaves["council", 0]
        for found in frames:
            yield found.log, found.index, leaves[found.log, found.index]

    rewrite(folder, change)
    assert "root" in kinds(verify_folder(folder, keys))


def test_an_entry_of_one_log_in_another_is_found(folder: Path, keys: list[Verifier]) -> None:
    def change(frames: Frames) -> Iterator[tuple[str, int, bytes]]:
        other = next(f.leaf for f in frames if f.log == "nhs-trust")
        for found in frames:
            first = (found.log, found.index) == ("council", 0)
            yield found.log, found.index, other if first else found.leaf

    rewrite(folder, change)
    found = next(f for f in verify_folder(folder, keys).findings if f.kind == "origin")
    assert (found.log, found.index) == ("council", 0)


def test_an_entry_put_in_again_is_found(folder: Path, keys: list[Verifier]) -> None:
    def change(frames: Frames) -> Iterator[tuple[str, int, bytes]]:
        yield from ((f.log, f.index, f.leaf) for f in frames)
        yield "council", 7, edited(next(f.leaf for f in frames if f.log == "council"), purpose="TREAT")

    rewrite(folder, change)
    assert kinds(quick(folder, keys)) == {"event-id", "chain"}


def test_a_log_signed_again_with_another_key_is_found(folder: Path, keys: list[Verifier]) -> None:
    mine = Signer(f"{HUB}/council", Ed25519PrivateKey.generate())
    rewrite(folder, lambda frames: ((f.log, f.index, edited(f.leaf, purpose="TREAT") if f.log == "council" else f.leaf)
                                    for f in frames))  # fmt: skip
    tree = Tree()
    for found in frames_of(folder):
        if found.log == "council":
            tree.append(leaf_hash(found.leaf))
    forged = mine.sign(Checkpoint(f"{HUB}/council", tree.size, tree.root()).text)
    (folder / "checkpoints" / "council").write_bytes(forged)
    (folder / "keys" / "council.vkey").write_text(mine.verifier.vkey)
    assert kinds(verify_folder(folder, keys)) == {"signature"}
    # With no key from outside the forger's own key is found beside the log: so that is never called good.
    result = CliRunner().invoke(app, ["verify", str(folder)])
    assert result.exit_code == 5
    assert "proves nothing" in result.output


def test_checkpoints_that_changed_places_are_found(folder: Path, keys: list[Verifier]) -> None:
    one, two = folder / "checkpoints" / "council", folder / "checkpoints" / "nhs-trust"
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    assert kinds(quick(folder, keys)) == {"signature"}


def test_an_older_checkpoint_leaves_entries_uncovered_and_that_is_not_good(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with place.opened() as ledger:
        ledger.append(refusal())
        older = ledger.checkpoint("council") or b""
        ledger.append(refusal())
        keys = trusted(ledger)
    (place.folder / "checkpoints" / "council").write_bytes(older)
    report = verify_folder(place.folder, keys)
    assert report.exit_code == 5
    assert "not covered" in report.gaps[0]


def test_a_folder_of_another_hub_is_found(tmp_path: Path, keys: list[Verifier]) -> None:
    place = Place(tmp_path, hub="southshire-hub")
    with place.opened() as ledger:
        ledger.append(refusal())
    assert kinds(verify_folder(place.folder, keys)) == {"hub"}


def test_a_journal_that_claims_another_hub_is_found(folder: Path, keys: list[Verifier]) -> None:
    rewrite(folder, lambda frames: ((f.log, f.index, f.leaf) for f in frames), hub="southshire-hub")
    assert "origin" in kinds(verify_folder(folder, keys))


def test_a_log_that_vanished_is_missed(folder: Path, keys: list[Verifier]) -> None:
    rewrite(folder, lambda frames: ((f.log, f.index, f.leaf) for f in frames if f.log != "nhs-trust"))
    (folder / "checkpoints" / "nhs-trust").unlink()
    report = verify_folder(folder, keys)
    # What the council's entries name is still there; that a whole log is gone is known by the key alone.
    assert report.exit_code == 5
    assert report.gaps == [f"a key was given for {HUB}/nhs-trust, and that log is not here"]


def test_a_log_without_a_key_is_not_called_good(folder: Path, keys: list[Verifier]) -> None:
    report = verify_folder(folder, keys[1:])
    assert report.exit_code == 5
    assert report.gaps == [f"no key was given for {keys[0].name}"]
