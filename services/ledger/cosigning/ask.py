"""One witness asked for one checkpoint of ours, to its end: a conflict about the size is settled at once.

Promise: a line is taken only where the witness's own key signed exactly our checkpoint; a witness that says that it knows
more than we do is asked for what we signed, and believed only where our own key did.
"""

from collections.abc import Callable
from dataclasses import dataclass

from services.ledger.add_checkpoint import AddCheckpoint, read_size
from services.ledger.auditing.misbehaviour import told
from services.ledger.checkpoint import Checkpoint, open_checkpoint
from services.ledger.checkpoints import Head
from services.ledger.log import Log, Signed
from services.ledger.trust_policy import NamedWitness
from services.ledger.witness.decide import CONFLICT, OK, WRONG, Answer
from services.runtime.note import BadNote, signature_line, signatures, split_note

Send = Callable[[str, bytes], Answer]
"""(submission prefix, request) -> answer; a status of 0 where there is none."""
Fetch = Callable[[str, str], bytes | None]
"""(submission prefix, origin) -> the newest checkpoint that the witness cosigned."""
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of it: the cosignature line ("" where there is none), the size at which the witness now stands (None:
    unknown), and in one word what went wrong."""

    line: str = ""
    size: int | None = None
    fault: str = ""
    doubt: bool = False
    """The witness holds another or a longer log than ours for ours."""


def ask(send: Send, witness: NamedWitness, log: Log, signed: Signed, size: int | None) -> Asked:
    """`size`: where the witness is thought to stand."""
    head = signed.head
    for _ in range(_TRIES):
        old = min(size or 0, head.size)
        proof = tuple(log.tree.consistency(old, head.size))
        answer = send(witness.url, AddCheckpoint(old, proof, signed.note).emit())
        if answer.status == OK:
            return _line(witness, signed, answer.body)
        if answer.status != CONFLICT:
            fault = f"status-{answer.status}" if answer.status else "no-answer"
            return Asked(size=size, fault=fault, doubt=answer.status == WRONG)
        size = read_size(answer.body)
        if size is None:
            return Asked(fault="unreadable-conflict")
        if size > head.size:
            return Asked(size=size, fault="ahead-of-us", doubt=size > log.signed.head.size)
    return Asked(size=size, fault="conflict-without-end")


def _line(witness: NamedWitness, signed: Signed, body: bytes) -> Asked:
    """The line of this very witness among those it sent; others are passed over, as the specification says."""
    size, text = signed.head.size, split_note(signed.note)[0].encode()
    try:
        lines = signatures(signed.note + body)[1]
    except BadNote:
        return Asked(size=size, fault="unreadable-cosignature")
    for name, blob in lines:
        if (name, blob[:4]) == (witness.key.name, witness.key.id) and witness.key.holds(text, blob[4:]):
            return Asked(signature_line(name, blob), size)
    return Asked(size=size, fault="no-cosignature-of-its-key")


def what_we_lost(log: Log, note: bytes) -> tuple[int | None, str]:
    """A checkpoint of ours that a witness shows, held against our log: the size at which the witness stands (None where our
    key did not sign it), and in words what we once signed and do not have ("" where we have all of it)."""
    try:
        shown = open_checkpoint(note, [log.signer.verifier])
    except BadNote:
        return None, ""
    have = log.signed.head
    if shown.size <= have.size and log.tree.root(shown.size) == shown.root:
        return shown.size, ""
    return shown.size, (
        f"log {log.code}: this hub's key signed {told(shown)}, and the log here is {told(_point(log, have))}: it was "
        "restored from an older copy, or another hub uses its key. Restore the newest copy; nothing is signed until then"
    )


def _point(log: Log, head: Head) -> Checkpoint:
    return Checkpoint(log.origin, head.size, head.root)
