"""Two whole hubs over one folder: the one that has not the sequencer answers as the other does, by way of it."""

import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from services.cli.serve import Listener, bound
from services.gateway.adapters.shared_ledger import SharedLedger
from services.runtime.settings import read_settings
from services.wiring import build
from tests.hub.world import MIA, World, a_world, released, shape


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, World]]:
    """The holder, which listens, and another gateway that asks it."""
    folder = tmp_path_factory.mktemp("two")
    with closing(bound("127.0.0.1", 0, "MASH_PORT")) as front:
        address = f"http://127.0.0.1:{front.getsockname()[1]}"
        first = a_world(folder, ledger_address=address)
        listener = Listener(first.running.app, front)
        listener.start()
        settings = read_settings(
            mode="demo", home=first.home, policies=folder / "policies", ledger_address="http://127.0.0.1:1"
        )
        second = World(build(settings), first.home)
        ledger = second.parts.ledger
        assert isinstance(ledger, SharedLedger)
        until = time.monotonic() + 20
        while ledger.here.elsewhere() != address:
            assert time.monotonic() < until, "it never learnt where the sequencer is"
            time.sleep(0.1)
        yield first, second
        second.close()
        listener.stop()
        first.close()


def test_a_family_view_is_the_same_at_either(both: tuple[World, World]) -> None:
    first, second = both
    case = second.s47()
    here, there = first.view(case), second.view(case)
    assert released(there)
    assert shape(there) == shape(here)
    assert there.receipt is not None
    assert [one["kind"] for one in first.entries("northshire-csc")].count("release.intent") == 2
    assert second.parts.ledger.receipt(there.receipt.id) == first.parts.ledger.receipt(there.receipt.id)


def test_a_search_and_a_refusal_are_entered_there_too(both: tuple[World, World]) -> None:
    first, second = both
    case = second.s47()
    before = len(first.entries("northshire-csc"))
    second.view(case, MIA.model_copy(update={"nhs_number": "9992000422", "given": "Nobody"}))
    assert len(first.entries("northshire-csc")) > before


def test_its_health_is_the_holders(both: tuple[World, World]) -> None:
    first, second = both
    found = second.parts.ledger.health()
    assert found.ready
    assert found.sizes == first.parts.ledger.health().sizes
