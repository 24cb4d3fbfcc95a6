"""A hub that dies, as by kill -9, at one marked point of the release that it is asked for. Run by test_release_killed.

Arguments: home, policies, port, point ("none" for a hub that lives). The ports of the main line, the ledger's own steps and what
goes out are wrapped here; nothing of it stands in the hub.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from services import wiring
from services.cli.serve import Listener, bound
from services.gateway.parts import Parts
from services.ledger.checkpoints import Checkpoints
from services.ledger.log import Log
from services.ledger.store.file import FileStore
from services.ledger.vault import Vault
from services.runtime.settings import read_settings

POINTS: dict[str, str] = {
    "2. before anybody is looked for": "index.resolve before 1",
    "2. whom it means is known": "index.resolve after 1",
    "3. the family is known": "index.relate after 1",
    "4. whom to ask is decided": "policy.decide after 2",
    "4. the question to live sources is entered": "ledger.append after 1",
    "5. the records are there": "index.gather after 1",
    "6. the cells are decided": "policy.decide after 3",
    "7. the salts are drawn": "ledger.prepare after 2",
    "8. the answer is committed to": "ledger.append before 2",
    "8. the vault has it": "Vault.store after 2",
    "8. the journal has it": "FileStore.append after 2",
    "8. the checkpoint store has moved on": "Checkpoints.swap after 2",
    "8. it is signed": "Log.sign after 2",
    "9. the receipt is there, and nothing has left": "ledger.append after 2",
    "9. the head has left": "send after 1",
    "9. the body has left": "send after 2",
    "9. before the outcome": "ledger.append_later before 1",
    "9. after the outcome": "ledger.append_later after 1",
}
"""Marked points of a release, by the step of services/gateway/family_view.py."""
_LEDGER: dict[str, type] = {"Vault": Vault, "FileStore": FileStore, "Checkpoints": Checkpoints, "Log": Log}


class Point:
    """Where to die; counts from the moment that the view is asked for."""

    def __init__(self, told: str) -> None:
        self.name, self.when, count = told.split()
        self.left = int(count)
        self.armed = threading.Event()

    def wrap(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        """The same, and the process ends before or after it when its turn has come."""

        def call(*told: Any, **named: Any) -> Any:
            mine = self.armed.is_set() and name == self.name
            self.left -= mine
            if mine and self.left == 0 and self.when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            result = real(*told, **named)
            if mine and self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return call


class Dying:
    """A port of which each call may be the last."""

    def __init__(self, name: str, real: Any, point: Point) -> None:
        self._name, self._real, self._point = name, real, point

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        return self._point.wrap(f"{self._name}.{name}", found) if callable(found) else found


class Outside:
    """The app as the network sees it: arms the point at the view's request, and may die at each message out."""

    def __init__(self, app: Any, point: Point) -> None:
        self._app, self._point = app, point
        self.state = app.state

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope.get("path") != "/family-view":
            await self._app(scope, receive, send)
            return
        self._point.armed.set()

        async def sent(message: Any) -> None:
            await send(message)
            self._point.wrap("send", lambda: None)()

        await self._app(scope, receive, sent)


def main() -> None:
    home, policies, port, told = sys.argv[1:]
    point = Point(POINTS.get(told, "none after 1"))
    if point.name.partition(".")[0] in _LEDGER:
        owner, _, name = point.name.partition(".")
        setattr(_LEDGER[owner], name, point.wrap(point.name, getattr(_LEDGER[owner], name)))
    real: Callable[[Parts], Any] = vars(wiring)["make_gateway"]

    def dying(parts: Parts) -> Any:
        ports = {name: Dying(name, getattr(parts, name), point) for name in ("index", "policy", "ledger")}
        return real(replace(parts, **ports))  # type: ignore[arg-type]

    vars(wiring)["make_gateway"] = dying
    with closing(bound("127.0.0.1", int(port), "MASH_PORT")) as front:
        running = wiring.build(
            read_settings(mode="demo", home=Path(home), policies=Path(policies), port=int(port))
        )
        listener = Listener(Outside(running.app, point), front)
        listener.start()
        sys.stdout.write("serving\n")
        sys.stdout.flush()
        sys.stdin.read()
        listener.stop()
        running.close()


if __name__ == "__main__":
    main()
