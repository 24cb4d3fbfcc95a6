"""`mash up` as a person meets it: everything comes up, what is killed comes back, and all of it ends."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from services.cli.exits import Exit
from services.cli.parts.process import listens

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 400
"""On a busy machine; alone it is a tenth of that."""


@pytest.fixture(scope="module")
def home(kafka_broker: object, opa_program: object, postgres_server: object) -> Iterator[Path]:
    """A folder that PostgreSQL's own user can reach; the parts are here, or the test is skipped as theirs are."""
    # Not under pytest's own folder: as root the server runs as another user, who must get there.
    with tempfile.TemporaryDirectory(prefix="mash-up-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "home"
        shutil.rmtree(Path(folder) / "home", ignore_errors=True)


def started(home: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MASH_")}
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from services.cli.main import app; app()",
            "up",
            "--home",
            str(home),
            *arguments,
        ],
        env=environment | {"PYTHONPATH": str(ROOT), "COLUMNS": "200", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def until(holds: Callable[[], bool], seconds: float = SECONDS) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, "it did not come to hold in time"
        time.sleep(0.2)


def test_once_comes_up_publishes_asks_and_verifies_from_the_broker(home: Path) -> None:
    process = started(home, "--once")
    told, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == Exit.OK, told[-3000:]
    assert "asks for the family: 7 people" in told
    assert "All good." in told
    assert re.search(r"mash ledger verify kafka://127\.0\.0\.1:\d+", told)
    files = [home / part / "ports" for part in ("kafka", "opa", "postgres")]
    ports = [port for file in files for port in re.findall(r"=(\d+)", file.read_text())]
    assert len(ports) == 4
    assert not [port for port in ports if listens(f"127.0.0.1:{port}")]


def test_what_is_killed_comes_back_and_all_ends_when_asked(home: Path) -> None:
    process = started(home)
    assert process.stdout is not None
    seen: list[str] = []
    for line in process.stdout:
        seen.append(line)
        if "End it with Ctrl-C" in line:
            break
    told = "".join(seen)
    try:
        health = re.search(r"http://127\.0\.0\.1:\d+/health/ready", told)
        assert health, told[-3000:]
        for named in (
            r"app\(\) serve",
            "kafka.Kafka",
            "opa.*run --server",
            "postgres -D",
        ):
            os.kill(_child(process.pid, named), signal.SIGKILL)
            line = process.stdout.readline()
            while "is back" not in line:
                assert line, "it ended"
                line = process.stdout.readline()
        until(lambda: _ready(health[0]))
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=SECONDS)
    finally:
        process.kill()
    assert process.returncode == Exit.OK, rest
    assert not listens(health[0].removeprefix("http://").partition("/")[0])


def _ready(address: str) -> bool:
    try:
        return httpx2.get(address, timeout=10).is_success
    except httpx2.HTTPError:
        return False


def _child(parent: int, named: str) -> int:
    """The child of `parent` whose command line matches: only what this test has started is killed."""
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            command = status.with_name("cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            own = re.search(rf"^PPid:\s+{parent}$", status.read_text(), re.MULTILINE)
        except OSError:
            continue
        if own and re.search(named, command) and "/bin/sh" not in command:
            return int(status.parent.name)
    raise AssertionError(f"no child {named}")
