"""Programs that others wrote get their cosignatures from our witness: Tessera's log, which publishes nothing without them, and
a feeder over transparency-dev's client, which carries our own logs to it.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.ledger.auditing.check import Record
from services.ledger.checkpoint import open_checkpoint
from services.ledger.cosignature import cosigned_by
from services.ledger.export import export
from tests.real.outside import Programs
from tests.real.stock_log import StockLog
from tests.witnessing import ORIGIN, GrownLog, Said, a_cosigner, a_policy, a_signer, a_witness, served

BRIEF = 3.0
"""Seconds after which a log that will not be cosigned is given up: it asks every 100 ms."""


@pytest.fixture
def log(tmp_path: Path, outside_verifiers: Programs) -> StockLog:
    return StockLog(outside_verifiers.log_program, tmp_path / "log", tmp_path / "policy")


@pytest.fixture
def witnessed(tmp_path: Path, log: StockLog) -> Iterator[tuple[StockLog, Said]]:
    """The stock log, whose policy demands our witness, and what our witness says."""
    witness, said, state = a_witness(tmp_path / "witness", [log.signer])
    with served(witness) as address:
        a_policy(log.policy, [(a_cosigner(), address)], 1)
        yield log, said
    state.close()


def stands_at(log: StockLog) -> int:
    """The size of what the stock log published, which our witness cosigned."""
    assert list(cosigned_by(log.published, [a_cosigner().cosigner])) == [a_cosigner().cosigner]
    return open_checkpoint(log.published, [log.signer.verifier]).size


def test_a_stock_log_publishes_what_our_witness_cosigned(witnessed: tuple[StockLog, Said]) -> None:
    log, said = witnessed
    for entries, size in ((("a", "b", "c"), 3), (("d",), 4), ([f"e{n}" for n in range(300)], 304)):
        published, told = log.add(*entries)
        assert (published, stands_at(log)) == (True, size), told
    assert said.lines == []


def test_a_stock_log_that_forgot_where_the_witness_stands_learns_it_by_the_conflict(
    witnessed: tuple[StockLog, Said],
) -> None:
    log, _ = witnessed
    assert log.add("a", "b")[0]
    (log.folder / "checkpoint").unlink()
    published, told = log.add("c")
    assert (published, stands_at(log)) == (True, 3), told


def test_a_witness_that_knows_nothing_yet_is_fed_from_nothing(
    witnessed: tuple[StockLog, Said], tmp_path: Path
) -> None:
    """The log thinks that it stands at 2: the conflict says 0, and no proof is sent."""
    log, _ = witnessed
    assert log.add("a", "b")[0]
    fresh, _, state = a_witness(tmp_path / "fresh", [log.signer])
    with served(fresh) as address:
        a_policy(log.policy, [(a_cosigner(), address)], 1)
        published, told = log.add("c")
        assert (published, stands_at(log)) == (True, 3), told
    state.close()


def test_a_stock_log_with_another_past_publishes_nothing(
    witnessed: tuple[StockLog, Said], tmp_path: Path
) -> None:
    log, _ = witnessed
    assert log.add("a", "b", "c")[0]
    fork = replace(log, folder=tmp_path / "fork")
    shutil.copytree(log.folder, fork.folder)
    assert log.add("d")[0]
    assert not fork.add("another", "past", seconds=BRIEF)[0]
    assert open_checkpoint(fork.published, [log.signer.verifier]).size == 3
    assert log.add("e")[0]
    assert stands_at(log) == 5


@pytest.mark.parametrize("who", ["a log that is not witnessed", "a thief of its name"])
def test_a_stock_log_that_our_witness_does_not_know_publishes_nothing(
    witnessed: tuple[StockLog, Said], who: str
) -> None:
    log, _ = witnessed
    strange = (
        replace(log, name="other.example/log") if who.startswith("a log") else replace(log, seed=bytes(32))
    )
    assert not strange.add("a", seconds=BRIEF)[0]
    assert not (log.folder / "checkpoint").exists()


def test_a_feeder_of_others_carries_our_log_to_our_witness(
    tmp_path: Path, outside_verifiers: Programs
) -> None:
    grown, key = GrownLog(), a_signer().verifier.vkey
    witness, said, state = a_witness(tmp_path / "witness")
    cosigner = a_cosigner().cosigner.vkey
    with served(witness) as address:

        def fed(log: GrownLog, old: int) -> tuple[bool, str]:
            shutil.rmtree(tmp_path / "export", ignore_errors=True)
            records = (Record("council", at, leaf) for at, leaf in enumerate(log.leaves))
            export(records, {"council": log.note()}, tmp_path / "export", entries=True)
            return outside_verifiers.feed(tmp_path / "export/council", key, address, cosigner, old)

        assert fed(grown.grow(5), 0) == (True, f"OK {ORIGIN} 5\n")
        forked = grown.fork()
        assert fed(grown.grow(300), 5) == (True, f"OK {ORIGIN} 305\n")
        assert fed(grown, 0) == (True, f"CONFLICT 0 305\nOK {ORIGIN} 305\n")
        fine, told = fed(forked.grow(400, "another past"), 305)
        assert (fine, told) == (False, "REFUSED: consistency proof invalid\n")
        # What was signed twice is a proof, whoever carried it here.
        assert [line.split("  ")[0] for line in said.lines] == ["SPLIT VIEW"]
        assert fed(grown.grow(), 305) == (True, f"OK {ORIGIN} 306\n")
    state.close()
