"""Compare-and-swap: all logs of a batch move, or none; only from what was thought."""

from pathlib import Path

import pytest

from services.ledger.checkpoints import NEW, Checkpoints, Head, Move
from services.ledger.store.ports import StoreHalted

ONE, TWO = Head(1, bytes([1] * 32)), Head(2, bytes([2] * 32))


@pytest.fixture
def two(tmp_path: Path) -> tuple[Checkpoints, Checkpoints]:
    """Two sequencers' connections to one store."""
    return Checkpoints(tmp_path / "c.db"), Checkpoints(tmp_path / "c.db")


def test_the_second_of_two_finds_out(two: tuple[Checkpoints, Checkpoints]) -> None:
    mine, other = two
    mine.create("h/a")
    mine.swap([Move("h/a", NEW, ONE)])
    with pytest.raises(StoreHalted, match="h/a"):
        other.swap([Move("h/a", NEW, TWO)])
    assert other.heads() == {"h/a": ONE}
    mine.close()
    other.close()


@pytest.mark.parametrize("wrong", [Head(0, bytes(32)), Head(1, NEW.root), ONE])
def test_one_log_that_is_not_as_thought_stops_them_all(
    two: tuple[Checkpoints, Checkpoints], wrong: Head
) -> None:
    mine, other = two
    for origin in ("h/a", "h/b", "h/c"):
        mine.create(origin)
    moves = [Move("h/a", NEW, ONE), Move("h/b", wrong, TWO), Move("h/c", NEW, ONE)]
    with pytest.raises(StoreHalted):
        mine.swap(moves)
    assert set(mine.heads().values()) == {NEW}
    mine.swap([Move(origin, NEW, ONE) for origin in ("h/a", "h/b", "h/c")])
    assert set(other.heads().values()) == {ONE}
    mine.close()
    other.close()


def test_a_log_that_is_not_known_cannot_move(two: tuple[Checkpoints, Checkpoints]) -> None:
    mine, other = two
    with pytest.raises(StoreHalted):
        mine.swap([Move("h/x", NEW, ONE)])
    assert mine.heads() == {}
    mine.close()
    other.close()


def test_making_a_log_again_does_not_set_it_back(two: tuple[Checkpoints, Checkpoints]) -> None:
    mine, other = two
    mine.create("h/a")
    mine.swap([Move("h/a", NEW, ONE)])
    other.create("h/a")
    assert other.heads() == {"h/a": ONE}
    mine.close()
    other.close()


def test_every_commit_is_written_through(two: tuple[Checkpoints, Checkpoints]) -> None:
    mine, other = two
    assert mine._base.execute("PRAGMA synchronous").fetchone() == (2,)
    assert mine._base.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    mine.close()
    other.close()
