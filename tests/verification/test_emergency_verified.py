"""`mash ledger verify` holds the emergency log against the entry that commits to it; each tampering is named."""

import errno
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from services.cli.main import app
from services.contract.problems import LedgerUnavailable
from services.ledger.checkpoint import Checkpoint
from services.ledger.journal import Frame, first_line, frame, read_frames, read_hub
from services.ledger.log import log_signer
from services.ledger.tree import Tree, leaf_hash
from services.runtime.keys import KeyFolder
from services.runtime.note import Signer, split_note
from tests.verification.ledger_world import HUB, Place, intent
from tests.verification.test_emergency_log import Sick, opened, urgent


@pytest.fixture
def emergencies(tmp_path: Path) -> tuple[Place, Path]:
    """A ledger with three entries in its emergency log, joined on; and the hub's trust file, the emergency key left out."""
    place, disk = Place(tmp_path / "home"), Sick()
    with opened(place, disk) as ledger:
        ledger.append(intent(ledger))
        disk.code, disk.call = errno.EIO, "sync"
        for _ in range(3):
            ledger.append(urgent(ledger))
    with opened(place) as ledger:
        ledger.append(intent(ledger))
        keys = [vkey for log, vkey in ledger.keys().items() if not log.startswith("emergency")]
    trust = tmp_path / "trust.vkeys"
    trust.write_text("\n".join(keys) + "\n")
    return place, trust


def verified(place: Path, trust: Path, *more: str) -> tuple[int, Any]:
    done = CliRunner().invoke(app, ["ledger", "verify", str(place), "--trust", str(trust), "--json", *more])
    return done.exit_code, json.loads(done.stdout)


def test_the_hubs_own_key_is_enough(emergencies: tuple[Place, Path]) -> None:
    place, trust = emergencies
    code, report = verified(place.home, trust)
    assert (code, report["findings"], report["gaps"]) == (0, [], [])
    (row,) = [row for row in report["logs"] if row["log"].startswith("emergency-")]
    assert row["signed"] == row["entries"] == 3


def rewritten(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path], None]:
    """The journal with its leaves changed, everything else made to fit."""

    def write(folder: Path) -> None:
        with (folder / "journal").open("rb") as file:
            hub = read_hub(file)
            frames: list[Any] = list(read_frames(file))
        leaves = change([one.leaf for one in frames])
        body = b"".join(frame(frames[0].log, at, leaf, frames[0].mark) for at, leaf in enumerate(leaves))
        (folder / "journal").write_bytes(first_line(str(hub)) + body)

    return write


def signed_anew(folder: Path) -> None:
    """By the hub itself, with the emergency log's own key: what is there verifies, and it is not what was joined on."""
    rewritten(lambda leaves: [leaves[1], leaves[0], leaves[2]])(folder)
    tree, code = Tree(), (folder / "name").read_text().strip()
    with (folder / "journal").open("rb") as file:
        read_hub(file)
        for one in read_frames(file):
            assert isinstance(one, Frame)
            tree.append(leaf_hash(one.leaf))
    signer = log_signer(HUB, code, KeyFolder(folder.parents[1] / "keys"))
    note = signer.sign(Checkpoint(signer.verifier.name, tree.size, tree.root()).text)
    (folder / "checkpoints" / code).write_bytes(note)


def under_another_key(folder: Path) -> None:
    """The very entries, signed under a key that the main log never committed to, which lies beside them."""
    code = (folder / "name").read_text().strip()
    head = Checkpoint.parse(split_note((folder / "checkpoints" / code).read_bytes())[0])
    signer = Signer(f"{HUB}/{code}", Ed25519PrivateKey.generate())
    (folder / "checkpoints" / code).write_bytes(signer.sign(head.text))
    (folder / "keys" / f"{code}.vkey").write_text(f"{signer.verifier.vkey}\n")


TAMPERINGS: dict[str, tuple[Callable[[Path], Any], int, str]] = {
    "gone": (shutil.rmtree, 5, "is not here"),
    "an entry changed": (
        rewritten(lambda leaves: [leaves[0].replace(b'"ETREAT"', b'"TREAT"'), *leaves[1:]]),
        1,
        "are not those that entry",
    ),
    "signed anew": (signed_anew, 1, "its first 3 entries are not those that entry"),
    "its end cut": (rewritten(lambda leaves: leaves[:-1]), 1, "commits to 3 entries, and 2 are here"),
    "two changed about": (
        rewritten(lambda leaves: [leaves[1], leaves[0], leaves[2]]),
        1,
        "are not those that entry",
    ),
    "under another key": (under_another_key, 5, "no key was given for"),
    "its key taken away": (
        lambda folder: shutil.rmtree(folder / "keys"),
        5,
        "no key was given for",
    ),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_each_tampering_is_named(emergencies: tuple[Place, Path], tampering: str) -> None:
    place, trust = emergencies
    do, exit_code, said = TAMPERINGS[tampering]
    do(place.folder / "emergency")
    code, report = verified(place.home, trust)
    assert code == exit_code
    told = [found["detail"] for found in report["findings"]] + report["gaps"]
    assert any(said in one for one in told), told


def test_another_folder_is_named_and_what_is_not_joined_on_is_said(tmp_path: Path) -> None:
    place, disk = Place(tmp_path / "home", more={"emergency_folder": tmp_path / "second"}), Sick()
    with opened(place, disk) as ledger:
        ledger.append(intent(ledger))
        disk.code, disk.call = errno.EIO, "sync"
        ledger.append(urgent(ledger))
        trust = tmp_path / "trust.vkeys"
        trust.write_text("\n".join(ledger.keys().values()) + "\n")
        with pytest.raises(LedgerUnavailable):
            ledger.append(intent(ledger))
    _, report = verified(place.home, trust, "--emergency", str(tmp_path / "second"))
    assert report["findings"] == []
    assert any("joined on to no main log yet" in note for note in report["notes"])


# --- In an export, as tiles ------------------------------------------------------------------------------------


@pytest.fixture
def export(emergencies: tuple[Place, Path], tmp_path: Path) -> Path:
    done = CliRunner().invoke(app, ["ledger", "export", str(emergencies[0].home), str(tmp_path / "export")])
    assert done.exit_code == 0, done.output
    return tmp_path / "export"


def changed_entry(path: Path) -> None:
    """One entry of another purpose, as long as before."""
    bundle = next((path / "tile/entries").rglob("*.p/*"))
    bundle.write_bytes(bundle.read_bytes().replace(b'"SW-CHILD"', b'"SW-ADULT"', 1))


EXPORTED: dict[str, tuple[Callable[[Path], Any], int, str]] = {
    "whole": (lambda _: None, 0, ""),
    "gone": (shutil.rmtree, 5, "is not here"),
    "an entry changed": (changed_entry, 1, "are not those that"),
    "its key taken away": (lambda path: (path / "vkey").unlink(), 5, "no key was given for"),
}


@pytest.mark.parametrize("what", EXPORTED)
def test_an_export_holds_the_emergency_log_too(
    emergencies: tuple[Place, Path], export: Path, what: str
) -> None:
    (path,) = export.glob("emergency-*")
    do, exit_code, said = EXPORTED[what]
    do(path)
    code, report = verified(export, emergencies[1])
    assert code == exit_code, report
    assert said in json.dumps([report["gaps"], report["findings"]])
    if what == "whole":
        (row,) = [row for row in report["logs"] if row["log"].startswith("emergency-")]
        assert row["signed"] == row["entries"] == 3


def test_another_emergency_log_in_the_place_of_the_one_joined_on_is_named(
    emergencies: tuple[Place, Path], export: Path
) -> None:
    """Signed by the very key, with its last entry left out."""
    folder = emergencies[0].folder / "emergency"
    rewritten(lambda leaves: leaves[:-1])(folder)
    tree = Tree()
    with (folder / "journal").open("rb") as file:
        read_hub(file)
        for one in read_frames(file):
            assert isinstance(one, Frame)
            tree.append(leaf_hash(one.leaf))
    code = (folder / "name").read_text().strip()
    signer = log_signer(HUB, code, KeyFolder(emergencies[0].home / "keys"))
    note = signer.sign(Checkpoint(signer.verifier.name, tree.size, tree.root()).text)
    (folder / "checkpoints" / code).write_bytes(note)
    shutil.rmtree(export)
    assert CliRunner().invoke(app, ["ledger", "export", str(emergencies[0].home), str(export)]).exit_code == 0
    exit_code, report = verified(export, emergencies[1])
    assert exit_code == 1
    assert [one["kind"] for one in report["findings"]] == ["short"]
