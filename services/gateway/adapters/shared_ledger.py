"""The ledger of a gateway that shares it with others: here while this one has the sequencer, else at the one that has.

Promise: to the main line it is the ledger, wherever the sequencer is; a holder that cannot be reached, or that does not
answer in time, is a ledger that takes nothing. Never is a call passed on twice.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

import httpx2
from pydantic import TypeAdapter

from services.contract.canonical import b64u
from services.contract.problems import KeyTaken, LedgerUnavailable
from services.contract.releases import (
    AnsweredOnce,
    Draft,
    LedgerHealth,
    Prepared,
    Receipt,
    SubjectCount,
    SubjectRows,
)
from services.gateway.adapters.sealed_call import PATH, Call, SealedCalls
from services.gateway.ports import Erasing, Holds, Ledger, OwnCopies
from services.runtime.keys import CannotOpen, KeyFolder
from services.runtime.settings import Settings

_MARGIN = 2.0
"""Seconds beyond the holder's own wait after which it counts as gone."""


class Holding(Ledger, Protocol):
    """A ledger that knows where the sequencer is."""

    def elsewhere(self) -> str:
        """The address of the gateway that has it; empty: here, or nobody knows."""
        ...

    def decision(self, id: str) -> bytes | None: ...
    def keys(self) -> Mapping[str, str]: ...
    def close(self) -> None: ...


class SharedLedger:
    """`here` is this process's own ledger. Any thread may call."""

    def __init__(self, here: Holding, keys: KeyFolder, settings: Settings) -> None:
        self.here = here
        self._calls = SealedCalls(keys)
        self._http = httpx2.Client(timeout=settings.ledger_wait + _MARGIN, trust_env=False)

    @property
    def holds(self) -> Holds:
        """See `Ledger`: acts of the gateway that has the sequencer; elsewhere they are refused like any entry."""
        return self.here.holds

    @property
    def erasing(self) -> Erasing:
        """See `Ledger`; as `holds`."""
        return self.here.erasing

    @property
    def copies(self) -> OwnCopies:
        """See `Ledger`; as `holds`."""
        return self.here.copies

    def about(self, subject: str) -> SubjectRows:
        """See `Ledger`: read beside the sequencer, by whoever wants it."""
        return self.here.about(subject)

    def case_hash(self, case: str) -> str:
        """See `Ledger`."""
        return self.here.case_hash(case)

    def prepare(self, subjects: Sequence[SubjectCount]) -> Prepared:
        """See `Ledger`."""
        at = self.here.elsewhere()
        if not at:
            return self.here.prepare(subjects)
        return _PREPARED.validate_python(self._at(at, "prepare", subjects=list(subjects)))

    def append(self, draft: Draft) -> Receipt:
        """See `Ledger`."""
        at = self.here.elsewhere()
        if not at:
            return self.here.append(draft)
        return _RECEIPT.validate_python(self._at(at, "append", draft=_named(draft)))

    def append_later(self, draft: Draft) -> None:
        """See `Ledger`."""
        at = self.here.elsewhere()
        if at:
            self._at(at, "append_later", draft=_named(draft))
        else:
            self.here.append_later(draft)

    def checkpoint(self, log: str) -> bytes | None:
        """See `Ledger`."""
        at = self.here.elsewhere()
        return _bytes(self._at(at, "checkpoint", log=log)) if at else self.here.checkpoint(log)

    def tile(self, log: str, path: str) -> bytes | None:
        """See `Ledger`."""
        at = self.here.elsewhere()
        return _bytes(self._at(at, "tile", log=log, path=path)) if at else self.here.tile(log, path)

    def records(self, log: str, path: str) -> Sequence[tuple[str, bytes | None]] | None:
        """See `Ledger`."""
        at = self.here.elsewhere()
        if not at:
            return self.here.records(log, path)
        told = self._at(at, "records", log=log, path=path)
        return None if told is None else [(str(id), record) for id, record in told]

    def receipt(self, id: str) -> bytes | None:
        """See `Ledger`."""
        at = self.here.elsewhere()
        return _bytes(self._at(at, "receipt", id=id)) if at else self.here.receipt(id)

    def opening(self, id: str) -> bytes | None:
        """See `Ledger`."""
        at = self.here.elsewhere()
        return _bytes(self._at(at, "opening", id=id)) if at else self.here.opening(id)

    def decision(self, id: str) -> bytes | None:
        """The decision record sealed with the entry, or None."""
        at = self.here.elsewhere()
        return _bytes(self._at(at, "decision", id=id)) if at else self.here.decision(id)

    def recorded(self, month: str) -> Iterator[tuple[Mapping[str, Any], bytes | None]]:
        """See `Ledger`: read beside the sequencer, by whoever wants it."""
        yield from self.here.recorded(month)

    def answered_once(self, key: str) -> AnsweredOnce | None:
        """See `Ledger`."""
        at = self.here.elsewhere()
        if not at:
            return self.here.answered_once(key)
        return _ANSWERED.validate_python(self._at(at, "answered_once", key=key))

    def forget_answers(self, before: int) -> int:
        """See `Ledger`: the holder's to do."""
        return 0 if self.here.elsewhere() else self.here.forget_answers(before)

    def keys(self) -> Mapping[str, str]:
        """The public key line of every log, by its code."""
        at = self.here.elsewhere()
        return {str(log): str(key) for log, key in self._at(at, "keys").items()} if at else self.here.keys()

    def health(self) -> LedgerHealth:
        """Whether entries can be taken now, here or by way of the holder."""
        at = self.here.elsewhere()
        if not at:
            return self.here.health()
        try:
            told = self._at(at, "health")
        except LedgerUnavailable as error:
            return LedgerHealth(False, error.detail)
        return _HEALTH.validate_python(told)

    def close(self) -> None:
        """Close this process's part."""
        self._http.close()
        self.here.close()

    def answer(self, body: bytes) -> bytes:
        """What another gateway asked, done here and nowhere else, and sealed to it. Raises `NotFound` for a stranger."""
        call = self._calls.read(body)
        try:
            return self._calls.answer(call, {"is": self._do(call)})
        except KeyTaken as error:
            return self._calls.answer(call, {"taken": error.detail})
        except LedgerUnavailable as error:
            return self._calls.answer(call, {"unavailable": error.detail})

    def _do(self, call: Call) -> Any:
        given = dict(call.given)
        if call.method == "prepare":
            return self.here.prepare([SubjectCount(**one) for one in given["subjects"]])
        if call.method in ("append", "append_later"):
            return getattr(self.here, call.method)(DRAFT.validate_python(given["draft"]))
        if call.method not in _READS:
            raise LedgerUnavailable("a gateway of another version asked; bring all to one")
        return getattr(self.here, call.method)(**given)

    def _at(self, address: str, method: str, **given: Any) -> Any:
        nonce, body = self._calls.ask(method, given)
        try:
            answer = self._http.post(f"{address}{PATH}", content=body)
            answer.raise_for_status()
            told = self._calls.heard(nonce, answer.content)
        except (httpx2.HTTPError, CannotOpen) as error:
            raise LedgerUnavailable(
                f"the gateway that has the sequencer, at {address}, does not answer ({type(error).__name__})"
            ) from None
        if "taken" in told:
            raise KeyTaken(str(told["taken"]))
        if "unavailable" in told:
            raise LedgerUnavailable(str(told["unavailable"]))
        return told["is"]


# By their own shapes, so that a member that a message gains crosses without a line here.
DRAFT = TypeAdapter(Draft)
_PREPARED, _RECEIPT, _HEALTH = TypeAdapter(Prepared), TypeAdapter(Receipt), TypeAdapter(LedgerHealth)
_ANSWERED: TypeAdapter[AnsweredOnce | None] = TypeAdapter(AnsweredOnce | None)
_READS = frozenset(
    {
        *("checkpoint", "tile", "records", "receipt", "opening", "decision"),
        *("answered_once", "keys", "health"),
    }
)


def _named(draft: Draft) -> Draft:
    """With an event id drawn here: asked twice, it is one entry."""
    return draft if draft.event_id else replace(draft, event_id=b64u(secrets.token_bytes(16)))


def _bytes(told: Any) -> bytes | None:
    return told if isinstance(told, bytes) else None


__all__ = ["SharedLedger"]
