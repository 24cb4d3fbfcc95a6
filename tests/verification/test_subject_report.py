"""`mash ledger subject-report`: entered first, complete over every log, and a report that leaves a row out is found out."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.ledger import app
from services.ledger.reading import Reading
from tests.verification.ledger_world import PEOPLE, Place, intent


@pytest.fixture
def place(tmp_path: Path) -> Place:
    found = Place(tmp_path)
    with found.opened() as ledger:
        for log in ("council", "nhs-trust", "council"):
            ledger.append(intent(ledger, log, people=PEOPLE[:2]))
        ledger.append(intent(ledger, people=PEOPLE[1:2]))
    (tmp_path / "mode").write_text("demo\n", encoding="utf-8")
    return found


def run(place: Place, *more: str, person: str = PEOPLE[0]) -> Any:
    return CliRunner().invoke(app, ["subject-report", str(place.home), *more], input=f"{person}\n")


def test_every_entry_about_the_person_in_every_log_and_no_other(place: Place) -> None:
    ran = run(place, "--json")
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)
    assert [(row["log"], row["n"]) for row in told["rows"]] == [
        ("council", 1),
        ("nhs-trust", 1),
        ("council", 2),
    ]
    assert set(told["logs"]) == {"hub", "council", "nhs-trust"}
    words = run(place)
    assert words.output.startswith("3 entries about this person in 3 logs; complete.")
    assert PEOPLE[0] not in words.output


def test_that_somebody_asked_is_entered_without_whom(place: Place) -> None:
    run(place)
    with Reading(place.settings(), place.keys) as reading:
        (entry,) = [one.entry for one in reading.entries() if one.entry["kind"] == "ledger.read"]
    assert entry["facts"]["command"] == "subject-report"
    assert "subjects" not in entry and PEOPLE[0] not in json.dumps(entry)


def test_a_report_that_leaves_a_row_out_is_named_by_log_and_number(place: Place, tmp_path: Path) -> None:
    told = json.loads(run(place, "--json").stdout)
    whole = tmp_path / "report.json"
    whole.write_text(json.dumps(told), encoding="utf-8")
    assert run(place, "--check", str(whole)).exit_code == 0
    dropped = told["rows"].pop(1)
    whole.write_text(json.dumps(told), encoding="utf-8")
    ran = run(place, "--check", str(whole))
    assert ran.exit_code == 1
    assert f"WRONG  log {dropped['log']} number {dropped['n']} entry {dropped['index']}" in ran.output
    whole.write_text("{}", encoding="utf-8")
    ran = run(place, "--check", str(whole))
    assert (ran.exit_code, "is no report" in ran.output) == (2, True)
