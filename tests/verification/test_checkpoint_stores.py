"""The checkpoint store and its lease behave alike on SQLite and on a real PostgreSQL."""

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from services.contract.problems import LedgerUnavailable
from services.ledger.checkpoints import NEW, Checkpoints, CheckpointStore, Head, Lease, Move
from services.ledger.checkpoints_postgres import PostgresCheckpoints
from services.ledger.store.ports import StoreMoved

HUB = "northshire-hub"
A, B = f"{HUB}/council", f"{HUB}/nhs-trust"
ONE, TWO = Head(1, b"1" * 32), Head(2, b"2" * 32)

Opener = Callable[[], CheckpointStore]


@pytest.fixture(params=["sqlite", "postgres"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Opens the one store, again and again, as several gateways would."""
    opened: list[CheckpointStore] = []
    hub, dsn = f"hub-{secrets.token_hex(4)}", ""
    if request.param == "postgres":
        dsn = request.getfixturevalue("postgres_dsn")

    def open_() -> CheckpointStore:
        store: CheckpointStore = (
            PostgresCheckpoints(dsn, hub) if dsn else Checkpoints(tmp_path / "checkpoints.db")
        )
        opened.append(store)
        return store

    yield open_
    for store in opened:
        store.close()


def known(store: CheckpointStore, *origins: str) -> CheckpointStore:
    for origin in origins:
        store.create(origin)
    return store


def hub_of(store: CheckpointStore) -> str:
    return store._hub if isinstance(store, PostgresCheckpoints) else HUB


def two_logs(store: CheckpointStore) -> tuple[str, str]:
    hub = hub_of(store)
    known(store, f"{hub}/council", f"{hub}/nhs-trust")
    return f"{hub}/council", f"{hub}/nhs-trust"


def test_all_logs_of_a_batch_move_or_none_does(opener: Opener) -> None:
    first, second = opener(), opener()
    a, b = two_logs(first)
    first.swap([Move(a, NEW, ONE), Move(b, NEW, TWO)])
    assert dict(second.heads()) == {a: ONE, b: TWO}
    with pytest.raises(StoreMoved):
        second.swap([Move(a, ONE, TWO), Move(b, ONE, TWO)])
    assert dict(second.heads()) == {a: ONE, b: TWO}
    first.create(a)
    assert first.heads()[a] == ONE


@pytest.mark.parametrize("wrong", [Head(0, b"9" * 32), Head(7, NEW.root)])
def test_size_and_root_must_both_be_as_thought(opener: Opener, wrong: Head) -> None:
    store = opener()
    a, _ = two_logs(store)
    with pytest.raises(StoreMoved):
        store.swap([Move(a, wrong, ONE)])
    assert store.heads()[a] == NEW


def test_of_many_that_move_a_log_at_once_one_does(opener: Opener) -> None:
    stores = [opener() for _ in range(6)]
    a, b = two_logs(stores[0])

    def move(n: int) -> bool:
        try:
            stores[n].swap([Move(a, NEW, Head(1, bytes([n]) * 32)), Move(b, NEW, Head(1, bytes([n]) * 32))])
        except StoreMoved:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        won = [n for n, moved in enumerate(pool.map(move, range(6))) if moved]
    assert len(won) == 1
    assert dict(stores[0].heads()) == {a: Head(1, bytes(won) * 32), b: Head(1, bytes(won) * 32)}


def test_of_many_that_take_the_lease_at_once_one_does(opener: Opener) -> None:
    stores = [opener() for _ in range(6)]
    for round_ in range(1, 4):
        seen = stores[0].lease()
        with ThreadPoolExecutor(6) as pool:
            taken = list(pool.map(lambda n, s=seen: stores[n].take(s, f"gateway-{n}", f"at-{n}"), range(6)))
        won = [n for n, term in enumerate(taken) if term is not None]
        assert len(won) == 1
        assert stores[3].lease() == Lease(f"gateway-{won[0]}", f"at-{won[0]}", round_, 0)


def test_a_term_that_is_over_moves_nothing_and_renews_nothing(opener: Opener) -> None:
    old, new = opener(), opener()
    a, _ = two_logs(old)
    old.term = old.take(None, "old", "at-old")
    old.swap([Move(a, NEW, ONE)])
    assert old.renew(old.term or 0)
    seen = new.lease()
    assert seen == Lease("old", "at-old", 1, 1)
    assert new.take(Lease("old", "at-old", 1, 0), "new", "") is None, "the beat has gone on since"
    new.term = new.take(seen, "new", "at-new")
    assert new.term == 2
    # The old one wakes: its heads are still right, its term is not.
    with pytest.raises(StoreMoved):
        old.swap([Move(a, ONE, TWO)])
    assert not old.renew(1)
    old.give_back(1)
    assert new.lease() == Lease("new", "at-new", 2, 0)
    new.swap([Move(a, ONE, TWO)])
    new.give_back(2)
    with pytest.raises(StoreMoved):
        new.swap([Move(a, TWO, Head(3, b"3" * 32))])
    assert new.heads()[a] == TWO
    assert old.take(new.lease(), "old", "at-old") == 4


def test_a_swap_under_way_and_a_taking_do_not_pass_each_other(opener: Opener) -> None:
    """Whichever is first: what the new holder reads after taking the lease is what stays."""
    old, new = opener(), opener()
    a, _ = two_logs(old)
    old.term = old.take(None, "old", "")
    head, size = NEW, 0
    for _ in range(30):
        size += 1
        after = Head(size, size.to_bytes(32, "big"))
        move = Move(a, head, after)

        def swap(move: Move = move) -> bool:
            try:
                old.swap([move])
            except StoreMoved:
                return False
            return True

        def take() -> Any:
            term = new.take(new.lease(), "new", "")
            return term, new.heads()[a]

        with ThreadPoolExecutor(2) as pool:
            swapped, taken = pool.submit(swap), pool.submit(take)
            (term, read), moved = taken.result(), swapped.result()
        assert term is not None
        assert read == (after if moved else head)
        assert new.heads()[a] == read
        head, size = read, read.size
        old.term = old.take(new.lease(), "old", "")


def test_one_database_keeps_hubs_apart(postgres_dsn: str) -> None:
    one, other = PostgresCheckpoints(postgres_dsn, "hub-a"), PostgresCheckpoints(postgres_dsn, "hub")
    known(one, "hub-a/council")
    known(other, "hub/council")
    assert list(one.heads()) == ["hub-a/council"]
    assert list(other.heads()) == ["hub/council"]
    assert one.take(None, "x", "") == 1
    assert other.lease() is None
    one.close()
    other.close()


def test_a_holder_paused_in_the_database_keeps_nobody_waiting_for_long(postgres_dsn: str) -> None:
    """Another client sits on the row: whoever takes the lease is told within the bound, and the swap is in doubt."""
    store = PostgresCheckpoints(postgres_dsn, "hub-locked")
    known(store, "hub-locked/council")
    store.term = store.take(None, "x", "")
    engine = create_engine(postgres_dsn.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as sits, sits.begin():
        sits.execute(text("SELECT 1 FROM ledger_lease WHERE hub='hub-locked' FOR UPDATE"))
        with pytest.raises(StoreMoved, match="could not be written"):
            store.swap([Move("hub-locked/council", NEW, ONE)])
        with pytest.raises(LedgerUnavailable):
            store.renew(1)
    assert store.heads()["hub-locked/council"] == NEW
    engine.dispose()
    store.close()


def test_what_was_compared_is_what_is_changed(postgres_dsn: str) -> None:
    """Another sequencer moves one log on while this one waits for it: neither log is moved here."""
    store = PostgresCheckpoints(postgres_dsn, "hub-raced")
    a, b = "hub-raced/council", "hub-raced/nhs-trust"
    known(store, a, b)
    engine = create_engine(postgres_dsn.replace("postgresql://", "postgresql+psycopg://"))
    with ThreadPoolExecutor(1) as pool:
        with engine.connect() as other, other.begin():
            other.execute(
                text("UPDATE ledger_head SET size=5, root=:root WHERE origin=:b"), {"root": b"5", "b": b}
            )
            swapping = pool.submit(store.swap, [Move(a, NEW, ONE), Move(b, NEW, TWO)])
            waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            while not other.execute(waits).scalar_one():
                assert not swapping.done()
        with pytest.raises(StoreMoved):
            swapping.result()
    assert dict(store.heads()) == {a: NEW, b: Head(5, b"5")}
    engine.dispose()
    store.close()
