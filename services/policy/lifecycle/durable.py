"""Files that are there whole and stay, or are not there: what a crash must not tear.

Promise: a reader never meets half a file; when a function here returns, the file survives a power cut.
"""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def put(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put the file in place in one step, replacing what stood there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, mode)
            file.write(content)
            file.flush()
            os.fsync(handle)
        Path(scratch).replace(path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
    settle(path.parent)


def put_new(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put files, by their paths below it, into a folder that nobody reads yet."""
    folders = {folder}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        folders.add(path.parent)
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    for one in folders:
        one.mkdir(parents=True, exist_ok=True)
        settle(one)


def settle(folder: Path) -> None:
    """Make the names in a folder as durable as its files."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
