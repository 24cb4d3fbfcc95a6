"""What a command says when the folder that it writes cannot take more.

Promise: one line that names the folder and the reason; what was written whole stays.
"""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from services.cli.exits import Exit

_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Ends the command where the folder cannot be written: UNAVAILABLE for a full disk, else USAGE."""
    try:
        yield
    except OSError as error:
        full = error.errno in _FULL
        remedy = "make room and run it again; what is there is kept" if full else "name another folder"
        print(f"{folder}: cannot be written ({error.strerror}); {remedy}", file=sys.stderr)
        raise typer.Exit(Exit.UNAVAILABLE if full else Exit.USAGE) from None
