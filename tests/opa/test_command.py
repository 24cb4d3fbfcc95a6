"""`mash policy`: one exit code, and every mistake with file, line and remedy."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli.exits import Exit
from services.cli.policy import app
from services.contract.places import policies

STEPS = (
    "files, words and dates agree",
    "the embedded engine was compiled from these rules",
    "stories come out as told",
    "opa check --strict",
    "opa fmt",
    "opa test",
    "a fresh compile gives the same bytes",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(policies(), tmp_path / "policies")
    return tmp_path / "policies"


def check(folder: Path) -> Result:
    return CliRunner().invoke(app, ["check", "--policies", str(folder)])


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_policies_hold(folder: Path, opa_program: Path) -> None:
    found = check(folder)
    assert found.exit_code == Exit.OK, found.output
    assert [step for step in STEPS if f"ok    {step}" not in found.output] == []


def test_a_typo_is_told_and_nothing_else_is_run(folder: Path) -> None:
    replace(folder / "isa/family-overview.yaml", "HEALTH-VISITOR", "HEALTH-VISITER")
    found = check(folder)
    assert found.exit_code == Exit.FINDINGS
    assert (
        "isa/family-overview.yaml line 24: 'HEALTH-VISITER' is not a role. Did you mean HEALTH-VISITOR?"
        in found.output
    )
    assert "stories" not in found.output


def test_an_isa_that_ends_makes_its_stories_fail_by_name(folder: Path) -> None:
    replace(folder / "isa/family-overview.yaml", "last_day: 2031", "last_day: 2026")
    found = check(folder)
    assert found.exit_code == Exit.FINDINGS
    assert "FAIL  stories come out as told" in found.output
    assert "examples/row-03.yaml line" in found.output
    assert "AGREEMENT_EXPIRED" in found.output


def test_a_story_with_a_word_of_nobodys_is_told(folder: Path) -> None:
    replace(folder / "examples/row-11.yaml", "who: MASH-ADMIN", "who: MASH-ADMINN")
    found = check(folder)
    assert found.exit_code == Exit.FINDINGS
    assert "'MASH-ADMINN' is not a role. Did you mean MASH-ADMIN?" in found.output


def test_rules_that_changed_since_they_were_compiled_are_told(folder: Path) -> None:
    replace(folder / "rego/harm/harm.rego", '"DM0", "DM1"', '"DM1", "DM0"')
    found = check(folder)
    assert found.exit_code == Exit.FINDINGS
    assert "FAIL  the embedded engine was compiled from these rules" in found.output
    assert "mash policy build" in found.output


def test_without_opa_it_says_what_it_did_not_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.cli.policy.check.opa_at_hand", lambda: None)
    found = check(folder)
    assert found.exit_code == Exit.OK, found.output
    assert "not run: opa check, opa fmt, opa test and a fresh compile" in found.output


def test_the_schemas_beside_the_vocabulary_are_in_step() -> None:
    found = CliRunner().invoke(app, ["schemas", "--check"])
    assert found.exit_code == Exit.OK, found.output


@pytest.mark.parametrize("command", ["check", "build", "schemas"])
def test_each_command_has_an_example(command: str) -> None:
    assert f"Example: mash policy {command}" in CliRunner().invoke(app, [command, "--help"]).output
