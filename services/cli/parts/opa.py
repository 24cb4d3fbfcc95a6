"""Open Policy Agent: one binary of one version, built where it is not there, and a server on loopback.

Promise: the binary is of the version named here, the same that builds the embedded Wasm, and a server that
was stopped or killed comes back at its old address.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from services.cli.parts.cache import CannotObtain, keep, say, wheel
from services.cli.parts.process import Child, listens, ports_of

OPA_VERSION = "1.22.2"
OLDEST_GO = (1, 26)
MODULE = "github.com/open-policy-agent/opa"


@cache
def opa_binary() -> Path:
    """The `opa` to use: one of this version on PATH, else one built once. Raises `CannotObtain`."""
    found = system_opa()
    if found:
        return found
    return keep(f"opa-{OPA_VERSION}", _build, lambda folder: (folder / "opa").is_file()) / "opa"


def system_opa() -> Path | None:
    found = shutil.which("opa")
    return Path(found) if found and opa_version(Path(found)) == OPA_VERSION else None


def opa_version(program: Path) -> str:
    """The version that a binary says of itself, or nothing where it does not run."""
    try:
        answer = subprocess.run([program, "version"], check=True, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.partition("Version:")[2].split("\n")[0].strip()


def system_go() -> Path | None:
    """The system's Go, where it is new enough to build OPA."""
    found = shutil.which("go")
    if not found:
        return None
    answer = subprocess.run([found, "env", "GOVERSION"], check=False, capture_output=True, text=True)
    digits = answer.stdout.strip().removeprefix("go").split(".")[:2]
    new_enough = all(part.isdigit() for part in digits) and tuple(map(int, digits)) >= OLDEST_GO
    return Path(found) if new_enough else None


def _go() -> Path:
    found = system_go()
    if found:
        return found
    return next(path for path in wheel("go").glob("**/bin/go") if (path.parent.parent / "src").is_dir())


def _build(folder: Path) -> None:
    """`go install` of the version, checked by Go's own checksum database; its caches (1 GB) are not kept."""
    go = _go()
    say(f"building OPA {OPA_VERSION}, some minutes, once")
    with tempfile.TemporaryDirectory(prefix="mash-go-") as scratch:
        environment = os.environ | {
            "GOBIN": str(folder), "GOPATH": f"{scratch}/path", "GOCACHE": f"{scratch}/cache",
            "GOTOOLCHAIN": "local", "GOFLAGS": "-modcacherw -trimpath", "CGO_ENABLED": "0",
        }  # fmt: skip
        environment.pop("GOROOT", None)
        command = [str(go), "install", f"{MODULE}@v{OPA_VERSION}"]
        answer = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if answer.returncode:
        raise CannotObtain(f"OPA could not be built: {answer.stderr.strip()[-400:]}")


class OpaServer:
    """`opa run --server` on loopback, over policy files, folders of them, or bundles.

    Its port is kept in `folder`, so a restart keeps the address. `arguments` are added to the command:
    `--config-file`, `--authentication` and the like.
    """

    def __init__(
        self, folder: Path, *policies: Path, bundle: bool = False, arguments: Sequence[str] = ()
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.policies = folder.resolve(), policies
        self.bundle, self.arguments = bundle, tuple(arguments)
        self.address = f"http://127.0.0.1:{ports_of(self.folder, ('opa',))['opa']}"
        self._child = Child((), self.folder / "opa.log")

    def start(self, seconds: float = 30) -> None:
        """Returns when the server listens, which it does once its policies are loaded."""
        host_and_port = self.address.removeprefix("http://")
        self._child.command = [
            *(str(opa_binary()), "run", "--server", "--skip-version-check"),
            *("--addr", host_and_port, "--log-format", "json", "--log-level", "info"),
            *(("--bundle",) if self.bundle else ()),
            *self.arguments,
            *(str(path) for path in self.policies),
        ]
        self._child.start(lambda: listens(host_and_port), seconds)

    def stop(self) -> int:
        return self._child.stop()

    def kill(self) -> None:
        self._child.kill()

    def freeze(self) -> None:
        self._child.freeze()

    def thaw(self) -> None:
        self._child.thaw()

    def is_running(self) -> bool:
        return self._child.is_running()

    def log(self) -> list[dict[str, object]]:
        """What the server has said since its start, line by line."""
        text = (self.folder / "opa.log").read_text(encoding="utf-8", errors="replace")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]
