"""Every coarser form in which something may leave."""

import pytest

from services.contract.decisions import Cell
from services.contract.vocabulary import code_list
from tests.minimising import SILENT, Case, book, cells, generalised, left
from tests.unit.gateway.minimise_records import ENCOUNTER, FLAG, MASKED, PATIENT, WHO, note


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"date": "year"}, {"start": "2024", "end": "2025"}),
        ({"date": "month"}, {"start": "2024-05", "end": "2025-01"}),
    ],
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
        "resourceType": "EpisodeOfCare", "id": "x", "status": "active", "patient": WHO, "type": [{"text": "A"}, {"text": "B"}],
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


def test_a_number_of_the_publishers_own_goes_with_its_name() -> None:
    made = left(PATIENT, DM1i=generalised(provider="kind"), DM0p=generalised(provider="kind"))
    assert made is not None
    assert made["identifier"] == [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9991000011"}]


@pytest.mark.parametrize(
    "path", sorted(path for path, row in book()["fields"].items() if row["class"] in ("DM0", "DM0p", "DM1i"))
)
def test_nothing_of_a_provider_is_kept_as_it_is_at_kind(path: str) -> None:
    """Where the kind of service stands for the provider, only what says neither name nor date may stay."""
    row = book()["fields"][path]
    forms = book()["forms"][row["at"]] if isinstance(row.get("at"), str) else row.get("at", {})
    if row["class"] == "DM0":
        assert (
            row.get("frame") or path.endswith((".status", ".period")) or forms["provider"]["kind"] == "kind"
        )
    else:
        provider = forms.get("provider", {})
        assert (provider if isinstance(provider, str) else provider.get("kind", "drop")) in ("drop", "kind")


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
    year = left(PATIENT, DM1=generalised(identity="birth-year"), DM1i=SILENT, DM2=SILENT)
    stub = left(PATIENT, DM1=generalised(identity="stub"), DM1i=SILENT, DM2=SILENT)
    assert year is not None
    assert stub is not None
    assert year.keys() == {"resourceType", "id", "meta", "birthDate"}
    assert year["birthDate"] == "2019"
    assert (stub["birthDate"], stub["name"]) == ("2019", PATIENT["name"])
    assert stub.keys() == {"resourceType", "id", "meta", "name", "birthDate"}


def test_a_level_without_a_form_is_withheld() -> None:
    done = Case(note("words"), cells(DM6=generalised(date="year"))).made()
    assert done.resource is not None
    assert done.resource["content"] == [{"attachment": MASKED}]
    assert "DM6" in done.withheld
    # A form on one of the two axes that are asked for is not enough.
    both = left(FLAG, DM3s=generalised(date="year", count="count"))
    assert both is not None
    assert both["code"] == MASKED
    assert "DM3s" in Case(FLAG, cells(DM3s=generalised(date="year", count="count"))).made().withheld
    empty = Case(PATIENT, cells(DM2=Cell("generalise"))).made()
    assert empty.resource is not None
    assert "address" not in empty.resource
