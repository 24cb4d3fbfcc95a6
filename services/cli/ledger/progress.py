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


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """`step(done so far, of how many)`; a bar on standard error, once there is much to do."""
    if not sys.stderr.isatty():
        yield lambda _, __: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        shown = 0

        def step(done: int, total: int) -> None:
            nonlocal shown
            if done - shown > total // 200 or done == total:
                shown = done
                bar.update(task, completed=done, total=total)

        yield step
