"""How the emergency log is joined on: a bridge first, made again where it failed, and nothing twice."""

import errno
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from services.contract.problems import LedgerUnavailable
from services.contract.releases import Draft
from services.ledger.emergency.going_on import BRIDGED
from tests.verification.ledger_world import Place, intent
from tests.verification.test_emergency_log import (
    Sick,
    bridges,
    entries,
    one_went_on,
    opened,
    second_holds,
    until,
    urgent,
)

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def test_nothing_enters_before_the_bridge_stands_and_one_that_failed_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = one_went_on(tmp_path, monkeypatch)
    with opened(place) as ledger:
        plain = ledger._store.append

        def refusing(rows: Any) -> Any:
            if any(BRIDGED.encode() in row.leaf for row in rows):
                raise LedgerUnavailable("made to fail")
            return plain(rows)

        monkeypatch.setattr(ledger._store, "append", refusing)
        with pytest.raises(LedgerUnavailable):
            ledger.append(intent(ledger))
        assert (ledger.health().unbridged, bridges(place)) == (1, [])
        monkeypatch.setattr(ledger._store, "append", plain)
        # Though the last entry failed: else nothing would be taken until a restart.
        ledger.append(intent(ledger))
        assert (ledger.health().unbridged, len(bridges(place))) == (0, 1)


def test_a_repeat_of_what_went_on_is_that_entry(tmp_path: Path) -> None:
    place, disk = Place(tmp_path), Sick()
    with opened(place, disk) as ledger:
        disk.code, disk.call = errno.EIO, "sync"
        draft = urgent(ledger)
        first = ledger.append(draft)
        assert ledger.append(draft).index == first.index
    with opened(place) as ledger:
        again = ledger.append(draft)
        assert (again.log, again.index, again.id) == (first.log, first.index, first.id)
        assert ledger.health().sizes == {"hub": 1, first.log: 1} or ledger.health().sizes[first.log] == 1


def test_an_outcome_follows_its_intent_and_later_stands_in_its_organisations_log(tmp_path: Path) -> None:
    place, disk = Place(tmp_path), Sick()
    with opened(place, disk) as ledger:
        disk.code, disk.call = errno.EIO, "sync"
        given = [ledger.append(urgent(ledger)) for _ in range(2)]
        code = given[0].log

        def outcome(of: Any) -> Draft:
            ref = (of.log, of.id)
            asking = urgent(ledger).asking
            return Draft(of.log, "release.outcome", asking, ref=ref, facts={"result": "delivered"})

        ledger.append_later(outcome(given[0]))
        until(lambda: ledger.health().sizes[code] == 3)
        second_holds(place, ledger)
        late = outcome(given[1])
    with opened(place) as ledger:
        ledger.append(intent(ledger))
        ledger.append_later(late)

        def said() -> list[tuple[str, str]]:
            found = [entry for entry in entries(place) if entry["kind"] == "release.outcome"]
            return [(entry["in"], entry["ref"]["log"]) for entry in found]

        until(lambda: said() == [("council", code), (code, code)])
        assert ledger.health().unbridged == 0


def test_a_lost_disk_is_another_log_with_another_key_and_an_alarm(tmp_path: Path) -> None:
    place, disk = Place(tmp_path / "home", more={"emergency_folder": tmp_path / "other-disk"}), Sick()
    with opened(place, disk) as ledger:
        disk.code, disk.call = errno.EIO, "sync"
        given = ledger.append(urgent(ledger))
        key = ledger.keys()[given.log]
        assert (tmp_path / "other-disk" / "journal").is_file()
    for path in sorted((tmp_path / "other-disk").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    disk = Sick()
    with opened(place, disk) as ledger:
        assert any(given.log in alarm and "gone" in alarm for alarm in ledger.health().alarms)
        # Nothing that the lost log may have needed is swept.
        assert ledger._vault.open(_event(given.id), "opening") is not None
        disk.code, disk.call = errno.EIO, "sync"
        other = ledger.append(urgent(ledger))
        assert other.log != given.log
        assert ledger.keys()[other.log] != key


def _event(id: str) -> bytes:
    from services.contract.canonical import unb64u

    return unb64u(id)


@pytest.mark.parametrize("point", ["before", "after"])
def test_a_crash_at_the_bridge_is_gone_on_with(tmp_path: Path, point: str) -> None:
    place, disk = Place(tmp_path), Sick()
    with opened(place, disk) as ledger:
        disk.code, disk.call = errno.EIO, "sync"
        ledger.append(urgent(ledger))
    child = (
        "import os, sys; from pathlib import Path\n"
        "from services.ledger.append import Sequencer\n"
        "from tests.verification.ledger_world import Place, intent\n"
        "from tests.verification.test_emergency_log import opened\n"
        "commit = Sequencer._commit\n"
        "def dying(self, batch):\n"
        "    bridge = any(b'emergency.bridged' in pending.entry for pending in batch)\n"
        "    if bridge and sys.argv[2] == 'before': os._exit(9)\n"
        "    commit(self, batch)\n"
        "    if bridge: os._exit(9)\n"
        "Sequencer._commit = dying\n"
        "with opened(Place(Path(sys.argv[1]))) as ledger: ledger.append(intent(ledger))\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", child, str(tmp_path), point], cwd=root, check=False)
    assert done.returncode == 9
    assert len(bridges(place)) == (point == "after")
    with opened(place) as ledger:
        until(lambda: not ledger.health().unbridged)
        assert len(bridges(place)) == 1
        ledger.append(intent(ledger))


@pytest.mark.parametrize("how", ["freeze", "kill"])
def test_while_the_broker_is_away_emergencies_go_on_and_are_bridged_on_its_return(
    tmp_path: Path, kafka_broker: Any, how: str
) -> None:
    hub = f"hub-{uuid.uuid4().hex[:12]}"
    place = Place(tmp_path, f"kafka://{kafka_broker.address}", hub, wait=2.0)
    with opened(place) as ledger:
        assert ledger.append(urgent(ledger)).log == "council"
        getattr(kafka_broker, how)()
        try:
            time.sleep(0.5)
            with pytest.raises(LedgerUnavailable):
                ledger.append(intent(ledger))
            begun = time.monotonic()
            given = [ledger.append(urgent(ledger)) for _ in range(3)]
            assert time.monotonic() - begun < 2 * place.wait, (
                "known to be away, the broker is not waited for again"
            )
            assert {one.log for one in given} == {ledger._log.code}
            with pytest.raises(LedgerUnavailable):
                ledger.append(intent(ledger))
        finally:
            kafka_broker.thaw() if how == "freeze" else kafka_broker.start()
        # Nobody asks, and it is joined on all the same.
        until(lambda: ledger._sequencer.halted or (ledger.health().ready and not ledger.health().unbridged))
        assert not ledger._sequencer.halted
        (bridge,) = bridges(place)
        assert bridge["facts"]["size"] == 3
        assert ledger.append(urgent(ledger)).log == "council"
        second_holds(place, ledger)
