"""A hub killed at each marked point of a release: not one byte reached the client without its entry, and the same request under
the same key is then answered once, whatever was left. A few of the points; all of them with LONG=1.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.cli.parts.process import free_port
from services.ledger.journal import Frame, read_frames, read_hub
from services.ledger.open import log_signer
from services.ledger.verify import verify_folder
from services.runtime.keys import KeyFolder
from tests.hub.served import MIA, SOCIAL_WORKER, Served, a_served
from tests.verification.release_child import POINTS

LONG = os.environ.get("LONG") == "1"
LOG = "northshire-csc"
KEY = 'Idempotency-Key: "e4a1c1d2-6f0e-4c65-9a53-0c8f4f8f2b6d"'
SOME = (
    "8. the journal has it",
    "9. the receipt is there, and nothing has left",
    "9. the head has left",
)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Served, Path, str]:
    """A hub with its families and a case, closed again."""
    folder = Path(tmp_path_factory.mktemp("release"))
    with a_served(folder) as hub:
        case = hub.case()
    return hub, folder, case


@contextmanager
def a_hub(folder: Path, port: int, point: str) -> Iterator[subprocess.Popen[str]]:
    arguments = [str(folder / "home"), str(folder / "policies"), str(port), point]
    command = [sys.executable, "-W", "ignore", "-m", "tests.verification.release_child", *arguments]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as child:  # type: ignore[call-overload]
        assert child.stdout is not None
        assert child.stdin is not None
        # Its access events go out the same way.
        line = "first"
        while line and line != "serving\n":
            line = child.stdout.readline()
        assert line, child.stderr and child.stderr.read()
        yield child
        child.stdin.close()
        child.stdout.read()


def asked(hub: Served, case: str, token: str) -> bytes:
    """Every byte that came before the connection ended, however it ended."""
    sent = json.dumps({"about": MIA, "case": case}).encode()
    head = ["POST /family-view HTTP/1.1", "Host: hub", f"Authorization: Bearer {token}", "Connection: close",
            "Content-Type: application/json", f"Content-Length: {len(sent)}", KEY, "", ""]  # fmt: skip
    came = b""
    with socket.create_connection(("127.0.0.1", hub.port), timeout=60) as link:
        link.sendall("\r\n".join(head).encode() + sent)
        try:
            while more := link.recv(65536):
                came += more
        except ConnectionResetError:
            pass
    return came


def entries(folder: Path) -> list[dict[str, Any]]:
    """What a start finds in the asking organisation's log."""
    with (folder / "home" / "ledger" / "journal").open("rb") as file:
        read_hub(file)
        frames = [one for one in read_frames(file) if isinstance(one, Frame)]
    return [json.loads(one.leaf)["entry"] for one in frames if one.log == LOG]


@pytest.mark.parametrize("point", POINTS if LONG else SOME)
def test_no_byte_without_an_entry_and_one_answer_in_the_end(
    prepared: tuple[Served, Path, str], tmp_path: Path, point: str
) -> None:
    first, origin, case = prepared
    folder = tmp_path / "hub"
    shutil.copytree(origin, folder)
    hub = replace(first, port=free_port())
    with a_hub(folder, hub.port, point) as child:
        came = asked(hub, case, hub.token(SOCIAL_WORKER))
        assert child.wait(60) == -9, "the point was passed, or never met"
    stood = [one for one in entries(folder) if one["kind"] == "release.intent"]
    if came:
        # What has left names its receipt, and that is there.
        assert point.startswith("9.")
        assert stood
        assert f"/ledger/receipts/{stood[0]['event_id']}".encode() in came
    if point.startswith(("2.", "3.", "4.", "5.", "6.", "7.")):
        assert (came, stood) == (b"", [])
    with a_hub(folder, hub.port, "none"):
        again = asked(hub, case, hub.token(SOCIAL_WORKER))
        assert again.startswith(b"HTTP/1.1 200"), again[:300]
    told = json.loads(again.partition(b"\r\n\r\n")[2])
    intents = [one["event_id"] for one in entries(folder) if one["kind"] == "release.intent"]
    assert intents == [told["receipt"]["id"]]
    # An answer that was entered before the kill comes again; one that was not is made.
    repeats = [one["ref"]["event_id"] for one in entries(folder) if one["kind"] == "release.repeat"]
    assert repeats == [one["event_id"] for one in stood]
    if came.startswith(b"HTTP/1.1 200") and b"\r\n\r\n" in came:
        body = came.partition(b"\r\n\r\n")[2]
        assert again.partition(b"\r\n\r\n")[2].startswith(body)
    keys = KeyFolder(folder / "home" / "keys")
    logs = (
        "hub",
        *sorted({path.stem for path in (folder / "home" / "ledger" / "keys").glob("*.vkey")} - {"hub"}),
    )
    trusted = [log_signer(hub.world.parts.settings.hub, log, keys).verifier for log in logs]
    report = verify_folder(folder / "home" / "ledger", trusted)
    assert (report.exit_code, report.findings) == (0, [])


def test_the_points_are_those_of_the_main_line() -> None:
    """Each numbered step after the first is among them."""
    assert {point.partition(".")[0] for point in POINTS} == set("23456789")
    assert set(SOME) <= set(POINTS)
