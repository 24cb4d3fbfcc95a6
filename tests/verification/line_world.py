"""A whole hub on a real Kafka, OPA and PostgreSQL, and the embedded one that it is compared with."""

import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import services.wiring
from services.contract.views import FamilyView
from services.ledger.open import open_ledger
from services.ledger.store.broker import Broker, topic_of
from services.ledger.store.disk import Disk
from services.policy.bundle import write_bundle
from services.policy.bundle_key import BundleKey
from services.policy.opa_server import write_server_files
from services.runtime.keys import KeyFolder
from tests.hub.served import SOCIAL_WORKER, Served, a_served
from tests.hub.world import shape
from tests.policy_world import hosted, shipped_book
from tests.real.find import Server

LOG = "northshire-csc"
POLICY_WAIT = 6.0
"""Longer than the setting's own: these tests run beside others."""


class Stoppable(Disk):
    """A disk that fills up when it is told to."""

    full = False

    def write(self, file: int, data: bytes) -> None:
        if self.full:
            raise OSError(28, "no")
        super().write(file, data)


@dataclass
class OnReal:
    """The hub, and the parts it stands on, to be stopped, killed and frozen."""

    hub: Served
    kafka: Server
    opa: Server
    postgres: Server
    settings: dict[str, Any]

    def entries(self, log: str = LOG) -> list[dict[str, Any]]:
        """Every entry of a log, as the broker holds it."""
        return entries_of(self.settings, log)


def content(view: FamilyView) -> Any:
    """An answer as `shape` has it, with each list as a set: databases give rows in orders of their own."""

    def sorted_out(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: sorted_out(member) for key, member in value.items()}
        if isinstance(value, list):
            return sorted((sorted_out(member) for member in value), key=json.dumps)
        # Numbered in the order of the list that it stands in.
        return "id" if isinstance(value, str) and re.fullmatch(r"id-\d+", value) else value

    told, length = shape(view)
    return sorted_out(told), length


def entries_of(settings: dict[str, Any], log: str = LOG) -> list[dict[str, Any]]:
    broker = Broker([settings["ledger"].removeprefix("kafka://")])
    return [json.loads(row.leaf)["entry"] for row in broker.read(topic_of(settings["hub"], log), 0)]


def real_settings(
    folder: Path, kafka: Server, start_opa: Callable[..., Server], dsn: str
) -> tuple[dict[str, Any], Server]:
    """Settings of a hub in `folder` on the real parts, and its own OPA server, which takes up the hub's bundles."""
    bundle = folder / "home/policy/bundle.tar.gz"
    key = BundleKey(KeyFolder(folder / "home/keys"))
    write_bundle(shipped_book(), bundle, key)
    files = write_server_files(folder / "opa", hosted(bundle), key)
    opa = start_opa(*files.policies, arguments=tuple(files.arguments))
    settings = {
        "ledger": f"kafka://{kafka.address}",
        "hub": f"hub-{uuid.uuid4().hex[:12]}",
        "opa": opa.address,
        "opa_token": files.token,
        "database": dsn,
        "policy_wait": POLICY_WAIT,
        # Each question is put to the server: from tables a hub would answer on while that is away (ADR 9).
        "policy_engine": "engine",
    }
    return settings, opa


@contextmanager
def on_real(
    folder: Path, kafka: Server, start_opa: Callable[..., Server], postgres: Server, dsn: str
) -> Iterator[OnReal]:
    settings, opa = real_settings(folder, kafka, start_opa, dsn)
    with a_served(folder, **settings) as hub:
        give_up = time.monotonic() + 30
        while not hub.world.parts.policy.ready():
            assert time.monotonic() < give_up, "OPA did not take up the hub's own book"
            time.sleep(0.05)
        yield OnReal(hub, kafka, opa, postgres, settings)


@dataclass(frozen=True)
class Embedded:
    """What the embedded hub answers: to a question, and when it cannot enter."""

    content: Any
    unavailable: bytes


def on_embedded(folder: Path) -> Embedded:
    disk = Stoppable()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services.wiring, "open_ledger", partial(open_ledger, disk=disk))
        with a_served(folder) as hub:
            told = content(hub.world.view(hub.world.s47()))
            case, worker = hub.case(), hub.token(SOCIAL_WORKER)
            disk.full = True
            unavailable = hub.view(case, worker)
    assert unavailable.startswith(b"HTTP/1.1 503")
    return Embedded(told, unavailable)
