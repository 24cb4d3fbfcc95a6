"""Three sequencers, one log, one lease; every order of their steps, with sleeps, crashes and clocks that run apart.

The lease, the watch and the checkpoint store are the real ones; the log is a list that anybody can append to, as a topic
is. Each `yield` is a place at which a process may be stopped for as long as the others like.
"""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contract.problems import LedgerUnavailable
from services.ledger.checkpoints import NEW, Checkpoints, Head, Lease, Move
from services.ledger.lease.lease import BEAT, LOOK, PATIENCE, Tenancy, Watch
from services.ledger.store.ports import StoreAway, StoreMoved

ORIGIN = "hub/council"
NODES = 3


@dataclass
class World:
    """The one log, what was signed over it, and who signed last under which term."""

    store: Checkpoints
    log: list[bytes] = field(default_factory=list)
    signed: dict[int, set[bytes]] = field(default_factory=dict)
    appended: int = 0
    signatures: int = 0
    takings: int = 0

    def head(self, rows: list[bytes]) -> Head:
        return Head(len(rows), hashlib.sha256(b"".join(rows)).digest()) if rows else NEW


class Node:
    """One gateway's sequencer, in steps."""

    def __init__(self, world: World, number: int) -> None:
        self.world, self.number = world, number
        self.clock = 0.0
        self.restart()

    def restart(self) -> None:
        """kill -9, and start: all that was in memory is gone, the connection too."""
        self.tenancy = Tenancy(self.world.store, f"at-{self.number}", lambda: self.clock)
        self.term: int | None = None
        self.steps = self.life()

    def step(self) -> None:
        self.world.store.term = self.term
        next(self.steps)
        self.term = self.tenancy._term

    def beat(self) -> None:
        self.world.store.term = self.term
        self.tenancy.keep()

    def life(self) -> Iterator[None]:
        while True:
            try:
                yield from self.reign()
            except StoreAway:
                self.clock += LOOK
                yield
            except StoreMoved:
                yield

    def reign(self) -> Iterator[None]:
        world = self.world
        self.tenancy.claim()
        world.takings += 1
        self.term = self.tenancy._term
        yield
        # Begin: what was signed, and what stands beyond it, is taken up.
        old = world.store.heads()[ORIGIN]
        yield
        mine = list(world.log)
        assert world.head(mine[: old.size]) == old, "what was signed is not what stands"
        yield from self.move(old, mine)
        while True:
            old = world.head(mine)
            self.tenancy.guard()
            yield
            mine.append(f"{self.number}:{world.appended}".encode())
            world.appended += 1
            world.log.append(mine[-1])
            if len(world.log) != len(mine):
                raise StoreMoved("acknowledged at another offset")
            yield
            yield from self.move(old, mine)

    def move(self, old: Head, mine: list[bytes]) -> Iterator[None]:
        world, new = self.world, self.world.head(mine)
        if new != old:
            world.store.term = self.term
            world.store.swap([Move(ORIGIN, old, new)])
            lease = world.store.lease()
            assert lease is not None
            assert lease.term == self.term, "moved on under a term that was over"
        yield
        # Signed by whoever wakes here, however late: it must be what stands, and what everybody else signed.
        world.signed.setdefault(new.size, set()).add(new.root)
        world.signatures += 1
        assert world.head(world.log[: new.size]) == new, "signed what does not stand"
        assert len(world.signed[new.size]) == 1, "two heads of one size were signed"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkpoints]:
    opened = Checkpoints(tmp_path_factory.mktemp("lease") / "checkpoints.db")
    for base in (opened._base, opened._leases):
        base.execute("PRAGMA synchronous=OFF")
    yield opened
    opened.close()


def fresh(store: Checkpoints) -> World:
    store._base.executescript("DELETE FROM head; DELETE FROM lease")
    store.term = None
    store.create(ORIGIN)
    return World(store)


def play(world: World, chance: random.Random, steps: int) -> None:
    nodes = [Node(world, number) for number in range(NODES)]
    for _ in range(steps):
        node = chance.choice(nodes)
        event = chance.random()
        if event < 0.03:
            node.restart()
        elif event < 0.08:
            # A clock jumps: asleep, or set.
            node.clock += chance.choice([BEAT, PATIENCE, 100 * PATIENCE])
        elif event < 0.2:
            node.beat()
        else:
            # A burst of one node's steps: the others sleep meanwhile.
            for _ in range(chance.choice([1, 1, 2, 5, 25])):
                node.clock += chance.choice([0.0, 0.01, LOOK])
                node.step()


@pytest.mark.parametrize("seed", range(8))
def test_no_order_of_steps_makes_two_sign(store: Checkpoints, seed: int) -> None:
    chance, signatures, takings = random.Random(seed), 0, 0
    for _ in range(60):
        world = fresh(store)
        play(world, chance, 60)
        signatures += world.signatures
        takings += world.takings
    # The play is one: logs grew, and the lease went from hand to hand.
    assert signatures > 500
    assert takings > 200


Looks = st.lists(
    st.tuples(st.floats(0, 10 * PATIENCE, allow_nan=False), st.booleans()), min_size=1, max_size=60
)


@given(Looks)
@settings(max_examples=200, deadline=None)
def test_a_beat_seen_within_the_patience_is_never_taken(looks: list[tuple[float, bool]]) -> None:
    """However the watcher's own clock runs, and however long it sleeps between two looks."""
    watch, now, beat, still = Watch(), 0.0, 0, 0
    for slept, beats in looks:
        now += slept
        beat += beats
        still = 0 if beats else still + 1
        took = watch.may_take(Lease("holder", "at", 1, beat), "me", now)
        # Each look counts for half a second at most: fewer looks than that at one beat cannot be patience.
        assert not took or still * 2 * LOOK >= PATIENCE


def test_a_holder_that_is_gone_is_waited_out_in_the_patience() -> None:
    watch, now, gone = Watch(), 100.0, Lease("holder", "at", 1, 7)
    looks = 0
    while not watch.may_take(gone, "me", now):
        now += LOOK
        looks += 1
    assert PATIENCE <= looks * LOOK <= PATIENCE + LOOK
    assert watch.may_take(Lease("", "", 2, 0), "me", now), "given back: taken at once"
    assert watch.may_take(None, "me", now), "never taken: taken at once"


def test_a_clock_that_goes_back_brings_nothing_nearer() -> None:
    watch = Watch()
    lease = Lease("holder", "at", 1, 7)
    assert not any(watch.may_take(lease, "me", now) for now in (10.0, 0.0, -50.0, 0.4, 0.0, 0.4, 0.0, 0.4))


def test_whoever_has_not_shown_itself_asks_before_it_writes(store: Checkpoints) -> None:
    fresh(store)
    now = [0.0]
    mine, other = (Tenancy(store, name, lambda: now[0]) for name in ("mine", "other"))
    mine.claim()
    mine.guard()
    lease = store.lease()
    assert store.take(lease, other.me, "other") == 2
    mine.guard()  # shown itself a moment ago: the term decides
    now[0] = PATIENCE
    with pytest.raises(StoreMoved, match="another gateway"):
        mine.guard()


def test_a_lease_whose_store_is_away_is_not_guessed(
    store: Checkpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh(store)
    now = [0.0]
    mine = Tenancy(store, "mine", lambda: now[0])
    mine.claim()

    def away(_: int) -> bool:
        raise LedgerUnavailable("away")

    monkeypatch.setattr(store, "renew", away)
    now[0] = PATIENCE
    with pytest.raises(StoreMoved, match="away"):
        mine.guard()
