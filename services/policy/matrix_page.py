"""The matrix as one page in one file: styles in it, no script, no other file, fit to print.

Promise: whatever the matrix says is escaped; each cell says its effect and reason in words, and its colour only repeats them.
"""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template

from services.contract.decisions import Matrix

_FOLDER = Path(__file__).parent / "templates"


@cache
def _template() -> Template:
    loader = FileSystemLoader(_FOLDER)
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True).get_template(
        "matrix.html"
    )


def page_of(matrix: Matrix) -> str:
    """The page."""
    return _template().render(matrix=matrix)
