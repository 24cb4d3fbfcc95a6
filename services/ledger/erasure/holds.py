"""Legal holds: while one stands nothing about the person is destroyed. One person sets it, two release it.

Promise: each act is a durable entry of the hub's log before it holds; an entry names the kind and a reference, and nobody;
what may not be done is a value with its reason.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from services.contract.releases import Asking, Denied, Draft, Hold, Receipt
from services.contract.vocabulary import code_list
from services.ledger.begun import HUB
from services.ledger.entry import now
from services.ledger.erasure.duties import HOLD, Duty, DutyBook, fresh_id

SETS = ("PRIVACY-OFFICER", "DPO", "CALDICOTT", "IG-LEAD")
"""Roles of which one person sets a hold, or asks for its release."""
AGREES = ("CALDICOTT", "IG-LEAD", "DPO")
"""Roles of which a second person agrees to what was asked."""


class Holds:
    """The acts. `turn`: one act of hold or erasure at a time, so that neither overtakes the other's check."""

    def __init__(self, book: DutyBook, append: Callable[[Draft], Receipt], turn: threading.RLock) -> None:
        self._book, self._append, self._turn = book, append, turn

    def set(self, asking: Asking, subject: str, kind: str) -> Hold | Denied:
        """Nothing about the person is destroyed from now on. Raises `LedgerUnavailable`: then nothing holds."""
        if asking.role not in SETS or kind not in code_list("hold-kinds"):
            return Denied("ROLE_NOT_PERMITTED" if asking.role not in SETS else "UNKNOWN_KIND")
        with self._turn:
            duty = _made(asking, subject, kind)
            receipt = self._append(_draft("hold.set", asking, {"hold": duty.id, "kind": kind}))
            self._book.add(_with(duty, receipt))
            return _told(duty)

    def ask_release(self, asking: Asking, id: str) -> Hold | Denied:
        """One person asks; the hold stands until a second agrees."""
        with self._turn:
            duty = self._own(asking, id)
            if duty is None or asking.role not in SETS:
                return Denied("NOT_FOUND" if duty is None else "ROLE_NOT_PERMITTED")
            if duty.asked_by:
                return Denied("ALREADY_ASKED")
            receipt = self._append(_draft("hold.release-asked", asking, {"hold": id, "kind": duty.code}))
            return _told(self._book.change(duty, asked_by=asking.user, asked_event=receipt.id))

    def decide_release(self, asking: Asking, id: str, *, agree: bool) -> Hold | Denied:
        """A second person agrees, and the hold is over; or does not, and it stands."""
        with self._turn:
            duty = self._own(asking, id)
            if duty is None or not duty.asked_by:
                return Denied("NOT_FOUND")
            if denied := second(asking, duty.asked_by):
                return denied
            kind = "hold.released" if agree else "hold.kept"
            ref = (HUB, duty.asked_event)
            self._append(_draft(kind, asking, {"hold": id, "kind": duty.code}, ref))
            if agree:
                self._book.remove(id)
                return _told(duty, state="RELEASED")
            return _told(self._book.change(duty, asked_by="", asked_event=""))

    def standing(self, subject: str) -> tuple[Hold, ...]:
        """Every hold on a person, whoever set it."""
        return tuple(_told(one) for one in self._book.lines(HOLD) if one.subject == subject)

    def listed(self, organisation: str) -> tuple[Hold, ...]:
        """The holds that an organisation set and that stand, oldest first. They name nobody."""
        return tuple(_told(one) for one in self._book.lines(HOLD) if one.organisation == organisation)

    def _own(self, asking: Asking, id: str) -> Duty | None:
        duty = self._book.find(id, HOLD)
        return duty if duty and duty.organisation == asking.organisation else None


def second(asking: Asking, first: str) -> Denied | None:
    """Why somebody may not be the second of two; None where they may."""
    if asking.user == first:
        return Denied("SAME_PERSON")
    return None if asking.role in AGREES else Denied("ROLE_NOT_PERMITTED")


def _made(asking: Asking, subject: str, kind: str) -> Duty:
    return Duty(fresh_id(), HOLD, subject, kind, asking.organisation, asking.user, asking.role, now())


def _with(duty: Duty, receipt: Receipt) -> Duty:
    return Duty(**{name: getattr(duty, name) for name in duty.__dataclass_fields__} | {"event": receipt.id})


def _draft(kind: str, asking: Asking, facts: Mapping[str, Any], ref: tuple[str, str] | None = None) -> Draft:
    return Draft(HUB, kind, asking, facts=facts, ref=ref)


def _told(duty: Duty, state: str = "") -> Hold:
    stands = "RELEASE_ASKED" if duty.asked_by else "STANDS"
    return Hold(duty.id, duty.code, duty.organisation, duty.at, duty.role, state or stands)
