"""What a witness answers to one request (C2SP tlog-witness), given what it knows: no clock, no store, no web.

Promise: a checkpoint is accepted only if the log's own key signed it and it adds to the newest one that this witness
has accepted; in every other case the answer is the status that the specification gives, and nothing is cosigned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.ledger.add_checkpoint import SIZE_TYPE, AddCheckpoint, size_body
from services.ledger.checkpoint import Checkpoint, claimed, open_checkpoint
from services.ledger.tree import EMPTY_ROOT, verify_consistency
from services.runtime.note import BadNote, Verifier, signatures

OK, BAD, FORBIDDEN, UNKNOWN, CONFLICT, WRONG = 200, 400, 403, 404, 409, 422


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: status, body, content type."""

    status: int
    body: bytes = b""
    type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Refused:
    """No cosignature. `contradicts`: the checkpoint is signed by the log and does not fit the one accepted before."""

    answer: Answer
    contradicts: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A request whose checkpoint is signed by a log that this witness knows."""

    asked: AddCheckpoint
    point: Checkpoint


def open_request(asked: AddCheckpoint, logs: Mapping[str, Sequence[Verifier]]) -> Opened | Refused:
    """Everything that needs no memory: form, origin, signature, order of sizes. `logs`: keys by origin."""
    try:
        signatures(asked.note)
        origin = claimed(asked.note, extended=True).origin
    except BadNote:
        return Refused(Answer(BAD))
    if origin not in logs:
        return Refused(Answer(UNKNOWN))
    try:
        point = open_checkpoint(asked.note, logs[origin], extended=True)
    except BadNote:
        return Refused(Answer(FORBIDDEN))
    if asked.old > point.size:
        return Refused(Answer(BAD))
    if point.size == 0 and point.root != EMPTY_ROOT:
        return Refused(Answer(WRONG))
    return Opened(asked, point)


def judge(opened: Opened, seen: Checkpoint | None) -> Refused | None:
    """None: it may be cosigned. `seen`: the newest checkpoint of this log that was; to be called where nobody else can
    move it on before the answer is kept."""
    asked, point = opened.asked, opened.point
    size = seen.size if seen else 0
    if asked.old != size:
        return Refused(Answer(CONFLICT, size_body(size), SIZE_TYPE))
    if size == 0:
        # From nothing there is nothing to prove; the first checkpoint is taken on its signature alone.
        return Refused(Answer(WRONG)) if asked.proof else None
    root = seen.root if seen else EMPTY_ROOT
    if verify_consistency(size, point.size, root, point.root, asked.proof):
        return None
    # A proof that is none of the log's own may be anybody's junk; of equal size, two roots speak for themselves.
    return Refused(Answer(WRONG), contradicts=point.size > size or point.root != root)
