"""Rows 8, 4e and 6b: the glass is broken by health roles, with a fresh sign-in and a reason, for one patient and four hours;
both privacy officers are told by reference only; and it opens no location, no bar, no narrative.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.contract.cases import Asker, Ground, Member, OpenCase, Subject
from services.contract.people import About
from services.contract.problems import BadInput, SignInAgain
from services.contract.views import Refused
from services.gateway.answer import BREAK_GLASS, NO_RELATION
from services.gateway.cases import break_glass
from services.gateway.cases.open import Opened, open_case
from services.gateway.cases.states import case_state
from services.gateway.tasks.inbox import opened as open_row
from services.gateway.tasks.inbox import waiting
from tests.hub.world import MIA, SEAN, World, a_person, a_world, released

JOAN = About(nhs_number="9991000100", given="Joan", family="Pike")
WORDS = ("Joan", "Pike", "9991000100", "collapsed")
REASON = "collapsed in the waiting room, not responding"


def opened_to_health(policies: Path) -> None:
    """As an IG lead opens it: the purpose is taken off the list of the closed ones."""
    table = policies / "catalogue" / "role-purposes.yaml"
    table.write_text(
        table.read_text(encoding="utf-8").replace("closed: [BTG]", "closed: []"), encoding="utf-8"
    )


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    found = a_world(tmp_path_factory.mktemp("glass"), edit=opened_to_health)
    yield found
    found.close()


@pytest.fixture
def world(hub: World) -> Iterator[World]:
    usual = hub.running
    yield hub
    hub.running = usual


def doctor(**more: Any) -> Asker:
    now = int(datetime.now(UTC).timestamp())
    return a_person("ED-DOCTOR", "northshire-nhs", **{"authenticated": now} | more)


def body(about: About = JOAN, kind: str = "adult", reason: str = REASON, **more: Any) -> OpenCase:
    subject = Subject.model_validate({"about": about, "as": kind})
    ground = Ground(code="emergent-harm", text=reason)
    return OpenCase(**{"purpose": "BTG", "ground": ground, "subjects": (subject,)} | more)


def broken(world: World, by: Asker, *args: Any, **more: Any) -> Opened:
    found = open_case(world.parts, by, body(*args, **more))
    assert isinstance(found, Opened), found
    return found


def tasks(world: World, organisation: str) -> list[Any]:
    officer = Asker(organisation, "", "PRIVACY-OFFICER", "whoever looks")
    return [open_row(world.parts, row) for row in waiting(world.parts, officer)]


def test_8_the_patient_without_location_or_narrative(world: World) -> None:
    by = doctor()
    case = broken(world, by)
    view = world.view(case.id, JOAN, by=by)
    assert [one.ref for one in view.people] == [view.people[0].ref]
    kinds = {one["resourceType"] for one in released(view)}
    assert {"Patient", "EpisodeOfCare", "Flag"} <= kinds
    text = json.dumps(released(view))
    assert "financial abuse" in text
    # The trust's own record is its own; of a partner's nothing places her, and no assessment leaves.
    own = {"source": "urn:mash:source:northshire-nhs"}
    partners = [one for one in released(view, "Patient") if one["meta"].get("source") != own["source"]]
    assert partners
    for placed in ("address", "telecom", "generalPractitioner"):
        assert not any(placed in one for one in partners), placed
    withheld = {row.class_ for row in view.withheld}
    assert "Location" in withheld
    # Joan objected to sharing; breaking the glass is the one way past it.
    assert not {"OBJECTION", "NO_RELATIONSHIP", "CONSENT_REQUIRED"} & {row.code for row in view.withheld}


def test_8_it_ends_after_four_hours(world: World) -> None:
    by = doctor()
    case = broken(world, by)
    begun = datetime.now(UTC)
    world.at(begun + timedelta(hours=3, minutes=59))
    assert case_state(world.parts, by, case.id).state == "OPEN"
    world.at(begun + timedelta(hours=4, seconds=1))
    assert case_state(world.parts, by, case.id).state == "CLOSED"
    late = world.ask(case.id, JOAN, by=by)
    assert isinstance(late, Refused) and late.code == "PURPOSE_NOT_PERMITTED"


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_8b_without_a_reason_it_is_refused_as_a_value_and_an_entry(world: World, reason: str) -> None:
    before = len(world.entries("northshire-nhs"))
    found = open_case(world.parts, doctor(), body(reason=reason))
    assert isinstance(found, Refused) and found.code == "REASON_REQUIRED"
    entry = world.entries("northshire-nhs")[before]
    assert (entry["kind"], entry["facts"]) == ("release.refused", {"code": "REASON_REQUIRED"})


@pytest.mark.parametrize(
    ("role", "organisation"),
    [("SW-CHILD", "northshire-csc"), ("SW-TEAM-MGR", "northshire-csc"), ("SMS-KEYWORKER", "haven-sms")],
)
def test_8c_nobody_but_health_breaks_it(world: World, role: str, organisation: str) -> None:
    by = a_person(role, organisation, authenticated=int(datetime.now(UTC).timestamp()))
    found = open_case(world.parts, by, body())
    assert isinstance(found, Refused) and found.code == "PURPOSE_NOT_PERMITTED"


def test_8c_a_mistaken_table_gives_it_to_nobody_else(tmp_path: Path) -> None:
    """Police by the table of roles and purposes: the vocabulary's groups of roles still say no."""

    def to_police(policies: Path) -> None:
        opened_to_health(policies)
        table = policies / "catalogue" / "role-purposes.yaml"
        rows = table.read_text(encoding="utf-8").splitlines()
        at = next(number for number, row in enumerate(rows) if row.strip().startswith("POLICE-MASH:"))
        marks = rows[at].split()
        marks[1 + 18] = "Y"
        rows[at] = "  " + " ".join(marks)
        table.write_text("\n".join(rows) + "\n", encoding="utf-8")

    world = a_world(tmp_path, families=False, edit=to_police)
    assert "BTG" in world.parts.rules.purposes_of("POLICE-MASH")
    by = Asker(
        "northshire-police", "POLICE", "POLICE-MASH", "p", authenticated=int(datetime.now(UTC).timestamp())
    )
    found = open_case(world.parts, by, body())
    world.close()
    assert isinstance(found, Refused) and found.code == "PURPOSE_NOT_PERMITTED"


@pytest.mark.parametrize("ago", [None, 301, 86400])
def test_a_sign_in_of_some_time_ago_is_not_enough(world: World, ago: int | None) -> None:
    at = 0 if ago is None else int(datetime.now(UTC).timestamp()) - ago
    with pytest.raises(SignInAgain):
        open_case(world.parts, doctor(authenticated=at), body())


def test_it_is_one_workers_own_and_for_one_patient(world: World) -> None:
    two = (Subject.model_validate({"about": JOAN, "as": "adult"}),) * 2
    with pytest.raises(BadInput) as told:
        open_case(world.parts, doctor(), body(subjects=two))
    assert told.value.places[0].startswith("subjects:")
    with pytest.raises(BadInput) as told:
        open_case(world.parts, doctor(), body(members=(Member(organisation="northshire-nhs", team="ed"),)))
    assert told.value.places[0].startswith("members:")
    by = doctor()
    case = broken(world, by)
    # The same glass opens nobody else's records, known to the hub or not, and no family.
    other = world.ask(case.id, MIA, by=by)
    assert isinstance(other, Refused) and other.code == "NO_RELATIONSHIP"
    mine = broken(world, by, MIA, "child")
    assert len(world.view(mine.id, MIA, by=by, scope="family").people) == 1
    colleague = replace(by, user="another-doctor")
    theirs = world.ask(case.id, JOAN, by=colleague)
    assert isinstance(theirs, Refused)


def test_8d_the_officers_are_told_by_reference_only(world: World) -> None:
    by = doctor(user="doctor-8d")
    before = {task.row.id for task in tasks(world, "northshire-nhs")}
    case = broken(world, by)
    found = [task for task in tasks(world, "northshire-nhs") if task.row.id not in before]
    assert [task.row.kind for task in found] == [break_glass.USED]
    assert found[0].facts == {
        "reference": break_glass.reference(world.parts, case.id),
        "asking_role": "ED-DOCTOR",
    }
    assert not found[0].person and not found[0].records
    text = json.dumps([found[0].facts, case.id])
    assert not [word for word in WORDS if word in text]


def test_4e_it_opens_nothing_across_a_harm_link(world: World) -> None:
    by = doctor()
    case = broken(world, by, MIA, "child", household=(SEAN,))
    text = json.dumps(world.view(case.id, MIA, by=by).model_dump(mode="json", by_alias=True))
    for word in ("Elmfield", "Northshire General Hospital", "NHT-882014", "01632 960102", "Larch"):
        assert word not in text, word


def test_6b_without_a_relationship_the_patient_is_asked_first_and_breaking_the_glass_comes_after(
    world: World,
) -> None:
    nurse = a_person("PALLIATIVE-NURSE", "brook-hospice")
    case = world.open("TREAT", "in-my-care", (JOAN, "adult"), by=nurse)
    view = world.view(case, JOAN, by=nurse)
    assert "NO_RELATIONSHIP" in {row.code for row in view.withheld}
    assert [note for note in view.notes if note in (NO_RELATION, BREAK_GLASS)] == [NO_RELATION, BREAK_GLASS]
    assert not released(view)
