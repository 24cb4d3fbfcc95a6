"""Owner approval of what a live source holds, and of which nothing is stored here."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.cli.demo import live_source
from services.cli.demo.families import northshire
from services.cli.serve import LOOPBACK, Listener, bound
from services.contract.cases import Asker, AskOwner
from services.gateway.tasks.asking import ask_owner
from tests.hub.approval import decide, opened, task_of
from tests.hub.world import WORKER, World, a_world, released


@pytest.fixture
def with_practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A hub whose live practice answers; it holds one thing about Dana that its owner decides on."""
    records = [dict(one) for one in northshire(datetime.now(UTC).date()).live[live_source.SOURCE]]
    number = "9991000046"
    dana = next(
        one["id"] for one in records if any(id["value"] == number for id in one.get("identifier", ()))
    )
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSYTHPN"}
    therapy = {
        "resourceType": "Condition",
        "id": "therapy",
        "meta": {"security": [label]},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "228557008"}]},
        "subject": {"reference": f"Patient/{dana}"},
        "recordedDate": "2026-05-01",
    }
    monkeypatch.setattr(live_source, "_records", lambda day: (*records, therapy))
    sock = bound(LOOPBACK, 0, "practice")
    practice = Listener(live_source.live_app(live_source.Knobs(None)), sock)
    practice.start()
    world = a_world(tmp_path, live=f"http://{LOOPBACK}:{sock.getsockname()[1]}/fhir")
    yield world
    world.close()
    practice.stop()


def test_a_live_sources_record_is_approved_and_found_again(with_practice: World) -> None:
    world, owner = with_practice, Asker("northshire-gp", "GP", "CALDICOTT", "practice-guardian", token="t")
    case = world.s47()
    before = world.view(case)
    assert "228557008" not in str(released(before))
    row = next(one for one in before.withheld if one.source == "Northshire Health Centre" and one.ask)
    ask_owner(world.parts, WORKER, case, AskOwner(ask=str(row.ask), reason="needed to plan"))
    task = task_of(world, case, owner)
    (item,) = opened(world, task, owner)["items"]
    assert "228557008" in str(item["resource"])
    # Asking the owner's own system was an entry before the question went out.
    assert [one["kind"] for one in world.entries("northshire-gp")] == ["query.sent", "task.opened"]
    decide(world, task, "approve", item["item"], owner)
    assert "228557008" in str(released(world.view(case), "Condition"))
