"""Opening the policy service with the engine that the settings name."""

from pathlib import Path

from services.policy.build import BUILT
from services.policy.bundle import bundle_of, write_bundle
from services.policy.bundle_key import BundleKey
from services.policy.decide import Decider
from services.policy.ports import Engine
from services.policy.tables.serve import TableEngine, TabulatingEngine
from services.policy.wasm import EmbeddedEngine
from services.runtime.book import Book, Shelf
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings


def open_policy(settings: Settings, shelf: Shelf) -> Decider:
    """The decider over the embedded engine, or over the OPA server at `MASH_OPA`; by tables unless the settings say otherwise.

    Raises `BadSetting` where the compiled rules are not those of the book. A server that is not there yet
    stops nothing: `ready()` says so, and until it answers under the book in force every question is
    `PolicyUnavailable`.
    """
    if not settings.opa:
        embedded = _tables(settings, EmbeddedEngine(BUILT, settings.policy_wait), told_first=False)
        embedded.prepare(shelf.current())
        return Decider(shelf, embedded)
    # Its client takes a tenth of a second to load, and the embedded engine has no use for it.
    from services.policy.opa import ServerEngine  # noqa: PLC0415

    bundle, key = bundle_path(settings), BundleKey(KeyFolder(settings.key_folder))
    write_bundle(shelf.current(), bundle, key)
    server = ServerEngine(settings.opa, bundle, key, settings.policy_wait, settings.opa_token)
    return Decider(shelf, _tables(settings, server, told_first=True))


def _tables(settings: Settings, engine: TabulatingEngine, *, told_first: bool) -> Engine:
    return TableEngine(engine, told_first=told_first) if settings.policy_engine == "tables" else engine


def bundle_path(settings: Settings) -> Path:
    """Where the hub leaves its books for an OPA server."""
    return settings.home / "policy" / "bundle.tar.gz"


def rehearse(settings: Settings, book: Book) -> None:
    """Whether the engine that the settings name could decide under the book. Raises `BadSetting` where it could not."""
    if settings.opa:
        bundle_of(book, BundleKey(KeyFolder(settings.key_folder)))
        return
    engine = EmbeddedEngine(BUILT, settings.policy_wait)
    try:
        engine.prepare(book)
    finally:
        engine.close()
