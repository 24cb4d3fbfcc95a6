"""What a worker really has: half a surname and a street. She finds the family, or is told plainly that there are two."""

from typing import Any

import pytest
from sqlalchemy.event import listen, remove

from services.contract.cases import ConfirmIdentity
from services.contract.people import About
from services.contract.problems import BadInput
from services.contract.views import FamilyView
from services.contract.vocabulary import entry
from services.gateway.answering import search_notes
from services.gateway.cases.identity import confirm_identity
from tests.hub.inboxes import tasks
from tests.hub.world import WORKER, World, a_person, shape

DANA = About(given="Dana", family="Reid", birth_date="1990-02-11")
CONNECTED = str(entry("reasons", "CONFLICT_OF_INTEREST")["sentence"])
HALL = ("Ruth", "1969-10-05"), ("Sam", "2012-03-04"), ("Ada", "2014-05-06"), ("Ben", "2016-07-08")


def a_patient(
    id: str, given: str, family: str, born: str, line: str, postcode: str = "ZZ98 1AA"
) -> dict[str, Any]:
    home = {"use": "home", "line": [line], "city": "Northbridge", "postalCode": postcode}
    name = {"family": family, "given": [given]}
    return {
        "resourceType": "Patient",
        "id": id,
        "name": [name],
        "birthDate": born,
        "gender": "female",
        "address": [home],
    }


@pytest.fixture(scope="module")
def town(world: World) -> World:
    """The families, and on Orchard Road a family of four, and a namesake of half their name."""
    four = [
        a_patient(f"hall-{given.lower()}", given, "Quillan-Hall", born, "3 Orchard Road")
        for given, born in HALL
    ]
    world.publish("northshire-nhs", *four)
    return world


def search(world: World, case: str, **about: Any) -> FamilyView:
    return world.view(case, About(**about))


def names(view: FamilyView) -> list[str]:
    return [stub.name for stub in view.candidates]


def test_half_a_surname_and_a_street_find_the_right_family_and_two_identifiers_show_it(town: World) -> None:
    """The whole of it: four of one household are one family, shown by its eldest; a second family is said plainly."""
    case = town.s47((About(family="Quill", street="Orchard Road"), "adult"))
    one = search(town, case, family="Quill", street="Orchard Road")
    assert (one.match, names(one)) == ("POTENTIAL", ["Ruth Quillan-Hall"])
    assert one.notes == tuple(map(search_notes.sentence, ("ONE_HOUSEHOLD", "ONE_EACH", "PLACE")))
    town.publish(
        "northshire-csc", a_patient("right", "Paul", "Quillowe", "1980-01-01", "17 Orchard Rd", "ZZ98 1AB")
    )
    two = search(town, case, family="Quill", street="orchard rd")
    assert (two.match, names(two)) == ("POTENTIAL", ["Ruth Quillan-Hall", "Paul Quillowe"])
    assert two.notes[0] == "There are two households that fit. Make sure which of them you mean."
    ruth = two.candidates[0].candidate
    # What the stub shows, and what was asked, confirms nothing.
    read_back = ConfirmIdentity(candidate=ruth, identifiers={"given": "Ruth", "family": "Quillan-Hall"})
    with pytest.raises(BadInput):
        confirm_identity(town.parts, WORKER, case, read_back)
    known = ConfirmIdentity(
        candidate=ruth, identifiers={"birth_date": "1969-10-05", "family": "Quillan-Hall"}
    )
    assert confirm_identity(town.parts, WORKER, case, known).confirmed
    view = town.view(case, About(candidate=ruth))
    assert view.match == "MATCH"
    assert {person.name for person in view.people} >= {"Ruth Quillan-Hall"}
    again = search(town, case, family="Quill", street="Orchard Road")
    assert again.match == "MATCH"


def test_households_are_not_told_where_the_address_is_not_the_askers_to_see(town: World) -> None:
    """A family overview shows nobody's address; so four of one street are four people, and too many."""
    case = town.open("FAM-OVERVIEW", "family-agreed", (About(given="Ruth", family="Quillan-Hall"), "adult"))
    view = search(town, case, family="Quillan", street="Orchard Road")
    assert (view.match, view.candidates) == ("MANY", ())
    helps = "It would help most to add the NHS number, the date of birth or the first name."
    assert view.notes == (helps, search_notes.sentence("PLACE"))


def test_too_many_says_what_would_help_by_the_question_alone(town: World) -> None:
    case = town.s47()
    asked = search(town, case, family="Quillan", born_from=1960, born_to=1970)
    assert (asked.match, names(asked)) == ("POTENTIAL", ["Ruth Quillan-Hall"])
    about = About(given="Sam", family="Pen", street="Mill Lane")
    assert search_notes.what_helps(about) == "the NHS number, the date of birth or a rough age"


@pytest.mark.parametrize(
    "place",
    [
        {"street": "Juniper Walk"}, {"street": "Nowhere Row"}, {"phone": "01632 960104"}, {"phone": "01632 960999"},
        {"school": "Elmfield"}, {"school": "Nowhere"}, {"uprn": "999000000104"}, {"uprn": "1"},
    ],
)  # fmt: skip
def test_by_any_place_right_or_wrong_nobody_protected_is_found_and_the_duty_manager_checks(
    town: World, place: dict[str, Any]
) -> None:
    case = town.s47()
    view = search(town, case, **DANA.model_dump(exclude_none=True), **place)
    assert (view.match, view.candidates, view.notes) == ("NONE", (), (search_notes.sentence("PLACE"),))
    view = search(town, case, family="Reid", nickname="Mia", **place)
    assert (view.match, view.candidates, view.notes) == ("NONE", (), (search_notes.sentence("PLACE"),))
    told = [task.facts for task in tasks(town, "northshire-csc", "duty-manager", case)]
    assert {one["name"] for one in told} <= {"Dana Reid", "Mia Reid"}
    assert [one.items() >= place.items() for one in told] == [True]


def test_one_who_is_protected_is_answered_and_entered_as_one_who_is_not_known(town: World) -> None:
    """Absent, unknown and protected: one answer, one entry, as many statements, by name and by place."""
    case = town.s47()
    manager = a_person("SW-TEAM-MGR")
    nobody = {"given": "Dona", "family": "Rees", "birth_date": "1990-02-12"}
    for place in ({}, {"street": "Juniper Walk"}, {"postcode": "ZZ98 9ZZ"}):
        told = []
        for who in (DANA.model_dump(exclude_none=True), nobody):
            ran: list[str] = []
            engine = town.parts.index._store.engine  # type: ignore[attr-defined]

            def noted(*arguments: Any, into: list[str] = ran) -> None:
                into.append(arguments[2])

            listen(engine, "before_cursor_execute", noted)
            view = town.view(case, About(**who, **place), by=manager)
            remove(engine, "before_cursor_execute", noted)
            entry = town.entries("northshire-csc")[-1]
            fixed = {
                name: entry[name] for name in ("kind", "purpose", "basis", "case_hash", "policy", "asker")
            }
            lengths = len(town.leaves("northshire-csc")[-1]), entry["body"]["bucket"], sorted(entry)
            told.append((shape(view), fixed, lengths, len(ran)))
        assert told[0][0] == told[1][0], place
        assert told[0][1:3] == told[1][1:3], place
        assert told[0][3] == told[1][3] > 5, place
        assert told[0][1]["kind"] == "search.none"


def test_mums_boyfriend_is_found_through_a_child_who_is_certain(town: World) -> None:
    case = town.s47()
    child = {"resourceType": "Patient", "id": "kid", "name": [{"family": "Otley", "given": ["Kit"]}], "birthDate": "2015-01-02",
             "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9992000120"}]}  # fmt: skip
    role = {"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "STPFTH"}
    dave = {
        "resourceType": "RelatedPerson",
        "id": "dave",
        "patient": {"reference": "Patient/kid"},
        "relationship": [{"coding": [role]}],
        "name": [{"family": "Nunn", "given": ["David"]}],
    }
    town.publish("northshire-csc", child, dave)
    certain = {"nhs_number": "9992000120", "birth_date": "2015-01-02"}
    found = search(town, case, nickname="Dave", relation="parents-partner", of=certain)
    assert (found.match, names(found)) == ("POTENTIAL", ["David Nunn"])
    unsure = search(
        town, case, nickname="Dave", relation="parents-partner", of={"given": "Kit", "family": "Otley"}
    )
    assert (unsure.match, unsure.notes) == ("NONE", (search_notes.sentence("THROUGH"),))


def test_whoever_is_connected_to_one_of_them_is_told_so_once(town: World) -> None:
    ruth = About(given="Ruth", family="Quillan-Hall", birth_date="1969-10-05")
    cousin = a_person("SW-CHILD", user="cousin", own=(ruth,))
    asked = About(family="Quill", street="Orchard Road")
    case = town.s47((asked, "adult"))
    stranger, connected = (town.view(case, asked, by=by).notes for by in (WORKER, cousin))
    assert (stranger.count(CONNECTED), connected.count(CONNECTED)) == (0, 1)
    assert len(set(connected)) == len(connected)
