"""One server program as a child of this process: start, wait until it answers, stop, kill, freeze, thaw.

Promise: a child never outlives us, however we end, and a child that does not come up is reported with the
last lines of its own log.
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


class DidNotStart(Exception):
    """A part was there and did not come up. The text ends in the last lines of its log."""


def free_port() -> int:
    """A port of the loopback address that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(address: str) -> bool:
    """Whether somebody takes connections at `host:port`."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=1):
            return True
    except OSError:
        return False


def ports_of(folder: Path, names: Sequence[str]) -> dict[str, int]:
    """Ports drawn at the first start and kept in `folder`, so that a restart keeps the addresses."""
    file = folder / "ports"
    if not file.is_file():
        drawn: dict[str, int] = {}
        while len(set(drawn.values())) < len(names):
            drawn = {name: free_port() for name in names}
        file.write_text("".join(f"{name}={port}\n" for name, port in drawn.items()), encoding="utf-8")
    lines = file.read_text(encoding="utf-8").split()
    return {name: int(port) for name, _, port in (line.partition("=") for line in lines)}


@dataclass
class Child:
    """A program, the log file that takes its output, and the user it runs as (ours where None)."""

    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    user: int | None = None
    process: subprocess.Popen[bytes] | None = None
    _guard: subprocess.Popen[bytes] | None = None

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        if self.process is None:
            raise DidNotStart(f"{self.command[0]} was not started")
        return self.process.pid

    def start(self, ready: Callable[[], bool], seconds: float) -> None:
        """Start, and return once `ready()`; raises `DidNotStart`."""
        if self.is_running():
            return
        self._reaped()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment}, start_new_session=True,
                user=self.user, extra_groups=None if self.user is None else [],
            )  # fmt: skip
        self._guard = _guard(self.process.pid)
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.is_running():
                self._reaped()
                raise DidNotStart(f"{self.command[0]} ended at once.\n{self.tail()}")
            if time.monotonic() > deadline:
                self.kill()
                raise DidNotStart(f"{self.command[0]} was not ready within {seconds:.0f} s.\n{self.tail()}")
            time.sleep(0.02)

    def said(self, line: str) -> bool:
        """Whether the log of this start holds `line`."""
        return line.encode() in self.log.read_bytes()

    def tail(self, lines: int = 20) -> str:
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.is_file() else ""
        return "\n".join(text.splitlines()[-lines:])

    def stop(self, seconds: float = 30, by: int = signal.SIGTERM) -> int:
        """Ask it to end, and wait; it is killed when it does not. Its exit status, negative for a signal."""
        if self.process is None:
            return 0
        if self.is_running():
            self.thaw()
            self.process.send_signal(by)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
        return self._reaped()

    def kill(self) -> None:
        """End it at once, as a crash would, with every process it has started."""
        if self.is_running():
            os.killpg(self.pid, signal.SIGKILL)
        self._reaped()

    def freeze(self) -> None:
        """Stop it in its tracks: connections stay open and nobody answers."""
        os.killpg(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.killpg(self.pid, signal.SIGCONT)

    def _reaped(self) -> int:
        status = self.process.wait() if self.process else 0
        if self._guard is not None:
            # First the guard, then its pipe: a closed pipe is what it kills upon.
            self._guard.kill()
            self._guard.communicate()
            self._guard = None
        return status


class Served:
    """What every server program of ours can be asked for: an end, a sudden end, standing still."""

    _child: Child

    def stop(self) -> int:
        """A clean stop; the program's exit status."""
        return self._child.stop()

    def kill(self) -> None:
        """End it as a crash would."""
        self._child.kill()

    def freeze(self) -> None:
        """Whoever is connected stays so, and nobody answers."""
        self._child.freeze()

    def thaw(self) -> None:
        """Go on after `freeze`."""
        self._child.thaw()

    def is_running(self) -> bool:
        """Whether the process is there."""
        return self._child.is_running()


def _guard(pid: int) -> subprocess.Popen[bytes]:
    """A shell that reads from us and kills `pid` with its group when there is nobody left to read from.

    Our end of the pipe closes whenever we end, by `kill -9` too; other children do not inherit it.
    """
    return subprocess.Popen(
        ["/bin/sh", "-c", f"read _; kill -9 -{pid}"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
