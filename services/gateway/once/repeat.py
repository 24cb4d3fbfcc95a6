"""A question under an idempotency key: answered once, and the same answer again for ten minutes, to whoever may still have it.

Promise: the bytes of a repeat are those of the first answer, and leave only after their own entry (`release.repeat`); they
leave only where the asker would be given the same answer now. Everything else is a refusal: 409 with the old receipt, 422,
or 403 where the question itself would be refused now.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from services.contract.cases import Asker
from services.contract.problems import BadInput, Conflict, KeyTaken
from services.contract.releases import AnsweredOnce, Asking, Draft, Once, Receipt
from services.contract.views import FamilyView, Refused, ViewRequest
from services.gateway.ask import ask, rehearsed
from services.gateway.once import keeping
from services.gateway.once.rehearsal import Rehearsed, Repeatable
from services.gateway.parts import Parts
from services.gateway.record import receipt_entry, refusal

WINDOW = 600
"""Seconds for which an answer is given again, and kept."""
EVERY = 15.0
"""Seconds between two looks for answers whose time is over."""
_AT_WORK: set[str] = set()
_LOCK = threading.Lock()


class AnsweredBefore(Conflict):
    """The key has its answer, which is not given again; `receipt` is that answer's."""

    kind = "answered-before"
    title = "This was answered before"
    next_step = "Ask again under a new key. The answer of before has its receipt."

    def __init__(self, detail: str, receipt: Receipt) -> None:
        super().__init__(f"{detail}: receipt {receipt.id}")
        self.receipt = receipt


class BeingAnswered(Conflict):
    """The same key is at work: nothing was asked again."""

    kind = "being-answered"
    title = "This is being answered"
    next_step = "Wait a second, and send the same request under the same key again."


class OtherRequest(BadInput):
    """The key was used for something else."""

    kind = "key-of-another-request"
    title = "This key belongs to another request"
    next_step = "Send another request under a key of its own. Nothing was released."


def ask_once(parts: Parts, asker: Asker, body: ViewRequest, once: Once) -> tuple[FamilyView | Refused, bool]:
    """The answer, and whether it was given before. Raises `AnsweredBefore`, `BeingAnswered`, `OtherRequest`, `Unavailable`."""
    with _alone(once.key):
        found = parts.ledger.answered_once(once.key)
        if found is not None:
            return _again(parts, asker, body, once, found), True
        # Rehearsed first: what changes between here and the answer makes a repeat refused, never given too freely.
        standing = rehearsed(parts, asker, body).standing
        try:
            return ask(parts, asker, body, Repeatable(once, standing)), False
        except KeyTaken as taken:
            # Another gateway was quicker under this key: its answer stands, this one was never entered.
            raise BeingAnswered("another request under this key was entered meanwhile") from taken


def forget_answers(parts: Parts) -> int:
    """Delete the kept answers whose time is over; how many they were. For a timer. Raises `Unavailable`."""
    return parts.ledger.forget_answers(int(parts.now().timestamp()) - WINDOW)


def _again(
    parts: Parts, asker: Asker, body: ViewRequest, once: Once, found: AnsweredOnce
) -> FamilyView | Refused:
    # Of an entry that came late nobody knows for which request: the key is this client's own, the answer is not given again.
    known = bool(found.once.request)
    if known and found.once.request != once.request:
        raise OtherRequest("the key was used before, by another person or for another question, case or form")
    # A clock that was set back is no reason to give more.
    if not known or found.answer is None or not 0 <= once.at - found.once.at < WINDOW:
        _enter(parts, asker, found, "TIME_OVER")
        raise AnsweredBefore("the answer is no longer kept", found.receipt)
    kept, now = keeping.read(found.answer), rehearsed(parts, asker, body)
    if now.standing != kept.standing:
        return _not_again(parts, asker, found, kept, now)
    _enter(parts, asker, found)
    if kept.view is None:
        return refusal(kept.code, found.receipt)
    return kept.view.model_copy(update={"receipt": receipt_entry(found.receipt)})


def _not_again(
    parts: Parts, asker: Asker, found: AnsweredOnce, kept: keeping.Kept, now: Rehearsed
) -> Refused:
    """What the first answer rested on no longer holds."""
    if now.refused and kept.view is not None:
        return refusal(now.refused, _enter(parts, asker, found, now.refused))
    _enter(parts, asker, found, "CHANGED")
    raise AnsweredBefore("what the answer rested on has changed since", found.receipt)


def _enter(parts: Parts, asker: Asker, found: AnsweredOnce, code: str = "") -> Receipt:
    """The entry of a repeat, or of its refusal; durable on return. Raises `LedgerUnavailable`."""
    draft = Draft(
        log=asker.organisation,
        kind="release.repeat",
        asking=Asking(asker.organisation, asker.role, asker.user, asker.client_key),
        ref=(found.receipt.log, found.receipt.id),
    )
    if code:
        draft = replace(draft, kind="release.repeat-refused", facts={"code": code})
    return parts.ledger.append(draft)


@contextmanager
def _alone(key: str) -> Iterator[None]:
    """One request under a key at a time in this process. Across gateways the sequencer decides (ledger/append.py)."""
    with _LOCK:
        if key in _AT_WORK:
            raise BeingAnswered("another request under this key is at work")
        _AT_WORK.add(key)
    try:
        yield
    finally:
        with _LOCK:
            _AT_WORK.discard(key)
