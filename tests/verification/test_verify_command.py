"""`mash ledger verify`: what it says, and how it ends; a hub that runs, and a broker's topics."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.ledger import app
from services.ledger.checkpoint import Checkpoint
from services.ledger.verify import read_checkpoints, verify_folder
from services.runtime.note import Signer, Verifier
from tests.verification.attacked import folder, frames_of, keys, whole
from tests.verification.ledger_world import Place, intent, refusal, trusted

__all__ = ["folder", "keys", "whole"]


def test_a_running_hub_can_be_verified(tmp_path: Path) -> None:
    import threading

    place, stop = Place(tmp_path), threading.Event()
    with place.opened() as ledger:
        ledger.append(refusal())

        def go_on() -> None:
            while not stop.is_set():
                ledger.append(refusal())

        writer = threading.Thread(target=go_on)
        writer.start()
        try:
            for _ in range(3):
                report = verify_folder(place.folder, trusted(ledger))
                assert (report.exit_code, report.findings) == (0, []), report
        finally:
            stop.set()
            writer.join()
    assert read_checkpoints(place.folder)


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["verify", *arguments])


def test_the_command_says_which_key_and_ends_with_zero(
    folder: Path, keys: list[Verifier], tmp_path: Path
) -> None:
    trust = tmp_path / "trust"
    trust.write_text("# given by the DPO\n" + "\n".join(f"{key.vkey}  # a log" for key in keys))
    result = run(str(folder.parent), "--trust", str(trust))
    assert result.exit_code == 0
    assert all(key.vkey in result.output for key in keys)
    assert "All good." in result.output


def test_one_log_by_its_key(folder: Path, keys: list[Verifier]) -> None:
    result = run(str(folder), "--key", keys[0].vkey, "--json")
    report = json.loads(result.stdout)
    assert (result.exit_code, report["result"], len(report["logs"])) == (0, "good", 1)


def test_the_command_names_the_first_bad_entry(folder: Path, keys: list[Verifier], tmp_path: Path) -> None:
    raw, fifth = bytearray((folder / "journal").read_bytes()), frames_of(folder)[7]
    raw[fifth.offset + 30] ^= 4
    (folder / "journal").write_bytes(raw)
    bad = frames_of(folder)
    trust = tmp_path / "trust"
    trust.write_text("\n".join(key.vkey for key in keys))
    result = run(str(folder), "--trust", str(trust))
    assert result.exit_code == 1
    assert len(bad) == 7
    assert f"log {fifth.log} entry {fifth.index}: frame" in result.output


@pytest.mark.parametrize(
    "arguments",
    [["/nowhere"], [".", "--key", "no key"], [".", "--trust", "/nowhere"], ["kafka://127.0.0.1:1"], []],
)
def test_wrong_usage_is_said_and_ends_with_two(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_a_trust_file_with_a_bad_line_names_it(folder: Path, tmp_path: Path) -> None:
    trust = tmp_path / "trust"
    trust.write_text("# fine\nnot a key\n")
    result = run(str(folder), "--trust", str(trust))
    assert result.exit_code == 2
    assert "line 2" in result.output


def test_a_broker_that_does_not_answer_ends_with_three(folder: Path, keys: list[Verifier]) -> None:
    result = run("kafka://127.0.0.1:1", "--key", keys[0].vkey, "--checkpoints", str(folder))
    assert result.exit_code == 3


def test_the_topics_of_a_broker_are_verified(tmp_path: Path, kafka_broker: Any) -> None:
    import uuid

    place = Place(tmp_path, f"kafka://{kafka_broker.address}", f"hub-{uuid.uuid4().hex[:12]}")
    with place.opened() as ledger:
        for log in ("council", "hub", "council"):
            ledger.append(intent(ledger, log))
        keys = trusted(ledger)
    trust = tmp_path / "trust"
    trust.write_text("\n".join(key.vkey for key in keys))
    at = ["--trust", str(trust), "--checkpoints", str(place.home)]
    assert run(place.store, *at).exit_code == 0
    # The same, with a checkpoint over an entry that the topic does not have.
    key = Signer(f"{place.hub}/council", place.keys.signing("log-council"))
    (place.folder / "checkpoints" / "council").write_bytes(
        key.sign(Checkpoint(f"{place.hub}/council", 3, bytes(32)).text)
    )
    result = run(place.store, *at)
    assert result.exit_code == 1
    assert "log council entry 2: short" in result.output
