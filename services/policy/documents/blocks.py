"""What a document is made of, and how it becomes Markdown or a page fit to publish and print.

Promise: what a file says is text in both, never markup.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` from 2; a document's own title is level 1."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows of text; the first column heads its row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Text | Items | Table


@dataclass(frozen=True, slots=True)
class Document:
    """`name` is the file's name without its ending."""

    name: str
    title: str
    blocks: Sequence[Block]


_STYLE = (
    "body{font:1.05rem/1.5 Arial,sans-serif;color:#0b0c0c;max-width:46rem;margin:2rem auto;padding:0 1rem}"
    "h1{font-size:2rem;line-height:1.2}h2{font-size:1.5rem;margin-top:2.5rem;border-top:1px solid #b1b4b6;padding-top:1rem}"
    "h3{font-size:1.15rem}table{border-collapse:collapse;width:100%;margin:1rem 0}"
    "th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-bottom:1px solid #b1b4b6}"
    "@media print{body{margin:0;max-width:none;font-size:11pt}h2{break-after:avoid}tr,li{break-inside:avoid}}"
)


def as_markdown(document: Document) -> str:
    """The document as Markdown."""
    parts = [f"# {_plain(document.title)}", *(_markdown(block) for block in document.blocks)]
    return "\n\n".join(part for part in parts if part) + "\n"


def as_html(document: Document) -> str:
    """The document as one page that needs nothing else."""
    body = "\n".join(_html(block) for block in document.blocks)
    title = escape(document.title)
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _plain(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", text)


def _markdown(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {_plain(block.text)}"
    if isinstance(block, Text):
        return _plain(block.text)
    if isinstance(block, Items):
        return "\n".join(f"- {_plain(item)}" for item in block.items)
    rows = [block.columns, tuple("---" for _ in block.columns), *block.rows]
    return "\n".join(
        "| " + " | ".join(cell if cell == "---" else _plain(cell) for cell in row) + " |" for row in rows
    )


def _html(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{escape(block.text)}</h{block.level}>"
    if isinstance(block, Text):
        return f"<p>{escape(block.text)}</p>"
    if isinstance(block, Items):
        return "<ul>\n" + "\n".join(f"<li>{escape(item)}</li>" for item in block.items) + "\n</ul>"
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in block.columns)
    rows = "\n".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in block.rows
    )
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
