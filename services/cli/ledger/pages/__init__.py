"""Pages that a command writes beside its JSON, for a person who has no program of ours.

Promise: one file each, with its own style and without script; whatever is put into one is escaped.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined


@cache
def _pages() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )


def page(name: str, content: Mapping[str, Any]) -> str:
    """The page of this name over `content`."""
    return _pages().get_template(name).render(**content)
