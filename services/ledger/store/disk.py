"""The file-system seam: every call by which the ledger's own files are written, as one small object.

Promise: the journal is written through here and nowhere else, so a test can make any single call fail as a
full or dying disk would (ENOSPC, EIO) and see what the ledger does.
"""

import os
from pathlib import Path


class Disk:
    """Calls of the operating system, by file descriptor; each raises `OSError`."""

    def open(self, path: Path) -> int:
        """Open for reading and appending, made if absent (owner only)."""
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def write(self, file: int, data: bytes) -> None:
        """Append all of `data`."""
        view = memoryview(data)
        while view:
            view = view[os.write(file, view) :]

    def sync(self, file: int) -> None:
        """Return when what was written is on the medium."""
        # fdatasync writes the new length too; macOS has only fsync.
        getattr(os, "fdatasync", os.fsync)(file)

    def read(self, file: int, count: int, offset: int) -> bytes:
        """Up to `count` bytes at `offset`."""
        return os.pread(file, count, offset)

    def truncate(self, file: int, size: int) -> None:
        """Cut the file to `size` bytes."""
        os.ftruncate(file, size)

    def size(self, file: int) -> int:
        """Bytes in the file."""
        return os.fstat(file).st_size

    def close(self, file: int) -> None:
        """Close it."""
        os.close(file)

    def sync_folder(self, folder: Path) -> None:
        """Make new names in `folder` durable."""
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)

    def overwrite(self, path: Path, data: bytes) -> None:
        """Write `data` over the file at `path`. Not durable, and a reader may meet half of it; but it costs no
        wait, where renaming over a file makes ext4 write it out at once."""
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(file, data, 0)
            if os.fstat(file).st_size > len(data):
                # A checkpoint that was cosigned is followed by one that is not yet.
                os.ftruncate(file, len(data))
        finally:
            os.close(file)

    def replace(self, path: Path, data: bytes) -> None:
        """Put `data` at `path` whole or not at all; not yet durable."""
        waiting = path.with_name(f".{path.name}.new")
        waiting.write_bytes(data)
        waiting.replace(path)
