"""Row 7b: an enquiry about an adult goes over an objection on a stated ground, chosen as the case is opened or recorded later;
the decision record says both, and so does the answer.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from services.contract.cases import RecordEvidence
from services.contract.people import About
from services.contract.problems import BadInput
from services.contract.views import FamilyView
from services.gateway.answer import OVER_OBJECTION
from services.gateway.cases.evidence import record_evidence
from services.gateway.cases.states import case_state
from tests.hub.world import MIA, World, a_person, a_world, released

JOAN = About(nhs_number="9991000100", given="Joan", family="Pike")
WORKER = a_person("SW-ADULT", "northshire-asc", user="felix")
MEMBERS: dict[str, Any] = {"by": WORKER}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    found = a_world(tmp_path_factory.mktemp("objection"))
    yield found
    found.close()


def enquiry(world: World, ground: str, about: About = JOAN) -> str:
    return world.open("A-S42", ground, (about, "adult"), **MEMBERS)


def partners(view: FamilyView) -> list[dict[str, Any]]:
    return [one for one in released(view) if "asc" not in one["meta"].get("source", "asc")]


def noted(world: World, view: FamilyView) -> Any:
    """What the sealed decision record of an answer says beside the decision."""
    assert view.receipt is not None
    found = world.parts.ledger.decision(view.receipt.id)  # type: ignore[attr-defined]
    return json.loads(found)["noted"]


def test_without_a_ground_little_is_given_and_one_is_asked_for(world: World) -> None:
    view = world.view(enquiry(world, "adult-at-risk"), JOAN, by=WORKER)
    assert "REASON_REQUIRED" in {row.code for row in view.withheld}
    assert not [one for one in partners(view) if one["resourceType"] in ("Encounter", "MedicationStatement")]
    assert not [note for note in view.notes if "objected" in note]
    assert noted(world, view) == {"objection": True, "ground": ""}


@pytest.mark.parametrize("ground", ["others-at-risk", "serious-crime", "coercion", "lacks-capacity"])
def test_a_ground_chosen_at_opening_goes_over_it_and_says_so(world: World, ground: str) -> None:
    view = world.view(enquiry(world, ground), JOAN, by=WORKER)
    assert "REASON_REQUIRED" not in {row.code for row in view.withheld}
    assert [one for one in partners(view) if one["resourceType"] == "Encounter"]
    assert noted(world, view) == {"objection": True, "ground": ground}
    assert len([note for note in view.notes if note.startswith(OVER_OBJECTION.split("{")[0])]) == 1


def test_a_ground_recorded_later_does_the_same_and_is_an_entry_by_code(world: World) -> None:
    case = enquiry(world, "adult-at-risk")
    words = "the lodger keeps her card"
    world.evidence(case, by=WORKER, kind="stated-ground", ground="coercion", text=words)
    state = case_state(world.parts, WORKER, case)
    assert (state.ground, state.stated_ground) == ("stated", "coercion")
    entry = [one for one in world.entries("hub") if one["kind"] == "case.evidence"][-1]
    assert entry["facts"]["ground"] == "coercion" and "lodger" not in json.dumps(entry)
    view = world.view(case, JOAN, by=WORKER)
    assert "REASON_REQUIRED" not in {row.code for row in view.withheld}
    world.evidence(case, by=WORKER, kind="stated-ground", ground="immediate-danger", text="he is at the door")
    assert case_state(world.parts, WORKER, case).ground == "urgent"


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "stated-ground", "text": "no ground named"},
        {"kind": "stated-ground", "ground": "adult-at-risk", "text": "not a ground to go on"},
        {"kind": "stated-ground", "ground": "reasonable-cause", "text": "another purpose's"},
        {"kind": "stated-ground", "ground": "coercion", "text": "  "},
        {"kind": "override", "ground": "coercion", "text": "another kind"},
    ],
)
def test_what_is_no_ground_of_the_purpose_is_refused(world: World, told: dict[str, Any]) -> None:
    case = enquiry(world, "adult-at-risk")
    with pytest.raises(BadInput):
        record_evidence(world.parts, WORKER, case, RecordEvidence(**told))
    assert case_state(world.parts, WORKER, case).ground == "none"


def test_no_ground_is_recorded_on_an_enquiry_about_a_child(world: World) -> None:
    told = RecordEvidence(kind="stated-ground", ground="reasonable-cause", text="as a worker sees it")
    case = world.open("C-SCREEN", "contact-received", (MIA, "child"))
    with pytest.raises(BadInput):
        record_evidence(world.parts, a_person("SW-CHILD"), case, told)
