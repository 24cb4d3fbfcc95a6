"""`mash witness`: keys, wrong input in one line, and two witnesses in processes of their own that compare."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.exits import Exit
from services.cli.witness import app
from services.ledger.add_checkpoint import AddCheckpoint
from services.ledger.cosignature import Cosigner, cosigned_by
from services.ledger.cosigning.peers import Peers
from tests.witnessing import ORIGIN, GrownLog, a_signer


def run(*arguments: object) -> tuple[int, str]:
    found = CliRunner().invoke(app, [str(one) for one in arguments], terminal_width=200)
    assert "Traceback" not in found.output
    return found.exit_code, found.output


def a_key(home: Path, *more: str) -> str:
    code, said = run("key", "--home", home, "--name", "agency.example/witness", *more)
    assert code == 0, said
    return said.strip()


def test_a_key_is_made_once_and_a_second_kind_beside_it(tmp_path: Path) -> None:
    line = a_key(tmp_path)
    assert Cosigner.parse(line).name == "agency.example/witness"
    assert a_key(tmp_path) == line
    assert run("key", "--home", tmp_path) == (0, line + "\n")
    other = a_key(tmp_path, "--kind", "ml-dsa-44")
    assert Cosigner.parse(other).kind != Cosigner.parse(line).kind
    assert (tmp_path / "witness").read_text() == "agency.example/witness\ned25519\nml-dsa-44\n"
    assert {path.stat().st_mode & 0o77 for path in (tmp_path / "keys").iterdir()} == {0}


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    path = tmp_path / "logs.vkeys"
    path.write_text(f"# the hub's\n{a_signer().verifier.vkey}\n")
    return path


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["key", "--home", "{new}"], "has no name yet"),
        (["key", "--home", "{home}", "--name", "another"], "is called agency.example/witness"),
        (["key", "--home", "{new}", "--name", "a b"], "no space and no plus"),
        (
            ["compare", "--home", "{new}", "--logs", "{logs}", "--peers", "{peers}"],
            "make one: mash witness key",
        ),
        (["compare", "--home", "{home}", "--logs", "{new}", "--peers", "{peers}"], "cannot be read"),
        (["compare", "--home", "{home}", "--logs", "{peers}", "--peers", "{peers}"], "line 1"),
        (["compare", "--home", "{home}", "--logs", "{empty}", "--peers", "{peers}"], "no log's key"),
        (
            ["compare", "--home", "{home}", "--logs", "{logs}", "--peers", "{logs}"],
            "line 2: begins with none",
        ),
        (["serve", "--home", "{home}", "--logs", "{logs}", "--peers", "{new}"], "cannot be read"),
    ],
)
def test_wrong_input_is_one_line_and_ends_with_two(
    tmp_path: Path, logs: Path, arguments: list[str], says: str
) -> None:
    a_key(tmp_path / "home")
    peers, empty = tmp_path / "peers", tmp_path / "empty"
    peers.write_text("quorum none\n")
    empty.write_text("# nothing\n")
    places = {
        "new": tmp_path / "new",
        "home": tmp_path / "home",
        "logs": logs,
        "peers": peers,
        "empty": empty,
    }
    code, said = run(*(one.format(**places) for one in arguments))
    assert (code, says in said) == (int(Exit.USAGE), True), said


@contextmanager
def serving(home: Path, logs: Path, *more: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """`mash witness serve` in a process of its own; its address, and the process."""
    command = ["witness", "serve", "--home", str(home), "--logs", str(logs), "--port", "0", *more]
    process = subprocess.Popen(
        [Path(sys.executable).with_name("mash"), *command],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        assert process.stdout
        line = process.stdout.readline()
        found = re.fullmatch(r"Witness agency\S+ for 1 logs, listening on (http://127\.0\.0\.1:\d+)\n", line)
        assert found, line
        yield found[1], process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        process.stdout.close()  # type: ignore[union-attr]


@pytest.mark.enable_socket
def test_two_witnesses_in_their_own_processes_compare_and_remember(tmp_path: Path, logs: Path) -> None:
    log = GrownLog().grow(9)
    fork = log.fork(5).grow(4, "other")
    homes = [tmp_path / "one", tmp_path / "two"]
    lines = [a_key(home) for home in homes]
    http = Peers(10)
    with serving(homes[0], logs) as (one, _):
        answer = http.add_checkpoint(one, log.request(0))
        assert cosigned_by(log.note() + answer.body, [Cosigner.parse(lines[0])])
        (tmp_path / "peers").write_text(f"witness one {lines[0]} {one}\nquorum one\n")
        assert run("compare", "--home", homes[1], "--logs", logs, "--peers", tmp_path / "peers") == (
            0, "Compared 1 checkpoints of 1 witnesses: 0 contradict.\n",
        )  # fmt: skip
        with serving(homes[1], logs, "--peers", str(tmp_path / "peers"), "--every", "1") as (two, process):
            # It was only told of the log's nine entries, and cosigned none: the fork is new to it, and not to its peer.
            assert http.add_checkpoint(two, fork.request(0, 9)).status == 200
            assert process.stdout
            said = process.stdout.readline()
        assert said.startswith(f"SPLIT VIEW  {ORIGIN} signed two contradicting checkpoints: size 9 root")
        code, told = run("compare", "--home", homes[1], "--logs", logs, "--peers", tmp_path / "peers")
        assert (code, "1 contradict" in told) == (1, True)
    # A witness that starts again remembers.
    with serving(homes[0], logs) as (one, _):
        assert http.add_checkpoint(one, AddCheckpoint(0, (), log.note(3)).emit()).body == b"9\n"
    code, told = run("compare", "--home", homes[1], "--logs", logs, "--peers", tmp_path / "peers")
    assert (code, "one gave no checkpoint" in told) == (5, True)
    http.close()
