"""A provider whose name reveals stands in one constant line: answering, slow, broken or gone, the answer is one.

The sexual health clinic is made a live source here. Over a family overview nothing of an answer, its length, its receipt or its
entries may tell how the clinic behaved; over everybody's clock the answer leaves on the same grid, which tests/unit/index keeps.
"""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from services.cli.demo.live_source import Knobs, live_app
from services.cli.parts.process import free_port
from tests.hub.test_silence import ids_of, measured, overview_dana_agreed
from tests.hub.world import World, a_world

BEHAVES: dict[str, dict[str, Any]] = {
    "answers": {},
    "is slow": {"delay": 1.5},
    "answers with an error": {"down": True},
    "answers with rubbish": {"garbage": True},
}
BUDGET_MS = 700


class Asked(Knobs):
    """The knobs, and how often the clinic was asked."""

    times = 0

    def read(self) -> dict[str, Any]:
        self.times += 1
        return super().read()


class Clinic:
    """The clinic's system, which can be stopped for good."""

    def __init__(self, control: Path) -> None:
        self.port, self._control, self.asked = free_port(), control, Asked(control)
        config = uvicorn.Config(
            live_app(self.asked), port=self.port, access_log=False, log_level="error", lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            self._thread.join(0.05)

    def behave(self, knobs: dict[str, Any]) -> None:
        self._control.write_text(json.dumps(knobs), encoding="utf-8")

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    found = Clinic(tmp_path / "knobs.json")
    yield found
    found.stop()


@pytest.fixture
def world(clinic: Clinic, tmp_path: Path) -> Iterator[World]:
    def live(folder: Path) -> None:
        directory = folder / "organisations.yaml"
        text = directory.read_text(encoding="utf-8")
        copy = "kind: sexual-health, mode: copy, retention_days: 2920"
        assert copy in text
        address = f'address: "http://127.0.0.1:{clinic.port}/fhir", budget_ms: {BUDGET_MS}'
        directory.write_text(
            text.replace(copy, f"kind: sexual-health, mode: live, traces_nhs_numbers: true, {address}"),
            encoding="utf-8",
        )

    (tmp_path / "hub").mkdir()
    found = a_world(tmp_path / "hub", edit=live, leave_out=ids_of("clearwater-shc"))
    yield found
    found.close()


def test_however_the_clinic_behaves_the_answer_is_one(world: World, clinic: Clinic) -> None:
    told = {}
    for how, knobs in BEHAVES.items():
        clinic.behave(knobs)
        told[how] = measured(world, overview_dana_agreed)
    assert clinic.asked.times >= len(BEHAVES)
    clinic.stop()
    told["is gone"] = measured(world, overview_dana_agreed)
    plain = told["answers"]
    assert {how for how, found in told.items() if found != plain} == set()
