"""Row 14 on the whole line: Sean asks for what the council holds about him, and as a father for what it holds about Mia."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.contract.canonical import emit
from services.contract.people import About
from services.contract.problems import BadInput
from services.contract.views import DraftRequest, FamilyView, Refused
from services.gateway.cases.draft import LETTER, due, make_draft, told
from services.gateway.profiles import day
from tests.hub.test_products import ids_of
from tests.hub.world import MIA, World, a_person, a_world

OFFICER = a_person("DPO")
SEAN = About(nhs_number="9991000054", given="Sean", family="Cole", birth_date="1988-09-23")
CHECKED = "2026-11-02"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = a_world(tmp_path_factory.mktemp("subject"))
    yield made
    made.close()


def drafted(world: World, about: About = SEAN, **more: Any) -> dict[str, Any]:
    told_ = {"purpose": "PATRQT", "about": about, "identity_checked": CHECKED} | more
    body = DraftRequest.model_validate(told_)
    answer = make_draft(world.parts, OFFICER, body)
    assert isinstance(answer, FamilyView), answer
    found: dict[str, Any] = json.loads(emit(told(body, answer, day(world.parts.now()))))
    return found


def given(draft: dict[str, Any], kind: str = "") -> list[dict[str, Any]]:
    found = [one["resource"] for one in draft["give"].get("entry", ())]
    return [one for one in found if not kind or one["resourceType"] == kind]


def test_14_his_own_details_are_marked_to_be_given_out_of_the_council_s_records_alone(world: World) -> None:
    draft = drafted(world)
    assert draft["match"] == "MATCH"
    assert draft["records"] == ["Children's social care"]
    (patient,) = [one for one in given(draft, "Patient") if "Cole" in json.dumps(one)]
    assert patient["birthDate"] == "1988-09-23"
    assert {one["meta"]["source"] for one in given(draft) if "source" in one.get("meta", {})} <= {
        "urn:mash:source:northshire-csc"
    }
    # The housing's and the police's records of him are theirs to answer for.
    assert "HSG-3301" not in json.dumps(draft) and "Breach of order" not in json.dumps(draft)


def test_14_what_is_about_others_is_marked_and_where_they_live_is_not_there(world: World) -> None:
    draft = drafted(world)
    marks = {(row["about"], row["code"]) for row in draft["keep_back"]}
    assert "THIRD_PARTY" in {code for _, code in marks}
    text = json.dumps(draft["give"])
    for place in ("Rowan House", "Juniper Walk", "ZZ99 4SA", "Elmfield", "01632 960210"):
        assert place not in text, place
    assert not [
        one for one in given(draft, "Patient") if "Dana" in json.dumps(one) or "Mia" in json.dumps(one)
    ]


def test_14_intelligence_and_informants_leave_no_trace(tmp_path: Path) -> None:
    def shaped(draft: dict[str, Any]) -> Any:
        rows = sorted((row["about"], row["what"], row["code"]) for row in draft["keep_back"])
        return rows, sorted(one["resourceType"] for one in given(draft)), draft["letter"]

    worlds = []
    for label in ("L:INTEL", "L:INFORMANT", ""):
        made = a_world(tmp_path / (label or "none").replace(":", ""))
        if label:
            patient = ids_of("northshire-csc", "9991000054", "Patient")[0]
            made.publish("northshire-csc", _note(patient, label))
        worlds.append(shaped(drafted(made)))
        made.close()
    assert worlds[0] == worlds[1] == worlds[2]


def _note(patient: str, label: str) -> dict[str, Any]:
    return {
        "resourceType": "DocumentReference", "id": "tip", "status": "current", "description": "Somebody rang about him",
        "type": {"text": "Telephone note"}, "subject": {"reference": f"Patient/{patient}"},
        "content": [{"attachment": {"contentType": "text/plain", "data": "U2FpZA=="}}],
        "meta": {"security": [{"system": "urn:mash:cs:label", "code": label}]},
    }  # fmt: skip


def test_14b_as_her_father_where_she_lives_and_learns_is_held_back_from_him(world: World) -> None:
    draft = drafted(world, MIA, purpose="FAMRQT", by=SEAN, child=True)
    text = json.dumps(draft["give"])
    for place in ("Rowan House", "Juniper Walk", "ZZ99 4SA", "Elmfield", "Amara", "01632 960210"):
        assert place not in text, place
    assert ("Mia Reid", "RESTRICTED") in {(row["about"], row["code"]) for row in draft["keep_back"]}
    # Her mother's number and date of birth stand in Mia's record, and are her mother's.
    assert "9991000046" not in text and "1990-02-11" not in text
    # He is told what the record says of himself.
    assert "9991000054" in text


def test_14_the_words_are_the_same_and_the_clock_starts_at_the_check(world: World) -> None:
    whole, little = drafted(world), drafted(world, MIA, purpose="FAMRQT", by=SEAN, child=True)
    assert whole["letter"] == little["letter"] == LETTER
    assert (whole["due"], whole["overdue"]) == ("2026-12-02", False)
    assert drafted(world, days_waited=10)["due"] == "2026-12-12"

    def last(checked: str) -> str:
        body = {"purpose": "PATRQT", "about": SEAN, "identity_checked": checked}
        return due(DraftRequest.model_validate(body), "2027-12-31")

    # One calendar month: the last day of a shorter one.
    assert [last(one) for one in ("2027-01-31", "2026-12-15", "2027-02-28")] == [
        "2027-02-28",
        "2027-01-15",
        "2027-03-28",
    ]
    with pytest.raises(BadInput):
        drafted(world, identity_checked="2099-01-01")
    with pytest.raises(BadInput):
        drafted(world, identity_checked="2026-02-31")


def test_14_it_is_an_entry_like_any_release_and_for_a_reviewer_only(world: World) -> None:
    draft = drafted(world)
    entry = next(one for one in reversed(world.entries("northshire-csc")) if one["kind"] == "release.intent")
    assert (entry["purpose"], entry["facts"]["channel"], entry["event_id"]) == (
        "PATRQT",
        "review",
        draft["receipt"]["id"],
    )
    body = DraftRequest.model_validate({"purpose": "PATRQT", "about": SEAN, "identity_checked": CHECKED})
    refused = make_draft(world.parts, a_person("SW-CHILD"), body)
    assert isinstance(refused, Refused)
    assert refused.code == "PURPOSE_NOT_PERMITTED"
    assert world.entries("northshire-csc")[-1]["kind"] == "release.refused"


@pytest.mark.parametrize("wrong", [{"purpose": "FAMRQT"}, {"by": SEAN}, {"purpose": "C-S47"}])
def test_who_asks_is_said_where_it_is_somebody_else(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"(?s)validation error"):
        DraftRequest.model_validate({"purpose": "PATRQT", "about": SEAN, "identity_checked": CHECKED} | wrong)
