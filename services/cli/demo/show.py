"""The terminal on which the demonstration is told.

Promise: it is wide enough for a table of three columns.
"""

from rich.console import Console

NARROWEST = 100
"""Columns below which a table of three columns cannot be read."""


def wide_console() -> Console:
    """A console of the terminal's width, or of the narrowest that can be read."""
    console = Console()
    return console if console.width >= NARROWEST else Console(width=NARROWEST)
