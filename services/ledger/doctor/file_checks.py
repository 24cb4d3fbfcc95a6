"""The ledger's own folder, looked at: who may read it, whether syncing reaches a medium, room, clock, and the journal's end.

Promise: nothing is written but one small file that is taken away again, and the hub may run meanwhile.
"""

import os
import shutil
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from services.ledger import journal
from services.ledger.doctor.findings import Finding, State, bad, ok
from services.ledger.doctor.owner import only_ours
from services.ledger.store.disk import Disk

IN_MEMORY = ("tmpfs", "ramfs")
_SYNCS = 9
_TOO_QUICK = 10e-6
"""Seconds. No medium takes a block so fast: whoever answers so has only taken note."""
_ROOM_BAD, _ROOM_WARN = 256_000_000, 5_000_000_000
_CLOCK_WARN, _CLOCK_BAD = 2.0, 60.0
_MOUNTS = Path("/proc/self/mountinfo")


def file_findings(folder: Path) -> Iterator[Finding]:
    """Of the ledger's folder, whatever keeps the entries."""
    names = ("journal", "vault.db", "checkpoints.db", "lock")
    yield only_ours("store-files", folder, [path for name in names if (path := folder / name).exists()])
    yield sync_finding(folder)
    yield clock_finding("file-clock", _stamp(folder) - time.time(), "the file system", folder.name)
    free = shutil.disk_usage(folder).free
    said = f"{free / 1e9:.1f} GB free"
    remedy = "make room: a full disk stops every release"
    state: State = "bad" if free < _ROOM_BAD else "warn" if free < _ROOM_WARN else "ok"
    yield Finding("free-disk", state, said, "" if state == "ok" else remedy, folder.name)


def sync_finding(folder: Path, disk: Disk | None = None) -> Finding:
    """Whether a sync of a small file works and takes as long as a medium must."""
    kind = file_system_of(folder)
    remedy = "put MASH_HOME on a disk whose file system syncs"
    if kind in IN_MEMORY:
        return bad(
            "store-sync", f"the folder is on {kind}, in memory: a restart loses it", remedy, folder.name
        )
    try:
        took = _time_of_sync(folder, disk or Disk())
    except OSError as error:
        return bad("store-sync", f"a sync failed ({error.strerror})", "mend the disk", folder.name)
    said = f"a sync takes {took * 1e6:.0f} us on {kind or 'this file system'}"
    if took < _TOO_QUICK:
        return bad("store-sync", f"{said}: too quick to be true", remedy, folder.name)
    return ok("store-sync", said, folder.name)


def _time_of_sync(folder: Path, disk: Disk) -> float:
    path = folder / f".doctor-{os.getpid()}"
    file = disk.open(path)
    times = []
    try:
        for _ in range(_SYNCS):
            disk.write(file, b"doctor" * 100)
            begun = time.perf_counter()
            disk.sync(file)
            times.append(time.perf_counter() - begun)
    finally:
        disk.close(file)
        path.unlink()
    return statistics.median(times)


def _stamp(folder: Path) -> float:
    """The time that the file system gives to a file that is written now."""
    path = folder / f".doctor-{os.getpid()}"
    path.touch(mode=0o600)
    try:
        return path.stat().st_mtime
    finally:
        path.unlink()


def clock_finding(check: str, ahead: float, whose: str, place: str) -> Finding:
    """`ahead`: seconds by which the other clock is before the hub's."""
    said = f"{whose} is {abs(ahead):.1f} s {'ahead of' if ahead > 0 else 'behind'} the hub"
    state: State = "bad" if abs(ahead) > _CLOCK_BAD else "warn" if abs(ahead) > _CLOCK_WARN else "ok"
    remedy = (
        "" if state == "ok" else "set both clocks by a time server; entries keep their order all the same"
    )
    return Finding(check, state, said, remedy, place)


def file_system_of(folder: Path, mounts: Path = _MOUNTS) -> str:
    """The kind of file system that the folder is on; "" where the system does not tell (not Linux)."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    found, length = "", -1
    for line in lines:
        before, _, after = line.partition(" - ")
        point = before.split()[4]
        if len(point) > length and folder.resolve().is_relative_to(point):
            found, length = after.split()[0], len(point)
    return found


def journal_findings(folder: Path, sizes: Mapping[str, int]) -> Iterator[Finding]:
    """Each log's signed size, read before, against what the journal holds."""
    held: Counter[str] = Counter()
    path = folder / journal.NAME
    if path.is_file():
        with path.open("rb") as file:
            journal.read_hub(file)
            held.update(frame.log for frame in journal.read_frames(file) if isinstance(frame, journal.Frame))
    for code, size in sorted(sizes.items()):
        if held[code] < size:
            said = f"{held[code]} entries, but {size} were signed"
            yield bad(
                "store-size", said, "run mash ledger verify, and restore the journal from its backup", code
            )
        else:
            later = held[code] - size
            unsigned = f", {later} not signed yet: the running hub or its next start does" if later else ""
            yield ok("store-size", f"{size} entries as signed{unsigned}", code)
