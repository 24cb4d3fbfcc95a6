"""Whether the catalogue of a book can be used, asked before the book comes into force.

Promise: a catalogue that would stop the first view under it never comes into force; what is wrong has file and line.
"""

from services.gateway.catalogue.catalogue import Catalogue, CatalogueFault
from services.runtime.book import BadBook, Book, Shelf
from services.runtime.book_files import Finding, Located, parse_yaml

FILE = "catalogue/fields.yaml"


def catalogue_stands(book: Book) -> None:
    """Nothing where it does. Raises `BadBook` with what is wrong."""
    try:
        Catalogue(book.fields)
    except CatalogueFault as fault:
        raise BadBook([_finding(book, fault)]) from None


def guard_catalogue(shelf: Shelf) -> None:
    """Hold the book in force, and each that is to come, to it. Raises `BadBook`.

    Called before any engine opens: what is refused here leaves every part with the last good book.
    """
    catalogue_stands(shelf.current())
    shelf.before_change(catalogue_stands)


def _finding(book: Book, fault: CatalogueFault) -> Finding:
    file = parse_yaml(book.files.get(FILE, b""), FILE)
    place = next((("fields", path) for path in _paths(file) if fault.path.startswith(path)), ())
    line = file.line(place) if isinstance(file, Located) else 1
    return Finding(FILE, line, f"{fault.path}: {fault.why}")


def _paths(file: Located | Finding) -> list[str]:
    """The paths of the file, longest first."""
    return sorted(file.data["fields"], key=len, reverse=True) if isinstance(file, Located) else []
