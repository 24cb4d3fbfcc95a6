"""Whom to go to first: by role, of what goes on now, and only by what was released."""

from typing import Any

from services.contract.views import Contact
from services.gateway.answering.contacts import contacts_of

ON = "2026-11-23"
NAMES = {"csc": "Children's social care", "nhs": "Hospitals", "edu": "Education"}


def record(kind: str, source: str = "csc", **more: Any) -> dict[str, Any]:
    return {"resourceType": kind, "meta": {"source": f"urn:mash:source:{source}"}, **more}


def team(*members: tuple[str, str], source: str = "csc", **more: Any) -> dict[str, Any]:
    participants = [{"member": {"display": who}, "role": [{"text": role}]} for who, role in members]
    return record("CareTeam", source, status="active", participant=participants, **more)


def found(*records: dict[str, Any], **entries: dict[str, Any]) -> list[Contact]:
    return list(contacts_of({"urn:uuid:mia": list(records)}, entries, NAMES, ON))


def test_the_role_decides_before_the_record_and_the_day() -> None:
    seen = record("Encounter", "nhs", status="finished", period={"start": "2026-11-20"},
                  participant=[{"individual": {"display": "Dr Ash, consultant"}}])  # fmt: skip
    episode = record(
        "EpisodeOfCare",
        "edu",
        status="active",
        careManager={"display": "Mr Pale"},
        period={"start": "2026-11-01"},
    )
    rows = found(seen, episode, team(("Amara", "Allocated social worker"), ("Ken", "Lead practitioner")))
    assert [one.name for one in rows] == ["Ken", "Amara", "Dr Ash, consultant", "Mr Pale"]
    assert [one.first for one in rows] == [True, False, False, False]
    assert rows[2].last_seen == "2026-11-20" and rows[3].start == "2026-11-01"


def test_what_is_over_or_not_begun_is_nobodys_to_go_to() -> None:
    over = (
        team(("A", "Social worker"), period={"start": "2024-01-01", "end": "2026-11-22"}),
        record("CareTeam", status="inactive", participant=[{"member": {"display": "B"}}]),
        record("EpisodeOfCare", status="finished", careManager={"display": "C"}),
        record(
            "EpisodeOfCare", status="active", careManager={"display": "D"}, period={"start": "2026-12-01"}
        ),
        record(
            "Encounter",
            status="finished",
            period={"start": "2026-01-01"},
            participant=[{"individual": {"display": "E"}}],
        ),
        record(
            "Encounter",
            status="cancelled",
            period={"start": "2026-11-20"},
            participant=[{"individual": {"display": "F"}}],
        ),
        record(
            "Encounter",
            status="planned",
            period={"start": "2027-01-20"},
            participant=[{"individual": {"display": "G"}}],
        ),
        {
            **team(("H", "Social worker")),
            "participant": [{"member": {"display": "H"}, "period": {"end": "2026-10"}}],
        },
    )
    assert found(*over) == []
    assert [
        one.name
        for one in found(team(("A", "Social worker"), period={"start": "2024-01-01", "end": "2026-11-23"}))
    ] == ["A"]


def test_one_worker_of_two_records_stands_once_with_what_both_say() -> None:
    episode = record("EpisodeOfCare", status="active", careManager={"display": "Amara"}, type=[{"text": "Child in need"}],
                     managingOrganization={"display": "Northshire"}, period={"start": "2026-05-09"})  # fmt: skip
    (one,) = found(
        episode,
        team(("Amara", "Allocated social worker"), telecom=[{"system": "phone", "value": "01632 960210"}]),
    )
    assert (one.role, one.service, one.organisation, one.telephone, one.start) == (
        "Allocated social worker", "Child in need", "Northshire", "01632 960210", "2026-05-09",
    )  # fmt: skip


def test_a_service_without_a_named_worker_is_shown_and_is_never_the_first() -> None:
    school = record(
        "EpisodeOfCare",
        "edu",
        status="active",
        type=[{"text": "On roll"}],
        managingOrganization={"display": "Elmfield"},
    )
    rows = found(school, team(("Amara", "worker")))
    assert [(one.name, one.organisation, one.first) for one in rows] == [
        ("Amara", None, True),
        (None, "Elmfield", False),
    ]
    (alone,) = found(school)
    assert not alone.first


def test_what_was_withheld_is_not_told() -> None:
    masked = {
        "extension": [
            {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}
        ]
    }
    bare = {
        "resourceType": "EpisodeOfCare",
        "status": "active",
        "careManager": masked,
        "type": [{"text": "a health service"}],
    }
    (one,) = found(bare)
    assert (one.name, one.source, one.organisation, one.service) == (None, None, None, "a health service")
    assert found({"resourceType": "EpisodeOfCare", "status": "active", "careManager": masked}) == []


def test_a_reference_is_called_by_the_released_record_that_it_leads_to() -> None:
    worker = {"resourceType": "Practitioner", "name": [{"given": ["Tom"], "family": "Hale"}]}
    by = record(
        "CareTeam",
        status="active",
        participant=[{"member": {"reference": "urn:uuid:tom"}, "role": [{"text": "Key worker"}]}],
    )
    assert [one.name for one in contacts_of({"m": [by]}, {"urn:uuid:tom": worker}, NAMES, ON)] == ["Tom Hale"]
    assert contacts_of({"m": [by]}, {}, NAMES, ON) == ()
