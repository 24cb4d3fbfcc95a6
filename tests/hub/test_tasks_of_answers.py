"""What an answer leaves to be done: owners' and publishers' tasks, searches by address, connections, both sides of harm."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select
from starlette.testclient import TestClient

from services.cli.demo.families import northshire
from services.cli.demo.families.people import SAFE
from services.contract.cases import Asker, CloseCase, DecideTask, Member
from services.contract.people import About
from services.gateway.answer import as_json
from services.gateway.cases.close import close_case
from services.gateway.tasks.deciding import decide_task
from services.gateway.tasks.inbox import Task, opened, waiting
from services.gateway.tasks.note import Note
from services.gateway.tasks.notes import Notes
from services.gateway.tasks.post import Post
from services.gateway.tasks.still_out import note_sources, raise_overdue
from services.gateway.tasks.tables import ReleaseNoteRow, TaskRow
from services.gateway.tasks.working_off import PATIENCE, work_off
from services.wiring import build
from tests.hub.world import MANAGER, MIA, WORKER, World, a_person, a_world, released

DANA = About(nhs_number="9991000046", given="Dana", family="Reid", birth_date="1990-02-11")
SEAN = About(nhs_number="9991000054", given="Sean", family="Cole", birth_date="1988-09-23")
TYLER = About(nhs_number="9992000015", given="Tyler", family="Lomax", birth_date="2018-08-16")
ARTHUR = About(nhs_number="9991000062", given="Arthur", family="Penrose", birth_date="1941-03-14")
PARAMEDIC = a_person("PARAMEDIC", "northshire-amb")
INBOX_ROLE = {"owner": "CALDICOTT", "duty-manager": "DUTY-MANAGER"}


def tasks(world: World, organisation: str, inbox: str = "owner", case: str = "") -> list[Task]:
    """What waits in an inbox, of one case or all, once every note is worked off."""
    work_off(world.parts)
    reader = Asker(organisation, "", INBOX_ROLE[inbox], "whoever looks")
    found = [opened(world.parts, row) for row in waiting(world.parts, reader)]
    return [one for one in found if not case or one.case == case]


def ids_at(world: World, organisation: str) -> set[str]:
    with world.parts.store.begin() as session:
        return set(session.exec(select(TaskRow.id).where(TaskRow.organisation == organisation)).all())


def notes(world: World) -> list[ReleaseNoteRow]:
    with world.parts.store.begin() as session:
        return list(session.exec(select(ReleaseNoteRow).order_by(col(ReleaseNoteRow.at))).all())


def a_flag(key: str, code: str, labels: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """A flag about Dana at the hospital."""
    patient = next(
        one["resource"]["id"]
        for one in northshire(datetime.now(UTC).date()).bundles["northshire-nhs"]["entry"]
        if one["resource"]["resourceType"] == "Patient" and one["resource"]["name"][0]["given"] == ["Dana"]
    )
    security = [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": one} for one in labels]
    return {
        "resourceType": "Flag",
        "id": key,
        "meta": {"security": security},
        "status": "active",
        "subject": {"reference": f"Patient/{patient}"},
        "code": {"text": code},
        "period": {"start": "2026-01-01"},
        **more,
    }


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
    ambulance = [one["resource"] for one in _bundle("northshire-amb")]
    world.publish("northshire-amb", *_barred_at_ambulance(ambulance, *bars))
    case = world.s47()
    world.view(case)
    assert [one.row.kind for one in tasks(world, "northshire-amb", case=case)] == kinds
    # The record is taken back, so that it bears on no other test.
    flag = _barred_at_ambulance(ambulance, *bars)[0]
    world.publish("northshire-amb", {**flag, "meta": {}, "status": "entered-in-error"})


def test_of_a_person_of_whom_nobody_may_hear_no_holder_hears(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    ambulance = [one["resource"] for one in _bundle("northshire-amb")]
    world.publish("northshire-amb", *_barred_at_ambulance(ambulance, "L:GRA"))
    case = world.s47()
    assert world.view(case).match == "MATCH"
    for holder in ("northshire-amb", "northshire-nhs", "clearwater-shc"):
        assert tasks(world, holder, case=case) == []
    world.close()


def _bundle(source: str) -> list[dict[str, Any]]:
    return list(northshire(datetime.now(UTC).date()).bundles[source]["entry"])


def _barred_at_ambulance(records: list[dict[str, Any]], *bars: str) -> list[dict[str, Any]]:
    patient = next(one["id"] for one in records if one["resourceType"] == "Patient")
    flag = a_flag("barred", "Barred", ("HIV", *bars))
    return [{**flag, "subject": {"reference": f"Patient/{patient}"}}]


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


@pytest.mark.parametrize("postcode", [SAFE.postcode, "ZZ99 9ZZ"])
def test_every_search_by_address_is_the_duty_managers_to_check(world: World, postcode: str) -> None:
    about = About(family="Reid", given="Dana", birth_date="1990-02-11", postcode=postcode)
    case = world.s47()
    world.view(case, about)
    (task,) = tasks(world, "northshire-csc", "duty-manager", case)
    assert task.row.kind == "protected-household-check"
    told = {**task.facts, "postcode": ""}
    assert told == {"postcode": "", "name": "Dana Reid", "born": "1990-02-11", "asking_role": "SW-CHILD"}
    assert task.person == ""


def test_a_worker_on_both_sides_of_a_harm_link(world: World) -> None:
    """4d: told to the manager, with an entry; a worker on his case alone is not."""
    his = world.s47((TYLER, "child"), (SEAN, "adult"))
    hers = world.s47()
    world.view(his, SEAN)
    (task,) = tasks(world, "northshire-csc", "duty-manager", his)
    assert (task.row.kind, task.facts["worker"]) == ("case-hand-over", WORKER.user)
    alerts = [one for one in world.entries("northshire-csc") if one["kind"] == "conflict.alert"]
    assert alerts[-1]["facts"] == {"task": "case-hand-over"}
    world.view(hers)
    assert tasks(world, "northshire-csc", "duty-manager", hers) == []


def test_a_worker_on_his_case_alone_has_nothing_to_hand_over(world: World) -> None:
    elsewhere = Asker("northshire-csc", "LA-CSC", "SW-CHILD", "elsewhere", ("other-team",))
    member = Member(organisation="northshire-csc", team="other-team")
    his = world.s47((TYLER, "child"), (SEAN, "adult"), members=(member,))
    world.s47()
    view = world.view(his, SEAN, by=elsewhere)
    assert "RESTRICTED" in {row.code for row in view.withheld}
    assert tasks(world, "northshire-csc", "duty-manager", his) == []


def test_one_connected_to_the_family_is_refused_and_the_work_passed_on(world: World) -> None:
    cousin = Asker("northshire-csc", "LA-CSC", "SW-CHILD", "cousin", ("mash",), own=(MIA,))
    case = world.s47()
    view = world.view(case, by=cousin)
    assert released(view) == []
    assert {row.code for row in view.withheld} == {"CONFLICT_OF_INTEREST"}
    (task,) = tasks(world, "northshire-csc", "duty-manager", case)
    assert (task.row.kind, task.facts["worker"]) == ("conflict-route", "cousin")
    alert = next(one for one in reversed(world.entries("northshire-csc")) if one["kind"] == "conflict.alert")
    assert alert["ref"]["event_id"] == view.receipt.id if view.receipt else False


def test_one_connected_to_a_possible_person_is_told_in_neutral_words(world: World) -> None:
    cousin = Asker("northshire-csc", "LA-CSC", "SW-CHILD", "cousin", ("mash",), own=(MIA,))
    case = world.s47()
    view = world.view(case, About(given="Mia", family="Reid", birth_date="2019-05-07"), by=cousin)
    assert "This request has to be handled by a colleague. Pass it to the duty manager." in view.notes
    assert "Mia Reid" not in {stub.name for stub in view.candidates}
    assert [one.row.kind for one in tasks(world, "northshire-csc", "duty-manager", case)] == [
        "conflict-route"
    ]


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
        _emergency(world)
        (task,) = [one for one in tasks(world, "brook-hospice", "duty-manager") if one.row.kind == kind]
    assert (task.case, task.facts, len(task.records)) == ("", {}, 1)
    manager = Asker("brook-hospice", "HOSPICE", "DUTY-MANAGER", "manager")
    decide_task(world.parts, manager, task.row.id, DecideTask(answer="stands", reason="looked at"))
    _emergency(world)
    assert [one for one in tasks(world, "brook-hospice", "duty-manager") if one.row.kind == kind] == []


def _emergency(world: World) -> None:
    case = world.open("ETREAT", "emergency-call", (ARTHUR, "adult"), by=PARAMEDIC)
    world.evidence(case, by=PARAMEDIC, kind="incident", text="call", place="999000000105")
    world.view(case, ARTHUR, by=PARAMEDIC)


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


def test_a_red_enquiry_that_lacks_a_source_for_four_hours_is_the_duty_managers(world: World) -> None:
    """X1: the live practice of this hub is at a port where nobody listens."""
    red, amber = (world.s47(rag=rag) for rag in ("RED", "AMBER"))
    for case in (red, amber):
        assert not world.view(case).complete
    work_off(world.parts)
    soon, late = (replace(world.parts, clock=_clock(hours)) for hours in (3.9, 4.1))
    raise_overdue(soon)
    assert tasks(world, "northshire-csc", "duty-manager", red) == []
    raise_overdue(late)
    raise_overdue(late)
    (task,) = tasks(world, "northshire-csc", "duty-manager", red)
    assert (task.row.kind, task.facts["source"]) == ("source-still-out", "northshire-gp-live")
    assert tasks(world, "northshire-csc", "duty-manager", amber) == []


def test_a_source_that_answered_meanwhile_or_a_case_that_closed_raises_nothing(world: World) -> None:
    answered, closed = world.s47(rag="RED"), world.s47(rag="RED")
    for case in (answered, closed):
        world.view(case)
    work_off(world.parts)
    close_case(world.parts, MANAGER, closed, CloseCase(changed="yes", outcome="went-further"))
    back = Note(asker=WORKER, case=answered, sources_in=("northshire-gp-live",))
    note_sources(world.parts, back, 0)
    raise_overdue(replace(world.parts, clock=_clock(4.1)))
    for case in (answered, closed):
        assert tasks(world, "northshire-csc", "duty-manager", case) == []


def _clock(hours: float) -> Callable[[], datetime]:
    return lambda: datetime.now(UTC) + timedelta(hours=hours)


def test_a_source_that_is_of_concern_to_the_case_hears_nothing(tmp_path: Path) -> None:
    """Its staff may be those whom the enquiry is about: no question, no task; another holder is told as always."""
    world = a_world(tmp_path)
    flag = a_flag("concern", "Safe address: a member of staff is of concern", ("L:SAFEADDR",))
    patient = next(one["resource"]["id"] for one in _bundle("northshire-police") if _is_dana(one["resource"]))
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


def _is_dana(resource: dict[str, Any]) -> bool:
    return bool(resource["resourceType"] == "Patient" and resource["name"][0]["given"] == ["Dana"])
