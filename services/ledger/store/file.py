"""The embedded store: all logs in one journal, made durable by one fsync a batch.

Promise: what `append` returned for is on the medium. After one failed write or fsync the journal takes
nothing more until a restart: a kernel may report a failed fsync once and then forget the pages that it lost,
so a later success would prove nothing. That includes a full disk at write, where cutting back to the last
whole frame could also be done; one rule is safer.
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from services.ledger import journal
from services.ledger.store.disk import Disk
from services.ledger.store.ports import Row, StoreAway, StoreHalted


class FileStore:
    """The journal in `folder`."""

    def __init__(self, folder: Path, hub: str, disk: Disk) -> None:
        self._folder, self._hub, self._disk = folder, hub, disk
        self._places: dict[str, array[int]] = {}
        self._file = -1
        self._end = 0
        self._broken = ""

    def recover(self, covered: Mapping[str, int]) -> Iterator[Row]:
        """See `Store`. Cuts a torn tail only where every signed entry has been read before it."""
        path = self._folder / journal.NAME
        try:
            self._open(path)
            # A log may be noted and have no entry yet: a crash can fall between the two.
            for log in covered:
                self.create(log)
            broken: journal.Broken | None = None
            with path.open("rb") as file:
                file.seek(len(journal.first_line(self._hub)))
                self._end = file.tell()
                for found in journal.read_frames(file):
                    if isinstance(found, journal.Broken):
                        broken = found
                        break
                    yield self._take(found)
            if broken:
                self._cut(broken, covered)
        except OSError as error:
            raise StoreAway(f"the journal cannot be read or mended ({error.strerror})") from None

    def create(self, log: str) -> None:
        """See `Store`: a log begins with its first frame."""
        self._places.setdefault(log, array("Q"))

    def append(self, rows: Sequence[Row]) -> Sequence[Row]:
        """See `Store`. One write, one fsync."""
        if self._broken:
            raise StoreHalted(self._broken)
        frames = [journal.frame(row.log, row.at, row.leaf, row.mark) for row in rows]
        try:
            self._disk.write(self._file, b"".join(frames))
            self._disk.sync(self._file)
        except OSError as error:
            self._broken = (
                f"the journal could not be written ({error.strerror}); it takes nothing more until the "
                "hub is restarted: make room or mend the disk first"
            )
            raise StoreHalted(self._broken) from None
        for row, raw in zip(rows, frames, strict=True):
            self._places[row.log].extend((self._end + journal.lead(row.log), len(row.leaf)))
            self._end += len(raw)
        return rows

    def read(self, log: str, index: int) -> bytes:
        """See `Store`."""
        places = self._places[log]
        if not 0 <= index < len(places) // 2:
            raise KeyError(index)
        try:
            return self._disk.read(self._file, places[2 * index + 1], places[2 * index])
        except OSError as error:
            raise StoreAway(f"the journal cannot be read ({error.strerror})") from None

    def waiting(self) -> str:
        """See `Store`: a disk answers or fails."""
        return ""

    def close(self) -> None:
        """See `Store`."""
        if self._file >= 0:
            self._disk.close(self._file)
            self._file = -1

    def _open(self, path: Path) -> None:
        if self._file >= 0:
            self._disk.close(self._file)
        self._file = self._disk.open(path)
        self._places.clear()
        begin = journal.first_line(self._hub)
        found = self._disk.read(self._file, len(begin), 0)
        if found == begin:
            return
        if not begin.startswith(found):
            raise StoreHalted(
                "this folder's journal belongs to another hub, or is no journal; choose another MASH_HOME"
            )
        # New, or the very first write of all was cut short: nothing can have been acknowledged yet.
        self._disk.truncate(self._file, 0)
        self._disk.write(self._file, begin)
        self._disk.sync(self._file)
        self._disk.sync_folder(self._folder)

    def _take(self, found: journal.Frame) -> Row:
        places = self._places.setdefault(found.log, array("Q"))
        if found.index != len(places) // 2:
            raise StoreHalted(
                f"journal: log {found.log} has entry {found.index} where {len(places) // 2} belongs; "
                "run mash ledger verify, and restore the journal from its backup"
            )
        places.extend((found.offset, len(found.leaf)))
        self._end = found.end
        return Row(found.log, found.index, found.leaf, found.mark)

    def _cut(self, broken: journal.Broken, covered: Mapping[str, int]) -> None:
        """Drop what was torn by a crash. Within the signed part it is no crash, and nothing is touched."""
        for log, size in covered.items():
            have = len(self._places.get(log, ())) // 2
            if have < size:
                raise StoreHalted(
                    f"journal: {broken.what} at byte {broken.at}, and log {log} then has {have} of its "
                    f"{size} signed entries; run mash ledger verify, and restore the journal from its backup"
                )
        self._disk.truncate(self._file, broken.at)
        self._disk.sync(self._file)
