"""The emergency log: what goes on in it while the main store takes nothing, what does not, and how it is joined on."""

import errno
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.contract.problems import LedgerUnavailable
from services.contract.releases import Draft
from services.ledger.cosigning.ports import NoQuorum
from services.ledger.emergency.going_on import BRIDGED, EmergencyLedger, may_go_on
from services.ledger.open import open_ledger
from services.ledger.proof import Proof
from services.ledger.reading import Reading
from services.ledger.store.disk import Disk
from services.ledger.verify import verify_folder
from services.runtime.note import Verifier
from tests.verification.ledger_world import Place, intent

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


class Sick(Disk):
    """A disk that fails every write, or every fsync, while it is told to."""

    code, call = 0, ""

    def write(self, file: int, data: bytes) -> None:
        if self.code and self.call == "write":
            super().write(file, data[: len(data) // 2])
            raise OSError(self.code, "made to fail")
        super().write(file, data)

    def sync(self, file: int) -> None:
        if self.code and self.call == "sync":
            raise OSError(self.code, "made to fail")
        super().sync(file)


@contextmanager
def opened(place: Place, disk: Disk | None = None) -> Iterator[EmergencyLedger]:
    """The ledger with its emergency log, as the hub is given it."""
    main = open_ledger(place.settings(), place.keys, disk=disk)
    assert main.emergency_log is not None
    ledger = EmergencyLedger(main, main.emergency_log, place.keys, place.settings())
    try:
        yield ledger
    finally:
        ledger.close()


def urgent(ledger: EmergencyLedger, **more: Any) -> Draft:
    return intent(ledger, **{"purpose": "ETREAT", **more})


def entries(place: Place) -> list[dict[str, Any]]:
    with Reading(place.settings(), place.keys) as reading:
        return [{**entry, "in": log} for log, _, entry in reading.entries()]


def bridges(place: Place) -> list[dict[str, Any]]:
    return [entry for entry in entries(place) if entry["kind"] == BRIDGED]


def until(holds: Callable[[], Any], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to hold in time"
        time.sleep(0.05)


def second_holds(place: Place, ledger: EmergencyLedger) -> None:
    """The emergency log verifies by itself, under its own key."""
    code = ledger._log.code
    report = verify_folder(ledger._log.folder, [Verifier.parse(ledger.keys()[code])])
    assert (report.findings, report.gaps) == ([], [])


@pytest.mark.parametrize(("call", "code"), [("write", errno.ENOSPC), ("sync", errno.EIO)])
def test_while_the_journal_takes_nothing_emergencies_go_on_and_are_bridged_after_a_restart(
    tmp_path: Path, call: str, code: int
) -> None:
    place, disk = Place(tmp_path), Sick()
    with opened(place, disk) as ledger:
        assert ledger.append(urgent(ledger)).log == "council", "the main log, as long as it takes entries"
        disk.code, disk.call = code, call
        with pytest.raises(LedgerUnavailable):
            ledger.append(intent(ledger))
        given = [ledger.append(urgent(ledger, purpose=purpose)) for purpose in ("ETREAT", "ERTREAT", "BTG")]
        given.append(ledger.append(intent(ledger, purpose="C-S47", urgent=True)))
        for purpose in ("C-S47", "FAM-OVERVIEW", "TREAT", "CP-ALERT", "A-S42", "MISPER", "", "NO-SUCH"):
            with pytest.raises(LedgerUnavailable):
                ledger.append(intent(ledger, purpose=purpose))
        name = ledger._log.code
        assert {one.log for one in given} == {name}
        assert [one.index for one in given] == [0, 1, 2, 3]
        keys = [Verifier.parse(vkey) for vkey in ledger.keys().values()]
        for one in given:
            proof = Proof.parse(ledger.receipt(one.id) or b"")
            assert proof.verify(keys).origin == one.origin == f"{place.hub}/{name}"
            assert ledger.opening(one.id) is not None
            assert ledger.decision(one.id) is not None
        health = ledger.health()
        assert (health.ready, health.goes_on, health.unbridged) == (False, True, 4)
        assert health.sizes[name] == 4
        assert any("4 entries" in alarm for alarm in health.alarms)
        assert health.emergency == (name, "council")
        second_holds(place, ledger)
    # The disk is well again, and the hub is started again: first the bridge, then whatever comes.
    with opened(place) as ledger:
        health = ledger.health()
        after = ledger.append(intent(ledger))
        assert after.log == "council"
        (bridge,) = bridges(place)
        assert bridge["in"] == "hub"
        assert bridge["facts"] == {
            "log": name,
            "size": 4,
            "root": ledger._log.signed.head.root.hex(),  # type: ignore[union-attr]
            "key": bridge["facts"]["key"],
        }
        order = [entry["event_id"] for entry in entries(place) if entry["in"] != name]
        assert order.index(bridge["event_id"]) < order.index(after.id)
        assert ledger.health().unbridged == 0
        assert ledger.health().alarms == ()
        # A start sweeps rows without an entry; these have theirs, in the other log.
        assert all(ledger.opening(one.id) and ledger.decision(one.id) for one in given)
    with opened(place) as ledger:
        ledger.append(intent(ledger))
        assert len(bridges(place)) == 1, "made again at a start it is the same entry"


def test_chain_values_are_per_subject_and_log(tmp_path: Path) -> None:
    place, disk = Place(tmp_path), Sick()
    with opened(place, disk) as ledger:
        ledger.append(urgent(ledger, people=("person-1",)))
        disk.code, disk.call = errno.EIO, "sync"
        for _ in range(2):
            ledger.append(urgent(ledger, people=("person-1", "person-new")))
    with opened(place) as ledger:
        code = ledger._log.code
        log = ledger._log.sequencer().logs.by_code[code]
        known = ledger._vault.fetch("person-1")
        drawn = ledger._vault.fetch("person-new")
        assert log.has_first(known.secret)
        assert log.has_first(drawn.secret), "whoever was first met in the emergency keeps their secret"
        again = ledger._log.sequencer
        ahead: dict[bytes, int] = {}
        assert log.next_chain(known, ahead)
        assert ahead[known.id] == 3
        assert again().open


def test_switched_off_everything_is_refused_alike(tmp_path: Path) -> None:
    place, disk = Place(tmp_path, more={"emergency_log": "off"}), Sick()
    with opened(place, disk) as ledger:
        ledger.append(urgent(ledger))
        disk.code, disk.call = errno.EIO, "sync"
        for draft in (urgent(ledger), intent(ledger, purpose="C-S47", urgent=True)):
            with pytest.raises(LedgerUnavailable):
                ledger.append(draft)
        assert not ledger.health().goes_on
        assert not ledger._log.stands


def one_went_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A place whose journal failed once: one urgent entry waits in the emergency log, and nothing joins it on by itself."""
    place, disk = Place(folder), Sick()
    with opened(place, disk) as ledger:
        disk.code, disk.call = errno.EIO, "sync"
        ledger.append(urgent(ledger))
    monkeypatch.setattr("services.ledger.emergency.going_on._LOOK", 60.0)
    return place


def without_a_quorum(ledger: EmergencyLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store takes everything, and too few witnesses cosign it."""

    def short(_: object) -> None:
        raise NoQuorum("w1 no-answer")

    monkeypatch.setattr(ledger._sequencer, "_cosign", short)
    monkeypatch.setattr(ledger._cosigning, "short", lambda: "w1 no-answer")


def test_a_missing_quorum_of_witnesses_opens_no_second_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path)
    with opened(place) as ledger:
        ledger.append(intent(ledger))
        without_a_quorum(ledger, monkeypatch)
        for draft in (urgent(ledger), intent(ledger, purpose="C-S47", urgent=True), intent(ledger)):
            with pytest.raises(NoQuorum):
                ledger.append(draft)
        health = ledger.health()
        assert (health.ready, health.goes_on, health.unbridged) == (False, False, 0)


def test_nor_does_it_keep_one_open_that_waits_to_be_joined_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = one_went_on(tmp_path, monkeypatch)
    with opened(place) as ledger:
        without_a_quorum(ledger, monkeypatch)
        with pytest.raises(NoQuorum):
            ledger.append(urgent(ledger))
        assert ledger.health().unbridged == 1, "the emergency log took what its own outage did not call for"


def test_an_emergency_log_whose_own_disk_fails_refuses_too(tmp_path: Path) -> None:
    place, disk = Place(tmp_path), Sick()
    with opened(place, disk) as ledger:
        sick = ledger._log.disk = Sick()
        ledger._log.sequencer().store._disk = sick  # type: ignore[attr-defined]
        disk.code, disk.call = errno.ENOSPC, "write"
        assert ledger.append(urgent(ledger)).index == 0
        sick.code, sick.call = errno.EIO, "sync"
        for _ in range(2):
            with pytest.raises(LedgerUnavailable):
                ledger.append(urgent(ledger))
        sick.code = 0
        with pytest.raises(LedgerUnavailable, match="restarted"):
            ledger.append(urgent(ledger))
        assert not ledger.health().goes_on
    with opened(place) as ledger:
        ledger.append(intent(ledger))
        # What was half written when its disk failed stands, or was never acknowledged.
        assert bridges(place)[0]["facts"]["size"] in (1, 2)


def test_which_entries_may_go_on() -> None:
    draft = Draft("council", "release.intent", None)  # type: ignore[arg-type]
    going_on = {"ETREAT", "ERTREAT", "BTG"}
    from services.contract.vocabulary import codes

    assert {one for one in codes("purposes") if may_go_on(replace(draft, purpose=one))} == going_on
    assert may_go_on(replace(draft, purpose="C-S47", urgent=True))
    assert not may_go_on(draft)
