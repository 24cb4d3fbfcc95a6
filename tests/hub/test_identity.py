"""Never the wrong person: MATCH, POTENTIAL, MANY, NONE, and a worker's confirmation for her case (row 11)."""

from services.contract.cases import ConfirmIdentity
from services.contract.people import About
from services.contract.views import FamilyView
from services.gateway.cases.identity import confirm_identity
from tests.hub.world import MIA, WORKER, World, a_person, released

ADMIN = a_person("MASH-ADMIN")
TYPED = About(given="Mia", family="Reid", birth_date="2019-07-05")


def test_a_number_and_a_date_of_birth_of_one_person_match(world: World) -> None:
    about = About(nhs_number="9991000011", birth_date="2019-05-07")
    assert world.view(world.s47(), about, scope="person").match == "MATCH"


def test_a_number_alone_is_potential(world: World) -> None:
    view = world.view(world.s47(), About(nhs_number="9991000011"))
    assert view.match == "POTENTIAL"
    assert not released(view)


def test_a_number_with_another_date_of_birth_is_none(world: World) -> None:
    view = world.view(world.s47(), About(nhs_number="9991000011", birth_date="2018-01-01"))
    assert (view.match, view.candidates, view.people) == ("NONE", (), ())


def test_a_swapped_date_of_birth_and_a_sound_alike_are_never_a_match(world: World) -> None:
    view = world.view(world.s47(), TYPED, by=ADMIN)
    assert view.match in ("POTENTIAL", "MANY")
    assert not released(view)
    if view.match == "POTENTIAL":
        assert {stub.birth_year for stub in view.candidates} == {"2019"}
        assert {stub.name for stub in view.candidates} >= {"Mia Reid", "Mya Reid"}


def test_a_stub_holds_a_name_and_a_year_and_no_more(world: World) -> None:
    view = world.view(world.s47(), TYPED)
    for stub in view.candidates:
        assert set(stub.model_dump(exclude_none=True)) == {"candidate", "name", "birth_year"}


def test_two_identifiers_confirm_for_this_case_only(world: World) -> None:
    case, other = world.s47(), world.s47()
    offered = {stub.name: stub.candidate for stub in world.view(case, TYPED).candidates}
    wrong = ConfirmIdentity(
        candidate=offered["Mia Reid"], identifiers={"nhs_number": "9991000070", "sex": "female"}
    )
    assert not confirm_identity(world.parts, WORKER, case, wrong).confirmed
    right = ConfirmIdentity(
        candidate=offered["Mia Reid"], identifiers={"nhs_number": "9991000011", "sex": "female"}
    )
    assert confirm_identity(world.parts, WORKER, case, right).confirmed
    view = world.view(case, About(candidate=offered["Mia Reid"]))
    assert view.match == "MATCH"
    assert view.people[0].match == "CONFIRMED"
    assert world.view(other, TYPED).match != "MATCH"


def test_a_subject_described_without_a_number_is_the_subject_once_confirmed(world: World) -> None:
    case = world.s47((TYPED, "child"))
    offered = {stub.name: stub.candidate for stub in world.view(case, TYPED).candidates}
    token = offered["Mia Reid"]
    right = ConfirmIdentity(candidate=token, identifiers={"nhs_number": "9991000011", "sex": "female"})
    assert confirm_identity(world.parts, WORKER, case, right).confirmed
    view = world.view(case, About(candidate=token))
    assert view.people[0].name == "Mia Reid"
    assert released(view, "Observation")


def test_nobody_is_none_and_the_search_is_an_entry(world: World) -> None:
    before = len(world.leaves("northshire-csc"))
    view = world.view(world.s47(), About(given="Zebedee", family="Nowhere", birth_date="1950-01-01"))
    assert view.match == "NONE"
    kinds = [entry["kind"] for entry in world.entries("northshire-csc")[before:]]
    assert "search.none" in kinds


def test_source_records_are_never_merged(world: World) -> None:
    view = world.view(world.s47(), MIA, scope="person")
    assert isinstance(view, FamilyView)
    patients = released(view, "Patient")
    assert len(patients) > 1
    assert len({one["meta"]["source"] for one in patients}) == len(patients)
