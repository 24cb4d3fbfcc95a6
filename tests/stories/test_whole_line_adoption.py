"""Row 12 on the whole line: Evie was adopted; her mother expects again. Who learns of the earlier child, and who of none."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from services.cli.demo.families import northshire
from services.cli.demo.families.build import ADOPTION, RELATIONS
from services.contract.about import NHS_NUMBER
from services.contract.canonical import emit
from services.contract.cases import Asker, Member
from services.contract.people import About
from services.contract.views import FamilyView
from services.gateway.answer import as_json
from services.index.schema import CONFLICT, DOUBT, IDENTITY
from tests.hub.world import MANAGER, WORKER, World, a_person, a_world, released, shape

BEFORE = About(nhs_number="9991000089", given="Evie", family="Harker", birth_date="2017-01-19")
AFTER = About(nhs_number="9991000097", given="Evie", family="Winstanley", birth_date="2017-01-19")
UNKNOWN = About(nhs_number="9992000031", given="Evie", family="Harker", birth_date="2017-01-19")
MOTHER = About(nhs_number="9992000058", given="Gemma", family="Harker", birth_date="1995-08-02")
POLICE = Asker("northshire-police", "POLICE", "POLICE-MASH", "lena", ("mash",))
ADOPTION_WORKER = Asker("northshire-csc", "LA-CSC", "ADOPTION-WORKER", "anneke", ("adoption",))
KEYWORKER = a_person("SMS-KEYWORKER", "haven-sms", user="priya")
VISITOR = a_person("HEALTH-VISITOR", "northshire-nhs", user="grace")
OF_POLICE = (Member(organisation="northshire-police", team="mash"),)
BIRTH_NAME = ("Harker", "9991000089", "Tanner Street", "ZZ99 8TS")
NOW_CALLED = ("Winstanley", "9991000097", "Larch Farm", "ZZ99 9FR", "Eastwick")


def labelled(system: str, code: str) -> dict[str, Any]:
    return {"security": [{"system": system, "code": code}]}


def patient(id: str, about: About, **more: Any) -> dict[str, Any]:
    number = {"system": NHS_NUMBER, "value": about.nhs_number}
    name = [{"family": about.family, "given": [about.given]}]
    named = {"identifier": [number], "name": name, "birthDate": about.birth_date}
    return {"resourceType": "Patient", "id": id} | named | more


def birth_family() -> list[Mapping[str, Any]]:
    """The mother, as her authority knows her, and that Evie was her child: of the time before the order."""
    relation = {"coding": [{"system": RELATIONS, "code": "CHILD"}]}
    child = patient("child", BEFORE) | {"resourceType": "RelatedPerson"}
    child |= {"patient": {"reference": "Patient/gemma"}, "relationship": [relation], "active": True}
    return [patient("gemma", MOTHER), child | {"meta": labelled(ADOPTION, "before")}]


def adoption_file() -> list[Mapping[str, Any]]:
    """What the agency's adoption team holds: who she was, and who she is now."""
    label = {"meta": labelled("urn:mash:cs:label", "L:ADOPT")}
    link = {
        "resourceType": "EpisodeOfCare",
        "id": "link",
        "status": "finished",
        "type": [{"text": "Adopted; now Evie Winstanley"}],
        "patient": {"reference": "Patient/file"},
    }
    return [patient("file", BEFORE, **label), link | label]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = a_world(tmp_path_factory.mktemp("adoption"))
    made.publish("northshire-csc", *birth_family(), *adoption_file())
    yield made
    made.close()


def told(view: FamilyView) -> str:
    return as_json(view).decode()


def unsaid(view: FamilyView, *words: str) -> None:
    assert [word for word in words if word in told(view)] == []


def enquiry(world: World, about: About, by: Asker = WORKER, kind: str = "child") -> FamilyView:
    return world.view(world.s47((about, kind), members=OF_POLICE), about, by=by)


@pytest.mark.parametrize("purpose", ["C-S17", "C-S47"])
def test_12_her_birth_family_s_worker_learns_of_a_child_born_in_2017_with_plan_and_orders(
    world: World, purpose: str
) -> None:
    if purpose == "C-S47":
        view = enquiry(world, MOTHER, kind="adult")
    else:
        view = world.view(world.open(purpose, "child-in-need", (MOTHER, "adult")), MOTHER)
    (child,) = [one.ref for one in view.people if "CHILD" in one.why]
    mine = [
        one for one in released(view) if (one.get("id") and child.endswith(one["id"])) or child in str(one)
    ]
    text = str(mine)
    assert [one["birthDate"] for one in mine if one["resourceType"] == "Patient"] == ["2017"]
    assert "Children's social care: care order, placement order" in text
    assert "342191000000101" in text
    assert {one["status"] for one in mine if one["resourceType"] == "EpisodeOfCare"} == {"finished"}
    # Her mother's own name is Harker; the child's is nowhere, nor her number, her home, or what came after.
    unsaid(view, "Evie", "9991000089", "2017-01-19", "Tanner Street", "ZZ99 8TS", "L:ADOPT", *NOW_CALLED)
    eastshire = {s.source: {one.state for one in s.people} for s in view.sources if "Eastshire" in s.source}
    assert "HELD" not in {state for states in eastshire.values() for state in states}


def test_12_with_the_adoption_file_and_without_it_the_answer_is_one(tmp_path: Any, world: World) -> None:
    bare = a_world(tmp_path)
    bare.publish("northshire-csc", *birth_family())
    without = shape(enquiry(bare, MOTHER, MANAGER, "adult"))
    bare.close()
    assert shape(enquiry(world, MOTHER, MANAGER, "adult")) == without


@pytest.mark.parametrize("by", [POLICE, VISITOR, KEYWORKER], ids=lambda one: one.role)
def test_12a_12c_her_old_number_is_answered_as_one_that_nobody_holds(world: World, by: Asker) -> None:
    answers = [shape(asked(world, about, by)) for about in (BEFORE, UNKNOWN)]
    assert answers[0] == answers[1]
    view = asked(world, BEFORE, by)
    assert (view.match, view.people, view.candidates, released(view)) == ("NONE", (), (), [])
    unsaid(view, *BIRTH_NAME, *NOW_CALLED)


def asked(world: World, about: About, by: Asker) -> FamilyView:
    """Asked about by this asker for the purpose that their role has, on a case of their own or of the manager's."""
    if by is POLICE:
        return enquiry(world, about, by)
    purpose, ground = ("FAM-OVERVIEW", "family-agreed") if by is VISITOR else ("TREAT", "in-my-care")
    return world.view(world.open(purpose, ground, (about, "child"), by=by), about, by=by)


def test_12a_who_asks_about_her_mother_learns_of_no_child(world: World) -> None:
    view = enquiry(world, MOTHER, POLICE, "adult")
    assert [one.name for one in view.people] == ["Gemma Harker"]
    unsaid(view, "Evie", "2017", "9991000089", *NOW_CALLED)


def test_12a_by_her_new_number_she_is_who_she_is_now(world: World) -> None:
    east = a_person("SW-TEAM-MGR", "eastshire-csc", user="east-manager")
    case = world.open("C-S47", "reasonable-cause", (AFTER, "child"), by=east, reference="E/1")
    view = world.view(case, AFTER, by=east)
    assert view.people[0].name == "Evie Winstanley"
    unsaid(view, *BIRTH_NAME, "placement order")
    # Her authority's adoption support lies after the order: nobody's but an adoption worker's.
    unsaid(view, "Adoption support")
    nurse = Asker("eastshire-nhs", "NHS-ACUTE", "ED-NURSE", "nurse")
    case = world.open("ERTREAT", "emergency-attendance", (AFTER, "child"), by=nurse)
    world.evidence(case, by=nurse, kind="incident", text="attendance")
    health = world.view(case, AFTER, by=nurse)
    assert "Outpatient attendance: eczema review" in told(health)
    unsaid(health, *BIRTH_NAME, "placement order", "Adoption support")


def test_12b_the_agency_s_adoption_worker_sees_the_link(world: World) -> None:
    case = world.open(
        "C-S17",
        "child-in-need",
        (BEFORE, "child"),
        by=ADOPTION_WORKER,
        members=(Member(organisation="northshire-csc", team="adoption"),),
    )
    view = world.view(case, BEFORE, by=ADOPTION_WORKER)
    assert view.match == "MATCH"
    assert "Adopted; now Evie Winstanley" in told(view)
    # The same case and the same question by a worker of the birth family: not the link.
    unsaid(world.view(case, BEFORE), "Adopted; now", *NOW_CALLED)


PLACED = About(nhs_number="9992000066", given="Robin", family="Harker", birth_date="2024-03-01")
FOSTER_HOME = ("Sparrow Close", "ZZ99 7SP", "Otterbury", "01632 960999")


def placed(concern: str) -> list[Mapping[str, Any]]:
    """A child who is placed, the order not made yet: the same number, and a placement that the birth family must not learn of."""
    home = {"use": "home", "line": ["4 Sparrow Close"], "city": "Otterbury", "postalCode": "ZZ99 7SP"}
    telephone = {"system": "phone", "value": "01632 960999"}
    relation = {"coding": [{"system": RELATIONS, "code": "CHILD"}]}
    child = patient("robin-of-gemma", PLACED) | {"resourceType": "RelatedPerson", "active": True}
    from_whom = {"url": "urn:mash:ext:concern", "valueReference": {"reference": f"Patient/{concern}"}}
    flag = {
        "resourceType": "Flag",
        "id": "placement",
        "status": "active",
        "code": {"text": "Placement address not to be given"},
        "subject": {"reference": "Patient/robin"},
        "extension": [from_whom],
    }
    looked_after = {
        "resourceType": "Flag",
        "id": "looked-after",
        "status": "active",
        "category": [{"text": "Looked after"}],
        "code": {"text": "Looked after child, placement order made"},
        "subject": {"reference": "Patient/robin"},
        "period": {"start": "2025-06-17"},
    }
    return [
        patient("robin", PLACED, address=[home], telecom=[telephone]),
        child | {"patient": {"reference": "Patient/gemma"}, "relationship": [relation]},
        flag | {"meta": labelled("urn:mash:cs:label", "L:SAFEADDR")},
        looked_after | {"meta": labelled("urn:mash:cs:label", "L:LAC")},
    ]


def test_12d_placed_and_not_adopted_yet_the_placement_is_hidden_from_the_birth_family(tmp_path: Any) -> None:
    made = a_world(tmp_path)
    made.publish("northshire-csc", *birth_family(), *placed("gemma"))
    view = enquiry(made, MOTHER, kind="adult")
    # The same number and the name that they know, and that they are looked after since some year.
    assert "Robin Harker" in {one.name for one in view.people}
    assert "9992000066" in told(view)
    unsaid(view, *FOSTER_HOME, "2025-06-17")
    assert "RESTRICTED" in {row.code for row in view.withheld}
    # An enquiry about the child, of whom nobody is of concern, has to know where they live.
    assert "Sparrow Close" in told(enquiry(made, PLACED))
    made.close()


def test_12e_whoever_decides_whether_two_records_are_one_person_never_sees_the_pair(world: World) -> None:
    """Where identity is decided: a search, the conflicts on record, and what likeness leaves in doubt."""
    admin = a_person("MASH-ADMIN", user="bryn")
    case = world.open("IDENTITY-REVIEW", "possible-same-person", (AFTER, "child"), by=admin)
    for about in (About(given="Evie", birth_date="2017-01-19"), BEFORE, AFTER):
        view = world.view(case, about, by=admin)
        told_ = told(view)
        assert not ("Harker" in told_ and "Winstanley" in told_)
        unsaid(view, *BIRTH_NAME)
    index = world.parts.index
    with index._store.read() as connection:  # type: ignore[attr-defined]
        assert connection.execute(select(CONFLICT)).all() == []
        items = _items(index)
        people = {row.person for row in connection.execute(select(IDENTITY)) if row.item in items}
        doubted = [row for row in connection.execute(select(DOUBT)) if row.item in items]
        assert [row.other for row in doubted if row.other in items] == [], (
            "nor as one whom people are asked about"
        )
        assert all(row.restricted for row in doubted)
    assert len(people) == 2, (
        "her two records are two people to the index, and nothing says that they might be one"
    )


def _items(index: Any) -> set[str]:
    """The items of her record before and after, as their sources named them."""
    found = {}
    for source in ("northshire-csc", "eastshire-csc"):
        for one in northshire(datetime.now(UTC).date()).bundles[source]["entry"]:
            resource = one["resource"]
            text = emit(resource).decode()
            if resource["resourceType"] == "Patient" and ("9991000089" in text or "9991000097" in text):
                found[source] = index._store.item(source, "Patient", resource["id"])
    assert len(found) == 2
    return set(found.values())
