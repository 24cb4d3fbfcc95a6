"""What waits in an organisation's inboxes, and the people and records that the tests of tasks ask about."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import col, select

from services.cli.demo.families import northshire
from services.contract.cases import Asker
from services.contract.people import About
from services.gateway.tasks.inbox import Task, opened, waiting
from services.gateway.tasks.tables import ReleaseNoteRow, TaskRow
from services.gateway.tasks.working_off import work_off
from tests.hub.world import World, a_person

DANA = About(nhs_number="9991000046", given="Dana", family="Reid", birth_date="1990-02-11")
SEAN = About(nhs_number="9991000054", given="Sean", family="Cole", birth_date="1988-09-23")
TYLER = About(nhs_number="9992000015", given="Tyler", family="Lomax", birth_date="2018-08-16")
ARTHUR = About(nhs_number="9991000062", given="Arthur", family="Penrose", birth_date="1941-03-14")
PARAMEDIC = a_person("PARAMEDIC", "northshire-amb")
INBOX_ROLE = {"owner": "CALDICOTT", "duty-manager": "DUTY-MANAGER", "privacy-officer": "PRIVACY-OFFICER"}


def tasks(world: World, organisation: str, inbox: str = "owner", case: str = "") -> list[Task]:
    """What waits in an inbox, of one case or all, once every note is worked off."""
    work_off(world.parts)
    reader = Asker(organisation, "", INBOX_ROLE[inbox], "whoever looks")
    found = [opened(world.parts, row) for row in waiting(world.parts, reader)]
    return [one for one in found if not case or one.case == case]


def ids_at(world: World, organisation: str) -> set[str]:
    with world.parts.store.begin() as session:
        return set(session.exec(select(TaskRow.id).where(TaskRow.organisation == organisation)).all())


def notes(world: World) -> list[ReleaseNoteRow]:
    with world.parts.store.begin() as session:
        return list(session.exec(select(ReleaseNoteRow).order_by(col(ReleaseNoteRow.at))).all())


def a_flag(key: str, code: str, labels: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """A flag about Dana at the hospital."""
    patient = next(
        one["resource"]["id"]
        for one in northshire(datetime.now(UTC).date()).bundles["northshire-nhs"]["entry"]
        if one["resource"]["resourceType"] == "Patient" and one["resource"]["name"][0]["given"] == ["Dana"]
    )
    security = [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": one} for one in labels]
    return {
        "resourceType": "Flag",
        "id": key,
        "meta": {"security": security},
        "status": "active",
        "subject": {"reference": f"Patient/{patient}"},
        "code": {"text": code},
        "period": {"start": "2026-01-01"},
        **more,
    }


def bundle(source: str) -> list[dict[str, Any]]:
    return list(northshire(datetime.now(UTC).date()).bundles[source]["entry"])


def barred_at_ambulance(records: list[dict[str, Any]], *bars: str) -> list[dict[str, Any]]:
    patient = next(one["id"] for one in records if one["resourceType"] == "Patient")
    flag = a_flag("barred", "Barred", ("HIV", *bars))
    return [{**flag, "subject": {"reference": f"Patient/{patient}"}}]


def emergency(world: World) -> None:
    case = world.open("ETREAT", "emergency-call", (ARTHUR, "adult"), by=PARAMEDIC)
    world.evidence(case, by=PARAMEDIC, kind="incident", text="call", place="999000000105")
    world.view(case, ARTHUR, by=PARAMEDIC)


def clock(hours: float) -> Callable[[], datetime]:
    return lambda: datetime.now(UTC) + timedelta(hours=hours)


def is_dana(resource: dict[str, Any]) -> bool:
    return bool(resource["resourceType"] == "Patient" and resource["name"][0]["given"] == ["Dana"])
