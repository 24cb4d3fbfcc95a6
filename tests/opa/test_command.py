"""`mash policy`: one exit code, and every mistake with file, line and remedy.

The shipped folder is checked whole, once. For each mistake the step that finds it is run, over the stories that it touches.
"""

import json
import shutil
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli.exits import Exit
from services.cli.policy import app, check_steps
from services.contract.places import policies
from services.policy.invariants.run import hold
from tests.chosen_steps import only

STEPS = (
    "files, words and dates agree",
    "the catalogue of fields is whole",
    "the embedded engine was compiled from these rules",
    "opa check --strict --schema",
    "opa fmt",
    "lint over the parsed rules",
    "opa test",
    "a fresh compile gives the same bytes",
    "stories come out as told",
    "invariants hold, a sample",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(policies(), tmp_path / "policies")
    return tmp_path / "policies"


@pytest.fixture(autouse=True)
def few_invariants(monkeypatch: pytest.MonkeyPatch) -> None:
    """The invariants of one purpose: the others are held by tests/unit/policy/test_invariants.py."""
    monkeypatch.setattr(check_steps, "hold", partial(hold, purposes=("CP-ALERT",)))


def few_stories(folder: Path, *kept: str) -> None:
    """Of the folder's stories these files alone."""
    stories = {path.name: path for path in (folder / "examples").glob("*.yaml")}
    assert set(kept) < set(stories)
    for name in set(stories) - set(kept):
        stories[name].unlink()


def check(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["check", "--quick", "--policies", str(folder), *options])


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_policies_hold(folder: Path, opa_program: Path) -> None:
    found = check(folder)
    assert found.exit_code == Exit.OK, found.output
    assert found.output.startswith(f"checked {folder}, revision ")
    assert f": all {len(STEPS)} checks hold" in found.output.splitlines()[0]
    assert [step for step in STEPS if f"ok    {step}" not in found.output] == []
    assert "not run: the exhaustive part of the invariants (--quick)" in found.output


def test_a_typo_is_told_and_nothing_else_is_run(folder: Path) -> None:
    replace(folder / "isa/family-overview.yaml", "HEALTH-VISITOR", "HEALTH-VISITER")
    found = check(folder)
    assert found.exit_code == Exit.FINDINGS
    assert (
        "isa/family-overview.yaml line 24: 'HEALTH-VISITER' is not a role. Did you mean HEALTH-VISITOR?"
        in found.output
    )
    assert "1 to mend; nothing else was checked" in found.output.splitlines()[0]
    assert "stories" not in found.output


def test_an_isa_that_ends_makes_its_stories_fail_by_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "stories come out as told")
    few_stories(folder, "row-03.yaml")
    replace(folder / "isa/family-overview.yaml", "last_day: 2031", "last_day: 2026")
    found = check(folder)
    assert found.exit_code == Exit.FINDINGS
    assert "FAIL  stories come out as told" in found.output
    assert "examples/row-03.yaml line" in found.output
    assert "AGREEMENT_EXPIRED" in found.output


def test_a_story_with_a_word_of_nobodys_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, "stories come out as told")
    replace(folder / "examples/row-11.yaml", "who: MASH-ADMIN", "who: MASH-ADMINN")
    found = check(folder)
    assert found.exit_code == Exit.FINDINGS
    assert "'MASH-ADMINN' is not a role. Did you mean MASH-ADMIN?" in found.output


def test_rules_that_changed_since_they_were_compiled_are_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "the embedded engine was compiled from these rules")
    replace(folder / "rego/harm/harm.rego", '"DM0", "DM1"', '"DM1", "DM0"')
    found = check(folder)
    assert found.exit_code == Exit.FINDINGS
    assert "FAIL  the embedded engine was compiled from these rules" in found.output
    assert "mash policy build" in found.output


def test_without_opa_it_says_what_it_did_not_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.cli.policy.check.opa_at_hand", lambda: None)
    few_stories(folder, "row-03.yaml")
    found = check(folder)
    assert found.exit_code == Exit.OK, found.output
    assert "all 5 checks hold, 5 not run" in found.output.splitlines()[0]
    assert "-     opa test  (not run: no OPA here; make test obtains it)" in found.output


def test_a_misspelt_input_is_found_by_its_schema(
    folder: Path, opa_program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "opa check --strict --schema")
    replace(folder / "rego/keys/keys.rego", "is_object(input.context)", "is_object(input.contxt)")
    found = check(folder)
    assert found.exit_code == Exit.FINDINGS
    assert "FAIL  opa check --strict --schema" in found.output
    assert "undefined ref: input.contxt" in found.output


def test_a_misspelt_member_of_a_key_is_found_by_the_lint(
    folder: Path, opa_program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "lint over the parsed rules")
    replace(folder / "rego/harm/harm.rego", "key.harm_link == false", "key.harm_lnk == false")
    found = check(folder)
    assert "FAIL  lint over the parsed rules" in found.output
    assert "of reads key.harm_lnk, which its METADATA does not list under custom.reads" in found.output


def test_edited_rules_are_held_against_the_stories_as_edited(
    folder: Path, opa_program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The embedded engine is of the shipped rules; these are compiled for the while."""
    compiled = "the embedded engine was compiled from these rules"
    only(monkeypatch, compiled, "stories come out as told", "invariants hold, a sample")
    few_stories(folder, "row-08.yaml")
    replace(folder / "rego/conflict/conflict.rego", "key.conflict == false", "key.conflict == key.conflict")
    found = check(folder)
    assert "FAIL  the embedded engine was compiled from these rules" in found.output
    assert "FAIL  invariants hold" in found.output
    assert "conflict-of-interest: " in found.output
    assert "the story says withhold shown CONFLICT_OF_INTEREST, the rules say release shown" in found.output


def test_an_invariant_that_does_not_hold_is_told_in_words(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "invariants hold, a sample")
    text = (folder / "labels.yaml").read_text(encoding="utf-8")
    assert "- {then: silent}" in text
    (folder / "labels.yaml").write_text(
        text.replace("- {then: silent}", "- {then: withhold}"), encoding="utf-8"
    )
    found = check(folder)
    assert found.exit_code == Exit.FINDINGS
    assert "FAIL  invariants hold" in found.output
    assert "mental-health-and-substance-use: " in found.output
    assert "But silence is due." in found.output


def test_a_program_is_told_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, *STEPS[1:3])
    found = json.loads(check(folder, "--json").output)
    assert found["holds"] is True
    assert [step["name"] for step in found["steps"]] == list(STEPS[:3])
    assert {step["state"] for step in found["steps"]} == {"holds"}
    replace(folder / "isa/family-overview.yaml", "HEALTH-VISITOR", "HEALTH-VISITER")
    broken = check(folder, "--json")
    assert broken.exit_code == Exit.FINDINGS
    told = json.loads(broken.output)
    assert (told["holds"], told["steps"][0]["state"]) == (False, "fails")
    assert "Did you mean HEALTH-VISITOR?" in told["steps"][0]["wrong"][0]


def test_a_field_of_no_class_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, "the catalogue of fields is whole")
    replace(folder / "catalogue/fields.yaml", "Patient.address: ", "Patient.adress: ")
    found = check(folder)
    assert "FAIL  the catalogue of fields is whole" in found.output


def test_the_schemas_beside_the_vocabulary_are_in_step() -> None:
    found = CliRunner().invoke(app, ["schemas", "--check"])
    assert found.exit_code == Exit.OK, found.output


@pytest.mark.parametrize("command", ["check", "build", "schemas"])
def test_each_command_has_an_example(command: str) -> None:
    assert f"Example: mash policy {command}" in CliRunner().invoke(app, [command, "--help"]).output
