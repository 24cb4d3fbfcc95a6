"""Several records of one answer: references between them, and what a protected person's places do to all of them."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.contract.decisions import Cell
from services.contract.people import Item, RecordFacts
from services.gateway.minimise import Minimised, Places, Rewrite, minimise_all
from tests.minimising import RELEASE, SHOWN, SILENT, catalogue, cells, texts

REFERENCES = {
    "Patient/1": "person:mia",
    "Patient/9": "person:nobody",
    "Condition/1": "record:asthma",
    "Condition/2": "record:hidden",
    "List/1": "record:list",
}


@dataclass(frozen=True)
class Decided:
    item: Item
    cells: Mapping[str, Cell] = field(default_factory=cells)
    elements: Mapping[str, Mapping[str, Cell]] = field(default_factory=dict)


def decided(
    record: str, resource: dict[str, Any], references: Mapping[str, str] = REFERENCES, **changed: Cell
) -> Decided:
    return Decided(Item("s", "mia", record, resource, RecordFacts(), "", (), references), cells(**changed))


def answer(*given: Decided, places: Places | None = None) -> tuple[Minimised, ...]:
    records = {
        one.item.record: f"urn:uuid:0000000{number}-0000-4000-8000-000000000000"
        for number, one in enumerate(given)
    }
    rewrite = Rewrite({"mia": "urn:uuid:aaaaaaaa-0000-4000-8000-000000000000"}, records, {"s": "gp"})
    return minimise_all(given, catalogue(), places, rewrite)


def condition(name: str = "Asthma") -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "id": "1",
        "subject": {"reference": "Patient/1"},
        "code": {"text": name},
    }


def listing(*to: str) -> dict[str, Any]:
    return {
        "resourceType": "List", "id": "1", "status": "current", "mode": "working", "subject": {"reference": "Patient/1"},
        "entry": [{"item": {"reference": one, "display": f"about {one}"}} for one in to],
    }  # fmt: skip


def made(done: Minimised) -> dict[str, Any]:
    assert done.resource is not None
    return done.resource


def test_references_inside_the_answer_lead_to_fresh_ids() -> None:
    first, second = answer(decided("list", listing("Condition/1")), decided("asthma", condition()))
    assert made(first)["entry"] == [{"item": {"reference": f"urn:uuid:{made(second)['id']}"}}]


def test_a_reference_to_a_silent_record_leaves_what_one_to_nothing_leaves() -> None:
    listed = listing("Condition/1", "Condition/2")
    there = answer(
        decided("list", listed),
        decided("asthma", condition()),
        decided("hidden", condition("HIV"), DM4=SILENT),
    )
    unpublished = {key: value for key, value in REFERENCES.items() if key != "Condition/2"}
    never = answer(decided("list", listed, unpublished), decided("asthma", condition(), unpublished))
    assert made(there[0]) == made(never[0])
    assert len(made(there[0])["entry"]) == 1
    assert there[0].touched == never[0].touched
    assert (there[2].resource, dict(there[2].touched)) == (None, {})


def test_what_refers_to_a_record_that_falls_falls_with_it() -> None:
    only = listing("Condition/2")
    done = answer(decided("list", only), decided("hidden", condition("HIV"), DM4=SILENT))
    assert "entry" not in made(done[0])
    assert not done[0].targets & {"record:hidden"}


def test_a_reference_to_somebody_who_is_not_shown_leads_nowhere() -> None:
    plan = {
        "resourceType": "CarePlan", "id": "1", "status": "active", "intent": "plan", "subject": {"reference": "Patient/1"},
        "contributor": [{"reference": "Patient/9", "display": "Dana Reid"}, {"reference": "Practitioner/4", "display": "Dr L"}],
    }  # fmt: skip
    assert made(answer(decided("plan", plan))[0])["contributor"] == [{"display": "Dr L"}]


def test_any_of_somebodys_patients_is_the_person() -> None:
    patient = {"resourceType": "Patient", "id": "2", "name": [{"family": "Reid"}]}
    flag = {
        "resourceType": "Condition",
        "id": "1",
        "subject": {"reference": "Patient/2"},
        "code": {"text": "Asthma"},
    }
    known = {"Patient/2": "record:second"}
    _, about = answer(decided("second", patient, known, DM1=SHOWN), decided("asthma", flag, known))
    assert made(about)["subject"] == {"reference": "urn:uuid:aaaaaaaa-0000-4000-8000-000000000000"}


HOME = Places(["14 Juniper Walk", "ZZ99 3CD", "01632 960 744", "Hazel Bank Primary School"])


@pytest.mark.parametrize(
    "text",
    [
        "She is now at 14 Juniper Walk.",
        "moved to JUNIPER   walk, number unknown",
        "14, Juniper-Walk",
        "Flat 2, 14 juniperwalk",
        "postcode zz993cd",
        "ZZ99  3CD",
        "ring 01632960744 after six",
        "ring +44 1632 960744",
        "ring (01632) 960-744",
        "collects Leo from Hazel Bank Primary Sch.",
        "Häzel Bänk primary school",
        "J\u200bunip\u200ber Walk",
    ],
)
def test_text_that_places_somebody_is_found_however_it_is_written(text: str) -> None:
    assert HOME.found_in(text)
    record = {**condition(), "note": [{"text": text}, {"text": "Uses an inhaler."}]}
    (done,) = answer(decided("asthma", record), places=HOME)
    assert made(done)["note"] == [{"text": "Uses an inhaler."}]
    assert done.withheld["DM5"].shown_as == "RESTRICTED"


@pytest.mark.parametrize(
    "text", ["Asthma", "walks to school", "14 days", "1632", "a hazel tree", "bank holiday"]
)
def test_other_text_is_left_alone(text: str) -> None:
    assert not HOME.found_in(text)


def test_every_string_is_read_codes_attachments_and_names_alike() -> None:
    hidden = base64.b64encode(b"now at 14 Juniper Walk").decode()
    document = {
        "resourceType": "DocumentReference", "id": "1", "status": "current", "subject": {"reference": "Patient/1"},
        "type": {"text": "Visit to Juniper Walk"}, "description": "A visit",
        "content": [{"attachment": {"contentType": "text/plain", "data": hidden}}],
        "author": [{"display": "Hazel Bank Primary School"}],
    }  # fmt: skip
    (done,) = answer(decided("note", document), places=HOME)
    assert not {*texts(made(done))} & {hidden, "Visit to Juniper Walk", "Hazel Bank Primary School"}
    assert made(done)["description"] == "A visit"


def test_a_required_element_that_places_somebody_is_masked() -> None:
    flag = {
        "resourceType": "Flag", "id": "1", "status": "active", "subject": {"reference": "Patient/1"},
        "code": {"coding": [{"code": "1", "display": "14 Juniper Walk"}]},
    }  # fmt: skip
    (done,) = answer(decided("flag", flag), places=HOME)
    assert "Juniper" not in str(made(done))
    assert "extension" in made(done)["code"]


def test_short_words_place_nobody() -> None:
    assert Places.of(["12", "Ely", ""]) is None
    assert Places.of(["12", "Juniper Walk"]) is not None


def test_a_code_system_of_the_publishers_goes_with_the_provider() -> None:
    code = {
        "coding": [
            {"system": "https://haven.example/codes", "version": "3", "code": "T1", "display": "In treatment"}
        ]
    }
    record = {**condition(), "code": code}
    assert made(answer(decided("asthma", record))[0])["code"] == code
    (done,) = answer(decided("asthma", record, DM0p=SHOWN))
    assert made(done)["code"] == {"coding": [{"code": "T1", "display": "In treatment"}]}
    assert RELEASE.effect == "release"
