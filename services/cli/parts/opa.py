"""Open Policy Agent: one binary of one version, built where it is not there, and a server on loopback.

Promise: the binary is of the version named here, the same that builds the embedded Wasm, and a server that
was stopped or killed comes back at its old address.
"""

import json
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from services.cli.parts.cache import keep, say
from services.cli.parts.go import go_install
from services.cli.parts.process import Child, Served, listens, ports_of

OPA_VERSION = "1.22.2"
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


def _build(folder: Path) -> None:
    say(f"building OPA {OPA_VERSION}, some minutes, once")
    go_install(f"{MODULE}@v{OPA_VERSION}", folder)


class OpaServer(Served):
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

    def log(self) -> list[dict[str, object]]:
        """What the server has said since its start, line by line."""
        text = (self.folder / "opa.log").read_text(encoding="utf-8", errors="replace")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]
