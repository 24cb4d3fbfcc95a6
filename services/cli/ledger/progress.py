"""A bar for whoever looks on while much is read.

Promise: nothing is drawn where nobody looks, or where it is over in a moment.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LITTLE = 1_000_000
"""Bytes below which no bar is drawn."""


@contextmanager
def progress(total: int) -> Iterator[Callable[[int], None]]:
    """`step(bytes read so far)`; a bar on standard error."""
    if not sys.stderr.isatty() or total < LITTLE:
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=total)
        shown = 0

        def step(at: int) -> None:
            nonlocal shown
            if at - shown > total // 200:
                shown = at
                bar.update(task, completed=at)

        yield step
