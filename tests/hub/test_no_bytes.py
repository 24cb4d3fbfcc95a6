"""No bytes without an entry: whatever keeps the ledger or policy from answering, everybody gets one constant 503.

Every byte on the wire is compared, on every route that releases, whether anybody was found or not.
"""

import errno
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import services.wiring
from services.ledger.open import open_ledger
from services.ledger.store.disk import Disk
from tests.hub.served import MANAGER, SOCIAL_WORKER, Served, a_served
from tests.hub.world import closed_port

NOBODY = {"nhs_number": "9992000422", "birth_date": "1950-01-01"}


class FullDisk(Disk):
    """A disk that is well until it is told to fail at one call."""

    def __init__(self) -> None:
        self.write_fails = self.sync_fails = 0

    def write(self, file: int, data: bytes) -> None:
        if self.write_fails:
            # As a disk that fills up does: part of it is written.
            super().write(file, data[: len(data) // 2])
            raise OSError(self.write_fails, "no")
        super().write(file, data)

    def sync(self, file: int) -> None:
        if self.sync_fails:
            raise OSError(self.sync_fails, "no")
        super().sync(file)


@pytest.fixture
def disk() -> FullDisk:
    return FullDisk()


@pytest.fixture
def served(tmp_path: Path, disk: FullDisk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(services.wiring, "open_ledger", partial(open_ledger, disk=disk))
    with a_served(tmp_path) as hub:
        yield hub


def _releases(hub: Served, case: str) -> dict[str, Callable[[], bytes]]:
    """One request for each route that releases or enters, made so that it would succeed."""
    worker, manager = hub.token(SOCIAL_WORKER), hub.token(MANAGER)
    publisher = hub.publishing("northshire-csc")
    patient = {"resourceType": "Patient", "id": "new-one", "name": [{"family": "Nobody"}]}
    return {
        "a view": lambda: hub.view(case, worker),
        "a view of nobody": lambda: hub.view(case, worker, **NOBODY),
        "a case opened": lambda: hub.raw("POST", "/cases", manager, _case()),
        "evidence": lambda: hub.raw(
            "POST", f"/cases/{case}/evidence", manager, {"kind": "referral", "text": "x"}
        ),
        "a publish": lambda: hub.raw("PUT", "/fhir/Patient/new-one", publisher, patient),
    }


def _case() -> dict[str, Any]:
    return {
        "purpose": "C-S47",
        "ground": {"code": "reasonable-cause", "text": "as recorded"},
        "subjects": [{"about": NOBODY, "as": "child"}],
    }


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(("write_fails", errno.ENOSPC), id="the disk fills up at the write"),
        pytest.param(("sync_fails", errno.ENOSPC), id="the disk is full at the fsync"),
        pytest.param(("sync_fails", errno.EIO), id="the disk dies at the fsync"),
    ],
)
def test_a_disk_that_takes_no_entry(served: Served, disk: FullDisk, fault: tuple[str, int]) -> None:
    case = served.case()
    well = {name: send() for name, send in _releases(served, case).items()}
    assert all(b" 20" in answer.split(b"\r\n")[0] for answer in well.values()), well
    requests = _releases(served, case)
    setattr(disk, *fault)
    answers = {name: send() for name, send in requests.items()}
    plain = {name: answer for name, answer in answers.items() if name != "a publish"}
    assert len(set(plain.values())) == 1, answers
    (constant,) = set(plain.values())
    assert constant.startswith(b"HTTP/1.1 503")
    assert answers["a publish"].startswith(b"HTTP/1.1 503")
    for told in (b"Mia", b"Reid", b"999100"):
        assert told not in b"".join(answers.values())


def test_what_was_not_entered_is_not_visible(served: Served, disk: FullDisk) -> None:
    case = served.case()
    publish = _releases(served, case)["a publish"]
    disk.sync_fails = errno.EIO
    assert publish().startswith(b"HTTP/1.1 503")
    assert served.world.parts.index.read_back("northshire-csc", "Patient", "new-one") is None


def test_a_policy_engine_that_is_not_there(tmp_path: Path) -> None:
    """The same constant bytes as for the ledger: the cause is not told."""
    with a_served(tmp_path, opa=f"http://127.0.0.1:{closed_port()}") as hub:
        case, worker = hub.case(), hub.token(SOCIAL_WORKER)
        found, none = hub.view(case, worker), hub.view(case, worker, **NOBODY)
        assert found == none
        assert found.startswith(b"HTTP/1.1 503")
        kinds = [entry["kind"] for entry in hub.world.entries("northshire-csc")]
        assert "release.intent" not in kinds
