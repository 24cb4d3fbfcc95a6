"""The main job played against a hub that runs in another process.

Promise: it has what `mash partner` and `mash staff` have, the registers and the book, and the ledger's public
keys from the key folder; all else it does over HTTP.
"""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from services.cli.demo.command import london_today
from services.cli.demo.families import northshire
from services.cli.demo.play import Play
from services.contract import places
from services.runtime.book import Book, read_book
from services.runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class _Rules:
    book: Book

    def source(self, id: str) -> Any:
        return self.book.sources.get(id)


@dataclass(frozen=True, slots=True)
class _LedgerKeys:
    """The public keys, from the hub's key folder: not from beside the log that they are to prove."""

    settings: Settings

    def keys(self) -> dict[str, str]:
        from services.ledger.log import log_signer
        from services.runtime.keys import KeyFolder

        own = KeyFolder(self.settings.key_folder)
        codes = sorted(path.stem for path in (self.settings.home / "ledger/keys").glob("*.vkey"))
        return {code: log_signer(self.settings.hub, code, own).verifier.vkey for code in codes}


@dataclass(frozen=True, slots=True)
class _Beside:
    """What the play needs of a hub that runs in another process: its registers, and its ledger's keys."""

    store: Any
    keys: Any
    rules: _Rules
    ledger: _LedgerKeys

    @property
    def parts(self) -> "_Beside":
        return self

    def now(self) -> datetime:
        return datetime.now(UTC)


def play_outside(console: Console, settings: Settings) -> None:
    """The demonstration's main job, over HTTP, with the registers as `mash partner` and `mash staff` keep them."""
    from services.gateway.store.opened import open_store
    from services.runtime.keys import KeyFolder

    keys = KeyFolder(settings.key_folder)
    with closing(open_store(settings, keys)) as store:
        beside_it = _Beside(
            store, keys, _Rules(read_book(settings.policies or places.policies())), _LedgerKeys(settings)
        )
        Play(console, settings, beside_it, northshire(london_today()), decisions=0).run()
