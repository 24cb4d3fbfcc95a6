"""One run over one ledger: every log's entries as they are read, then held against checkpoints, keys and each other.

Promise: what could not be held against something from outside is reported as not checked, never as good.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from services.ledger import journal
from services.ledger.auditing.audit import HUB, Audit, Finding, pair
from services.ledger.auditing.blocks import Blocks
from services.ledger.auditing.earlier import Earlier, hold_earlier
from services.ledger.auditing.report import Report
from services.ledger.auditing.seen import Seen
from services.ledger.auditing.verify_quorum import hold_quorum
from services.ledger.checkpoint import claimed
from services.ledger.trust_policy import TrustPolicy
from services.runtime.note import BadNote, Verifier


class Record(NamedTuple):
    """One entry as read: log, index, stored leaf."""

    log: str
    at: int
    leaf: bytes


class Check:
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
        self._sizes = {code: max(claimed_size(note), 0) for code, note in checkpoints.items()}

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

    def grow(self, code: str, hashes: Iterable[bytes]) -> None:
        """The next leaf hashes of a log, whose entries were not read any further."""
        self._audit(code).tree.extend(hashes)

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
        return all(claimed_size(checkpoints.get(code, b"")) >= size for code, size in first.items())

    def covered(self, checkpoints: Mapping[str, bytes]) -> bool:
        """Whether they do, and none reaches beyond what has been read."""
        beyond = any(claimed_size(note) > self.size(code) for code, note in checkpoints.items())
        return self.reached(checkpoints) and not beyond

    def broken(self, broken: journal.Broken, checkpoints: Mapping[str, bytes]) -> None:
        """A frame that is not whole: a tear by a crash where nothing signed is lost, else a finding."""
        lost = any(claimed_size(note) > self.size(code) for code, note in checkpoints.items())
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
        if HUB in self._audits and self._audits[HUB].taken:
            self.report.listed, self.report.stood = self._audits[HUB].listed, self._sizes.get(HUB, 0)
        self.report.bridges += [row for audit in self._audits.values() for row in audit.bridges]
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
        self.report.logs.append(
            {**row, "key": audit.verified_by, "copies": audit.copies, "overlaps": audit.overlaps}
        )
        if audit.overlaps:
            self.report.notes.append(
                f"{audit.overlaps} of the entries of {audit.origin} were left by a gateway that no longer had the log; "
                "the log says so of each, and each counts"
            )
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


def claimed_size(note: bytes) -> int:
    """The size that a checkpoint claims, before anything of it is believed; -1 where it claims none."""
    try:
        return claimed(note).size
    except BadNote:
        return -1
