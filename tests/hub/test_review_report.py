"""`mash review report`: numbers of the general queue, and nobody."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.review import app
from services.gateway.parts import stamp
from tests.hub.world import a_world
from tests.reviewing import ADMIN, SECOND, answer, doubt, item, waiting
from tests.unit.index.northshire import flag, patient


def test_the_report_counts_the_general_queue_and_names_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = a_world(tmp_path, families=False)
    index: Any = world.parts.index
    for number, (one, other) in enumerate((("Mia Rudge", "Mya Rudge"), ("Leo Lomax", "Leon Lomax"))):
        world.publish("northshire-csc", patient(f"a{number}", one, "2019-05-07"))
        world.publish("northshire-nhs", patient(f"b{number}", other, "2019-05-07"))
        doubt(
            index,
            item(index, "northshire-csc", f"a{number}"),
            item(index, "northshire-nhs", f"b{number}"),
            at=stamp(world.parts.now()),
        )
    world.publish("northshire-nhs", flag("f", "b1", "L:SAFEADDR"))
    (line,) = waiting(index, ADMIN)
    for who in (ADMIN, SECOND):
        answer(index, line.id, "apart", who, at=line.since)
    month_now = line.since[:7]
    world.close()
    monkeypatch.setenv("MASH_MODE", "demo")
    monkeypatch.setenv("MASH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MASH_POLICIES", str(tmp_path / "policies"))
    told = CliRunner().invoke(app, ["report"])
    assert told.exit_code == 0, told.output
    assert told.output.splitlines()[0] == "Doubtful matches of 1 month, restricted queues left out."
    assert told.output.splitlines()[2].split() == [month_now, "1", "0", "1", "0", "0", "1", "100", "%", "-"]
    (month,) = json.loads(CliRunner().invoke(app, ["report", "--json"]).output)
    assert (month["raised"], month["decided"], month["pairs"], month["kappa"]) == (1, {"apart": 1}, 1, None)
    for word in ("Rudge", "Lomax", line.id):
        assert word not in told.output
