"""Row 15b on the whole line: what is made to leave the room names the service, the action and whom to ring, and no more."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.cli.demo.families import northshire
from services.contract.canonical import emit
from services.contract.cases import Asker, AskOwner, DecideTask
from services.contract.people import About
from services.contract.problems import BadInput
from services.contract.views import FamilyView, ProductRequest, Refused
from services.gateway.cases.product import make_product, told
from services.gateway.tasks.asking import ask_owner
from services.gateway.tasks.deciding import decide_task
from services.gateway.tasks.inbox import waiting
from services.gateway.tasks.opening import open_task
from services.gateway.tasks.working_off import work_off
from tests.hub.world import MANAGER, MIA, SEAN, World, a_world, released

SCHOOL = "northshire-education"
OWNER = Asker("northshire-police", "POLICE", "PRIVACY-OFFICER", "victor", token="t")
LOG, SENTENCE = "Intelligence log", "Told officers that he would find her"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = a_world(tmp_path)
    yield made
    made.close()


def made(world: World, case: str, about: About = SEAN, to: str = SCHOOL) -> dict[str, Any]:
    body = ProductRequest(about=about, to=to, action="watch-and-ring")
    answer = make_product(world.parts, MANAGER, case, body)
    assert isinstance(answer, FamilyView), answer
    found: dict[str, Any] = json.loads(emit(told(world.parts, MANAGER, body, answer)))
    return found


def approve(world: World, kind: str) -> None:
    """The police approve every record of the one task of this kind that waits for them."""
    work_off(world.parts)
    for task in [one for one in waiting(world.parts, OWNER) if one.kind == kind]:
        shown = open_task(world.parts, OWNER, task.id)
        assert isinstance(shown, dict)
        item = shown["items"][0]["item"]
        decide_task(world.parts, OWNER, task.id, DecideTask(answer="approve", reason="weighed", item=item))


def test_it_names_the_action_and_whom_to_ring_and_gives_who_it_is_about(world: World) -> None:
    case = world.s47((MIA, "child"), (SEAN, "adult"))
    answer = made(world, case)
    product = answer["product"]
    assert product["action"]["code"] == "watch-and-ring"
    assert "Do not tell the family" in product["action"]["sentence"]
    assert product["contact"]["organisation"] == "Northshire Council Children's Social Care"
    text = json.dumps(product)
    assert "Sean" in text and "Cole" in text
    # Nothing that was read in the room of the police's own: not the intelligence, and not their sentence.
    for unsaid in (LOG, "school run", SENTENCE, "withheld", "Police"):
        assert unsaid not in text, unsaid
    entry = next(one for one in reversed(world.entries("northshire-csc")) if one["kind"] == "release.intent")
    assert entry["facts"] | {"match": "", "complete": False} == {
        "channel": "product", "to": SCHOOL, "action": "watch-and-ring", "match": "", "complete": False,
    }  # fmt: skip
    assert entry["event_id"] == product["receipt"]


def test_the_statement_leaves_with_the_police_s_approval_only(world: World) -> None:
    case = world.s47((MIA, "child"), (SEAN, "adult"))
    before = made(world, case)
    assert SENTENCE not in json.dumps(before)
    row = next(
        one for one in before["withheld"] if one["source"] == "Police" and one["class"] == "Risk statement"
    )
    ask_owner(world.parts, MANAGER, case, AskOwner(ask=row["ask"], reason="the school has to know"))
    approve(world, "owner-approval")
    assert SENTENCE in json.dumps(made(world, case)["product"])


def test_intelligence_leaves_by_no_product_approved_for_the_room_or_not(tmp_path: Path, world: World) -> None:
    case = world.s47((MIA, "child"), (SEAN, "adult"))
    world.view(case, SEAN, by=MANAGER)
    approve(world, "owner-consider")
    assert LOG in str(released(world.view(case, SEAN, by=MANAGER))), "in the room it may be seen"
    product = made(world, case)
    assert LOG not in json.dumps(product)
    # An attempt to have it is no different from there being none: the answer is the one of a police that hold none.
    bare = a_world(tmp_path / "bare", leave_out=ids_of("northshire-police", LOG))
    without = made(bare, bare.s47((MIA, "child"), (SEAN, "adult")))
    bare.close()
    assert _shape(product) == _shape(without)


def ids_of(source: str, words: str, kind: str = "") -> list[str]:
    """Ids of the records of a source in which these words stand."""
    found = [one["resource"] for one in northshire(datetime.now(UTC).date()).bundles[source]["entry"]]
    of_kind = [one for one in found if not kind or one["resourceType"] == kind]
    return [str(one["id"]) for one in of_kind if words in emit(one).decode()]


def _shape(answer: dict[str, Any]) -> Any:
    kinds = sorted(one["resource"]["resourceType"] for one in answer["product"]["view"]["entry"])
    rows = sorted((one["source"], one["class"], one["code"]) for one in answer["withheld"])
    return kinds, rows


def test_nothing_is_made_for_a_partner_of_concern_nor_for_nobody(world: World) -> None:
    case = world.s47((MIA, "child"))
    for to in ("no-such-partner", "northshire-csc"):
        with pytest.raises(BadInput):
            make_product(world.parts, MANAGER, case, ProductRequest(about=MIA, to=to, action="ring-us"))
    employer = {
        "url": "urn:mash:ext:concern",
        "valueReference": {"identifier": {"system": "urn:mash:organisation", "value": SCHOOL}},
    }
    world.publish(
        "northshire-csc",
        {"resourceType": "Flag", "id": "teacher", "status": "active", "code": {"text": "Works at her school"},
         "meta": {"security": [{"system": "urn:mash:cs:label", "code": "L:SAFEADDR"}]},
         "subject": {"reference": f"Patient/{ids_of('northshire-csc', '9991000011', 'Patient')[0]}"}, "extension": [employer]},
    )  # fmt: skip
    refused = make_product(world.parts, MANAGER, case, ProductRequest(about=MIA, to=SCHOOL, action="ring-us"))
    assert isinstance(refused, Refused)
    assert refused.code == "RESTRICTED"
    assert world.entries("northshire-csc")[-1]["facts"] == {"code": "RESTRICTED"}
    # Another partner is not of concern.
    assert made(world, case, MIA, "northshire-housing")["product"]
