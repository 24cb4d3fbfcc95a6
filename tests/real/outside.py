"""Programs by which outsiders check an exported log and a receipt, and try a witness: Tessera's fsck and Tessera's own log, and
three short Go programs over others' code, one that verifies a log (x/mod's sumdb), one that checks a receipt (transparency-dev's
libraries) and one that feeds a witness (transparency-dev's client).

They are built from source by Go, once, and kept in the user's cache folder. fsck ends with 0 on failure too, or not at
all: it is judged by what it says within a deadline.
"""

import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

from services.cli.parts.cache import cache_folder, keep, say
from services.cli.parts.go import go_install, system_go
from tests.real.find import Way

TESSERA = "github.com/transparency-dev/tessera/cmd"
VERSION = "1.0.4"
KEPT = f"tessera-{VERSION}"
OUTSIDE = Path(__file__).resolve().parents[1] / "outside"
SECONDS = 60


@dataclass(frozen=True)
class Programs:
    """Each method: whether the program accepts the log in `folder` (or the receipt) under `vkey`, and what it said."""

    fsck_program: Path
    log_program: Path
    verify_program: Path
    feed_program: Path
    receipt_program: Path

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

    def receipt(self, file: Path, vkey: str) -> tuple[bool, str]:
        said = _run([self.receipt_program, file, vkey], SECONDS)
        return said.startswith("OK "), said

    def feed(self, folder: Path, vkey: str, witness: str, cosigner: str, old: int) -> tuple[bool, str]:
        """Carry the checkpoint of the log in `folder` to the witness, which is thought to stand at `old`."""
        said = _run([self.feed_program, folder, vkey, witness, cosigner, str(old)], SECONDS)
        return said.splitlines()[-1:] != [] and said.splitlines()[-1].startswith("OK "), said


def ways() -> list[Way[Programs]]:
    return [Way("local", _outlook, programs)]


def programs() -> Programs:
    """Built where they are not kept yet. Raises `CannotObtain`."""

    def build_tessera(folder: Path) -> None:
        say("building Tessera's fsck and log, a minute or two, once")
        go_install(f"{TESSERA}/fsck@v{VERSION}", folder, f"{TESSERA}/examples/posix-oneshot@v{VERSION}")

    tessera = keep(KEPT, build_tessera, lambda folder: (folder / "posix-oneshot").is_file())
    return Programs(
        tessera / "fsck", tessera / "posix-oneshot", _own("verify"), _own("feed"), _own("receipt")
    )


def _own(name: str) -> Path:
    """The program of tests/outside of that name."""

    def build(folder: Path) -> None:
        say(f"building tests/outside/{name}, once")
        go_install(".", folder, source=OUTSIDE / name)

    kept = f"{name}-{_digest(OUTSIDE / name)}"
    return keep(kept, build, lambda folder: (folder / name).is_file()) / name


def _outlook() -> str:
    if (cache_folder() / KEPT / "posix-oneshot").is_file():
        return f"Tessera's fsck and log {VERSION}, kept"
    go = "Go of the system" if system_go() else "Go out of a wheel"
    return f"Tessera's fsck and log {VERSION}, to be built with {go}"


def _digest(source: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(source.iterdir()))).hexdigest()[:12]


def _run(command: list[str | Path], seconds: int) -> str:
    try:
        done = subprocess.run(
            command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        return f"no answer in {seconds} s"
    return done.stdout
