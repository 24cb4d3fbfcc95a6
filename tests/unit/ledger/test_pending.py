"""Waiting callers wake one another; one that gives up takes nobody else's turn with it."""

import threading
import time

from services.contract.problems import LedgerUnavailable
from services.ledger.entry import EntryRefused
from services.ledger.pending import Pending, drawn, wake_all


def pendings(count: int) -> list[Pending]:
    return [Pending("council", bytes([n]), "", b"") for n in range(count)]


def waiting(all_: list[Pending], seconds: float) -> tuple[list[threading.Thread], list[int]]:
    woken: list[int] = []

    def wait(number: int) -> None:
        if all_[number].wait(seconds):
            woken.append(number)

    threads = [threading.Thread(target=wait, args=(n,)) for n in range(len(all_))]
    for thread in threads:
        thread.start()
    return threads, woken


def test_all_are_woken_once_all_is_decided() -> None:
    some = pendings(20)
    threads, woken = waiting(some, 10)
    for one in some:
        one.error = LedgerUnavailable("decided")
    wake_all(some)
    for thread in threads:
        thread.join(5)
    assert sorted(woken) == list(range(20))


def test_those_who_gave_up_hold_nobody_back() -> None:
    some = pendings(9)
    for number in (0, 3, 4, 8):
        assert not some[number].wait(0)
        assert some[number].abandoned
    left = [one for one in some if not one.abandoned]
    threads, woken = waiting(left, 10)
    wake_all(some)
    for thread in threads:
        thread.join(5)
    assert len(woken) == 5


def test_giving_up_at_the_very_moment_of_being_woken_loses_nobody() -> None:
    for _ in range(30):
        some = pendings(12)
        # Half of them give up at about the time at which they are woken.
        threads = [
            threading.Thread(target=one.wait, args=(0.002 if n % 2 else 10,)) for n, one in enumerate(some)
        ]
        for thread in threads:
            thread.start()
        time.sleep(0.002)
        wake_all(some)
        for thread in threads:
            thread.join(5)
            assert not thread.is_alive()


def test_an_outcome_that_nobody_waits_for_is_left_out_of_the_row() -> None:
    some = pendings(3)
    some[1].waited_for = False
    threads, woken = waiting([some[0], some[2]], 10)
    wake_all(some)
    for thread in threads:
        thread.join(5)
    assert len(woken) == 2


def test_the_next_batch_waits_until_all_of_this_one_have_come_to_it() -> None:
    came = threading.Event()
    # Many, of whom the first is late and the others have given up: the more they are, the longer they are given.
    many = [Pending("council", b"", "", b"") for _ in range(5_000)]
    for one in many[1:]:
        assert not one.wait(0)

    def late() -> None:
        time.sleep(0.02)
        came.set()
        many[0].wait(10)

    thread = threading.Thread(target=late)
    thread.start()
    wake_all(many)
    assert came.is_set()
    thread.join(5)


def test_nobody_waits_long_for_one_who_does_not_come() -> None:
    some = pendings(3)
    begun = time.monotonic()
    wake_all(some)
    assert time.monotonic() - begun < 1


def test_what_cannot_be_drawn_up_is_refused_by_itself() -> None:
    def refused() -> bytes:
        raise EntryRefused("not as the schema says")

    def broken() -> bytes:
        raise TypeError("a value of the draft")

    first, second, third = pendings(3)
    first.draw, second.draw, third.draw = refused, broken, lambda: b"entry"
    batch = [first, second, third]
    assert drawn(batch) == [third]
    assert third.entry == b"entry" and third.error is None
    assert all(isinstance(one.error, EntryRefused) and one.wait(1) for one in (first, second))
    # What a draft holds may be about somebody: it stands in no error.
    assert "a value" not in str(second.error)
