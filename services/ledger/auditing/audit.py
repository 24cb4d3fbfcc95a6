"""What an auditor holds against one log: form, order, root, signature, and how its entries refer to one
another.

Promise: every hash is computed again from the entries themselves; nothing that stands beside a log (an index,
a cached hash, a key) is taken on trust. Needs no store, no web and no secret.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from services.contract.canonical import NotJson, canonical, parse, unb64u
from services.ledger.auditing.blocks import Blocks
from services.ledger.auditing.seen import Named, Seen
from services.ledger.checkpoint import Checkpoint, open_checkpoint
from services.ledger.entry import LONGEST, fault_of
from services.ledger.tree import Tree, leaf_hash
from services.runtime.note import BadNote, Verifier, split_note

CLOCKS_APART = timedelta(minutes=10)
"""By how much the hub's clock may be ahead of the auditor's."""
HUB, BEGUN = "hub", "log.begun"
"""The log that lists every log, and the kind of the entries that do (begun.py writes them)."""
OVERLAP = "log.overlap"
"""The kind of the entries that say that two gateways wrote at once (overlap.py writes them)."""
_MOST = 1000
"""So many overlaps of one log may wait to be explained by it."""
EMERGENCY = "emergency-"
"""What the code of an emergency log begins with: it stands on a disk of its own, and `emergency/bridges.py` says whether it is
there."""
REPEATS = ("release.repeat", "release.repeat-refused")
ANSWERS = ("release.intent", "release.refused", "search.potential", "search.many", "search.none")
"""What may be given again under an idempotency key."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: its kind, the entry where it shows (-1: none can be named), and words."""

    log: str
    kind: str
    index: int
    detail: str


@dataclass
class Audit:
    """One log as it is read. `take` each entry in order, then `finish` once."""

    code: str
    origin: str
    tree: Tree | Blocks = field(default_factory=Blocks)
    findings: list[Finding] = field(default_factory=list)
    bridges: list[Mapping[str, Any]] = field(default_factory=list)
    """What this log commits to of an emergency log: `{at, log, size, root, key}`."""
    listed: dict[str, int] = field(default_factory=dict)
    """Of the hub's own log: the logs that it lists, and the entry that does; read like all entries, by `take`."""
    taken: bool = False
    copies: int = 0
    """Entries that stand twice byte for byte, as a broker may deliver late: harmless, and counted."""
    overlaps: int = 0
    """Entries of which the log itself says that another gateway wrote meanwhile: each counts, and so are they counted."""
    doubled: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Entries with a chain value or key that stood already, of which the log has not said so yet: kind and words of the
    finding that each comes to."""
    signed: int = -1
    verified_by: str = ""
    latest: str = field(default_factory=lambda: _time(datetime.now(UTC) + CLOCKS_APART))

    def find(self, kind: str, index: int, detail: str) -> None:
        """Note a finding; the first of a kind in a log names the place, later ones only add to a pile."""
        if sum(found.kind == kind for found in self.findings) < 10:
            self.findings.append(Finding(self.code, kind, index, detail))

    def take(self, index: int, leaf: bytes, met: Seen) -> None:
        """The next entry. A fault is noted and reading goes on: the root still tells."""
        self.taken = True
        at = self.tree.size
        if index != at:
            self.find("order", at, f"entry {index} stands where {at} belongs")
        hashed = leaf_hash(leaf)
        self.tree.append(hashed)
        stored = self._form(at, leaf)
        if stored is None:
            return
        entry = stored["entry"]
        before = met.event(entry["event_id"], Named(self.code, at, entry["kind"], hashed))
        if before and (before.log, before.leaf_hash) == (self.code, hashed):
            self.copies += 1
            return
        if before:
            self.find("event-id", at, f"its event id is that of entry {before.at} of log {before.log}")
        self._chain(at, stored, met, again=before is not None)
        once = entry.get("facts", {}).get("once")
        if isinstance(once, str) and met.twice(self.code, "once", [once]):
            self._double(at, "once", "a second answer under one idempotency key", again=before is not None)
        if entry["kind"] == BEGUN and self.code == HUB:
            self.listed.setdefault(entry["facts"]["log"], at)
        if entry["kind"] == OVERLAP:
            self._explain(at, entry["facts"]["index"])
        if entry["kind"] == "emergency.bridged":
            self.bridges.append({"at": at, **entry["facts"]})
        if "ref" in entry:
            met.refer(self.code, at, entry["kind"], entry["ref"]["log"], entry["ref"]["event_id"])

    def _form(self, at: int, leaf: bytes) -> Mapping[str, Any] | None:
        """The stored leaf, or None and a finding."""
        try:
            stored = parse(leaf)
            one_form = canonical(stored) == leaf
        except (NotJson, TypeError):
            self.find("form", at, "not JSON")
            return None
        if not one_form:
            self.find("form", at, "not in canonical form (RFC 8785)")
        elif len(leaf) > LONGEST:
            self.find("form", at, f"longer than {LONGEST} bytes")
        elif not isinstance(stored, dict) or set(stored) != {"chain", "entry"}:
            self.find("form", at, "not a stored leaf {chain, entry}")
        elif fault := fault_of(stored["entry"]):
            self.find("schema", at, fault)
        elif stored["entry"]["origin"] != self.origin:
            self.find("origin", at, f"an entry of {stored['entry']['origin']} in the log {self.origin}")
        else:
            if stored["entry"]["time"] > self.latest:
                self.find(
                    "time", at, f"dated {stored['entry']['time']}, which is still to come by this clock"
                )
            return stored
        return None

    def _chain(self, at: int, stored: Mapping[str, Any], met: Seen, *, again: bool) -> None:
        chain = stored["chain"]
        count = len(stored["entry"].get("subjects", ()))
        if not isinstance(chain, list) or len(chain) != count or not all(map(_is_short, chain)):
            self.find("chain", at, f"{count} subjects, and not as many chain values of 16 bytes")
        elif met.twice(self.code, "chain", chain):
            words = "a chain value stands twice: entries were doubled, or the log forked"
            self._double(at, "chain", words, again=again)

    def _double(self, at: int, kind: str, detail: str, *, again: bool) -> None:
        """A finding, unless the log comes to say that two gateways wrote at once. `again`: of an event that stood already it
        says nothing."""
        if again or len(self.doubled) >= _MOST:
            self.find(kind, at, detail)
        else:
            self.doubled.setdefault(at, (kind, detail))

    def _explain(self, at: int, index: int) -> None:
        if index in self.doubled:
            del self.doubled[index]
            self.overlaps += 1
        else:
            self.find("overlap", at, f"it says that entry {index} overlaps an earlier one, and it does not")

    def finish(self, note: bytes | None, keys: Sequence[Verifier]) -> None:
        """Hold the tree against the signed checkpoint. Without a key everything but the signature is held."""
        self._hold(note, keys)
        for at, (kind, detail) in self.doubled.items():
            # One that is not signed yet is explained before it is.
            if self.signed < 0 or at < self.signed:
                self.find(kind, at, detail)

    def _hold(self, note: bytes | None, keys: Sequence[Verifier]) -> None:
        if note is None:
            self.find("checkpoint", -1, "no checkpoint: what the log was signed to be cannot be known")
            return
        try:
            found = open_checkpoint(note, keys) if keys else Checkpoint.parse(split_note(note)[0])
        except BadNote as error:
            self.find("signature", -1, f"the checkpoint does not hold: {error}")
            return
        if found.origin != self.origin:
            self.find("origin", -1, f"the checkpoint is that of {found.origin}")
            return
        if found.size > self.tree.size:
            self.find("short", self.tree.size, f"{found.size} entries were signed, {self.tree.size} are here")
            return
        if not self.tree.knows(found.size):
            self.find(
                "rolled-back", found.size, "its checkpoint went back to a smaller size while it was read"
            )
            return
        if self.tree.root(found.size) != found.root:
            first = min((*(f.index for f in self.findings if f.index >= 0), *self.doubled), default=-1)
            self.find("root", first, f"the first {found.size} entries are not those that were signed")
            return
        self.signed = found.size
        self.verified_by = ", ".join(key.vkey for key in keys if key.name == found.origin)


def _time(moment: datetime) -> str:
    """As entries have it, so that texts compare as moments do."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _is_short(value: object) -> bool:
    try:
        return isinstance(value, str) and len(value) == 22 and len(unb64u(value)) == 16
    except ValueError:
        return False


def pair(audits: Mapping[str, Audit], met: Seen) -> None:
    """Hold every reference against what it names: it exists, stands earlier, and is of the right kind; an
    intent has at most one outcome. A log that is not at hand is passed over (its absence is reported by the
    caller)."""
    for ref in met.refs():
        audit, at, named = audits[ref.log], ref.at, ref.named
        if ref.to_log not in audits:
            continue
        outcome = ref.kind == "release.outcome"
        if named is None or named.log != ref.to_log:
            audit.find("ref", at, f"it follows an entry that is not in log {ref.to_log}")
        elif named.log == ref.log and named.at >= at:
            audit.find("ref", at, f"it follows entry {named.at}, which comes after it")
        elif outcome and named.kind != "release.intent":
            audit.find("ref", at, f"an outcome of entry {named.at}, which is no intent but {named.kind}")
        elif ref.kind in REPEATS and named.kind not in ANSWERS:
            audit.find("ref", at, f"a repeat of entry {named.at}, which is no answer but {named.kind}")
        elif outcome and met.twice(ref.to_log, "outcome", [ref.to_event]):
            audit.find("ref", at, f"a second outcome of entry {named.at}")


def by_origin(keys: Iterable[Verifier]) -> dict[str, list[Verifier]]:
    """The keys of each log; a log whose key was changed has several."""
    found: dict[str, list[Verifier]] = {}
    for key in keys:
        found.setdefault(key.name, []).append(key)
    return found
