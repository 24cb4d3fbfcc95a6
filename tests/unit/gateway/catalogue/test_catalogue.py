"""The catalogue: one class for each element, the longest path, variants, and lines that are refused."""

from typing import Any

import pytest

from services.contract.decisions import AXES
from services.gateway.catalogue.catalogue import UNCLASSIFIED, Catalogue, CatalogueFault
from services.gateway.catalogue.elements import shipped
from services.gateway.catalogue.paths import read_form
from tests.minimising import CLASSES, book, catalogue

MADE_ANEW = {"id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension"}
TYPES = sorted({path.partition(".")[0].partition("[")[0] for path in book()["fields"]} - {"*"})
RECORD_TYPES = (
    "Patient RelatedPerson Flag EpisodeOfCare ServiceRequest Task Condition MedicationStatement AllergyIntolerance Encounter "
    "CarePlan QuestionnaireResponse DocumentReference Consent Device Contract AuditEvent Provenance CareTeam Observation "
    "MedicationRequest Immunization Procedure RiskAssessment PractitionerRole Location List"
)


@pytest.mark.parametrize("name", RECORD_TYPES.split())
def test_every_element_of_every_record_type_has_a_class(name: str) -> None:
    assert name in TYPES
    for key in shipped().of(name).keys() - MADE_ANEW:
        assert catalogue().class_at(f"{name}.{key}", {"resourceType": name}) in CLASSES, key


@pytest.mark.parametrize("name", TYPES)
def test_a_modifier_stands_or_falls_with_something_of_its_own_record(name: str) -> None:
    """A modifier alone in its class would drop the record whenever that class is withheld, whatever else may leave."""
    classes = {
        element.name: catalogue().class_at(f"{name}.{key}", {"resourceType": name})
        for key, element in shipped().of(name).items()
        if key not in MADE_ANEW
    }
    for element in shipped().of(name).values():
        if element.modifier and element.name in classes:
            others = [class_ for other, class_ in classes.items() if other != element.name]
            assert classes[element.name] in others, element.name


@pytest.mark.parametrize(
    ("path", "class_"),
    [
        ("Patient.birthDate", "DM1"),
        ("Patient.identifier", "DM1i"),
        ("Patient.identifier(https://fhir.nhs.uk/Id/nhs-number)", "DM1"),
        ("Patient.identifier(https://fhir.nhs.uk/Id/nhs-number).assigner", "DM0p"),
        ("Patient.identifier.assigner.display", "DM0p"),
        ("Patient.contact.name.family", "DM1"),
        ("Patient.contact[0].telecom[1].value", "DM2"),
        ("Patient.address.extension(urn:mash:ext:keySafe)", "DM9"),
        ("Patient.address.extension(https://publisher.example/x)", UNCLASSIFIED),
        ("Patient.extension(https://publisher.example/x)", UNCLASSIFIED),
        ("Patient.name.extension(plain)", UNCLASSIFIED),
        ("Patient.nothing", UNCLASSIFIED),
        ("Observation.valueQuantity.value", "DM5"),
        ("Observation.value[x]", "DM5"),
        ("QuestionnaireResponse.item.item.item.answer.valueString", "DM5"),
        ("Contract.term.group.group.asset", "DM8"),
        ("Flag.code.text", "DM4r"),
        ("Flag.code.coding.display", "DM3"),
        ("Condition.meta.source", "DM0p"),
    ],
)
def test_the_longest_path_decides(path: str, class_: str) -> None:
    assert catalogue().class_at(path, {"resourceType": path.partition(".")[0]}) == class_


def test_the_order_of_lines_does_not_matter() -> None:
    lines = {"Patient.contact.name.period": {"class": "DM2"}, "Patient.contact": {"class": "DM1"}}
    for fields in (lines, dict(reversed(lines.items()))):
        made = Catalogue({"fields": fields})
        found = [
            made.class_at(f"Patient.contact.{end}", {"resourceType": "Patient"})
            for end in ("name.family", "name.period.start")
        ]
        assert found == ["DM1", "DM2"]


@pytest.mark.parametrize(
    ("more", "class_"),
    [
        ({}, "DM3"),
        ({"code": {"coding": [{"code": "342191000000101"}]}}, "DM3s"),
        ({"category": [{"coding": [{"code": "child-protection-information-system-flag"}]}]}, "DM3s"),
        ({"meta": {"security": [{"code": "L:LAC"}]}}, "DM3s"),
        ({"meta": {"security": [{"code": "L:CPROT"}, {"code": "L:INTEL"}]}}, "DM6"),
    ],
)
def test_a_variant_is_told_apart_by_code_or_label(more: dict[str, Any], class_: str) -> None:
    assert catalogue().class_at("Flag.period", {"resourceType": "Flag", **more}) == class_


def test_classes_of_a_record_are_those_of_all_that_is_in_it() -> None:
    record = {
        "resourceType": "Patient", "id": "1", "meta": {"source": "x"}, "name": [{"family": "A", "extension": [{"url": "https://no.example"}]}],
        "contact": [{"telecom": [{"value": "1"}]}], "contained": [{"resourceType": "Observation", "valueString": "x"}],
        "unknown": 1,
    }  # fmt: skip
    assert catalogue().classes_of(record) == {"DM0p", "DM1", "DM2", "DM5", UNCLASSIFIED}
    assert catalogue().classes_of({"resourceType": "Coverage"}) == {UNCLASSIFIED}


def test_an_extension_that_is_listed_anywhere_is_known_beside_one_that_is_listed_here() -> None:
    """UK Core's AddressKey on an address, where the key safe has a line of its own: location, and nothing unknown."""
    key = {"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-AddressKey"}
    parts = [
        {"url": "type", "valueCoding": {"code": "UPRN"}},
        {"url": "value", "valueString": "999000000102"},
    ]
    safe = {"url": "urn:mash:ext:keySafe", "valueString": "0000"}
    odd = {"url": "https://publisher.example/x", "valueString": "y"}

    def classes(*extensions: dict[str, Any]) -> set[str]:
        return catalogue().classes_of({"resourceType": "Patient", "address": [{"extension": [*extensions]}]})

    assert classes({**key, "extension": parts}) == {"DM2"}
    assert classes({**key, "extension": parts}, safe) == {"DM2", "DM9"}
    assert classes(odd) == {"DM2", UNCLASSIFIED}


@pytest.mark.parametrize(
    ("path", "row", "why"),
    [
        ("Patient.nmae", {"class": "DM1"}, "no such element"),
        ("Pateint.name", {"class": "DM1"}, "no such type"),
        ("Patient.name", {"class": "DM77"}, "no such class"),
        ("Patient.name", {"class": "ASK"}, "no such class"),
        ("Patient.name", {"class": "DM1", "at": "nothing"}, "no such form"),
        ("Patient.name", {"class": "DM1", "at": {"shape": {"round": "keep"}}}, "no such axis"),
        ("Patient.name", {"class": "DM1", "at": {"date": {"century": "year"}}}, "no such level"),
        ("Patient.name", {"class": "DM1", "at": {"date": {"year": "decade"}}}, "no such form"),
        ("Patient.name", {"class": "DM1", "colour": "red"}, "unknown member"),
        ("Patient[odd].name", {"class": "DM1"}, "no such `when`"),
        ("Patient", {"class": "DM1"}, "names an element"),
        ("Patient.name..family", {"class": "DM1"}, "not a path"),
        ("patient.name", {"class": "DM1"}, "type of the record"),
    ],
)
def test_a_line_that_cannot_stand_is_refused_by_its_path(path: str, row: dict[str, Any], why: str) -> None:
    with pytest.raises(CatalogueFault, match=why) as refused:
        Catalogue({"fields": {path: row}})
    assert refused.value.path.partition(".")[0] in path


def test_a_system_that_yaml_read_as_a_mapping_is_refused() -> None:
    with pytest.raises(CatalogueFault, match="quote"):
        Catalogue({"fields": {"Patient.name": {"class": "DM1"}}, "public_systems": [{"urn:mash:cs": None}]})


def test_one_word_stands_for_every_level_of_an_axis() -> None:
    assert read_form("x", {"date": "keep"}) == {"date": dict.fromkeys(AXES["date"][1:], "keep")}
