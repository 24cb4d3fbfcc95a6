"""Row X2 on the whole line: a child's protection status for an emergency department of another area, and its owner told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.cli.demo.families.build import SNOMED
from services.contract.about import NHS_NUMBER
from services.contract.cases import Asker
from services.contract.views import FamilyView
from services.gateway.tasks.inbox import opened as unsealed
from services.gateway.tasks.inbox import waiting
from services.gateway.tasks.working_off import work_off
from tests.hub.world import MIA, World, a_world, released

NURSE = Asker("eastshire-nhs", "NHS-ACUTE", "ED-NURSE", "nurse")
PLAN = "342191000000101"


@pytest.fixture
def world(tmp_path: Any) -> Iterator[World]:
    made = a_world(tmp_path)
    yield made
    made.close()


def on_a_plan(world: World, ended_months_ago: int | None) -> None:
    """Mia on a plan of Eastshire's: open, or ended so many months of thirty days ago."""
    today = datetime.now(UTC).date()
    name = [{"family": "Reid", "given": ["Mia"]}]
    number = {"system": NHS_NUMBER, "value": "9991000011"}
    patient = {"resourceType": "Patient", "id": "m", "identifier": [number], "name": name, "birthDate": "2019-05-07"}  # fmt: skip
    period = {"start": (today - timedelta(days=900)).isoformat()}
    if ended_months_ago is not None:
        period["end"] = (today - timedelta(days=30 * ended_months_ago)).isoformat()
    plan = {
        "resourceType": "Flag",
        "id": "plan",
        "meta": {"security": [{"system": "urn:mash:cs:label", "code": "L:CPROT"}]},
        "status": "active" if ended_months_ago is None else "inactive",
        "code": {"coding": [{"system": SNOMED, "code": PLAN}]},
        "subject": {"reference": "Patient/m"},
        "period": period,
    }
    team = {
        "resourceType": "CareTeam",
        "id": "team",
        "status": "active",
        "subject": {"reference": "Patient/m"},
        "telecom": [{"system": "phone", "value": "01632 960733"}],
    }
    world.publish("eastshire-csc", patient, plan, team)


def checked(world: World) -> FamilyView:
    case = world.open("CP-ALERT", "child-presents", (MIA, "child"), by=NURSE, members=())
    world.evidence(case, by=NURSE, kind="incident", text="attendance")
    return world.view(case, by=NURSE, scope="person")


def plans(view: FamilyView) -> list[dict[str, Any]]:
    return [one for one in released(view, "Flag") if PLAN in str(one)]


def test_x2_status_since_when_whose_and_whom_to_ring_and_nothing_of_the_plan(world: World) -> None:
    on_a_plan(world, None)
    view = checked(world)
    (plan,) = plans(view)
    assert plan["status"] == "active" and plan["period"]["start"]
    assert plan["meta"]["source"] == "urn:mash:source:eastshire-csc"
    assert "01632 960733" in str(released(view, "CareTeam"))
    kinds = {one["resourceType"] for one in released(view)}
    assert kinds <= {"Flag", "CareTeam", "EpisodeOfCare"}
    assert not [word for word in ("Juniper", "ZZ99", "Colliery", "grey van") if word in str(released(view))]
    codes = {row.code for row in view.withheld if row.source == "Children's social care"}
    assert codes == {"MINIMISATION"}
    # Whose plan it is, is told who asked: by its own record's name, and without the child's.
    work_off(world.parts)
    officer = Asker("eastshire-csc", "LA-CSC", "DUTY-MANAGER", "duty")
    (notice,) = [one for one in waiting(world.parts, officer) if one.kind == "access-notice"]
    facts = unsealed(world.parts, notice).facts
    assert facts["your_record"] == "Flag/plan"
    assert facts["asking_organisation"] == "eastshire-nhs"


@pytest.mark.parametrize(("months", "shown"), [(11, ["inactive"]), (13, [])])
def test_x2_a_plan_that_ended_eleven_months_ago_is_shown_as_ended_and_at_thirteen_is_not_there(
    world: World, months: int, shown: list[str]
) -> None:
    on_a_plan(world, months)
    view = checked(world)
    assert [one["status"] for one in plans(view)] == shown
    assert all(one["period"]["end"] for one in plans(view))
    assert "LOOKBACK" not in {row.code for row in view.withheld}
