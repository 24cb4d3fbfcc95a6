"""What leaves of a record: masks, forms, silence, narrative, attachments, meta, extensions, variants."""

import base64
from dataclasses import replace
from typing import Any

import pytest

from services.contract.decisions import Cell
from services.contract.vocabulary import code_list
from tests.minimising import PERSON, RELEASE, SHOWN, SILENT, Case, book, cells, generalised, left, referring

MASKED = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]}
WHO = {"reference": "Patient/1", "display": "Mia Reid", "identifier": {"value": "9991000011"}}
FLAG: dict[str, Any] = {
    "resourceType": "Flag",
    "id": "publishers-own",
    "status": "active",
    "category": [{"coding": [{"system": "http://snomed.info/sct", "code": "1"}]}],
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "342191000000101", "display": "On a plan"}]},
    "subject": WHO,
    "period": {"start": "2024-05-17", "end": "2025-01-02"},
    "author": {"reference": "Organization/9", "display": "Northshire Council"},
}
ENCOUNTER: dict[str, Any] = {
    "resourceType": "Encounter",
    "id": "e",
    "status": "finished",
    "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "EMER"},
    "type": [{"text": "Emergency attendance: assault"}],
    "subject": WHO,
    "period": {"start": "2024-05-17T10:00:00Z", "end": "2024-05-17T11:00:00Z"},
}
PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p",
    "identifier": [
        {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9991000011", "assigner": {"display": "Trust"}},
        {"system": "https://northshire.example/id", "value": "N-17"},
    ],
    "name": [{"family": "Reid", "given": ["Mia"]}],
    "birthDate": "2019-05-07",
    "gender": "female",
    "address": [{"line": ["8 Colliery Row"], "city": "Quarry", "postalCode": "zz99 4ab"}],
    "telecom": [{"system": "phone", "value": "01632 960105"}],
}


def note(text: str, kind: str = "text/plain", **more: Any) -> dict[str, Any]:
    data = base64.b64encode(text.encode()).decode()
    attachment = {"contentType": kind, "data": data, "title": "Note", **more}
    return {
        "resourceType": "DocumentReference", "id": "d", "status": "current", "subject": WHO, "type": {"text": "Note"},
        "content": [{"attachment": attachment}],
    }  # fmt: skip


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


def test_a_silent_required_element_takes_the_record_with_it_unsaid() -> None:
    done = Case(note("private words"), cells(DM6=SILENT, DM0p=SHOWN)).made()
    assert (done.resource, done.dropped) == (None, "required")
    assert not done.touched
    assert "DM6" in done.silent


def test_a_record_of_which_only_the_subject_is_left_does_not_leave() -> None:
    allergy = {"resourceType": "AllergyIntolerance", "id": "a", "patient": WHO, "code": {"text": "Penicillin"}}
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


def test_an_unlisted_type_does_not_leave() -> None:
    done = Case({"resourceType": "Coverage", "id": "c", "status": "active"}).made()
    assert (done.resource, done.dropped) == (None, "unlisted")


def test_the_subject_is_said_by_a_fresh_id_and_nothing_else() -> None:
    made = left(FLAG)
    assert made is not None
    assert made["subject"] == {"reference": "urn:uuid:00000000-0000-4000-8000-000000000001"}
    assert made["id"] == "00000000-0000-4000-8000-000000000002"


@pytest.mark.parametrize("change", [{"text": {"status": "generated", "div": "<div>x</div>"}}, {"language": "en"}])
def test_narrative_never_leaves(change: dict[str, Any]) -> None:
    assert left({**FLAG, **change}) == left(FLAG)


def test_unknown_modifiers_stop_the_record() -> None:
    extension = {"url": "https://x.example/not", "valueBoolean": True}
    assert Case({**FLAG, "modifierExtension": [extension]}).made().dropped == "modifier"
    assert Case({**FLAG, "implicitRules": "https://x.example/rules"}).made().dropped == "modifier"
    taken = {"resourceType": "MedicationStatement", "id": "m", "status": "active", "subject": WHO}
    taken |= {"medicationCodeableConcept": {"text": "A"}, "dosage": [{"text": "one", "modifierExtension": [extension]}]}
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


def test_a_key_safe_goes_by_its_own_class_inside_an_address() -> None:
    safe = {"url": "urn:mash:ext:keySafe", "valueString": "4417"}
    home = {**PATIENT["address"][0], "extension": [safe]}
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


@pytest.mark.parametrize(
    ("how", "expected"),
    [({"date": "year"}, {"start": "2024", "end": "2025"}), ({"date": "month"}, {"start": "2024-05", "end": "2025-01"})],
)
def test_dates_become_coarser(how: dict[str, str], expected: dict[str, str]) -> None:
    done = Case(FLAG, cells(DM3s=generalised(**how))).made()
    assert done.resource is not None
    assert done.resource["period"] == expected
    assert done.resource["code"] == {"coding": FLAG["code"]["coding"]}
    assert "DM3s" in done.generalised


def test_a_code_becomes_its_general_label_or_is_withheld() -> None:
    made = left(FLAG, DM3s=generalised(code="top-label"))
    assert made is not None
    assert made["code"]["coding"][0]["code"] == "child-protection"
    other = {**FLAG, "code": {"coding": [{"system": "http://snomed.info/sct", "code": "99"}]}}
    made = left(other, DM3=generalised(code="top-label"))
    assert made is not None
    assert made["code"] == MASKED


def test_an_attendance_becomes_a_month_without_a_code() -> None:
    made = left(ENCOUNTER, DM4=generalised(count="count", date="month"))
    assert made is not None
    assert made["period"] == {"start": "2024-05", "end": "2024-05"}
    assert made["class"] == MASKED
    assert "type" not in made


def test_a_service_is_said_as_its_kind_or_as_being_in_it() -> None:
    episode = {
        "resourceType": "EpisodeOfCare", "id": "x", "status": "active", "patient": WHO, "type": [{"text": "Methadone"}, {"text": "B"}],
        "managingOrganization": {"display": "Haven"}, "careManager": {"display": "P. Nair"}, "period": {"start": "2024-05-17"},
    }  # fmt: skip
    kind = generalised(provider="kind", date="year")
    made = left(episode, DM0=kind, DM0p=kind)
    assert made is not None
    assert made["type"] == [{"text": "adult health service"}]
    assert made["managingOrganization"] == {"display": "adult health service"}
    assert made["period"] == {"start": "2024"}
    assert "careManager" not in made
    made = left(episode, DM0=generalised(code="in-service"), DM0p=generalised(code="in-service"))
    assert made is not None
    assert made["type"] == [{"text": "substance use, in treatment"}]
    assert made["careManager"] == {"display": "P. Nair"}


def test_the_words_for_a_kind_are_those_of_the_vocabulary() -> None:
    shown = {code: row["shown_as"] for code, row in code_list("source-kinds").items()}
    assert {kind: row["kind"] for kind, row in book()["services"].items()} == shown


def test_an_address_becomes_its_district_and_a_telephone_goes() -> None:
    made = left(PATIENT, DM2=generalised(place="district"))
    assert made is not None
    assert made["address"] == [{"postalCode": "ZZ99"}]
    assert "telecom" not in made


def test_an_address_without_a_postcode_has_no_district() -> None:
    done = Case({**PATIENT, "address": [{"city": "Quarry"}]}, cells(DM2=generalised(place="district"))).made()
    assert done.resource is not None
    assert "address" not in done.resource
    assert "DM2" in done.withheld


def test_identity_at_birth_year_and_as_a_stub() -> None:
    year = left(PATIENT, DM1=generalised(identity="birth-year"), DM1i=SILENT)
    stub = left(PATIENT, DM1=generalised(identity="stub"), DM1i=SILENT, DM2=SILENT)
    assert year is not None
    assert stub is not None
    assert (year["birthDate"], "name" in year, "identifier" in year) == ("2019", False, False)
    assert (stub["birthDate"], stub["name"]) == ("2019", PATIENT["name"])
    assert stub.keys() == {"resourceType", "id", "meta", "name", "birthDate"}


def test_a_level_without_a_form_is_withheld() -> None:
    done = Case(note("words"), cells(DM6=generalised(date="year"))).made()
    assert done.resource is not None
    assert done.resource["content"] == [{"attachment": MASKED}]
    assert "DM6" in done.withheld
    empty = Case(PATIENT, cells(DM2=Cell("generalise"))).made()
    assert empty.resource is not None
    assert "address" not in empty.resource


def test_identifiers_are_told_apart_by_their_system() -> None:
    made = left(PATIENT, DM1i=SHOWN, DM0p=SHOWN)
    assert made is not None
    assert made["identifier"] == [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9991000011"}]


def test_a_restricted_record_is_told_apart_by_its_label() -> None:
    therapy = {**note("she said"), "meta": {"security": [{"code": "PSYTHPN"}]}}
    assert Case(note("she said"), cells(DM6=SHOWN)).made().resource is not None
    assert Case(therapy, cells(DM6=SHOWN)).made().dropped == "modifier"


def test_an_element_about_somebody_else_goes_by_their_cells() -> None:
    related = {"resourceType": "RelatedPerson", "id": "r", "patient": WHO, "name": [{"family": "Cole"}], "gender": "male"}
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
