"""Verifying a ledger offline: a folder, or records handed in, held against public keys that come from
elsewhere.

Promise: an auditor needs files and public keys only. A changed, missing, added, moved or foreign entry is
found and the first one named where it can be; what could not be checked makes the result incomplete, never
good.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from time import monotonic, sleep
from typing import BinaryIO, NamedTuple

from services.ledger import journal
from services.ledger.audit import Audit, Finding, by_origin, pair
from services.ledger.blocks import Blocks
from services.ledger.checkpoint import claimed
from services.ledger.earlier import Earlier, hold_earlier
from services.ledger.report import Report
from services.ledger.seen import Seen
from services.ledger.trust_policy import TrustPolicy
from services.ledger.verify_quorum import hold_quorum
from services.runtime.note import BadKey, BadNote, Verifier

_PATIENCE = 2.0
"""Seconds given to a hub that is running to publish the checkpoint over what was just read."""


class Record(NamedTuple):
    """One entry as read: log, index, stored leaf."""

    log: str
    at: int
    leaf: bytes


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
    check = _Check(by_origin(keys), only, earlier, policy)
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
    check = _Check(by_origin(keys), only, earlier, policy)
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
    grown = {code for code in before if _size(after.get(code, b"")) > check.size(code) >= _size(before[code])}
    for code in grown:
        check.grew(code, _size(before[code]))
    return check.finish({**after, **{code: before[code] for code in grown}})


def _read(check: "_Check", file: BinaryIO, folder: Path, step: Callable[[int], None]) -> Mapping[str, bytes]:
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


class _Check:
    """One run over one ledger."""

    def __init__(
        self,
        keys: Mapping[str, Sequence[Verifier]],
        only: bool,
        earlier: Sequence[Earlier],
        policy: TrustPolicy | None,
    ) -> None:
        self.report, self._policy = Report(), policy
        self._keys, self._only, self._hub, self._earlier = keys, only, "", earlier
        self._audits: dict[str, Audit] = {}
        self._seen = Seen()
        self._sizes: dict[str, int] = {}
        self._first: dict[str, int] | None = None

    def before(self, checkpoints: Mapping[str, bytes]) -> None:
        """What was signed when reading began: the roots that will be asked for."""
        self._sizes = {code: max(_size(note), 0) for code, note in checkpoints.items()}

    def find(self, kind: str, detail: str) -> None:
        """A finding about the ledger as a whole."""
        self.report.findings.append(Finding("", kind, -1, detail))

    def is_of(self, hub: str) -> None:
        """The hub that the ledger says it belongs to: never assumed, always held against the keys."""
        self._hub = hub
        if self._keys and all(origin.partition("/")[0] != hub for origin in self._keys):
            self.find("hub", f"this is the ledger of {hub}, and every key given is of another hub")

    def take(self, record: Record) -> None:
        """The next entry of any log."""
        self._audit(record.log).take(record.at, record.leaf, self._seen)

    def begun(self) -> None:
        """All that stood at first has been read."""
        if self._first is None:
            self._first = {code: audit.tree.size for code, audit in self._audits.items()}

    def size(self, code: str) -> int:
        """How many entries of a log have been read."""
        return self._audits[code].tree.size if code in self._audits else 0

    def grew(self, code: str, size: int) -> None:
        """Only the first `size` entries of a log stood when reading began."""
        self._first = {**(self._first or {}), code: size}

    def reached(self, checkpoints: Mapping[str, bytes]) -> bool:
        """Whether the checkpoints reach over all that stood at first."""
        first = self._first or {}
        return all(_size(checkpoints.get(code, b"")) >= size for code, size in first.items())

    def covered(self, checkpoints: Mapping[str, bytes]) -> bool:
        """Whether they do, and none reaches beyond what has been read."""
        beyond = any(_size(note) > self.size(code) for code, note in checkpoints.items())
        return self.reached(checkpoints) and not beyond

    def broken(self, broken: journal.Broken, checkpoints: Mapping[str, bytes]) -> None:
        """A frame that is not whole: a tear by a crash where nothing signed is lost, else a finding."""
        lost = any(_size(note) > self.size(code) for code, note in checkpoints.items())
        if not lost and broken.torn:
            self.report.notes.append(
                "a torn frame at the end, after every signed entry: the next start drops it"
            )
            return
        known = broken.log in self._audits and broken.index == self._audits[broken.log].tree.size
        log, index = (broken.log, broken.index) if known else ("", -1)
        detail = f"{broken.what}, at byte {broken.at} of the journal; nothing after it can be read"
        self.report.findings.append(Finding(log, "frame", index, detail))

    def finish(self, checkpoints: Mapping[str, bytes]) -> Report:
        """Hold every log against its checkpoint and key, then the references, then say what could not be
        held."""
        for code in checkpoints:
            self._audit(code)
        for code, audit in sorted(self._audits.items()):
            keys = self._keys.get(audit.origin, ())
            if self._only and not keys:
                self.report.notes.append(f"log {code} was not asked about")
                continue
            audit.finish(checkpoints.get(code), keys)
            self.report.contradictions += hold_earlier(audit, checkpoints.get(code), self._earlier, keys)
            self.report.notes += hold_quorum(audit.origin, checkpoints.get(code), self._policy, audit.find)
            self._gaps(audit, bool(keys))
        pair(self._audits, self._seen)
        for origin in self._keys:
            if origin not in {audit.origin for audit in self._audits.values()}:
                self.report.gaps.append(f"a key was given for {origin}, and that log is not here")
        here = {audit.origin for audit in self._audits.values()}
        for one in self._earlier:
            if one.head.origin not in here:
                self.report.gaps.append(f"{one.place} is of {one.head.origin}, and that log is not here")
        for _, audit in sorted(self._audits.items()):
            if not self._only or self._keys.get(audit.origin):
                self.report.findings += audit.findings
        return self.close()

    def close(self) -> Report:
        """Forget what was remembered of the entries; what was found so far."""
        self._seen.close()
        return self.report

    def _gaps(self, audit: Audit, has_key: bool) -> None:
        size, first = audit.tree.size, (self._first or {}).get(audit.code, 0)
        row = {"log": audit.code, "origin": audit.origin, "entries": size, "signed": audit.signed}
        self.report.logs.append({**row, "key": audit.verified_by, "copies": audit.copies})
        if not has_key:
            self.report.gaps.append(f"no key was given for {audit.origin}")
        if 0 <= audit.signed < first:
            self.report.gaps.append(
                f"{first - audit.signed} entries of {audit.origin} after its last signed one are not covered; "
                "start the hub, which signs them"
            )
        elif audit.signed < size and audit.signed >= 0:
            self.report.notes.append(
                f"{size - audit.signed} entries of {audit.origin} were added while it was read"
            )

    def _audit(self, code: str) -> Audit:
        found = self._audits.get(code)
        if found is None:
            origin, signed = f"{self._hub}/{code}", self._sizes.get(code, 0)
            old = [one.head.size for one in self._earlier if one.head.origin == origin]
            # A running hub signs while we read: from what was signed at first on, any root may be asked for.
            found = self._audits[code] = Audit(code, origin, Blocks([*old, signed], signed))
        return found


def _size(note: bytes) -> int:
    """The size that a checkpoint claims, before anything of it is believed; -1 where it claims none."""
    try:
        return claimed(note).size
    except BadNote:
        return -1
