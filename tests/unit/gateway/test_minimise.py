"""What leaves of a record: masks, forms, silence, narrative, attachments, meta, extensions, variants."""

from dataclasses import replace
from typing import Any

import pytest

from services.contract.decisions import Cell
from tests.minimising import PERSON, RELEASE, SHOWN, SILENT, Case, cells, left, referring
from tests.unit.gateway.minimise_records import FLAG, MASKED, PATIENT, WHO, note


def test_a_required_element_is_masked_down_to_its_required_children() -> None:
    made = left(note("private words"), DM6=SHOWN)
    assert made is not None
    assert made["content"] == [{"attachment": MASKED}]
    assert made["meta"]["security"][-1]["code"] == "REDACTED"


def test_an_optional_element_is_stripped_and_nothing_stands_for_it() -> None:
    made = left(PATIENT, DM2=SHOWN)
    assert made is not None
    assert "address" not in made
    assert "telecom" not in made


def test_without_a_modifier_nothing_leaves() -> None:
    done = Case(FLAG, cells(DM3s=SHOWN)).made()
    assert (done.resource, done.dropped) == (None, "modifier")
    assert "DM3s" in done.withheld


@pytest.mark.parametrize("cell", [SHOWN, SILENT])
def test_without_an_optional_modifier_nothing_leaves_either(cell: Cell) -> None:
    refuted = {
        "coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "refuted"}
        ]
    }
    condition = {
        "resourceType": "Condition",
        "id": "c",
        "subject": WHO,
        "code": {"text": "A"},
        "verificationStatus": refuted,
    }
    assert left(condition) is not None
    done = Case(condition, elements={"Condition.verificationStatus": cells(DM4=cell)}).made()
    assert (done.resource, done.dropped) == (None, "modifier")


def test_a_silent_required_element_takes_the_record_with_it_unsaid() -> None:
    written = {**note("private words"), "author": [{"display": "P. Nair"}]}
    done = Case(written, cells(DM6=SILENT, DM0p=SHOWN)).made()
    assert (done.resource, done.dropped) == (None, "required")
    assert not done.touched
    assert "DM6" in done.silent


def test_a_record_of_which_only_the_subject_is_left_does_not_leave() -> None:
    allergy = {
        "resourceType": "AllergyIntolerance",
        "id": "a",
        "patient": WHO,
        "code": {"text": "Penicillin"},
    }
    done = Case(allergy, cells(DM4=SHOWN)).made()
    assert (done.resource, done.dropped) == (None, "empty")


def test_a_record_does_not_leave_where_it_may_not_be_said_whose_it_is() -> None:
    done = Case(FLAG, cells(DM0=SHOWN)).made()
    assert (done.resource, done.dropped) == (None, "frame")


def test_a_class_that_policy_did_not_answer_is_withheld() -> None:
    given = {class_: cell for class_, cell in cells().items() if class_ != "DM2"}
    done = Case(PATIENT, given).made()
    assert done.resource is not None
    assert "address" not in done.resource
    assert done.withheld["DM2"].code == "POLICY_UNAVAILABLE"


def test_what_would_not_be_valid_does_not_leave() -> None:
    """R4 asks for both ends of an appointment that took place (app-3)."""
    appointment = {
        "resourceType": "Appointment", "id": "a", "status": "fulfilled", "start": "2024-05-17T10:00:00Z",
        "end": "2024-05-17T11:00:00Z",
        "participant": [{"status": "accepted", "actor": {"display": "Dr L"}, "type": [{"text": "GP"}]}],
    }  # fmt: skip
    assert left(appointment) is not None
    masked = left(appointment, DM2=SHOWN)
    assert masked is not None
    assert masked["_start"] == MASKED
    assert Case(appointment, cells(DM2=SILENT)).made().dropped == "invalid"


def test_an_unlisted_type_does_not_leave() -> None:
    done = Case({"resourceType": "Coverage", "id": "c", "status": "active"}).made()
    assert (done.resource, done.dropped) == (None, "unlisted")


def test_the_subject_is_said_by_a_fresh_id_and_nothing_else() -> None:
    made = left(FLAG)
    assert made is not None
    assert made["subject"] == {"reference": "urn:uuid:00000000-0000-4000-8000-000000000001"}
    assert made["id"] == "00000000-0000-4000-8000-000000000002"


@pytest.mark.parametrize(
    "change", [{"text": {"status": "generated", "div": "<div>x</div>"}}, {"language": "en"}]
)
def test_narrative_never_leaves(change: dict[str, Any]) -> None:
    assert left({**FLAG, **change}) == left(FLAG)


def test_unknown_modifiers_stop_the_record() -> None:
    extension = {"url": "https://x.example/not", "valueBoolean": True}
    assert Case({**FLAG, "modifierExtension": [extension]}).made().dropped == "modifier"
    assert Case({**FLAG, "implicitRules": "https://x.example/rules"}).made().dropped == "modifier"
    taken: dict[str, Any] = {
        "resourceType": "MedicationStatement",
        "id": "m",
        "status": "active",
        "subject": WHO,
    }
    taken |= {
        "medicationCodeableConcept": {"text": "A"},
        "dosage": [{"text": "one", "modifierExtension": [extension]}],
    }
    assert Case(taken).made().dropped == "modifier"
    contact = {"name": {"family": "Reid"}, "modifierExtension": [extension]}
    assert Case({**PATIENT, "contact": [contact]}).made().dropped == "modifier"


def test_an_extension_whose_url_is_not_listed_stays_behind_wherever_it_stands() -> None:
    extension = {"url": "https://x.example/secret", "valueString": "secret"}
    name = {"family": "Reid", "_family": {"extension": [extension]}, "extension": [extension]}
    done = Case({**PATIENT, "extension": [extension], "name": [name]}).made()
    assert done.resource is not None
    assert done.resource["name"] == [{"family": "Reid"}]
    assert "extension" not in done.resource
    assert "UNCLASSIFIED" in done.withheld


def test_a_member_that_r4_does_not_know_stays_behind_wherever_it_stands() -> None:
    done = Case(
        {**PATIENT, "nick": "M", "name": [{"family": "Reid", "nick": "M", "_nick": {"id": "M"}}]}
    ).made()
    assert done.resource is not None
    assert done.resource["name"] == [{"family": "Reid"}]
    assert "nick" not in done.resource
    assert "UNCLASSIFIED" in done.withheld


def test_a_key_safe_goes_by_its_own_class_inside_an_address() -> None:
    safe = {"url": "urn:mash:ext:keySafe", "valueString": "4417"}
    home = {"city": "Quarry", "extension": [safe]}
    made = left({**PATIENT, "address": [home]}, DM9=SHOWN)
    assert made is not None
    assert "4417" not in str(made)
    assert made["address"][0]["city"] == "Quarry"
    made = left({**PATIENT, "address": [home]}, DM2=SHOWN)
    assert made is not None
    assert "4417" not in str(made)


def test_only_plain_text_inside_the_record_leaves_as_an_attachment() -> None:
    assert left(note("plain words")) is not None
    for other in (note("x", "application/pdf"), note("x", "text/html")):
        made = left(other)
        assert made is not None
        assert made["content"] == [{"attachment": MASKED}]
    made = left(note("words", url="https://publisher.example/n.txt"))
    assert made is not None
    assert "url" not in made["content"][0]["attachment"]


def test_meta_is_made_anew() -> None:
    meta = {
        "versionId": "7", "lastUpdated": "2024-05-17T10:00:00Z", "source": "https://council.example", "profile": ["https://p.example"],
        "security": [
            {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "ETH"},
            {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "NORDSCLCD"},
        ],
        "tag": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}, {"code": "local"}],
    }  # fmt: skip
    done = left({**FLAG, "meta": meta}, DM0p=SHOWN)
    assert done is not None
    assert [tag["code"] for tag in done["meta"]["tag"]] == ["SUBSETTED", "HTEST"]
    assert [label["code"] for label in done["meta"]["security"]] == ["NORDSCLCD", "REDACTED"]
    assert done["meta"].keys() == {"security", "tag"}
    full = left({**FLAG, "meta": meta})
    assert full is not None
    assert full["meta"]["source"] == "https://council.example"


def test_what_a_cell_asks_of_the_receiver_is_on_the_record() -> None:
    made = left(FLAG, DM3s=replace(RELEASE, obligations=("DELAU",)))
    assert made is not None
    assert [label["code"] for label in made["meta"]["security"]] == ["DELAU"]


def test_withholding_silently_leaves_no_mark_in_meta() -> None:
    without = {key: value for key, value in PATIENT.items() if key not in ("address", "telecom")}
    assert left(PATIENT, DM2=SILENT) == left(without)


def test_identifiers_are_told_apart_by_their_system() -> None:
    made = left(PATIENT, DM1i=SHOWN, DM0p=SHOWN)
    assert made is not None
    assert made["identifier"] == [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9991000011"}]


def test_a_restricted_record_is_told_apart_by_its_label() -> None:
    therapy = {**note("she said"), "meta": {"security": [{"code": "PSYTHPN"}]}}
    assert Case(note("she said"), cells(DM6=SHOWN)).made().resource is not None
    assert Case(therapy, cells(DM6=SHOWN)).made().dropped == "modifier"


def test_an_element_about_somebody_else_goes_by_their_cells() -> None:
    related = {
        "resourceType": "RelatedPerson",
        "id": "r",
        "patient": WHO,
        "name": [{"family": "Cole"}],
        "gender": "male",
    }
    theirs = {"RelatedPerson.name": cells(DM1=SILENT)}
    made = Case(related, elements=theirs).made().resource
    assert made is not None
    assert ("name" in made, made["gender"]) == (False, "male")
    # Nothing narrower is listed: the stricter of both, for the whole of what is.
    made = Case(related, elements={"RelatedPerson.name[0].family": cells(DM1=SILENT)}).made().resource
    assert made is not None
    assert "name" not in made
    hers = {"RelatedPerson.name": cells()}
    assert Case(related, cells(DM1=SHOWN), elements=hers).made().resource is None


def test_contained_records_go_by_their_own_paths_and_only_with_their_reference() -> None:
    held = {
        **FLAG,
        "contained": [
            {"resourceType": "Organization", "id": "north", "name": "Northshire Council"},
            {"resourceType": "Organization", "id": "unused", "name": "Nobody"},
        ],
        "author": {"reference": "#north"},
    }
    made = referring(held).resource
    assert made is not None
    assert made["contained"] == [{"resourceType": "Organization", "id": "c1", "name": "Northshire Council"}]
    assert made["author"] == {"reference": "#c1"}
    made = referring(held, DM0p=SHOWN).resource
    assert made is not None
    assert "Northshire" not in str(made)
    assert PERSON not in str(made)
