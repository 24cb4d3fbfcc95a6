"""The only module that knows all four services: builds them in one process and ties each to the gateway's ports.

Promise: what is built here is the whole hub with real parts (embedded or production), or nothing: a part that cannot be
opened stops the start with a message that names it, and leaves nothing running.
"""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from fastapi import FastAPI

from services.contract.directory import Organisation, Source
from services.gateway.adapters.shared_ledger import SharedLedger
from services.gateway.app import make_gateway, make_ops
from services.gateway.catalogue.check import guard_catalogue
from services.gateway.parts import Parts
from services.gateway.policies.notices import tell_of_policies
from services.gateway.store.opened import open_store
from services.index.open import open_index
from services.ledger.emergency.going_on import with_emergency
from services.ledger.open import Ledger, open_ledger
from services.policy.bundle_served import bundle_route
from services.policy.lifecycle.standing import Standings
from services.policy.lifecycle.start import signed_shelf
from services.policy.lifecycle.take_up import Activation, Lifecycle
from services.policy.lifecycle.weighed import weighed
from services.policy.open import bundle_path, open_policy, rehearse
from services.runtime.book import Book, Shelf, open_shelf
from services.runtime.fhir import faults
from services.runtime.keys import KeyFolder
from services.runtime.logs import log, open_logs
from services.runtime.settings import Settings, claim_home


@dataclass(frozen=True)
class BookRules:
    """What the gateway reads of the policy book in force now."""

    shelf: Shelf

    def organisation(self, id: str) -> Organisation | None:
        """The organisation registered under `id`."""
        return self.shelf.current().organisations.get(id)

    def source(self, id: str) -> Source | None:
        """The source registered under `id`."""
        return self.shelf.current().sources.get(id)

    def purposes_of(self, role: str) -> AbstractSet[str]:
        """The purposes that the book's table gives to `role`."""
        return purposes_of(self.shelf.current(), role)


def publishable(book: Book) -> AbstractSet[str]:
    """The FHIR types that publishers may send: those whose fields the catalogue classes; others could never be released."""
    return frozenset(path.split(".")[0].split("[")[0] for path in book.fields["fields"]) - {"*"}


def purposes_of(book: Book, role: str) -> AbstractSet[str]:
    """The purposes for which `role` may ask, by the roles x purposes table."""
    return frozenset(book.role_purposes.get(role, ()))


@dataclass(frozen=True)
class Running:
    """A hub that is open: two ASGI apps, and how to close it."""

    app: FastAPI
    ops: FastAPI
    parts: Parts
    close: Callable[[], None]


def _shelf(settings: Settings, lifecycle: Lifecycle, ledger: Ledger | SharedLedger) -> Shelf:
    """The book that this hub serves: the folder's in a demonstration, else the one that was put in force."""
    if settings.only_signed:
        return signed_shelf(settings, lifecycle, ledger, weighed, partial(rehearse, settings))
    return open_shelf(settings)


def _ledger(settings: Settings, keys: KeyFolder) -> Ledger | SharedLedger:
    """The ledger with its emergency log; where gateways share it, at whichever of them has the sequencer."""
    here = with_emergency(open_ledger(settings, keys), keys, settings)
    return SharedLedger(here, keys, settings) if settings.ledger_address else here


def _take_up(opened: ExitStack, parts: Parts, lifecycle: Lifecycle, shelf: Shelf) -> None:
    """From here on requests for other policies are taken up, where only signed ones are served."""
    if parts.settings.only_signed:
        tell = partial(tell_of_policies, parts)
        activation = Activation(lifecycle, shelf, parts.ledger, weighed, tell)
        opened.callback(activation.close)
        activation.start()


def build(settings: Settings) -> Running:
    """Open every part, oldest need first, and build the two apps. Raises `Problem` naming what could not be opened."""
    with ExitStack() as opened:
        claim_home(settings)
        open_logs(settings)
        keys = KeyFolder(settings.key_folder)
        ledger = _ledger(settings, keys)
        opened.callback(ledger.close)
        lifecycle = Lifecycle.of(settings.home, keys)
        shelf = _shelf(settings, lifecycle, ledger)
        opened.callback(shelf.close)
        guard_catalogue(shelf)
        store = open_store(settings, keys)
        opened.callback(store.close)
        index = open_index(settings, keys, shelf)
        opened.callback(index.close)
        if index.keys_lacking():
            log.warning("look-up-keys-lacking", reason="run mash index rekey")
        policy = open_policy(settings, shelf)
        opened.callback(policy.close)
        parts = Parts(
            settings=settings,
            keys=keys,
            store=store,
            index=index,
            policy=policy,
            ledger=ledger,
            rules=BookRules(shelf),
            gate=faults,
            resource_types=publishable(shelf.current()),
            shelf=shelf,
            policies=Standings(lifecycle, shelf, settings.only_signed),
        )
        _take_up(opened, parts, lifecycle, shelf)
        app, ops = make_gateway(parts), make_ops(parts)
        if settings.opa:
            ops.router.routes.append(bundle_route(bundle_path(settings)))
        closing = opened.pop_all()
        return Running(app, ops, parts, closing.close)
