"""Erasure of one person, under every id that they ever had: asked for by one, agreed to by another, where nothing stands against.

Promise: a request is a durable entry before it stands, a refusal is an entry and a value, and the destruction is an entry
before it begins; both checks are made again at the moment of agreeing; no entry says whom it was about.
"""

import hmac
import secrets
import threading
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.contract.problems import LedgerUnavailable
from services.contract.releases import Asking, Denied, Draft, Erasure, Receipt, Shredded, SubjectRows
from services.contract.reviews import KnownAs
from services.contract.vocabulary import code_list
from services.ledger.append import Sequencer
from services.ledger.begun import HUB
from services.ledger.entry import now
from services.ledger.erasure.duties import ERASURE, Duty, DutyBook, fresh_id
from services.ledger.erasure.holds import Holds, second
from services.ledger.erasure.retention import kept_until
from services.ledger.erasure.shred import Found, Owed, destroy, find, owe
from services.ledger.pending import Pending
from services.ledger.receipts import entry_at
from services.ledger.store.ports import StoreHalted
from services.ledger.vault import Vault

ASKS = ("PRIVACY-OFFICER", "DPO")
"""Roles that ask for erasure; whoever agrees has one of `holds.AGREES`, and is somebody else."""
KIND = "subject.shredded"
Make = Callable[[Draft], Pending]
"""A draft made into an entry that is ready to be placed."""


class Erasing:
    """The acts. `turn` is shared with the holds; `rows`: every entry about a person; `make` and `append` are the ledger's."""

    def __init__(
        self,
        vault: Vault,
        book: DutyBook,
        holds: Holds,
        sequencer: Sequencer,
        turn: threading.RLock,
        *,
        rows: Callable[[str], SubjectRows],
        append: Callable[[Draft], Receipt],
        make: Make,
        pseudonym: Callable[[str, str], str],
        event_of: Callable[[str], bytes],
        years: Mapping[str, int],
        backup_days: int,
        wait: float,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        self._vault, self._book, self._holds, self._sequencer, self._turn = (
            vault, book, holds, sequencer, turn
        )  # fmt: skip
        self._rows, self._append, self._make, self._pseudonym = rows, append, make, pseudonym
        self._event_of, self._years, self._backup_days = event_of, years, backup_days
        self._wait, self.today = wait, today

    def ask(self, asking: Asking, whom: KnownAs, reason: str) -> Erasure | Denied:
        """The first of two people. What may not be erased is refused at once. Raises `LedgerUnavailable`."""
        if asking.role not in ASKS:
            return Denied("ROLE_NOT_PERMITTED")
        if reason not in code_list("erasure-reasons"):
            return Denied("UNKNOWN_KIND")
        with self._turn:
            ids = {one.id for one in whom.ids}
            standing = any(one.subject in ids for one in self._book.lines(ERASURE))
            denied = Denied("ALREADY_ASKED") if standing else self._why_not(ids, whom.beside)
            if denied:
                return self._refused(asking, denied)
            receipt = self._append(Draft(HUB, "erasure.asked", asking, facts={"reason": reason}))
            duty = Duty(
                fresh_id(), ERASURE, whom.id, reason, asking.organisation, asking.user, asking.role, now(),
                event=receipt.id, also=tuple(sorted(ids - {whom.id})), beside=tuple(sorted(whom.beside)),
            )  # fmt: skip
            self._book.add(duty)
            return _told(duty)

    def decide(
        self, asking: Asking, id: str, *, agree: bool, whom: KnownAs | None = None
    ) -> Shredded | Erasure | Denied:
        """The second of two people. What was destroyed; the request where it was turned down or is over; or why not. `whom`:
        as they are known now, where that may be otherwise than when it was asked.

        Raises `LedgerUnavailable`; told again of a request that was carried out, says what was destroyed.
        """
        with self._turn:
            duty = self._book.find(id, ERASURE)
            if duty is None or duty.organisation != asking.organisation:
                return self._done(id) or Denied("NOT_FOUND")
            if denied := second(asking, duty.by):
                return denied
            if not agree:
                self._refused(asking, Denied("NOT_AGREED"), duty)
                self._book.remove(id)
                return _told(duty)
            ids = {duty.subject, *duty.also}
            if whom is not None and {one.id for one in whom.ids} != ids:
                return self._refused(asking, Denied("PERSON_CHANGED"), duty)
            if denied := self._why_not(ids, whom.beside if whom else duty.beside):
                return self._refused(asking, denied, duty)
            return self._shred(asking, duty)

    def listed(self, organisation: str) -> tuple[Erasure, ...]:
        """Requests of an organisation that wait for a second person, oldest first. They name nobody."""
        return tuple(_told(one) for one in self._book.lines(ERASURE) if one.organisation == organisation)

    def _why_not(self, ids: Collection[str], beside: Collection[str]) -> Denied | None:
        # What was told of two people together goes with either: so it waits for what stands in the way of either.
        if any(self._holds.standing(one) for one in (*ids, *beside)):
            return Denied("LEGAL_HOLD")
        rows = [row for one in sorted(ids) for row in self._rows(one).rows]
        if not rows and not find(self._vault, [self._vault.id_of(one) for one in ids]).parts:
            return Denied("NOTHING_HELD")
        first = kept_until((row.entry for row in rows), self._years)
        return Denied("RETENTION_FLOOR", first.isoformat()) if self.today() < first else None

    def _refused(self, asking: Asking, denied: Denied, duty: Duty | None = None) -> Denied:
        allowed = {"allowed_from": denied.allowed_from} if denied.allowed_from else {}
        ref = (HUB, duty.event) if duty else None
        facts = {"code": denied.code} | allowed
        self._append(Draft(HUB, "erasure.refused", asking, facts=facts, ref=ref))
        return denied

    def _shred(self, asking: Asking, duty: Duty) -> Shredded:
        """Announced and done on the sequencer's own thread, so that nothing is sealed between counting and destroying."""
        ids = tuple(map(self._vault.id_of, (duty.subject, *duty.also)))
        owed = Owed(self._event_of(duty.id), ids, duty.id)
        found = find(self._vault, owed.ids)
        gone_by = (self.today() + timedelta(days=self._backup_days)).isoformat()
        made = self._make(Draft(HUB, KIND, asking, facts={"count": 0}))
        told = {"found": found}

        def ready() -> bytes:
            told["found"] = find(self._vault, owed.ids, found)
            owe(self._vault, owed)
            return self._make(self._draft(asking, duty, owed, told["found"], gone_by)).entry

        def after() -> None:
            try:
                destroy(self._vault, owed, told["found"])
            except LedgerUnavailable as error:
                raise StoreHalted(
                    f"what was announced could not be destroyed ({error.detail}); restart the hub, which finishes it"
                ) from None
            for log in self._sequencer.logs.by_code.values():
                for one in owed.ids:
                    log.forget(one)

        pending = Pending(HUB, owed.event, made.time, made.entry, ready=ready, after=after)
        self._sequencer.submit(pending)
        if not pending.wait(max(self._wait, 60.0)):
            raise LedgerUnavailable("the destruction is still under way; look again in a minute")
        if pending.error is not None:
            raise LedgerUnavailable(pending.error.detail)
        return self._done(duty.id) or Shredded("", told["found"].parts, gone_by)

    def _draft(self, asking: Asking, duty: Duty, owed: Owed, found: Found, gone_by: str) -> Draft:
        # Under a value that is kept nowhere: it tells one destruction from another, and nobody whose it was.
        handle = hmac.digest(secrets.token_bytes(32), duty.subject.encode(), "sha256")[:16].hex()
        facts: dict[str, Any] = {
            "handle": handle,
            "count": found.parts,
            "reason": duty.code,
            "asked_by": self._pseudonym("user", duty.by),
            "agreed_by": self._pseudonym("user", asking.user),
            "backups_gone_by": gone_by,
        }
        return Draft(HUB, KIND, asking, event_id=owed.event_id, facts=facts, ref=(HUB, duty.event))

    def _done(self, id: str) -> Shredded | None:
        """What the entry of a request that was carried out says, or None."""
        entry = self._entry(self._event_of(id))
        if entry is None:
            return None
        facts = entry["facts"]
        return Shredded(str(entry["event_id"]), int(facts["count"]), str(facts["backups_gone_by"]))

    def _entry(self, event: bytes) -> Mapping[str, Any] | None:
        return entry_at(self._sequencer.logs, self._sequencer.store, event)


def _told(duty: Duty) -> Erasure:
    return Erasure(duty.id, duty.code, duty.organisation, duty.at, duty.role)
