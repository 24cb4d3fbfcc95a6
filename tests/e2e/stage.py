"""A whole hub with its pages, listening on this machine, with the families of Northshire and a sign-in provider.

Nothing is faked but the provider, which is the demonstration's own (oidc-provider-mock).
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.cli.demo import sign_in
from services.cli.demo.enrol import enrol_staff
from services.cli.parts.process import Child
from services.cli.serve import LISTENING, LOOPBACK, Listener, bound
from tests.hub.world import World, a_world, closed_port

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Stage:
    """The hub's address, and the hub itself."""

    url: str
    world: World


@contextmanager
def provider(folder: Path) -> Iterator[str]:
    """The sign-in provider in its own process, as in the demonstration; gives its address."""
    command = [sys.executable, "-W", "ignore", "-m", sign_in.__name__, "--port", str(closed_port())]
    child = Child(command, folder / "sign_in.log", {"PYTHONPATH": str(ROOT)})
    try:
        child.start(lambda: child.said(f"{LISTENING} "), 60)
        said = child.tail().split(f"{LISTENING} ")[1]
        yield f"http://{said.split()[0]}"
    finally:
        child.stop()


@contextmanager
def a_stage(folder: Path, **more: Any) -> Iterator[Stage]:
    """Everything, listening until the block ends; `more` goes to `a_world`."""
    with provider(folder) as issuer:
        sock = bound(LOOPBACK, 0, "MASH_PORT")
        world = a_world(
            folder,
            port=sock.getsockname()[1],
            oidc_issuer=issuer,
            oidc_client_id="mash-demo",
            oidc_client_secret="not-a-secret",
            **more,
        )
        enrol_staff(world.parts, issuer)
        listener = Listener(world.running.app, sock)
        listener.start()
        try:
            yield Stage(world.parts.settings.url, world)
        finally:
            listener.stop()
            world.close()
