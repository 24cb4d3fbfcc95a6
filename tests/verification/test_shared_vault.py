"""Two gateways, one vault: what one of them is about to enter is not swept by another that starts meanwhile."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from services.contract.problems import BadSetting
from services.contract.releases import Receipt
from services.ledger.open import Ledger, open_ledger
from services.ledger.vault import Vault
from tests.verification.ledger_world import Place, intent


@contextmanager
def gateway(home: Path, broker: str, hub: str, address: str) -> Iterator[Ledger]:
    place = Place(home, f"kafka://{broker}", hub, wait=20.0, more={"ledger_address": address})
    ledger = open_ledger(place.settings(), place.keys)
    try:
        yield ledger
    finally:
        ledger.close()


def until(holds: Callable[[], Any]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end, "it did not come to hold in time"
        time.sleep(0.02)


@pytest.fixture
def swept(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """By whose vault, in order."""
    told: list[str] = []
    plain = Vault.sweep

    def sweep(vault: Vault, *has: Any) -> int:
        told.append(threading.current_thread().name)
        return plain(vault, *has)

    monkeypatch.setattr(Vault, "sweep", sweep)
    return told


def test_only_the_holder_sweeps_and_never_what_is_about_to_be_entered(
    tmp_path: Path, kafka_broker: Any, swept: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = f"hub-{uuid.uuid4().hex[:12]}"
    with gateway(tmp_path, kafka_broker.address, hub, "http://first") as first:
        first.append(intent(first))
        assert len(swept) == 1
        entering, go_on = threading.Event(), threading.Event()
        plain = first._store.append

        def slow(rows: Any) -> Any:
            entering.set()
            assert go_on.wait(20)
            return plain(rows)

        monkeypatch.setattr(first._store, "append", slow)
        given: list[Receipt] = []
        caller = threading.Thread(target=lambda: given.append(first.append(intent(first, people=("new",)))))
        caller.start()
        assert entering.wait(20), "its secret and records stand in the vault, its entry does not"
        with gateway(tmp_path, kafka_broker.address, hub, "http://second") as second:
            assert second.elsewhere() == "http://first"
            assert len(swept) == 1, "whoever has not the lease sweeps nothing"
            go_on.set()
            caller.join(20)
            (receipt,) = given
            assert first.opening(receipt.id) is not None
            assert first.decision(receipt.id) is not None
            assert first._vault.known("new") is not None
            # The lease handed over: the next one sweeps, once it has read every log, and finds all entered.
            first.close()
            until(lambda: second.health().ready)
            assert len(swept) == 2
            assert second.opening(receipt.id) is not None
            assert second._vault.known("new") is not None


def test_a_gateway_without_a_lease_is_refused_beside_those_that_have_one(
    tmp_path: Path, kafka_broker: Any, swept: list[str]
) -> None:
    """It would sweep, and sign, as the only one; and so the other way round."""
    hub, address = f"hub-{uuid.uuid4().hex[:12]}", kafka_broker.address
    with (
        gateway(tmp_path, address, hub, "http://first") as first,
        gateway(tmp_path, address, hub, "http://second"),
    ):
        # Beside the holder, and beside one that only waited for the lease so far.
        for _ in range(2):
            swept.clear()
            with pytest.raises(BadSetting, match="another process"), gateway(tmp_path, address, hub, ""):
                pass
            assert swept in ([], ["ledger-sequencer"]), "of the second gateway, once the lease is its"
            first.close()
    with gateway(tmp_path, address, hub, "") as alone:
        assert alone.health().ready
        with (
            pytest.raises(BadSetting, match="another process"),
            gateway(tmp_path, address, hub, "http://first"),
        ):
            pass
