"""Everything that runs while the demonstration plays: the hub, the live practice, the sign-in provider.

Promise: all of it listens on loopback; a port that is taken is moved on from, and said; nothing of it
outlives the process.
"""

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from services.cli.demo import live_source, sign_in
from services.cli.parts.process import Child
from services.cli.serve import LISTENING, LOOPBACK, bound, served
from services.contract import places
from services.contract.problems import BadSetting
from services.runtime.settings import Settings, read_settings

_ROOT = Path(__file__).resolve().parents[3]
_TRIES = 50
_START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Ports:
    """Where each part listens, and which of them had to move on."""

    hub: int
    ops: int
    practice: int
    sign_in: int
    moved: tuple[str, ...] = ()
    held: tuple[socket.socket, ...] = ()
    """A socket that listens on each, in this order, so that nobody else takes it meanwhile."""


def choose_ports() -> Ports:
    """The usual ports, or for each that is taken the next that is free."""
    usual = read_settings(mode="demo")
    wanted = {"hub": usual.port, "ops": usual.ops_port, "practice": live_source.PORT, "sign-in": sign_in.PORT}
    held = {name: _free_from(port, frozenset(wanted.values())) for name, port in wanted.items()}
    chosen = {name: int(found.getsockname()[1]) for name, found in held.items()}
    moved = tuple(
        f"{name}: port {port} is taken, {chosen[name]} instead"
        for name, port in wanted.items()
        if chosen[name] != port
    )
    return Ports(
        chosen["hub"], chosen["ops"], chosen["practice"], chosen["sign-in"], moved, tuple(held.values())
    )


def _free_from(port: int, spoken_for: frozenset[int]) -> socket.socket:
    for candidate in range(port, min(port + _TRIES, 65536)):
        if candidate != port and candidate in spoken_for:
            continue
        try:
            return bound(LOOPBACK, candidate, "MASH_PORT")
        except BadSetting:
            continue
    raise BadSetting(f"MASH_PORT: no free port of {port} to {port + _TRIES}")


def settings_for(home: Path, ports: Ports) -> Settings:
    """The demonstration's settings; its policies are the project's, or a copy if the practice has moved."""
    return read_settings(
        mode="demo",
        home=home,
        keys=None,
        policies=_policies(home, ports.practice),
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
    file.write_text(
        text.replace(f"{LOOPBACK}:{live_source.PORT}", f"{LOOPBACK}:{practice}"), encoding="utf-8"
    )
    return copy


@contextmanager
def set_up(settings: Settings, ports: Ports) -> Iterator[Any]:
    """All three, listening; gives the running hub."""
    with ExitStack() as running:
        front, back, *others = ports.held
        for other in others:
            other.close()
        started = []
        pool = running.enter_context(ThreadPoolExecutor())
        for module, port in ((live_source.__name__, ports.practice), (sign_in.__name__, ports.sign_in)):
            child = _child(module, port, settings.home)
            running.callback(child.stop)
            started.append(pool.submit(child.start, partial(child.said, LISTENING), _START_SECONDS))
        # The hub comes up meanwhile; a part that did not is told here.
        hub = running.enter_context(served(settings, front, back))
        for one in started:
            one.result()
        yield hub


def _child(module: str, port: int, home: Path) -> Child:
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", ""))))
    # A library's deprecation notes are no business of whoever watches.
    command = [sys.executable, "-W", "ignore", "-m", module, "--port", str(port)]
    return Child(command, home / "logs" / f"{module.rsplit('.', 1)[-1]}.log", {"PYTHONPATH": path})
