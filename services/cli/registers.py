"""The hub's registers, opened by a command: the same store, keys and policy book that the running hub reads.

Promise: a command works beside a hub that runs, and what it changes counts from the hub's next request.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from services.contract import places
from services.contract.directory import Organisation
from services.contract.problems import NotFound
from services.gateway.access.clients import Clients
from services.gateway.access.staff import Staff
from services.gateway.parts import stamp
from services.gateway.store.opened import Store, open_store
from services.runtime.book import Book, read_book
from services.runtime.keys import KeyFolder
from services.runtime.settings import claim_home, read_settings


@dataclass(frozen=True)
class Registers:
    """Both registers, and the book that says which partners there are."""

    staff: Staff
    clients: Clients
    book: Book
    store: Store

    def organisation(self, id: str) -> Organisation:
        """The partner with this id. Raises `NotFound`, naming the file."""
        found = self.book.organisations.get(id)
        if found is None:
            raise NotFound(
                "no such organisation in policies/organisations.yaml",
                next_step="Take its id from there, or register the organisation there first.",
            )
        return found


@contextmanager
def opened() -> Iterator[Registers]:
    """The registers of the installation that the environment names. Raises `BadSetting`."""
    settings = read_settings()
    claim_home(settings)
    book = read_book(settings.policies or places.policies())
    keys = KeyFolder(settings.key_folder)
    store = open_store(settings, keys)
    try:
        yield Registers(Staff(store, keys), Clients(store), book, store)
    finally:
        store.close()


def now() -> str:
    """The moment as the registers keep it."""
    return stamp(datetime.now(UTC))
