"""The person index of an installation, opened for a command and closed after it.

Promise: it is read under the policies that the installation names, and beside a hub that runs.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.contract import places
from services.runtime.book import Book, read_book
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings

if TYPE_CHECKING:
    from services.index.index import Index


@dataclass(frozen=True, slots=True)
class _Shelf:
    book: Book

    def current(self) -> Book:
        return self.book


@contextmanager
def index_opened(settings: Settings) -> Iterator["Index"]:
    """Raises `BadSetting`, `IndexUnavailable`."""
    from services.index.open import open_index

    shelf = _Shelf(read_book(settings.policies or places.policies()))
    with closing(open_index(settings, KeyFolder(settings.key_folder), shelf)) as index:
        yield index
