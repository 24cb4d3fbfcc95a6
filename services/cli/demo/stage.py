"""Everything that runs while the demonstration plays: the hub, the live practice, the sign-in provider.

Promise: all of it listens on loopback; each part takes its own port at once or moves on to the next that is
free, and that is said; nothing of it outlives the process.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from services.cli.demo import live_source, sign_in
from services.cli.demo.signers import first_book, signed_policies
from services.cli.parts.process import Child, DidNotStart
from services.cli.serve import LISTENING, LOOPBACK, first_free, port_of, served
from services.contract import places
from services.runtime.settings import Settings, claim_home, read_settings

_ROOT = Path(__file__).resolve().parents[3]
_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Ports:
    """Where each part listens."""

    hub: int
    ops: int
    practice: int
    sign_in: int

    def moved(self, usual: "Ports") -> list[str]:
        """A line for each part that is not where it usually is."""
        return [
            f"{name}: port {getattr(usual, name)} is taken, {getattr(self, name)} instead"
            for name in ("hub", "ops", "practice", "sign_in")
            if getattr(self, name) != getattr(usual, name)
        ]


@dataclass(frozen=True, slots=True)
class Stage:
    """All parts, listening."""

    settings: Settings
    running: Any
    moved: list[str]


@contextmanager
def set_up(home: Path, *, signed: bool = False) -> Iterator[Stage]:
    """Start everything with its state in `home`; ended with the block. Raises `Problem`, `DidNotStart`."""
    plain = read_settings(mode="demo", home=home)
    claim_home(plain)
    usual = Ports(plain.port, plain.ops_port, live_source.PORT, sign_in.PORT)
    with ExitStack() as up:
        front = up.enter_context(first_free(plain.port))
        back = up.enter_context(first_free(plain.ops_port))
        practice, provider = _beside(up, home, (live_source, sign_in))
        ports = Ports(port_of(front), port_of(back), practice, provider)
        settings = settings_for(home, ports, signed=signed)
        if signed and settings.policies is not None:
            first_book(home, settings.policies)
        yield Stage(settings, up.enter_context(served(settings, front, back)), ports.moved(usual))


def settings_for(home: Path, ports: Ports, *, signed: bool = False) -> Settings:
    """The demonstration's settings.

    Its policies are the project's; a copy if the practice has moved; its own, with signers, if they must be signed.
    """
    return read_settings(
        mode="demo",
        home=home,
        policies=signed_policies(home, ports.practice) if signed else _policies(home, ports.practice),
        signed=signed,
        port=ports.hub,
        ops_port=ports.ops,
        oidc_issuer=f"http://{LOOPBACK}:{ports.sign_in}",
        oidc_client_id="mash-demo",
        oidc_client_secret="not-a-secret",  # noqa: S106 - the mock provider takes any
    )


def _policies(home: Path, practice: int) -> Path:
    usual = places.policies()
    if practice == live_source.PORT:
        return usual
    copy = home / "policies"
    shutil.copytree(usual, copy, dirs_exist_ok=True)
    file = copy / "organisations.yaml"
    text = file.read_text(encoding="utf-8")
    moved = text.replace(f"{LOOPBACK}:{live_source.PORT}", f"{LOOPBACK}:{practice}")
    file.write_text(moved, encoding="utf-8")
    return copy


def _beside(up: ExitStack, home: Path, modules: tuple[ModuleType, ...]) -> list[int]:
    """The parts in processes of their own, started side by side; the port that each took."""
    children = [beside(module, home) for module in modules]
    with ThreadPoolExecutor() as pool:
        started = []
        for child in children:
            up.callback(child.stop)
            started.append(pool.submit(child.start, partial(child.said, LISTENING), _START_SECONDS))
        # What the hub is made of takes a moment to read in; that moment is theirs as well.
        import services.wiring  # noqa: F401

        for one in started:
            one.result()
    return [port_said(child) for child in children]


def beside(module: ModuleType, home: Path) -> Child:
    """A part of the demonstration as a process of its own, not started yet."""
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", ""))))
    # A library's deprecation notes are no business of whoever watches.
    command = [sys.executable, "-W", "ignore", "-m", module.__name__]
    return Child(command, home / "logs" / f"{module.__name__.rsplit('.', 1)[-1]}.log", {"PYTHONPATH": path})


def port_said(child: Child) -> int:
    """The port that such a part said it took. Raises `DidNotStart`."""
    said = re.search(rf"^{LISTENING} {re.escape(LOOPBACK)}:(\d+)$", child.tail(), re.MULTILINE)
    if said is None:
        raise DidNotStart(f"{child.command[-1]} did not say where it listens")
    return int(said[1])
