"""Programs by which outsiders check an exported log: Tessera's fsck, and a short Go program over x/mod's sumdb.

Both are built from source by Go, once, and kept in the user's cache folder. fsck ends with 0 on failure too, or not at
all: it is judged by what it says within a deadline.
"""

import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

from services.cli.parts.cache import cache_folder, keep, say
from services.cli.parts.go import go_install, system_go
from tests.real.find import Way

FSCK = "github.com/transparency-dev/tessera/cmd/fsck@v1.0.4"
SOURCE = Path(__file__).resolve().parents[1] / "outside/verify"
SECONDS = 60


@dataclass(frozen=True)
class Programs:
    """Each method: whether the program accepts the log in `folder` under `vkey`, and what it said."""

    fsck_program: Path
    verify_program: Path

    def fsck(
        self, folder: Path, vkey: str, *, address: str = "", token: str = "", seconds: int = SECONDS
    ) -> tuple[bool, str]:
        key = folder / "key.vkey"
        key.write_text(vkey + "\n", encoding="utf-8")
        command: list[str | Path] = [self.fsck_program, "--ui=false", "--public_key", key]
        command += ["--storage_url", address or f"file://{folder.resolve()}/"]
        command += ["--bearer_token", token] if token else []
        said = _run(command, seconds)
        return "Successfully fsck'd" in said, said

    def verify(self, folder: Path, vkey: str) -> tuple[bool, str]:
        said = _run([self.verify_program, folder, vkey], SECONDS)
        return said.startswith("OK "), said


def ways() -> list[Way[Programs]]:
    return [Way("local", _outlook, programs)]


def programs() -> Programs:
    """Built where they are not kept yet. Raises `CannotObtain`."""

    def build_fsck(folder: Path) -> None:
        say("building Tessera's fsck, a minute or two, once")
        go_install(FSCK, folder)

    def build_verify(folder: Path) -> None:
        go_install(".", folder, source=SOURCE)

    fsck = keep("fsck-1.0.4", build_fsck, lambda folder: (folder / "fsck").is_file())
    verify = keep(f"verify-{_digest()}", build_verify, lambda folder: (folder / "verify").is_file())
    return Programs(fsck / "fsck", verify / "verify")


def _outlook() -> str:
    if (cache_folder() / "fsck-1.0.4/fsck").is_file():
        return "Tessera's fsck 1.0.4, kept"
    return (
        f"Tessera's fsck 1.0.4, to be built with {'Go of the system' if system_go() else 'Go out of a wheel'}"
    )


def _digest() -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(SOURCE.iterdir()))).hexdigest()[:12]


def _run(command: list[str | Path], seconds: int) -> str:
    try:
        done = subprocess.run(
            command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        return f"no answer in {seconds} s"
    return done.stdout
