"""The embedded store by itself: what it refuses, whoever calls it."""

import errno
from pathlib import Path

import pytest

from services.ledger import journal
from services.ledger.store.disk import Disk
from services.ledger.store.file import FileStore
from services.ledger.store.ports import Row, StoreAway, StoreHalted

MARK = bytes(16)


class Dying(Disk):
    """Fails one fsync, as a disk does that then answers again."""

    failing = False

    def sync(self, file: int) -> None:
        if self.failing:
            self.failing = False
            raise OSError(errno.EIO, "made to fail")
        super().sync(file)


def opened(folder: Path, disk: Disk | None = None, covered: dict[str, int] | None = None) -> FileStore:
    store = FileStore(folder, "hub-x", disk or Disk())
    list(store.recover(covered or {}))
    return store


def test_rows_are_read_back_by_log_and_index(tmp_path: Path) -> None:
    store = opened(tmp_path)
    for log in ("a-log", "b-log"):
        store.create(log)
    store.append([Row("a-log", 0, b"one", MARK), Row("b-log", 0, b"two", MARK), Row("a-log", 1, b"", MARK)])
    store.append([Row("a-log", 2, b"three", MARK)])
    expected = {("a-log", 0): b"one", ("b-log", 0): b"two", ("a-log", 1): b"", ("a-log", 2): b"three"}
    assert {key: store.read(*key) for key in expected} == expected
    for log, index in (("a-log", 3), ("a-log", -1), ("c-log", 0)):
        with pytest.raises(KeyError):
            store.read(log, index)
    store.close()
    again = FileStore(tmp_path, "hub-x", Disk())
    assert {(row.log, row.at): row.leaf for row in again.recover({})} == expected
    assert {key: again.read(*key) for key in expected} == expected
    again.close()


def test_after_one_failed_fsync_a_later_success_is_not_believed(tmp_path: Path) -> None:
    disk = Dying()
    store = opened(tmp_path, disk)
    store.create("a-log")
    disk.failing = True
    for _ in range(2):
        with pytest.raises(StoreHalted, match="restarted"):
            store.append([Row("a-log", 0, b"one", MARK)])
    store.close()


def test_the_journal_of_another_hub_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / journal.NAME
    path.write_bytes(journal.first_line("hub-y") + b"whatever")
    with pytest.raises(StoreHalted, match="another hub"):
        opened(tmp_path)
    assert path.read_bytes() == journal.first_line("hub-y") + b"whatever"


def test_a_first_line_that_was_cut_short_is_written_again(tmp_path: Path) -> None:
    (tmp_path / journal.NAME).write_bytes(journal.first_line("hub-x")[:5])
    opened(tmp_path).close()
    assert (tmp_path / journal.NAME).read_bytes() == journal.first_line("hub-x")


def test_an_index_out_of_turn_halts(tmp_path: Path) -> None:
    raw = journal.frame("a-log", 0, b"one", MARK) + journal.frame("a-log", 2, b"three", MARK)
    (tmp_path / journal.NAME).write_bytes(journal.first_line("hub-x") + raw)
    with pytest.raises(StoreHalted, match="entry 2 where 1 belongs"):
        opened(tmp_path)


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreAway, match="journal"):
        opened(tmp_path / "gone")
