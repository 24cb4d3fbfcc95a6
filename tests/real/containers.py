"""One container as a real part: started by testcontainers, controlled through the engine.

Never run by its authors, who had no engine; the order in which it is chosen is tested with a faked one
(tests/unit/real).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from services.cli.parts.cache import CannotObtain
from services.cli.parts.process import DidNotStart


class Contained:
    """A container whose port is bound to one port of loopback, so that a restart keeps the address."""

    def __init__(
        self,
        image: str,
        address: str,
        ports: tuple[int, int],
        answers: Callable[[], bool],
        *,
        environment: Mapping[str, str] | None = None,
        command: Sequence[str] = (),
        folders: Mapping[Path, str] | None = None,
    ) -> None:
        from testcontainers.core.container import DockerContainer

        self.address, self.answers = address, answers
        container = DockerContainer(image).with_bind_ports(ports[0], ports[1])
        for name, value in (environment or {}).items():
            container.with_env(name, value)
        for folder, inside in (folders or {}).items():
            container.with_volume_mapping(folder, inside)
        if command:
            container.with_command(list(command))
        self._container: Any = container
        self._begun = False

    def start(self, seconds: float = 120) -> None:
        """Pulls the image the first time; an image that cannot be had lets the next way try."""
        if self._begun:
            self._engine().start()
        else:
            try:
                self._container.start()
            except Exception as why:
                raise CannotObtain(f"the container did not start: {why}") from why
            self._begun = True
        deadline = time.monotonic() + seconds
        while not self.answers():
            if time.monotonic() > deadline:
                said = self._engine().logs(tail=20).decode(errors="replace")
                raise DidNotStart(f"the container does not answer within {seconds:.0f} s.\n{said}")
            time.sleep(0.1)

    def stop(self) -> object:
        return self._engine().stop(timeout=30)

    def kill(self) -> None:
        self._engine().kill()

    def freeze(self) -> None:
        self._engine().pause()

    def thaw(self) -> None:
        self._engine().unpause()

    def is_running(self) -> bool:
        if not self._begun:
            return False
        self._engine().reload()
        return bool(self._engine().status == "running")

    def remove(self) -> None:
        if self._begun:
            self._container.stop()
            self._begun = False

    def _engine(self) -> Any:
        return self._container.get_wrapped_container()
