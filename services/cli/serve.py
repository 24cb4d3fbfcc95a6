"""The hub served: one process, two listeners, the second of them for operators and on loopback only.

Promise: a port that is taken is said before anything is opened to the network; at the end both listeners
finish what they began, and then the hub is closed.
"""

import gc
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import uvicorn

from services.contract.problems import BadSetting
from services.runtime.settings import Settings, read_settings

LOOPBACK = "127.0.0.1"
LISTENING = "listening on"
"""What a part in a process of its own prints, with its address, once that is its own."""
_TRIES = 50
_START_SECONDS = 20.0
_STOP_SECONDS = 20.0
_WAITING = 512


def bound(host: str, port: int, setting: str) -> socket.socket:
    """A socket that listens at the address. Raises `BadSetting` that names the setting where it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    # Closed connections of an earlier run linger; a listener that still lives is refused all the same.
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        # From here the port is ours; whoever connects meanwhile waits.
        found.listen(_WAITING)
    except OSError as error:
        found.close()
        raise BadSetting(
            f"{setting}: cannot listen on {host} port {port} ({error.strerror})",
            next_step=f"End what listens there, or set {setting} to another port.",
        ) from None
    return found


class Listener:
    """One uvicorn server on its own thread."""

    def __init__(self, app: Any, sock: socket.socket) -> None:
        config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, lifespan="on")
        self._server = uvicorn.Server(config)
        self._sock = sock
        self._thread = threading.Thread(target=self._server.run, args=([sock],), daemon=True)

    def start(self) -> None:
        """Return once it takes connections. Raises `BadSetting` where it does not come up."""
        self._thread.start()
        waited = threading.Event()
        for _ in range(int(_START_SECONDS / 0.02)):
            if self._server.started:
                return
            if not self._thread.is_alive():
                break
            waited.wait(0.02)
        raise BadSetting("the web server did not start; its log says why")

    def stop(self) -> None:
        """Finish the requests that are under way, then end."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(_STOP_SECONDS)
        self._sock.close()


def first_free(port: int) -> socket.socket:
    """A socket that listens on loopback at `port`, or at the first after it that is free. Raises `BadSetting`."""
    for candidate in range(port, min(port + _TRIES, 65536)):
        try:
            return bound(LOOPBACK, candidate, "--port")
        except BadSetting:
            continue
    raise BadSetting(f"no port of {port} to {port + _TRIES} is free on {LOOPBACK}")


def port_of(sock: socket.socket) -> int:
    """The port at which the socket listens."""
    return int(sock.getsockname()[1])


def both_ports(settings: Settings) -> tuple[socket.socket, socket.socket]:
    """The sockets of the two listeners. Raises `BadSetting`."""
    front = bound(settings.host, settings.port, "MASH_PORT")
    try:
        return front, bound(LOOPBACK, settings.ops_port, "MASH_OPS_PORT")
    except BadSetting:
        front.close()
        raise


@contextmanager
def served(settings: Settings, front: socket.socket, back: socket.socket) -> Iterator[Any]:
    """The hub, built and taking connections on both sockets, until the block ends. Raises `Problem`."""
    from services.cli.ledger.entered_first import listening
    from services.wiring import build

    try:
        running = build(settings)
    except BaseException:
        front.close()
        back.close()
        raise
    listeners = [Listener(running.app, front), Listener(running.ops, back)]
    try:
        for listener in listeners:
            listener.start()
        with listening(settings.home, f"http://{LOOPBACK}:{port_of(back)}"):
            # What stands now stays until the end: no question waits while all of it is looked through for garbage.
            gc.collect()
            gc.freeze()
            yield running
    finally:
        for listener in listeners:
            listener.stop()
        running.close()


def wait_for_end() -> None:
    """Return when somebody asks the process to end (SIGINT or SIGTERM)."""
    asked = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        asked.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def serve() -> None:
    """Serve with the installation's own settings until asked to end."""
    settings = read_settings()
    with served(settings, *both_ports(settings)) as running:
        print(f"The hub listens at {settings.url}")
        print(f"Health and metrics: http://{LOOPBACK}:{settings.ops_port}/health/ready")
        for lack in lacking(running.parts):
            print(f"Not ready: {lack}. Until it is, nothing is released.", file=sys.stderr)
        wait_for_end()


def lacking(parts: Any) -> list[str]:
    """Which parts do not answer now, each with the setting that says where it is."""
    ledger = parts.ledger.health()
    return [
        *([] if ledger.ready else [f"the ledger ({ledger.detail})"]),
        *([] if parts.policy.ready() else ["the policy engine (MASH_OPA)"]),
        *([] if parts.index.ready() and parts.store.answers() else ["the database (MASH_DATABASE)"]),
    ]
