"""What an answer leaves to be done: the owner's to offer, the publisher's to mend, and nothing before the entry is durable."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from services.cli.demo.families import northshire
from services.contract.cases import Asker, DecideTask
from services.contract.people import About
from services.gateway.answer import as_json
from services.gateway.tasks.deciding import decide_task
from services.gateway.tasks.note import Note
from services.gateway.tasks.notes import Notes
from services.gateway.tasks.post import Post
from services.gateway.tasks.working_off import PATIENCE, work_off
from services.wiring import build
from tests.hub.inboxes import (
    INBOX_ROLE,
    a_flag,
    barred_at_ambulance,
    bundle,
    emergency,
    ids_at,
    is_dana,
    notes,
    tasks,
)
from tests.hub.world import WORKER, World, a_person, a_world


def test_what_is_silent_about_an_adult_is_the_owners_task_and_nobody_elses(world: World) -> None:
    case = world.s47()
    view = world.view(case)
    assert "Human immunodeficiency" not in as_json(view).decode()
    (hospital,) = tasks(world, "northshire-nhs", case=case)
    (clinic,) = tasks(world, "clearwater-shc", case=case)
    assert {hospital.row.kind, clinic.row.kind} == {"owner-consider"}
    assert hospital.person == clinic.person != ""
    assert (len(hospital.records), hospital.source) == (1, "northshire-nhs")
    assert len(clinic.records) >= 2
    # Nobody at the asker's own organisation has one, in any inbox.
    for inbox in INBOX_ROLE:
        assert tasks(world, "northshire-csc", inbox, case) == []


def test_asking_again_raises_it_no_second_time(world: World) -> None:
    case = world.s47()
    for _ in range(3):
        world.view(case)
        work_off(world.parts)
    assert len(tasks(world, "northshire-nhs", case=case)) == 1


def test_a_record_that_comes_later_joins_the_open_task(world: World) -> None:
    case = world.s47()
    world.view(case)
    (before,) = tasks(world, "northshire-nhs", case=case)
    world.publish("northshire-nhs", a_flag("late-hiv", "Late", ("HIV",)))
    world.view(case)
    (after,) = tasks(world, "northshire-nhs", case=case)
    assert set(after.records) > set(before.records)


@pytest.mark.parametrize(
    ("bars", "kinds"),
    [
        (("L:HFEA",), ["owner-barred"]),
        (("L:PRIVILEGE",), ["owner-barred"]),
        (("L:ADOPT",), []),
        (("L:HFEA", "L:ADOPT"), []),
    ],
)
def test_what_law_bars_is_nobodys_to_offer(world: World, bars: tuple[str, ...], kinds: list[str]) -> None:
    """The holder may hear that law bars it; of adoption and protected persons not even the holder hears."""
    ambulance = [one["resource"] for one in bundle("northshire-amb")]
    world.publish("northshire-amb", *barred_at_ambulance(ambulance, *bars))
    case = world.s47()
    world.view(case)
    assert [one.row.kind for one in tasks(world, "northshire-amb", case=case)] == kinds
    # The record is taken back, so that it bears on no other test.
    flag = barred_at_ambulance(ambulance, *bars)[0]
    world.publish("northshire-amb", {**flag, "meta": {}, "status": "entered-in-error"})


def test_of_a_person_of_whom_nobody_may_hear_no_holder_hears(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    ambulance = [one["resource"] for one in bundle("northshire-amb")]
    world.publish("northshire-amb", *barred_at_ambulance(ambulance, "L:GRA"))
    case = world.s47()
    assert world.view(case).match == "MATCH"
    for holder in ("northshire-amb", "northshire-nhs", "clearwater-shc"):
        assert tasks(world, holder, case=case) == []
    world.close()


def test_every_answer_leaves_one_note_of_one_length(world: World) -> None:
    before = {row.id for row in notes(world)}
    case = world.s47()
    world.view(case)  # silent records: owners' tasks
    world.view(case, About(given="Nobody", family="Atall", birth_date="1950-01-01"))
    world.ask(case, by=a_person("SMS-KEYWORKER", "haven-sms"))  # refused
    fresh = [row for row in notes(world) if row.id not in before]
    assert len(fresh) == 3
    assert len({len(row.sealed) for row in fresh}) == 1


def test_nothing_is_done_for_an_answer_whose_entry_is_not_durable(world: World) -> None:
    kept = Notes(world.parts.store, world.parts.keys, world.parts.clock)
    note = Note(asker=WORKER, posts=[Post("owner-consider", "northshire-vcs", person="p")])
    kept.keep("A" * 21 + "A", note)
    work_off(world.parts)
    assert ids_at(world, "northshire-vcs") == set()
    assert note.id in {row.id for row in notes(world)}
    later = datetime.now(UTC) + timedelta(seconds=PATIENCE + 1)
    work_off(replace(world.parts, clock=lambda: later))
    assert note.id not in {row.id for row in notes(world)}
    assert ids_at(world, "northshire-vcs") == set()


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        pytest.param({"period": {"start": "2025-01-01", "end": "2025-06-01"}}, "publisher-review", id="5b"),
        pytest.param({"coding": "304253006"}, "publisher-mend-code", id="5c"),
    ],
)
def test_the_publisher_is_told_once_to_mend_a_record(world: World, change: dict[str, Any], kind: str) -> None:
    """5b and 5c: whose record it is, and not who asked; once looked at, that version is not raised again."""
    flag = next(
        one["resource"]
        for one in northshire(datetime.now(UTC).date()).bundles["brook-hospice"]["entry"]
        if "450476008" in str(one["resource"].get("code"))
    )
    other = change.get("coding")
    code = (
        {**flag["code"], "coding": [{**flag["code"]["coding"][0], "code": other}]} if other else flag["code"]
    )
    world.publish("brook-hospice", {**flag, "code": code, "period": change.get("period", flag["period"])})
    for _ in range(2):
        emergency(world)
        (task,) = [one for one in tasks(world, "brook-hospice", "duty-manager") if one.row.kind == kind]
    assert (task.case, task.facts, len(task.records)) == ("", {}, 1)
    manager = Asker("brook-hospice", "HOSPICE", "DUTY-MANAGER", "manager")
    decide_task(world.parts, manager, task.row.id, DecideTask(answer="stands", reason="looked at"))
    emergency(world)
    assert [one for one in tasks(world, "brook-hospice", "duty-manager") if one.row.kind == kind] == []


def test_what_a_hub_that_was_killed_left_to_do_is_done_at_the_next_start(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    case = world.s47()
    world.view(case)
    world.close()  # Nothing was worked off: as if it had been killed right after the answer.
    again = World(build(world.parts.settings), world.home)
    assert ids_at(again, "clearwater-shc") == set()
    with TestClient(again.running.app):  # The app's own start, and its own clock.
        ends = time.monotonic() + 20
        while not ids_at(again, "clearwater-shc") and time.monotonic() < ends:
            time.sleep(0.05)
        assert len(ids_at(again, "clearwater-shc")) == 1
    again.close()


def test_a_source_that_is_of_concern_to_the_case_hears_nothing(tmp_path: Path) -> None:
    """Its staff may be those whom the enquiry is about: no question, no task; another holder is told as always."""
    world = a_world(tmp_path)
    flag = a_flag("concern", "Safe address: a member of staff is of concern", ("L:SAFEADDR",))
    patient = next(one["resource"]["id"] for one in bundle("northshire-police") if is_dana(one["resource"]))
    reference = {"identifier": {"system": "urn:mash:organisation", "value": "northshire-nhs"}}
    extension = [{"url": "urn:mash:ext:concern", "valueReference": reference}]
    world.publish(
        "northshire-police",
        {**flag, "subject": {"reference": f"Patient/{patient}"}, "extension": extension},
    )
    case = world.s47()
    world.view(case)
    assert tasks(world, "northshire-nhs", case=case) == []
    assert [one.row.kind for one in tasks(world, "clearwater-shc", case=case)] == ["owner-consider"]
    world.close()
