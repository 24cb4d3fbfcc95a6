"""Proofs made from a ledger's own leaves: that an entry stands in a signed log, and that a log has only grown.

Promise: a proof is handed out only if it holds under the checkpoint it comes with; nothing is proved of what was not signed.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from services.contract.canonical import b64u, canonical, parse
from services.ledger.checkpoint import Checkpoint
from services.ledger.proof import Proof
from services.ledger.tree import Tree, leaf_hash, verify_consistency, verify_inclusion
from services.runtime.note import BadNote, encode64, split_note

Leaf = tuple[str, int, bytes]
"""(log, index, stored leaf)."""


class CannotProve(Exception):
    """There is nothing signed that it could be proved from. Says what is lacking."""


@dataclass(frozen=True)
class Grown:
    """That the first `old` entries of a log are the beginning of its first `new`: RFC 6962 section 2.1.2."""

    log: str
    old: int
    new: int
    old_root: bytes
    new_root: bytes
    path: tuple[bytes, ...]
    checkpoint: bytes = b""
    """The signed note over `new`; empty where that size was never signed."""

    def request(self) -> bytes:
        """As the body of a request to a witness (C2SP tlog-witness, add-checkpoint), which any witness checks."""
        lines = [f"old {self.old}", *map(encode64, self.path)]
        return "\n".join(lines).encode() + b"\n\n" + self.checkpoint

    def as_json(self) -> bytes:
        """Canonical JSON; hashes in base64url."""
        roots = {"old_root": b64u(self.old_root), "new_root": b64u(self.new_root)}
        told = {"log": self.log, "old": self.old, "new": self.new, "hashes": [b64u(one) for one in self.path]}
        return canonical(told | roots)


@dataclass
class Growing:
    """One log of `leaves`, hashed once: as many proofs as are wanted come of it."""

    log: str
    note: bytes
    head: Checkpoint
    tree: Tree
    kept: dict[int, bytes]

    def inclusion(self, index: int) -> Proof:
        """The `.tlog-proof` of the entry at `index`, which was among those kept. Raises `CannotProve`."""
        if index not in self.kept or index >= self.head.size:
            raise CannotProve(
                f"log {self.log} has no entry {index} that its checkpoint covers ({self.head.size})"
            )
        path = tuple(self.tree.inclusion(index, self.head.size))
        leaf = self.kept[index]
        if not verify_inclusion(leaf_hash(leaf), index, self.head.size, path, self.head.root):
            raise CannotProve(f"log {self.log} is not what was signed: run mash ledger verify")
        return Proof(leaf, index, path, self.note)

    def consistency(self, old: int, new: int) -> Grown:
        """Raises `CannotProve`."""
        if not 0 < old <= new <= self.tree.size:
            raise CannotProve(
                f"log {self.log} has {self.tree.size} entries: name sizes of 1 to that, the older first"
            )
        path = tuple(self.tree.consistency(old, new))
        roots = self.tree.root(old), self.tree.root(new)
        signed = new == self.head.size
        if not verify_consistency(old, new, *roots, path) or (signed and roots[1] != self.head.root):
            raise CannotProve(f"log {self.log} is not what was signed: run mash ledger verify")
        return Grown(self.log, old, new, *roots, path, self.note if signed else b"")


def grown(
    leaves: Iterable[Leaf], log: str, note: bytes, *, events: Iterable[str] = (), at: int = -1
) -> Growing:
    """Read one log up to its checkpoint; entries with these event ids, and the one at `at`, are kept. Raises `CannotProve`."""
    try:
        head = Checkpoint.parse(split_note(note)[0])
    except BadNote as error:
        raise CannotProve(f"log {log} has no checkpoint that could be read ({error})") from None
    found = Growing(log, note, head, Tree(), {})
    wanted = frozenset(events)
    for code, index, leaf in leaves:
        if code != log or found.tree.size == head.size:
            continue
        found.tree.append(leaf_hash(leaf))
        if index == at or (wanted and any(one.encode() in leaf for one in wanted) and _event(leaf) in wanted):
            found.kept[index] = leaf
    if found.tree.size < head.size:
        raise CannotProve(f"log {log}: {head.size} entries were signed, {found.tree.size} are here")
    return found


def _event(leaf: bytes) -> str:
    return str(parse(leaf)["entry"]["event_id"])
