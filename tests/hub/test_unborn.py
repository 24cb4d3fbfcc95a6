"""A child not born yet, as a social worker before a birth tells it: "It has no name and no number. I know the mother, and when
it is due. I must get to what the midwife says of this pregnancy, and of no other."
"""

from collections.abc import Iterator

import pytest

from services.cli.demo.enrol import enrol_staff
from services.contract.cases import ConfirmIdentity
from services.contract.people import About
from services.contract.problems import BadInput
from services.gateway.cases.identity import confirm_identity
from tests.hub.test_rights_pages import browser
from tests.hub.world import WORKER, World, a_world, released
from tests.unit.index.northshire import patient, relative

MOTHER, OTHER = "9993000019", "9993000027"
DUE = "2099-02-10"
CARRIED = About(relation="unborn-child", of=About(nhs_number=MOTHER, birth_date="1990-02-11"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = a_world(tmp_path_factory.mktemp("unborn"), families=False)
    enrol_staff(made.parts, "http://127.0.0.1:1")
    made.publish(
        "northshire-csc",
        patient("mother", "Dana Hale", "1990-02-11", MOTHER, gender="female"),
        relative("carried", "mother", "Unborn Hale", "CHILD", born=DUE),
        patient("other", "Ruth Hale", "1991-03-12", OTHER, gender="female"),
        relative("theirs", "other", "Unborn Hale", "CHILD", born=DUE),
    )
    yield made
    made.close()


def token(world: World, case: str, about: About = CARRIED) -> str:
    view = world.view(case, about)
    assert view.match == "POTENTIAL"
    (stub,) = view.candidates
    return stub.candidate


def test_found_through_the_mother_and_confirmed_by_the_day_it_is_due(world: World) -> None:
    case = world.s47((CARRIED, "child"))
    candidate = token(world, case)
    before = len(world.entries("northshire-csc"))
    told = ConfirmIdentity(
        candidate=candidate, identifiers={"birth_date": "2099-02-20", "mother_nhs_number": MOTHER}
    )
    assert confirm_identity(world.parts, WORKER, case, told).confirmed
    (entry,) = world.entries("northshire-csc")[before:]
    assert (entry["kind"], entry["facts"]["identifiers"]) == (
        "identity.confirmed",
        ["birth_date", "mother_nhs_number"],
    )
    view = world.view(case, About(candidate=candidate))
    assert view.match == "MATCH"
    assert [one["birthDate"] for one in released(view, "RelatedPerson")][:1] == [DUE]
    # For this case only.
    assert world.view(world.s47((CARRIED, "child")), CARRIED).match == "POTENTIAL"


@pytest.mark.parametrize(
    "identifiers",
    [
        {"birth_date": DUE, "mother_nhs_number": OTHER},
        {"birth_date": "2099-03-10", "mother_nhs_number": MOTHER},
        {"birth_date": "2099-02-11", "sex": "female"},
    ],
)
def test_another_mother_or_another_time_is_refused_alike(world: World, identifiers: dict[str, str]) -> None:
    case = world.s47((CARRIED, "child"))
    told = ConfirmIdentity(candidate=token(world, case), identifiers=identifiers)
    answer = confirm_identity(world.parts, WORKER, case, told)
    assert (answer.confirmed, answer.tries_left) == (False, 4)
    assert world.view(case, CARRIED).match == "POTENTIAL"


def test_what_led_to_the_child_does_not_confirm_it_nor_does_the_mother_alone(world: World) -> None:
    case = world.s47((CARRIED, "child"))
    candidate = token(world, case)
    for identifiers, said in (
        ({"mother_birth_date": "1990-02-11", "mother_nhs_number": MOTHER}, "did not search with"),
        ({"family": "Hale", "mother_nhs_number": MOTHER}, "did not search with"),
    ):
        with pytest.raises(BadInput, match=said):
            confirm_identity(
                world.parts, WORKER, case, ConfirmIdentity(candidate=candidate, identifiers=identifiers)
            )
    by_name = token(
        world, case, About(family="Hale", unborn=True, birth_date=DUE, relation="unborn-child", of=CARRIED.of)
    )
    both = ConfirmIdentity(
        candidate=by_name, identifiers={"mother_birth_date": "1990-02-11", "mother_nhs_number": MOTHER}
    )
    with pytest.raises(BadInput):
        confirm_identity(world.parts, WORKER, case, both)


def test_the_mother_alone_confirms_nothing_even_where_she_was_not_searched_with(world: World) -> None:
    case = world.s47((CARRIED, "child"))
    found = world.view(case, About(family="Hale", unborn=True, birth_date=DUE)).candidates
    told = {"mother_birth_date": "1990-02-11", "mother_nhs_number": MOTHER}
    with pytest.raises(BadInput, match="the child's own"):
        confirm_identity(
            world.parts, WORKER, case, ConfirmIdentity(candidate=found[0].candidate, identifiers=told)
        )


def test_on_the_page(world: World) -> None:
    worker = browser(world, "SW-CHILD")
    case = world.s47((CARRIED, "child"))
    mother = {"of-nhs_number": MOTHER, "of-born-day": "11", "of-born-month": "2", "of-born-year": "1990"}
    found = worker.post("/find", data={"case": case, "relation": "unborn-child", **mother})
    assert "The child is not born yet" in found.text
    assert "NHS number of the mother" in found.text
    candidate = found.text.partition('name="candidate"')[2].partition('value="')[2].partition('"')[0]
    due = {"confirm-born-day": "10", "confirm-born-month": "2", "confirm-born-year": "2099"}
    sent = {
        "case": case,
        "candidate": candidate,
        "scope": "family",
        "asked": "",
        "mother-nhs_number": MOTHER,
        **due,
    }
    shown = worker.post("/find/confirm", data=sent)
    assert shown.status_code == 200
    assert "Unborn Hale" in shown.text
    assert "Family of" in shown.text or "Who is in the family" in shown.text
