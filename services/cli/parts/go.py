"""Go, for what is built from source: the system's where it is new enough, else out of the locked wheel.

Promise: what is built is the version named, checked by Go's own checksums; its caches (1 GB) are not kept.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from services.cli.parts.cache import CannotObtain, wheel

OLDEST_GO = (1, 26)


def system_go() -> Path | None:
    """The system's Go, where it is new enough."""
    found = shutil.which("go")
    if not found:
        return None
    answer = subprocess.run([found, "env", "GOVERSION"], check=False, capture_output=True, text=True)
    digits = answer.stdout.strip().removeprefix("go").split(".")[:2]
    new_enough = all(part.isdigit() for part in digits) and tuple(map(int, digits)) >= OLDEST_GO
    return Path(found) if new_enough else None


def go_program() -> Path:
    """The `go` to use. Raises `CannotObtain`."""
    found = system_go()
    if found:
        return found
    return next(path for path in wheel("go").glob("**/bin/go") if (path.parent.parent / "src").is_dir())


def go_install(package: str, folder: Path, *also: str, source: Path | None = None) -> None:
    """Build `package` (path@version; or "." of the module in `source`), and others of the same module at the same version,
    into `folder`. Raises `CannotObtain`."""
    go = go_program()
    with tempfile.TemporaryDirectory(prefix="mash-go-") as scratch:
        environment = os.environ | {
            "GOBIN": str(folder), "GOPATH": f"{scratch}/path", "GOCACHE": f"{scratch}/cache",
            "GOTOOLCHAIN": "local", "GOFLAGS": "-modcacherw -trimpath", "CGO_ENABLED": "0",
        }  # fmt: skip
        environment.pop("GOROOT", None)
        command = [str(go), "install", package, *also]
        answer = subprocess.run(
            command, check=False, capture_output=True, text=True, env=environment, cwd=source
        )
    if answer.returncode:
        raise CannotObtain(f"{package} could not be built: {answer.stderr.strip()[-400:]}")
