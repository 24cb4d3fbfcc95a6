"""`mash ledger verify` holds the logs that it finds against the hub's list of them: one taken away, one slipped in, no list."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.main import app
from services.ledger.checkpoint import Checkpoint
from services.ledger.log import log_signer
from services.ledger.tree import Tree, leaf_hash
from services.runtime.keys import KeyFolder
from services.runtime.note import Verifier
from tests.verification.attacked import Frames, folder, frames_of, keys, rewrite, whole
from tests.verification.ledger_world import HUB

__all__ = ["folder", "keys", "whole"]


@dataclass
class Desk:
    """An auditor's: the ledger, and the keys by log; also the hub's own private keys, for whoever signs wrongly."""

    folder: Path
    keys: list[Verifier]
    secret: KeyFolder

    def verify(self, place: Path | None = None, *more: str, without: str = "") -> tuple[int, Any]:
        trust = self.folder.parent / "trust.vkeys"
        given = [key.vkey for key in self.keys if not key.name.endswith(f"/{without or '-'}")]
        trust.write_text("\n".join(given) + "\n")
        words = ["ledger", "verify", str(place or self.folder), "--json", *more]
        done = CliRunner().invoke(app, words if "--key" in more else [*words, "--trust", str(trust)])
        return done.exit_code, json.loads(done.stdout)

    def sign_anew(self, log: str, change: Callable[[Frames], Iterator[tuple[str, int, bytes]]]) -> None:
        """The journal changed, and the log signed over what it is now, by the hub's own key."""
        rewrite(self.folder, change)
        tree = Tree()
        for one in frames_of(self.folder):
            if one.log == log:
                tree.append(leaf_hash(one.leaf))
        signer = log_signer(HUB, log, self.secret)
        note = signer.sign(Checkpoint(signer.verifier.name, tree.size, tree.root()).text)
        (self.folder / "checkpoints" / log).write_bytes(note)


@pytest.fixture
def desk(whole: tuple[Path, list[Verifier]], folder: Path, keys: list[Verifier]) -> Desk:
    return Desk(folder, keys, KeyFolder(whole[0].parent / "keys"))


def without(log: str) -> Callable[[Frames], Iterator[tuple[str, int, bytes]]]:
    """Every frame but those of one log."""
    return lambda frames: ((one.log, one.index, one.leaf) for one in frames if one.log != log)


def unlisted(log: str) -> Callable[[Frames], Iterator[tuple[str, int, bytes]]]:
    """The hub's log without the line that lists one log."""

    def change(frames: Frames) -> Iterator[tuple[str, int, bytes]]:
        at = 0
        for one in frames:
            if one.log == "hub" and f'"log":"{log}"'.encode() in one.leaf:
                continue
            yield one.log, at if one.log == "hub" else one.index, one.leaf
            at += one.log == "hub"

    return change


def found(report: Any) -> list[tuple[str, str, int]]:
    return [(one["log"], one["kind"], one["index"]) for one in report["findings"]]


def test_a_whole_ledger_has_the_logs_that_it_lists_and_no_other(desk: Desk) -> None:
    code, report = desk.verify()
    assert (code, report["findings"], report["gaps"]) == (0, [], [])
    assert set(report["listed"]) == {"hub", "council", "nhs-trust"}


def test_a_log_taken_away_with_its_key_and_checkpoint_is_named_with_the_line_that_lists_it(
    desk: Desk,
) -> None:
    rewrite(desk.folder, without("nhs-trust"))
    (desk.folder / "checkpoints/nhs-trust").unlink()
    code, report = desk.verify(without="nhs-trust")
    assert code == 1
    assert found(report) == [("hub", "log-missing", 2)]
    assert "it lists the log nhs-trust, which is not here" in report["findings"][0]["detail"]


@pytest.mark.parametrize("log", ["nhs-trust", "hub"])
def test_a_log_that_the_hub_itself_signed_and_never_listed_is_named(desk: Desk, log: str) -> None:
    desk.sign_anew("hub", unlisted(log))
    code, report = desk.verify()
    assert code == 1
    assert found(report) == [(log, "unlisted", -1)]


def test_without_the_hubs_own_log_nobody_says_that_none_is_missing(desk: Desk) -> None:
    rewrite(desk.folder, without("hub"))
    (desk.folder / "checkpoints/hub").unlink()
    code, report = desk.verify(without="hub")
    assert code == 5
    assert ["log hub, which lists every log" in gap for gap in report["gaps"]] == [True]


def test_one_log_alone_says_that_it_did_not_look_for_others(desk: Desk) -> None:
    council = next(key.vkey for key in desk.keys if key.name.endswith("/council"))
    code, report = desk.verify(None, "--key", council)
    assert code == 0
    assert any("whether another is missing was not checked" in note for note in report["notes"])
    code, report = desk.verify(None, "--integrity")
    assert code == 0
    assert any("whether a log is missing was not checked" in note for note in report["notes"])


@pytest.mark.parametrize("hashes", [False, True])
def test_an_export_that_lacks_a_log_is_named_and_one_with_its_hashes_alone_is_not(
    desk: Desk, tmp_path: Path, hashes: bool
) -> None:
    export = tmp_path / "export"
    done = CliRunner().invoke(app, ["ledger", "export", str(desk.folder), str(export)])
    assert done.exit_code == 0, done.output
    assert desk.verify(export)[0] == 0
    shutil.rmtree(export / "nhs-trust/tile/entries" if hashes else export / "nhs-trust")
    code, report = desk.verify(export, without="" if hashes else "nhs-trust")
    assert (code, found(report)) == ((5, []) if hashes else (1, [("hub", "log-missing", 2)]))
    code, report = desk.verify(export / "council")
    assert any("whether another is missing was not checked" in note for note in report["notes"])
