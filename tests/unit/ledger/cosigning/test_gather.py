"""Gathering cosignatures from witnesses that answer, hang, lie, fall behind and know too much."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.ledger.checkpoint import claimed
from services.ledger.checkpoints import Head
from services.ledger.cosigning.gather import Gatherer
from services.ledger.cosigning.ports import NoQuorum
from services.ledger.log import Log
from services.ledger.store.ports import StoreHalted
from services.ledger.tree import leaf_hash
from services.ledger.trust_policy import TrustPolicy
from services.ledger.witness.decide import Answer
from services.ledger.witness.witness import Witness
from tests.witnessing import a_cosigner, a_policy, a_signer, a_witness


class Net:
    """Three witnesses within reach of a hub; each can be made to misbehave."""

    def __init__(self, folder: Path) -> None:
        made = [a_witness(folder / f"w{n}", [a_signer()], name=f"w{n}", seed=n) for n in (1, 2, 3)]
        self.witnesses: dict[str, Witness] = {f"w{n}": one for n, (one, _, _) in enumerate(made, 1)}
        self.states = [state for _, _, state in made]
        self.before: dict[str, Callable[[], Answer | None]] = {}
        self.asked: list[str] = []
        rows = [(a_cosigner(f"w{n}", seed=n), f"w{n}") for n in (1, 2, 3)]
        self.policy = TrustPolicy.parse(a_policy(folder / "policy", rows, 2).read_bytes())

    def send(self, url: str, body: bytes) -> Answer:
        self.asked.append(url)
        if found := self.before.get(url, lambda: None)():
            return found
        return self.witnesses[url].add_checkpoint(body)

    def fetch(self, url: str, origin: str) -> bytes | None:
        import hashlib

        found = self.witnesses[url].latest(hashlib.sha256(origin.encode()).hexdigest())
        return found.body if found.status == 200 else None

    def gatherer(self, **more: Any) -> Gatherer:
        settings = {"seconds": 2.0, "waits": True, "limit": 0.3, **more}
        return Gatherer(self.policy, self.send, self.fetch, **settings)


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    found = Net(tmp_path)
    yield found
    for state in found.states:
        state.close()


def a_log(size: int = 0) -> Log:
    return grown(Log("council", a_signer(), bytes(32)), size)


def grown(log: Log, count: int = 1, what: str = "entry") -> Log:
    for _ in range(count):
        log.tree.append(leaf_hash(f"{what} {log.tree.size}".encode()))
    log.head = Head(log.tree.size, log.tree.root())
    log.sign()
    return log


def until(holds: Callable[[], object], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def down() -> Answer:
    return Answer(0)


def test_each_batch_waits_for_its_quorum_in_one_round_trip(net: Net) -> None:
    gatherer, log = net.gatherer(), a_log()
    for _ in range(5):
        grown(log, 3)
        net.asked.clear()
        gatherer.cosign([log])
        assert log.cosigned
        assert log.cosigned.head == log.signed.head
        assert len(net.policy.hold_quorum(log.cosigned.note)) >= 2
        until(lambda: len(net.asked) >= 3)
    assert sorted(net.asked) == ["w1", "w2", "w3"], "nobody was asked twice"
    until(lambda: len(net.policy.times(log.cosigned.note if log.cosigned else b"")) == 3)
    gatherer.close()


def test_without_a_quorum_nothing_is_answered_and_it_is_said_at_once(net: Net) -> None:
    gatherer, log = net.gatherer(seconds=30.0), a_log(4)
    net.before = {"w1": down, "w2": lambda: Answer(500)}
    begun = time.monotonic()
    with pytest.raises(NoQuorum, match=r"no quorum .*w[12] (no-answer|status-500)"):
        gatherer.cosign([log])
    assert time.monotonic() - begun < 10
    assert "log council: cosigned by" in gatherer.short()
    net.before = {}
    gatherer.cosign([grown(log)])
    assert gatherer.short() == ""
    gatherer.close()


def test_a_witness_that_hangs_holds_up_no_other_and_none_beyond_the_wait(net: Net) -> None:
    gatherer, log, held = net.gatherer(seconds=0.5), a_log(4), threading.Event()

    def hang() -> None:
        held.wait(20)

    net.before = {"w3": hang}
    for _ in range(3):
        gatherer.cosign([grown(log)])
    net.before["w2"] = hang
    begun = time.monotonic()
    with pytest.raises(NoQuorum, match="1 of 3"):
        gatherer.cosign([grown(log)])
    assert 0.4 < time.monotonic() - begun < 5
    held.set()
    net.before = {}
    # Both come to the checkpoint that counts now, though they were busy when it was signed.
    until(lambda: log.cosigned and len(net.policy.times(log.cosigned.note)) == 3)
    assert log.cosigned
    assert log.cosigned.head == log.signed.head
    gatherer.close()


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b""), Answer(200, b"junk"), Answer(200, "— w1 AAAAAAAA\n".encode()), Answer(409, b"x"), Answer(404),
        Answer(200, a_cosigner("w1", seed=1).cosign(f"{a_signer().verifier.name}\n4\n{'A' * 43}=\n", 1).encode()),
        Answer(409, b"4\n"), Answer(409, b"99999\n"), Answer(200, b"\xff\n"),
    ],
)  # fmt: skip
def test_what_is_no_cosignature_of_ours_never_counts(net: Net, answer: Answer) -> None:
    gatherer, log = net.gatherer(), a_log(4)
    net.before = {"w1": lambda: answer, "w2": down}
    with pytest.raises(NoQuorum):
        gatherer.cosign([log])
    assert log.cosigned is None
    gatherer.close()


def test_lines_of_other_keys_are_passed_over(net: Net) -> None:
    gatherer, log = net.gatherer(), a_log(4)
    text = log.signed.note.decode().split("\n\n")[0] + "\n"
    both = "".join(a_cosigner(f"w{n}", seed=n).cosign(text, 7) for n in (2, 1))
    net.before = {"w1": lambda: Answer(200, both.encode()), "w2": down, "w3": down}
    with pytest.raises(NoQuorum, match=r"[01] of 3"):
        gatherer.cosign([log])
    gatherer.close()


def test_a_hub_that_starts_again_learns_where_each_witness_stands(net: Net) -> None:
    first, log = net.gatherer(), a_log(6)
    first.cosign([log])
    until(lambda: len(net.asked) == 3)
    first.close()
    again = net.gatherer()
    again.begin([log])
    net.asked.clear()
    again.cosign([grown(log)])
    until(lambda: len(net.asked) == 3)
    again.close()


@pytest.mark.parametrize("regrown", [0, 5])
def test_a_log_restored_from_an_older_copy_is_found_before_anything_is_taken(net: Net, regrown: int) -> None:
    gatherer, log = net.gatherer(), a_log(9)
    gatherer.cosign([log])
    gatherer.close()
    restored = grown(a_log(6), regrown, "other") if regrown else a_log(6)
    again = net.gatherer()
    with pytest.raises(StoreHalted, match="restored from an older copy"):
        again.begin([restored])
    with pytest.raises(StoreHalted):
        again.cosign([restored])
    again.close()


def test_a_log_restored_while_its_witness_was_away_stops_at_the_first_batch(net: Net) -> None:
    gatherer, log = net.gatherer(), a_log(9)
    gatherer.cosign([log])
    until(lambda: len(net.asked) >= 3)
    gatherer.close()
    again, restored = net.gatherer(), a_log(6)
    with pytest.raises(NoQuorum):
        again.cosign([restored])
    until(lambda: again._lost)
    with pytest.raises(StoreHalted, match="size 9 root"):
        again.cosign([grown(restored)])
    again.close()


def test_a_witness_that_only_says_that_it_knows_more_stops_nobody(net: Net) -> None:
    gatherer, log = net.gatherer(), a_log(4)
    net.before = {"w3": lambda: Answer(409, b"1000\n")}
    for _ in range(3):
        gatherer.cosign([grown(log)])
    gatherer.close()


def test_afterwards_nobody_waits_and_what_stands_too_long_is_late(net: Net) -> None:
    gatherer, log, held = net.gatherer(waits=False), a_log(4), threading.Event()
    net.before = dict.fromkeys(("w1", "w2"), down)
    gatherer.cosign([log])
    assert gatherer.late() == {}
    until(gatherer.late)
    assert list(gatherer.late()) == ["council"]
    assert gatherer.short() == ""
    net.before = {}
    while not log.cosigned:
        gatherer.again()
        time.sleep(0.05)
    assert gatherer.late() == {}
    assert gatherer.take_unseen() == ["council"]
    assert gatherer.take_unseen() == []
    held.set()
    gatherer.close()


def test_afterwards_a_busy_log_still_comes_to_quorums_of_one_checkpoint(net: Net) -> None:
    """Each witness is as slow as another batch: without rounds they would each cosign another checkpoint, for ever."""
    gatherer, log = net.gatherer(waits=False), a_log(1)
    for n in (1, 2, 3):
        net.before[f"w{n}"] = lambda n=n: time.sleep(0.003 * n)  # type: ignore[misc]
    sizes = set()
    for _ in range(150):
        gatherer.cosign([grown(log)])
        time.sleep(0.002)
        if log.cosigned:
            sizes.add(claimed(log.cosigned.note).size)
    assert len(sizes) > 5
    until(lambda: log.cosigned and log.cosigned.head == log.signed.head)
    gatherer.close()


def test_an_empty_log_is_shown_to_nobody(net: Net) -> None:
    gatherer = net.gatherer()
    gatherer.cosign([a_log()])
    assert net.asked == []
    gatherer.close()
