"""A whole hub with its pages, listening on this machine, with the families of Northshire and a sign-in provider.

Nothing is faked but the provider, which is the demonstration's own (oidc-provider-mock), here in a thread.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from oidc_provider_mock import User, app
from werkzeug.serving import make_server

from services.cli.demo.cast import STAFF
from services.cli.demo.enrol import enrol_staff
from services.cli.serve import LOOPBACK, Listener, bound
from tests.hub.world import World, a_world


@dataclass(frozen=True)
class Stage:
    """The hub's address, and the hub itself."""

    url: str
    world: World


@contextmanager
def provider() -> Iterator[str]:
    """The sign-in provider; gives its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    users = [User(sub=member.sign_in, claims={"name": member.name}) for member in STAFF]
    server = make_server(LOOPBACK, 0, app(user_claims=users, require_nonce=True), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@contextmanager
def a_stage(folder: Path) -> Iterator[Stage]:
    """Everything, listening until the block ends."""
    with provider() as issuer:
        sock = bound(LOOPBACK, 0, "MASH_PORT")
        world = a_world(
            folder,
            port=sock.getsockname()[1],
            oidc_issuer=issuer,
            oidc_client_id="mash-demo",
            oidc_client_secret="not-a-secret",
        )
        enrol_staff(world.parts, issuer)
        listener = Listener(world.running.app, sock)
        listener.start()
        try:
            yield Stage(world.parts.settings.url, world)
        finally:
            listener.stop()
            world.close()
