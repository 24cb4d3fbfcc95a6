"""One witness: request in, answer out, and what contradicts itself kept as a file.

Promise: what is answered with a cosignature is in the store before the answer leaves; two checkpoints of one log that
contradict each other are never forgotten: they become a file, once, and one line that says so.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from services.contract.problems import LedgerUnavailable
from services.ledger.add_checkpoint import AddCheckpoint, BadRequest
from services.ledger.auditing.audit import by_origin
from services.ledger.auditing.misbehaviour import Contradiction, contradiction
from services.ledger.checkpoint import Checkpoint, claimed, open_checkpoint
from services.ledger.cosignature import CosigningKey
from services.ledger.witness.decide import BAD, OK, UNKNOWN, Answer, Opened, Refused, judge, open_request
from services.ledger.witness.state import State
from services.runtime.note import Verifier, signature_line, signatures, split_note

AWAY = Answer(503)


def _now() -> int:
    return int(time.time())


class Witness:
    """Witnesses the logs whose keys it is given. Every method may be called from any thread."""

    def __init__(
        self,
        keys: Sequence[CosigningKey],
        logs: Sequence[Verifier],
        state: State,
        proofs: Path,
        say: Callable[[str], None] = print,
        clock: Callable[[], int] = _now,
    ) -> None:
        self._keys, self._state, self._proofs, self._say, self._clock = keys, state, proofs, say, clock
        self.logs: Mapping[str, Sequence[Verifier]] = by_origin(logs)
        self._by_digest = {sha256(origin.encode()).hexdigest(): origin for origin in self.logs}

    def add_checkpoint(self, body: bytes) -> Answer:
        """The answer to `POST /add-checkpoint`; 503 where the store does not answer."""
        try:
            asked = AddCheckpoint.parse(body)
        except BadRequest:
            return Answer(BAD)
        opened = open_request(asked, self.logs)
        if isinstance(opened, Refused):
            return opened.answer
        try:
            return self._settle(opened)
        except LedgerUnavailable as problem:
            self._say(f"NOT ANSWERED  {problem.detail}")
            return AWAY

    def latest(self, digest: str) -> Answer:
        """The answer to `GET /<hex sha256(origin)>/checkpoint`: the newest checkpoint that this witness cosigned."""
        try:
            note = self._state.newest(self._by_digest.get(digest, ""))
        except LedgerUnavailable:
            return AWAY
        return Answer(OK, note) if note else Answer(UNKNOWN)

    def compare(self, note: bytes, shown_by: str) -> Contradiction | None:
        """Hold a checkpoint that somebody else was shown against those seen here. Raises `BadNote` where it is of no log
        that is witnessed here, or not signed by it; `LedgerUnavailable`."""
        origin = claimed(note, extended=True).origin
        point = open_checkpoint(note, self.logs.get(origin, ()), extended=True)
        return self._hold(point, self._own(note), shown_by)

    def _settle(self, opened: Opened) -> Answer:
        point, note, by = opened.point, self._own(opened.asked.note), "a log that asked for a cosignature"
        answer, older = Answer(OK), b""

        def decide(newest: bytes | None) -> bytes | None:
            nonlocal answer, older
            refused = judge(opened, claimed(newest, extended=True) if newest else None)
            if refused:
                answer, older = refused.answer, (newest or b"") if refused.contradicts else b""
                return None
            now, text = self._clock(), split_note(note)[0]
            lines = "".join(key.cosign(text, now) for key in self._keys).encode()
            answer = Answer(OK, lines)
            return note + lines

        self._state.settle(point, decide)
        found = self._hold(point, note, by)
        if older and not found:
            self._keep(contradiction(older, note, opened.asked.proof), by)
        return answer

    def _own(self, note: bytes) -> bytes:
        """The note with the log's signatures alone: others' cosignatures are not vouched for here."""
        text, lines = signatures(note)
        ids = {(key.name, key.id) for key in self.logs[text.split("\n", 1)[0]]}
        kept = [signature_line(name, blob) for name, blob in lines if (name, blob[:4]) in ids]
        return f"{text}\n{''.join(kept)}".encode()

    def _hold(self, point: Checkpoint, note: bytes, shown_by: str) -> Contradiction | None:
        """Remember it, and hold it against any other of its size."""
        other = self._state.another(point) if point.size else None
        self._state.remember(point, note)
        if other is None:
            return None
        found = contradiction(other, note, ())
        self._keep(found, shown_by)
        return found

    def _keep(self, found: Contradiction, shown_by: str) -> None:
        """Save it, once, and say so."""
        judged = found.judge([key for keys in self.logs.values() for key in keys])
        path = self._proofs / found.file_name
        if path.exists():
            return
        self._proofs.mkdir(parents=True, exist_ok=True)
        waiting = path.with_name(f".{path.name}")
        waiting.write_bytes(found.emit())
        waiting.replace(path)
        mark = "SPLIT VIEW" if judged.proved else "SUSPECT"
        self._say(f"{mark}  {judged.words}; shown by {shown_by}; saved as {path}")
