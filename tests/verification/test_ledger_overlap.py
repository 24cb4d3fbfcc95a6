"""A gateway that sleeps through the end of its lease, and whose entry lands when another has gone on: it stands and counts,
the log says that it overlaps, and a verifier knows it from a forked log. On a real broker: a journal has one writer."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from services.contract.canonical import parse
from services.contract.problems import KeyTaken, LedgerUnavailable
from services.contract.releases import Draft, Once
from services.ledger.auditing.audit import OVERLAP
from services.ledger.auditing.check import Record
from services.ledger.auditing.report import Report
from services.ledger.auditing.subject_rows import rows_about
from services.ledger.entry import event_bytes
from services.ledger.lease import lease
from services.ledger.open import Ledger, open_ledger
from services.ledger.verify import read_checkpoints, verify_records
from tests.verification.ledger_world import Place, intent, trusted

PERSON = ("person-0",)
ONCE = Once("ab" * 16, "cd" * 16, 1_000)
"""Whoever waited in vain for the sleeper asks the other one, under the same key."""


@pytest.fixture
def place(tmp_path: Path, kafka_broker: Any, monkeypatch: pytest.MonkeyPatch) -> Place:
    # The sleeper's heart is stopped below; the other's beats on, and is believed for long enough.
    monkeypatch.setattr(lease, "PATIENCE", 1.0)
    return Place(tmp_path, f"kafka://{kafka_broker.address}", f"hub-{uuid.uuid4().hex[:12]}", wait=20)


def gateway(place: Place, number: int) -> Ledger:
    settings = Place(
        place.home, place.store, place.hub, place.wait, {"ledger_address": f"http://gateway-{number}"}
    )
    return open_ledger(settings.settings(), place.keys)


class Sleeper:
    """A gateway that is stopped between its last look at the lease and its write, with one entry in hand."""

    def __init__(self, ledger: Ledger) -> None:
        self.woken, self.asleep, self.written = threading.Event(), threading.Event(), threading.Event()
        store: Any = ledger._sequencer.store
        tenancy: Any = ledger._tenancy
        write = store.append

        def append(rows: Any) -> Any:
            self.asleep.set()
            self.woken.wait(60)
            try:
                return write(rows)
            finally:
                self.written.set()

        store.append, tenancy.keep = append, lambda: True
        draft = asked(ledger, once=ONCE)
        self.event = draft.event_id
        self.asking = threading.Thread(target=self._ask, args=(ledger, draft))
        self.asking.start()
        assert self.asleep.wait(20)

    def _ask(self, ledger: Ledger, draft: Any) -> None:
        with suppress(LedgerUnavailable):
            ledger.append(draft)

    def wake(self) -> None:
        """It goes on where it was; returns when its entry is in the log."""
        self.woken.set()
        assert self.written.wait(20)
        self.asking.join(20)


@pytest.fixture
def sleeper(place: Place) -> Iterator[Sleeper]:
    with closing(gateway(place, 1)) as ledger:
        ledger.append(intent(ledger, people=PERSON))
        found = Sleeper(ledger)
        yield found
        found.woken.set()


def opened(ledger: Ledger) -> None:
    """Once it has come to hold the lease."""
    until = monotonic() + 20
    while not ledger._sequencer.open:
        assert monotonic() < until, "the lease was not taken"
        sleep(0.05)


def asked(ledger: Ledger, once: Once | None = None) -> Draft:
    """A release about the person, entered as the gateway does it: the key stands among its facts, too."""
    facts = {"match": "MATCH", "complete": True} | ({"once": once.key} if once else {})
    return intent(ledger, people=PERSON, once=once, facts=facts)


def goes_on(ledger: Ledger, once: Once | None = None) -> str:
    """An entry about the person, however often the gateway has to begin again."""
    until = monotonic() + 20
    while monotonic() < until:
        try:
            return ledger.append(asked(ledger, once)).id
        except KeyTaken:
            # The first time of trying stands after all.
            once = None
        except LedgerUnavailable:
            pass
        sleep(0.05)
    raise AssertionError("the gateway that has the lease takes nothing")


def held(place: Place, ledger: Ledger) -> tuple[Report, list[dict[str, Any]]]:
    """As an auditor finds it: what verifying comes to, and the entries of the council's log."""
    sizes = {code: log.tree.size for code, log in ledger._sequencer.logs.by_code.items()}
    rows = list(ledger._store.recover(sizes))
    records = [Record(row.log, row.at, row.leaf) for row in rows]
    report = verify_records(records, place.hub, lambda: read_checkpoints(place.folder), trusted(ledger))
    secret = ledger._vault.fetch("person-0").secret
    found = rows_about(secret, place.hub, [(row.log, row.at, row.leaf) for row in rows])
    assert [fault for fault in found.faults if fault.kind != "unlisted"] == []
    about = {str(row.entry["event_id"]) for row in found.rows}
    leaves = [parse(row.leaf) for row in rows if row.log == "council"]
    assert about == {leaf["entry"]["event_id"] for leaf in leaves if leaf["chain"]}, (
        "an entry about them is left out"
    )
    return report, [leaf["entry"] for leaf in leaves]


@pytest.mark.parametrize("first", ["the sleeper", "the other"])
def test_an_entry_that_lands_late_stands_and_the_log_says_so(
    place: Place, sleeper: Sleeper, first: str
) -> None:
    with closing(gateway(place, 2)) as other:
        opened(other)
        if first == "the other":
            goes_on(other, ONCE)
        sleeper.wake()
        after = goes_on(other, ONCE if first == "the sleeper" else None)
    # Whoever begins next finds it as it was left, and says nothing twice.
    with closing(gateway(place, 3)) as third:
        opened(third)
        assert event_bytes(after) in third._sequencer.logs.places
        assert event_bytes(sleeper.event or "") in third._sequencer.logs.places
        report, entries = held(place, third)
    assert (report.findings, report.gaps) == ([], [])
    said = [entry["facts"]["index"] for entry in entries if entry["kind"] == OVERLAP]
    chained = next(row["overlaps"] for row in report.logs if row["log"] == "council")
    assert len(said) == chained >= 1
    assert any("no longer had the log" in note for note in report.notes)


def test_a_key_that_was_taken_for_free_is_the_late_entrys_again(place: Place, sleeper: Sleeper) -> None:
    with closing(gateway(place, 2)) as other:
        opened(other)
        assert other.answered_once(ONCE.key) is None, "nobody knew yet that it stands"
        sleeper.wake()
        goes_on(other)
        found = other.answered_once(ONCE.key)
        assert found is not None
        assert (found.receipt.id, found.answer) == (sleeper.event, None)
        with pytest.raises(KeyTaken):
            other.append(asked(other, ONCE))
