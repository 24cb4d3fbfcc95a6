"""The monitoring report on a whole hub: counted from real entries and records, read by whoever may, and entered."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.contract.problems import BadInput, NotAllowed
from services.gateway.monitoring.reading import in_month, months, read_reports
from services.gateway.monitoring.report import MonitoringReport, for_partners
from services.ledger.reading import Reading
from tests.hub.world import World, a_person, a_world

IG_LEAD = a_person("IG-LEAD")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    found = a_world(tmp_path_factory.mktemp("report"))
    case = found.s47()
    for _ in range(3):
        found.view(case, scope="person")
    found.ask(case, by=a_person("VCS-COORD"), scope="person")
    yield found
    found.close()


def _counts(report: MonitoringReport, section: str) -> dict[str, int | None]:
    return dict(next(one.counts.counts for one in report.sections if one.code == section))


def test_an_organisation_sees_its_own_as_they_are_and_partners_see_none_so_small(world: World) -> None:
    reports = read_reports(world.parts, IG_LEAD)
    own, partners = reports.own, reports.partners
    assert partners is not None
    assert own.requests == 4
    assert _counts(own, "purpose") == {"C-S47": 4}
    assert _counts(own, "outcome") == {"in-part": 3, "refused": 1}
    assert _counts(own, "role") == {"SW-CHILD": 3, "VCS-COORD": 1}
    assert _counts(own, "paper")["isa/safeguarding-children"] == 3
    assert _counts(own, "reason")["PURPOSE_NOT_PERMITTED"] == 1
    assert partners.requests is None
    assert set(_counts(partners, "purpose").values()) == {None}


def test_silent_codes_are_for_the_holders_privacy_officer_only(world: World) -> None:
    lead = read_reports(world.parts, a_person("IG-LEAD", "northshire-nhs")).own
    officer = read_reports(world.parts, a_person("PRIVACY-OFFICER", "northshire-nhs")).own
    assert "silent" not in {one.code for one in lead.sections}
    assert "silent" in {one.code for one in officer.sections}
    assert _counts(officer, "given") == {"northshire-csc": 3}
    # What an asker's own officer is shown says nothing of what others withheld from them without a word.
    assert _counts(read_reports(world.parts, a_person("PRIVACY-OFFICER")).own, "silent") == {}


def test_reading_is_an_entry_before_it_is_shown(world: World) -> None:
    before = len(world.entries("northshire-csc"))
    read_reports(world.parts, IG_LEAD)
    entry = world.entries("northshire-csc")[before]
    assert entry["kind"] == "report.read"
    assert entry["facts"]["silent"] is False


def test_an_isa_that_lapsed_is_named_with_what_went_on_meanwhile(world: World) -> None:
    own = read_reports(world.parts, IG_LEAD).own
    assert {state.id: state.state for state, _ in own.papers}["housing"] == "lapsed"


def test_nobody_else_reads_it_and_no_month_to_come(world: World) -> None:
    with pytest.raises(NotAllowed):
        read_reports(world.parts, a_person("SW-CHILD"))
    with pytest.raises(BadInput):
        read_reports(world.parts, IG_LEAD, "2999-01")
    assert months("2026-01-15", 2) == ["2026-01", "2025-12"]


def test_outside_a_demonstration_partners_see_months_that_are_over(world: World) -> None:
    settings = world.parts.settings.model_copy(update={"mode": "live"})
    parts = replace(world.parts, settings=settings)
    assert read_reports(parts, IG_LEAD).partners is None
    assert read_reports(parts, IG_LEAD, months(str(parts.now().date()))[1]).partners is not None


def test_a_forgotten_record_is_counted_as_unread(world: World) -> None:
    book, month = world.parts.shelf.current(), str(world.parts.now().date())[:7]
    found = in_month(world.parts, month)
    forgotten = [
        replace(one, outcome="", held=(), unread=True) if one.outcome == "in-part" else one for one in found
    ]
    assert for_partners(forgotten, book, month, f"{month}-28").unread == 3


def test_reading_beside_a_running_hub_locks_and_writes_nothing(world: World, tmp_path: Path) -> None:
    folder = world.home / "ledger"
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.suffix != ".db-shm"}
    with Reading(world.parts.settings, world.parts.keys) as reading:
        kinds = [one.entry["kind"] for one in reading.entries()]
        events = [one.entry["event_id"] for one in reading.entries() if "decision_digest" in one.entry]
        assert all(reading.decision(event) for event in events)
    assert "release.intent" in kinds
    assert {path: path.stat().st_mtime_ns for path in before if path.exists()} == before
    # And the hub goes on.
    assert world.view(world.s47(), scope="person").receipt
