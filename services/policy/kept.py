"""The books that have decided something, as they are kept under MASH_HOME/books/<digest>/.

Promise: a kept book is read only where it is still, byte for byte, the one of its name; another is refused, never guessed
at. Its rules stand beside it as they were compiled, so that it decides again after the hub's own have changed.
"""

import tempfile
from contextlib import suppress
from pathlib import Path

from services.contract.problems import NotFound
from services.policy.build import BUILT, read_built, write_built
from services.runtime.book import BadBook, Book, read_book

FOLDER, COMPILED = "books", "built"


class NotKept(NotFound):
    """No such book is kept, or it cannot be read as the one of its name."""

    kind = "book-not-kept"
    title = "There is no such book of policies"
    next_step = (
        "Name one by the first digits of its digest; they stand under MASH_HOME/books, and in every receipt."
    )


def keep_compiled(home: Path, book: Book, built: Path = BUILT) -> None:
    """Put the compiled rules beside a book that is kept, once. Nothing where what is built is of other rules (`OSError`)."""
    beside = compiled_of(home, book.digest)
    if beside.is_dir() or not beside.parent.is_dir():
        return
    wasm, manifest = read_built(built)
    if manifest.source_digest != book.rules_digest:
        return
    with tempfile.TemporaryDirectory(dir=beside.parent, prefix=".new-") as scratch:
        new = Path(scratch) / COMPILED
        write_built(wasm, manifest, new)
        with suppress(FileExistsError):
            new.rename(beside)


def compiled_of(home: Path, digest: str) -> Path:
    """Where the compiled rules of a kept book stand, if they were kept."""
    return home / FOLDER / digest / COMPILED


def kept(home: Path) -> tuple[str, ...]:
    """The digests of the books kept there, the newest last."""
    folder = home / FOLDER
    found = (
        [one for one in folder.iterdir() if one.is_dir() and len(one.name) == 64] if folder.is_dir() else []
    )
    return tuple(one.name for one in sorted(found, key=lambda one: (one.stat().st_mtime_ns, one.name)))


def read_kept(home: Path, digest: str) -> Book:
    """The book whose digest begins so. Raises `NotKept`."""
    fitting = [one for one in kept(home) if one.startswith(digest)]
    if len(fitting) != 1 or len(digest) < 6:
        raise NotKept(f"{len(fitting)} books of {home / FOLDER} begin with {digest[:16]}")
    try:
        book = read_book(home / FOLDER / fitting[0])
    except BadBook as bad:
        raise NotKept(
            f"{fitting[0][:16]} was kept by another version of the hub: {bad.findings[0]}"
        ) from None
    if book.digest != fitting[0]:
        raise NotKept(f"{fitting[0][:16]} was kept by another version of the hub, whose words were others")
    return book
