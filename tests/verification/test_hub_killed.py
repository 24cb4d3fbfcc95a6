"""The hub killed in the middle of releases, on a real Kafka, OPA and PostgreSQL: every answer that reached a client
has its entry, and the ledger still verifies."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import pytest

from services.cli.demo.families import northshire
from services.cli.demo.play import mash_command
from services.cli.exits import Exit
from services.cli.parts.process import Child, free_port, listens
from services.ledger.log import log_signer
from services.runtime.keys import KeyFolder
from tests.hub.served import SOCIAL_WORKER, Served, a_served
from tests.real.find import Server
from tests.verification.line_world import LOG, POLICY_WAIT, entries_of, real_settings

ROOT = Path(__file__).resolve().parents[2]
CALLERS, ANSWERS, KILLS = 4, 6, 2
SECONDS = 120
PUBLISHED = ("northshire-csc", "northshire-nhs")


class Answered:
    """Callers over raw sockets, and the receipts of the answers that reached them whole."""

    def __init__(self, hub: Served, case: str, worker: str) -> None:
        self._hub, self._case, self._worker = hub, case, worker
        self.receipts: list[str] = []
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(CALLERS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def wait(self, count: int) -> None:
        ends = time.monotonic() + SECONDS
        while len(self.receipts) < count:
            assert time.monotonic() < ends, "nobody is answered"
            time.sleep(0.01)

    def _ask(self) -> None:
        while not self._ended.is_set():
            try:
                answer = self._hub.view(self._case, self._worker)
            except OSError:
                # It is down, or went down while it answered.
                time.sleep(0.1)
                continue
            if b'"receipt"' in answer and answer.startswith(b"HTTP/1.1 200"):
                self.receipts.append(receipt_of(answer))


def receipt_of(answer: bytes) -> str:
    """The receipt's id, from the header that precedes the body: a body cut short has released as well."""
    for line in answer.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        if line.lower().startswith(b"link:"):
            return line.partition(b"<")[2].partition(b">")[0].rpartition(b"/")[2].decode()
    raise AssertionError("an answer without a receipt")


@pytest.fixture
def prepared(
    tmp_path: Path, kafka_broker: Server, opa_server: Callable[..., Server], postgres_dsn: str
) -> tuple[Served, dict[str, Any], str]:
    """A hub on real parts with two partners' records and a case, closed again: its folder, settings and case."""
    settings, _ = real_settings(tmp_path, kafka_broker, opa_server, postgres_dsn)
    with a_served(tmp_path, families=False, **settings) as hub:
        bundles = northshire(datetime.now(UTC).date()).bundles
        for source in PUBLISHED:
            hub.world.publish(source, *(entry["resource"] for entry in bundles[source]["entry"]))
        case = hub.case()
    return hub, settings, case


def child_of(hub: Served, home: Path, settings: dict[str, Any], port: int) -> Child:
    """`mash serve` on the same folder, in a process that can be killed."""
    values = {**settings, "mode": "demo", "home": home, "policies": home.parent / "policies"}
    values |= {"port": port, "ops_port": free_port(), "policy_wait": POLICY_WAIT}
    environment = {f"MASH_{name.upper()}": str(value) for name, value in values.items()}
    command = [sys.executable, "-W", "ignore", *mash_command(), "serve"]
    return Child(
        command, home.parent / "serve.log", environment | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    )


def test_every_answer_that_reached_a_client_has_its_entry(
    prepared: tuple[Served, dict[str, Any], str], tmp_path: Path
) -> None:
    hub, settings, case = prepared
    home = tmp_path / "home"
    hub = replace(hub, port=free_port())
    child = child_of(hub, home, settings, hub.port)

    def serve() -> None:
        child.start(lambda: child.said("Health and metrics"), SECONDS)

    serve()
    try:
        with Answered(hub, case, hub.token(SOCIAL_WORKER)) as callers:
            for _ in range(KILLS):
                callers.wait(len(callers.receipts) + ANSWERS)
                child.kill()
                assert not listens(f"127.0.0.1:{hub.port}")
                serve()
            callers.wait(len(callers.receipts) + ANSWERS)
    finally:
        child.stop()
    stood = {entry["event_id"] for entry in entries_of(settings) if entry["kind"] == "release.intent"}
    assert len(callers.receipts) >= ANSWERS * (KILLS + 1)
    assert set(callers.receipts) <= stood
    verified(home, settings)


def verified(home: Path, settings: dict[str, Any]) -> None:
    keys = KeyFolder(home / "keys")
    trust = home.parent / "trust"
    trust.write_text(
        "".join(f"{log_signer(settings['hub'], code, keys).verifier.vkey}\n" for code in (LOG, "hub"))
    )
    where = [settings["ledger"], "--checkpoints", str(home / "ledger"), "--trust", str(trust), "--json"]
    done = subprocess.run(
        [sys.executable, *mash_command(), "ledger", "verify", *where],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == Exit.OK, done.stdout + done.stderr
    assert {row["origin"] for row in json.loads(done.stdout)["logs"]} >= {f"{settings['hub']}/{LOG}"}
