"""A whole hub whose journal takes nothing: emergencies go on, over a raw socket everybody else gets the constant 503."""

import errno
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import services.wiring
from services.cli.demo.cast import STAFF
from services.contract.cases import Asker
from services.gateway.tasks import emergency_alarm
from services.gateway.tasks.inbox import waiting
from services.ledger.open import open_ledger
from services.ledger.proof import Proof
from services.runtime.note import Verifier
from tests.hub.served import MANAGER, MIA, SOCIAL_WORKER, Served, a_served
from tests.hub.test_no_bytes import NOBODY, FullDisk

PARAMEDIC = next(one for one in STAFF if one.role == "PARAMEDIC")
ARTHUR = {"given": "Arthur", "family": "Webb"}


@pytest.fixture
def disk() -> FullDisk:
    return FullDisk()


@pytest.fixture
def served(tmp_path: Path, disk: FullDisk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(services.wiring, "open_ledger", partial(open_ledger, disk=disk))
    with a_served(tmp_path) as hub:
        yield hub


def body_of(answer: bytes) -> Any:
    return json.loads(answer.split(b"\r\n\r\n", 1)[1])


def enquiry(rag: str) -> dict[str, Any]:
    return {
        "purpose": "C-S47",
        "ground": {"code": "reasonable-cause", "text": "as recorded"},
        "subjects": [{"about": MIA, "as": "child"}],
        "members": [{"organisation": "northshire-csc", "team": "mash"}],
        "rag": rag,
    }


def call() -> dict[str, Any]:
    return {
        "purpose": "ETREAT",
        "ground": {"code": "emergency-call"},
        "subjects": [{"about": MIA, "as": "child"}],
    }


def opened(hub: Served, token: str, body: dict[str, Any]) -> bytes:
    return hub.raw("POST", "/cases", token, body)


def test_red_enquiries_and_emergency_care_go_on_and_all_else_is_the_constant_503(
    served: Served, disk: FullDisk
) -> None:
    manager, worker, crew = (served.token(one) for one in (MANAGER, SOCIAL_WORKER, PARAMEDIC))
    red, amber = (str(body_of(opened(served, manager, enquiry(rag)))["id"]) for rag in ("RED", "AMBER"))
    before = body_of(served.view(red, worker))
    disk.sync_fails = errno.EIO

    # First the ones that are refused: this is how the failing disk is met.
    refused = [
        served.view(amber, worker),
        served.view(amber, worker, **NOBODY),
        opened(served, manager, enquiry("AMBER")),
        served.raw("GET", f"/ledger/receipts/{before['receipt']['id']}", worker),
    ]
    seen = served.view(red, worker)
    log = body_of(seen)["receipt"]["log"]
    assert seen.startswith(b"HTTP/1.1 200")
    assert log.startswith("emergency-")
    assert body_of(seen)["match"] == before["match"]
    assert len(body_of(seen)["view"]["entry"]) == len(before["view"]["entry"])

    new_red = body_of(opened(served, manager, enquiry("RED")))
    assert body_of(served.view(str(new_red["id"]), worker))["receipt"]["log"] == log
    opened_by_crew = body_of(opened(served, crew, call()))
    case = str(opened_by_crew["id"])
    incident = {"kind": "incident", "text": "call", "place": "999000000105"}
    assert served.raw("POST", f"/cases/{case}/evidence", crew, incident).startswith(b"HTTP/1.1 20")
    treated = served.view(case, crew)
    assert treated.startswith(b"HTTP/1.1 200")
    assert body_of(treated)["receipt"]["log"] == log

    refused += [served.view(amber, worker), served.view(amber, worker, **NOBODY)]
    assert len(set(refused)) == 1, refused
    assert refused[0].startswith(b"HTTP/1.1 503")
    for told in (b"Mia", b"Reid", b"999100", log.encode()):
        assert told not in refused[0]

    # Each byte that left is under an entry, signed by the emergency log's own key.
    ledger = served.world.parts.ledger
    keys = [Verifier.parse(key) for key in ledger.keys().values()]  # type: ignore[attr-defined]
    for answer in (seen, treated):
        proof = Proof.parse(ledger.receipt(body_of(answer)["receipt"]["id"]) or b"")
        assert proof.verify(keys).origin.endswith(f"/{log}")
    _alarms(served, log)


def _alarms(served: Served, log: str) -> None:
    """Readiness, the number, and the inboxes."""
    parts = served.world.parts
    ops = TestClient(served.world.running.ops)
    ready = ops.get("/health/ready")
    assert ready.status_code == 200, "who took the hub out of service would stop the emergencies"
    assert log in ready.json()["details"]["emergency log"]
    (line,) = [one for one in ops.get("/metrics").text.splitlines() if one.startswith("mash_emergency_ent")]
    assert float(line.split()[1]) == parts.ledger.health().unbridged > 0
    for _ in range(2):
        emergency_alarm.tell(parts)
    for organisation, role, kind in (
        ("northshire-csc", "DUTY-MANAGER", "emergency-log-used"),
        ("northshire-csc", "IG-LEAD", "emergency-log-review"),
        ("northshire-amb", "IG-LEAD", "emergency-log-review"),
    ):
        asker = Asker(organisation, "LA", role, "whoever is on duty")
        assert [row.kind for row in waiting(parts, asker) if row.kind.startswith("emergency")] == [kind]


def test_switched_off_by_the_deploying_organisation(
    tmp_path: Path, disk: FullDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services.wiring, "open_ledger", partial(open_ledger, disk=disk))
    with a_served(tmp_path, emergency_log="off") as hub:
        manager, worker = hub.token(MANAGER), hub.token(SOCIAL_WORKER)
        red = str(body_of(opened(hub, manager, enquiry("RED")))["id"])
        disk.sync_fails = errno.EIO
        answers = {
            hub.view(red, worker),
            hub.view(red, worker, **NOBODY),
            opened(hub, manager, enquiry("RED")),
        }
        assert len(answers) == 1
        assert answers.pop().startswith(b"HTTP/1.1 503")
        ready = TestClient(hub.world.running.ops).get("/health/ready")
        assert ready.status_code == 503
        assert "emergency log" not in ready.json()["details"]
