"""`mash policy new isa`: answers checked at once, a draft that says what it lacks, and nothing else wrong with it."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from services.cli.exits import Exit
from services.cli.policy import app
from services.contract.places import policies
from services.policy.new_isa import QUESTIONS
from services.runtime.book import BadBook, read_book
from services.runtime.book_files import Located, parse_yaml

WHOLE = "family-overview"
MADE_BY_THE_COMMAND = ("id", "status", "signatories")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(policies(), tmp_path / "policies"))


def whole_answers() -> dict[str, Any]:
    """Those of a shipped ISA, for a purpose that no other covers."""
    read = parse_yaml((policies() / f"isa/{WHOLE}.yaml").read_bytes(), "x")
    assert isinstance(read, Located)
    kept = {name: value for name, value in read.data.items() if name not in MADE_BY_THE_COMMAND}
    return {**kept, "purposes": ["PLANNING"]}


def run(folder: Path, answers: dict[str, Any], id: str = "fresh") -> Any:
    file = folder.parent / "answers.yaml"
    with file.open("w", encoding="utf-8") as out:
        YAML().dump(answers, out)
    return CliRunner().invoke(app, ["new", "isa", id, "--policies", str(folder), "--answers", str(file)])


def test_whole_answers_make_a_draft_that_checks_and_lacks_signatures_only(folder: Path) -> None:
    found = run(folder, whole_answers())
    assert found.exit_code == Exit.OK, found.output
    book = read_book(folder)
    made = next(isa for isa in book.isas if isa["id"] == "fresh")
    assert (made["status"], made["signatories"]) == ("draft", [])
    assert {name: made[name] for name in whole_answers()} == whole_answers()
    text = (folder / "isa/fresh.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=")
    assert "# - the signature of northshire-csc" in text


@pytest.mark.parametrize(
    "left_out", ["purposes", "lawful_basis", "journey", "answers", "dpia", "last_day", "parties"]
)
def test_what_is_not_answered_is_what_the_file_says_and_what_the_check_finds(
    folder: Path, left_out: str
) -> None:
    answers = {name: value for name, value in whole_answers().items() if name != left_out}
    found = run(folder, answers)
    assert found.exit_code == Exit.INCOMPLETE, found.output
    assert f"still missing: '{left_out}' is missing; add it" in found.output
    with pytest.raises(BadBook) as bad:
        read_book(folder)
    said = {finding.what for finding in bad.value.findings}
    lines = (folder / "isa/fresh.yaml").read_text(encoding="utf-8").splitlines()
    told = {line[4:] for line in lines if line.startswith("# - ") and "signature of" not in line}
    assert {finding.file for finding in bad.value.findings} == {"isa/fresh.yaml"}
    assert said == told == {f"'{left_out}' is missing; add it"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"roles": ["HEALTH-VISITER"]}, "'HEALTH-VISITER' is not a role. Did you mean HEALTH-VISITOR?"),
        ({"purposes": ["PLANING"]}, "'PLANING' is not a purpose. Did you mean PLANNING?"),
        ({"parties": ["northshire-cscs", "northshire-nhs"]}, "Did you mean northshire-csc?"),
        ({"last_day": "next year"}, "'next year' is not a day, YYYY-MM-DD"),
        ({"journy": {}}, "'journy' is not a word of this file. Did you mean journey?"),
    ],
)
def test_a_wrong_answer_is_named_and_nothing_is_written(
    folder: Path, change: dict[str, Any], message: str
) -> None:
    found = run(folder, {**whole_answers(), **change})
    assert found.exit_code not in (Exit.OK, Exit.INCOMPLETE)
    assert message in found.output + found.stderr
    assert "answers.yaml line" in found.output + found.stderr
    assert not (folder / "isa/fresh.yaml").exists()


def test_one_that_is_there_is_never_written_over(folder: Path) -> None:
    before = (folder / f"isa/{WHOLE}.yaml").read_bytes()
    found = run(folder, whole_answers(), WHOLE)
    assert found.exit_code == Exit.REFUSED
    assert (folder / f"isa/{WHOLE}.yaml").read_bytes() == before


def test_the_questions_are_in_the_order_of_the_six() -> None:
    numbered = [question.ask[:2] for question in QUESTIONS if question.ask[1] == "."]
    assert numbered == ["1.", "2.", "3.", "4.", "5.", "6."]


def answer(question_place: tuple[str | int, ...], given: dict[str, Any]) -> str:
    here: Any = given
    for step in question_place:
        if isinstance(here, dict) and step not in here:
            return ""
        here = here[step]
    return ", ".join(here) if isinstance(here, list) else str(here)


def test_the_interview_asks_again_until_the_answer_is_a_word_of_the_hub(folder: Path) -> None:
    given = whole_answers()
    given["journey"]["benefits"] = ["Services are planned for those who need them."]
    given["dspt"] = {"lapsed": "warn"}
    lines: list[str] = []
    for question in QUESTIONS:
        if question.place == ("roles",):
            lines.append("HEALTH-VISITER")
        lines.append(answer(question.place, given))
    found = CliRunner().invoke(
        app, ["new", "isa", "fresh", "--policies", str(folder)], input="\n".join(lines) + "\n"
    )
    assert "'HEALTH-VISITER' is not a role. Did you mean HEALTH-VISITOR?" in found.output
    assert found.exit_code == Exit.OK, found.output
    made = next(isa for isa in read_book(folder).isas if isa["id"] == "fresh")
    assert made["journey"]["aim"] == given["journey"]["aim"]
    assert made["roles"] == given["roles"]
    assert made["answers"]["complaints"]["acknowledge_days"] == 30
