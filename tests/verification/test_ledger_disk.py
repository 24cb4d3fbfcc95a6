"""A disk that is full or dying, at each call of the journal's file-system seam; and databases that are full."""

import ctypes
import errno
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from services.contract.problems import BadSetting, LedgerUnavailable
from services.ledger.checkpoints import Checkpoints
from services.ledger.journal import Frame, first_line, frame, read_frames, read_hub
from services.ledger.open import Ledger
from services.ledger.store.disk import Disk
from services.ledger.store.file import FileStore
from services.ledger.store.ports import Row
from services.ledger.verify import verify_folder
from tests.verification.ledger_world import Place, intent, refusal, trusted


class FailingDisk(Disk):
    """Fails the `at`-th call named `call` from now on with `code`; a failing write leaves half of its bytes."""

    def __init__(self) -> None:
        self.call, self.code = "", 0

    def fail(self, call: str, code: int) -> None:
        self.call, self.code = call, code

    def write(self, file: int, data: bytes) -> None:
        if self.call == "write":
            super().write(file, data[: len(data) // 2])
            raise OSError(self.code, "made to fail")
        super().write(file, data)

    def sync(self, file: int) -> None:
        if self.call == "sync":
            raise OSError(self.code, "made to fail")
        super().sync(file)

    def overwrite(self, path: Path, data: bytes) -> None:
        if self.call == "overwrite":
            raise OSError(self.code, "made to fail")
        super().overwrite(path, data)


def test_a_log_whose_very_first_entry_failed_is_begun_after_a_restart(tmp_path: Path) -> None:
    place, disk = Place(tmp_path), FailingDisk()
    with place.opened(disk) as ledger:
        ledger.append(intent(ledger))
        disk.fail("write", errno.ENOSPC)
        with pytest.raises(LedgerUnavailable):
            ledger.append(refusal("nhs-trust"))
    with place.opened() as ledger:
        assert ledger.append(refusal("nhs-trust")).index == 0
        assert verify_folder(place.folder, trusted(ledger)).exit_code == 0


def heads_of(ledger: Ledger) -> sqlite3.Connection:
    """The connection by which this ledger moves its heads on."""
    store = ledger._sequencer._checkpoints
    assert isinstance(store, Checkpoints)
    return store._base


@pytest.mark.parametrize("call", ["write", "sync"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_failed_write_or_fsync_refuses_and_stays_refused_until_a_restart(
    tmp_path: Path, call: str, code: int
) -> None:
    place, disk = Place(tmp_path), FailingDisk()
    with place.opened(disk) as ledger:
        kept = [ledger.append(intent(ledger)) for _ in range(3)]
        note = ledger.checkpoint("council")
        disk.fail(call, code)
        with pytest.raises(LedgerUnavailable, match="restarted"):
            ledger.append(intent(ledger))
        # The disk is well again, but a kernel that has failed an fsync may have forgotten what it lost.
        disk.fail("", 0)
        with pytest.raises(LedgerUnavailable, match="restarted"):
            ledger.append(intent(ledger))
        assert not ledger.health().ready
        assert ledger.checkpoint("council") == note
        assert ledger.receipt(kept[0].id) is not None
    with place.opened() as ledger:
        assert ledger.health().ready
        assert all(ledger.receipt(found.id) for found in kept)
        ledger.append(intent(ledger))
        report = verify_folder(place.folder, trusted(ledger))
        assert (report.exit_code, report.notes) == (0, [])


def test_a_full_vault_refuses_and_recovers_by_itself(tmp_path: Path) -> None:
    with Place(tmp_path).opened() as ledger:
        ledger.append(intent(ledger))
        base = ledger._vault.base
        base.execute(f"PRAGMA max_page_count={base.execute('PRAGMA page_count').fetchone()[0]}")
        with pytest.raises(LedgerUnavailable, match="vault"):
            ledger.append(intent(ledger, decision_record=bytes(400_000)))
        stood = ledger.health().sizes["council"]
        assert not ledger.health().ready
        base.execute("PRAGMA max_page_count=100000")
        assert ledger.append(intent(ledger)).index == stood
        assert ledger.health().ready


def test_a_full_checkpoint_store_halts_before_anything_is_signed(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with place.opened() as ledger:
        ledger.append(refusal())
        note = ledger.checkpoint("council")
        heads_of(ledger).execute("PRAGMA query_only=ON")
        with pytest.raises(LedgerUnavailable, match="checkpoints"):
            ledger.append(refusal())
        assert ledger.checkpoint("council") == note
        with pytest.raises(LedgerUnavailable):
            ledger.append(refusal())
    with place.opened() as ledger:
        # The entry was durable when its checkpoint failed: it stands, as an intent without outcome.
        assert ledger.health().sizes == {"hub": 2, "council": 2}


def test_a_checkpoint_that_cannot_be_published_refuses_nothing(tmp_path: Path) -> None:
    place, disk = Place(tmp_path), FailingDisk()
    with place.opened(disk) as ledger:
        ledger.append(refusal())
        disk.fail("overwrite", errno.ENOSPC)
        for _ in range(3):
            ledger.append(refusal())
        disk.fail("", 0)
        assert ledger.health().ready
    with place.opened() as ledger:
        assert verify_folder(place.folder, trusted(ledger)).exit_code == 0


def test_a_second_hub_on_the_folder_is_refused(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with place.opened() as ledger:
        ledger.append(refusal())
        with pytest.raises(BadSetting, match="another process"), place.opened():
            pass
        assert ledger.append(refusal()).index == 1


def test_a_checkpoint_moved_by_somebody_else_halts_before_signing(tmp_path: Path) -> None:
    with Place(tmp_path).opened() as ledger:
        for log in ("council", "nhs-trust"):
            ledger.append(refusal(log))
        notes = {log: ledger.checkpoint(log) for log in ("council", "nhs-trust")}
        base = heads_of(ledger)
        base.execute("UPDATE head SET size=7 WHERE origin LIKE '%/council'")
        with pytest.raises(LedgerUnavailable, match="another sequencer"):
            ledger.append(refusal())
        for log, note in notes.items():
            assert ledger.checkpoint(log) == note
            with pytest.raises(LedgerUnavailable, match="another sequencer"):
                ledger.append(refusal(log))


def test_a_journal_that_lost_signed_entries_halts_and_is_left_as_it_is(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with place.opened() as ledger:
        for _ in range(4):
            ledger.append(refusal())
    journal = place.folder / "journal"
    whole = journal.read_bytes()
    for cut in (len(whole) - 1, len(whole) // 2):
        journal.write_bytes(whole[:cut])
        with place.opened() as ledger:
            assert not ledger.health().ready
            with pytest.raises(LedgerUnavailable, match="signed"):
                ledger.append(refusal())
        assert journal.read_bytes() == whole[:cut]
    journal.write_bytes(whole)
    with place.opened() as ledger:
        assert ledger.append(refusal()).index == 4


def frames_of(place: Place) -> list[Frame]:
    with (place.folder / "journal").open("rb") as file:
        read_hub(file)
        return [found for found in read_frames(file) if isinstance(found, Frame)]


def test_a_journal_cut_between_two_entries_halts(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with place.opened() as ledger:
        for _ in range(3):
            ledger.append(refusal())
    whole = (place.folder / "journal").read_bytes()
    (place.folder / "journal").write_bytes(whole[: frames_of(place)[3].end])
    with place.opened() as ledger:
        assert "2 entries, but 3 were signed" in ledger.health().detail


def test_a_journal_that_is_not_what_was_signed_halts(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with place.opened() as ledger:
        for _ in range(3):
            ledger.append(refusal())
    rows = [(f.log, f.index, f.leaf, f.mark) for f in frames_of(place)]
    log, index, leaf, mark = rows[3]
    rows[3] = (log, index, leaf.replace(b"TREAT", b"CRIME"), mark)
    raw = b"".join(frame(*row) for row in rows)
    (place.folder / "journal").write_bytes(first_line(place.hub) + raw)
    with place.opened() as ledger:
        assert "not what was signed at size 3" in ledger.health().detail
        with pytest.raises(LedgerUnavailable):
            ledger.append(refusal())


def test_a_log_that_was_noted_and_has_no_entry_yet_takes_one_after_a_restart(tmp_path: Path) -> None:
    """A kill can fall between the note in the checkpoint store and the first frame."""
    place = Place(tmp_path)
    with place.opened() as ledger:
        ledger._sequencer._checkpoints.create(f"{place.hub}/council")
    with place.opened() as ledger:
        assert ledger.append(refusal()).index == 0
        assert ledger.health().ready


def test_a_torn_tail_beyond_the_signed_part_is_dropped(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with place.opened() as ledger:
        ledger.append(refusal())
    with (place.folder / "journal").open("ab") as file:
        file.write(b"\0\0\2\0half a frame")
    with place.opened() as ledger:
        assert ledger.append(refusal()).index == 1
        assert verify_folder(place.folder, trusted(ledger)).exit_code == 0


def test_an_entry_put_into_the_journal_by_somebody_else_is_not_signed(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with place.opened() as ledger:
        ledger.append(refusal())
    path = place.folder / "journal"
    (first,) = [found for found in frames_of(place) if found.log == "council"]
    forged = first.leaf.replace(b"release.refused", b"case.opened")
    with path.open("ab") as file:
        file.write(frame("council", 1, forged, first.mark))
    with place.opened() as ledger:
        assert "not written by this ledger" in ledger.health().detail
        with pytest.raises(LedgerUnavailable):
            ledger.append(refusal())


def test_a_lost_checkpoint_store_is_not_made_anew(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with place.opened() as ledger:
        ledger.append(refusal())
    for path in place.folder.glob("checkpoints.db*"):
        path.unlink()
    with place.opened() as ledger:
        assert "checkpoint store" in ledger.health().detail


def test_a_folder_that_cannot_be_written_is_said_by_its_setting(tmp_path: Path) -> None:
    (tmp_path / "ledger").write_text("a file where the folder belongs")
    with pytest.raises(BadSetting, match="MASH_HOME"), Place(tmp_path).opened():
        pass


def test_a_bit_that_flips_in_memory_before_it_is_stored_is_not_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FileStore.append

    def flipping(store: FileStore, rows: Sequence[Row]) -> Sequence[Row]:
        # In place, as a failing memory would: the object is the same, its content is not.
        ctypes.c_char.from_address(id(rows[0].leaf) + bytes.__basicsize__ - 1 + 40).value = b"!"
        return real(store, rows)

    with Place(tmp_path).opened() as ledger:
        ledger.append(refusal())
        note = ledger.checkpoint("council")
        monkeypatch.setattr(FileStore, "append", flipping)
        with pytest.raises(LedgerUnavailable, match="not what was to be stored"):
            ledger.append(refusal())
        assert ledger.checkpoint("council") == note
        assert not ledger.health().ready
