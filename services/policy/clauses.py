"""Where in the policy files a thing stands: file and line, from the bytes that the book itself keeps.

Promise: a place is given from the very version that decided, kept books included; what cannot be found there has the
file's first line, never a line of another version.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from services.runtime.book import Book
from services.runtime.book_files import Located, parse_yaml


def documents(book: Book) -> Mapping[str, Located]:
    """Every YAML file of the book by name, with its lines."""
    return _documents(
        tuple(sorted((name, content) for name, content in book.files.items() if name.endswith(".yaml")))
    )


@lru_cache(maxsize=8)
def _documents(files: tuple[tuple[str, bytes], ...]) -> Mapping[str, Located]:
    read = {name: parse_yaml(content, name) for name, content in files}
    return {name: found for name, found in read.items() if isinstance(found, Located)}


def place(book: Book, file: str, *path: str | int) -> str:
    """`file line 12`, of the path or of the nearest place above it."""
    document = documents(book).get(file)
    return f"{file} line {document.line(path)}" if document else file


def isa_file(book: Book, id: str) -> str:
    """The file of an ISA; "" where the book has none of this id."""
    return _file(book, "isa/", id)


def gateway_file(book: Book, id: str) -> str:
    """The file of a gateway; "" where the book has none of this id."""
    return _file(book, "gateways/", id)


def gateways(book: Book) -> Sequence[Mapping[str, Any]]:
    """The gateway files as they stand."""
    return [found.data for name, found in documents(book).items() if name.startswith("gateways/")]


def _file(book: Book, folder: str, id: str) -> str:
    every = documents(book).items()
    return next((name for name, found in every if name.startswith(folder) and found.data.get("id") == id), "")
