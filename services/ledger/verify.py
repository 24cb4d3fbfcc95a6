"""Verifying a ledger offline: a folder, or records handed in, held against public keys that come from
elsewhere.

Promise: an auditor needs files and public keys only. A changed, missing, added, moved or foreign entry is
found and the first one named where it can be; what could not be checked makes the result incomplete, never
good.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from time import monotonic, sleep
from typing import BinaryIO

from services.ledger import journal
from services.ledger.auditing.audit import by_origin
from services.ledger.auditing.check import Check, Record, claimed_size
from services.ledger.auditing.earlier import Earlier
from services.ledger.auditing.report import Report
from services.ledger.trust_policy import TrustPolicy
from services.runtime.note import BadKey, Verifier

_PATIENCE = 2.0
"""Seconds given to a hub that is running to publish the checkpoint over what was just read."""


class NoLedger(Exception):
    """There is nothing here that could be a ledger. Says what to name instead."""


def read_trust(text: str) -> list[Verifier]:
    """Keys of a trust file: a vkey a line, `#` begins a comment. Raises `BadKey`, naming the line."""
    keys = []
    for number, line in enumerate(text.splitlines(), 1):
        if bare := line.partition("#")[0].strip():
            try:
                keys.append(Verifier.parse(bare))
            except BadKey as error:
                raise BadKey(f"line {number}: {error}") from None
    return keys


def keys_beside(folder: Path) -> list[Verifier]:
    """The keys that stand in the ledger's own folder: they prove nothing against whoever holds it."""
    paths = sorted((folder / "keys").glob("*.vkey"))
    return [Verifier.parse(path.read_text(encoding="utf-8")) for path in paths]


def ledger_folder(path: Path) -> Path:
    """The folder that holds the journal: `path`, or `ledger` in it. Raises `NoLedger`."""
    for folder in (path, path / "ledger"):
        if (folder / journal.NAME).is_file() or (folder / "checkpoints").is_dir():
            return folder
    raise NoLedger("no ledger in this folder; name MASH_HOME, or the folder ledger in it")


def read_checkpoints(folder: Path) -> dict[str, bytes]:
    """The signed checkpoints in `<folder>/checkpoints`, by code of the log; files that are being made left
    out."""
    if not (folder / "checkpoints").is_dir():
        return {}
    paths = sorted((folder / "checkpoints").iterdir())
    return {
        path.name: path.read_bytes() for path in paths if path.is_file() and not path.name.startswith(".")
    }


def verify_folder(
    folder: Path,
    keys: Sequence[Verifier],
    *,
    only: bool = False,
    step: Callable[[int], None] = lambda _: None,
    earlier: Sequence[Earlier] = (),
    policy: TrustPolicy | None = None,
) -> Report:
    """Verify the journal in `folder`. `only`: `keys` name the one log asked about. `step` hears of bytes
    read. `earlier`: checkpoints from before, which it must have grown from. `policy`: whose quorum it needs."""
    check = Check(by_origin(keys), only, earlier, policy)
    path = folder / journal.NAME
    if not path.is_file():
        check.find("journal", "the journal is missing")
        return check.finish(read_checkpoints(folder))
    with path.open("rb") as file:
        hub = journal.read_hub(file)
        if hub is None:
            check.find("journal", "the file named journal is none of a ledger")
            return check.close()
        check.is_of(hub)
        check.before(read_checkpoints(folder))
        return check.finish(_read(check, file, folder, step))


def verify_records(
    records: Iterable[Record],
    hub: str,
    checkpoints: Callable[[], Mapping[str, bytes]],
    keys: Sequence[Verifier],
    *,
    only: bool = False,
    earlier: Sequence[Earlier] = (),
    policy: TrustPolicy | None = None,
) -> Report:
    """Verify records read elsewhere (a Kafka topic for each log) against signed checkpoints by code of the
    log.

    The checkpoints are fetched before the records and again after. A running hub may have gone on meanwhile:
    a log that has grown beyond what was read is held against its earlier checkpoint.
    """
    check = Check(by_origin(keys), only, earlier, policy)
    check.is_of(hub)
    before = checkpoints()
    check.before(before)
    for record in records:
        check.take(record)
    check.begun()
    until, after = monotonic() + _PATIENCE, checkpoints()
    while not check.reached(after) and monotonic() < until:
        sleep(0.1)
        after = checkpoints()
    grown = {
        code
        for code in before
        if claimed_size(after.get(code, b"")) > check.size(code) >= claimed_size(before[code])
    }
    for code in grown:
        check.grew(code, claimed_size(before[code]))
    return check.finish({**after, **{code: before[code] for code in grown}})


def _read(check: Check, file: BinaryIO, folder: Path, step: Callable[[int], None]) -> Mapping[str, bytes]:
    """The whole journal, then the checkpoints over it. A running hub writes meanwhile, and signs a moment
    later: what stood at first must be covered in the end; what is added while we read need not be."""
    until = monotonic() + _PATIENCE
    while True:
        broken = None
        for found in journal.read_frames(file):
            if isinstance(found, journal.Broken):
                broken = found
                break
            check.take(Record(found.log, found.index, found.leaf))
            step(found.end)
        check.begun()
        checkpoints = read_checkpoints(folder)
        if check.covered(checkpoints) or monotonic() > until:
            break
        file.seek(broken.at if broken else file.tell())
        sleep(0.1)
    if broken:
        check.broken(broken, checkpoints)
    return checkpoints
