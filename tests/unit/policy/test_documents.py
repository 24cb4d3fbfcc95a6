"""Documents made from the agreements: every part the law names is there, nobody is named to the public, text is never markup."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.policy import app
from services.policy.documents.blocks import Document, Items, Table, Text, as_html, as_markdown
from services.policy.documents.every import every_document
from services.policy.documents.told import how_far
from services.runtime.book import Book
from tests.policy_world import shipped_book

MADE = {one.name: as_markdown(one) for one in every_document(shipped_book())}
ISAS = [isa["id"] for isa in shipped_book().isas]
ARTICLE_30 = ("(a) Joint controllers", "(b) Purposes", "(c) Data subjects", "(c) Personal data", "(d) Recipients",
              "(d) Processors", "(e) Transfers abroad", "(f) Time limits", "(g) Security")  # fmt: skip


def section(text: str, heading: str) -> str:
    return text.split(f"\n## {heading}")[1].split("\n## ", maxsplit=1)[0]


def test_there_is_a_register_a_record_and_two_for_each_isa() -> None:
    assert set(MADE) == {"register", "record-of-processing", *(f"privacy-notice-{id}" for id in ISAS),
                         *(f"dpia-{id}" for id in ISAS)}  # fmt: skip


@pytest.mark.parametrize("isa", shipped_book().isas, ids=lambda isa: isa["id"])
def test_the_record_has_every_field_of_article_30_for_each_isa(isa: dict[str, str]) -> None:
    told = section(MADE["record-of-processing"], isa["title"])
    for field in ARTICLE_30:
        assert re.search(rf"\| {re.escape(field)} \| \S", told), field
    assert "Lawful basis: personal data" in told


def test_the_record_says_what_paragraph_41_adds_where_it_is_relied_on() -> None:
    told = section(MADE["record-of-processing"], "Safeguarding children")
    assert "APD-SAFEGUARDING version 4" in told
    assert "Why consent may be left out (para 18)" in told
    assert "para 18" not in section(MADE["record-of-processing"], "Coordinated direct care")


def test_the_register_and_the_notices_name_nobody() -> None:
    people = {signatory["name"] for isa in shipped_book().isas for signatory in isa["signatories"]}
    assert len(people) > 10
    public = [text for name, text in MADE.items() if name.startswith(("register", "privacy-notice"))]
    assert not [person for person in people for text in public if person in text]
    assert [person for person in people if person in MADE["record-of-processing"]]


def test_what_is_for_the_public_holds_no_code_of_the_hub() -> None:
    for name, text in MADE.items():
        if name.startswith(("register", "privacy-notice")):
            assert not re.search(r"\bDM\d|\b[A-Z]{2,}-[A-Z0-9]{2,}\b|\b9-2-g\b", text), name


def test_a_notice_says_how_to_complain_and_how_soon_one_hears() -> None:
    for id in ISAS:
        told = MADE[f"privacy-notice-{id}"]
        assert "within 30 days" in told
        assert "Information Commissioner" in told
        assert "take it back at any time" in told


def test_a_skeleton_leaves_to_assessors_what_is_theirs() -> None:
    told = MADE["dpia-panels"]
    assert told.count("To be filled in") >= 6
    assert told.count("To assess") == 9
    assert "The person of concern learns what was said about them" in told


def with_isa(**change: object) -> Book:
    first, *others = shipped_book().isas
    return replace(shipped_book(), isas=({**first, **change}, *others))


def test_how_far_is_the_matrix_s_word_within_the_classes_of_the_isa() -> None:
    book = shipped_book()
    overview = next(isa for isa in book.isas if isa["id"] == "family-overview")
    assert dict(how_far(book, overview))["DM0"] == "R"
    assert dict(how_far(book, overview))["DM2"] == "-"
    narrow = {**overview, "classes": ["DM0"]}
    assert dict(how_far(book, narrow))["DM1"] == "-"


def test_a_draft_is_in_the_record_and_in_nothing_for_the_public() -> None:
    made = {
        one.name: as_markdown(one) for one in every_document(with_isa(status="draft", title="Not yet agreed"))
    }
    assert "Not yet agreed" in made["record-of-processing"]
    assert not [
        name
        for name, text in made.items()
        if "Not yet agreed" in text and name.startswith(("register", "privacy"))
    ]


def test_text_is_never_markup() -> None:
    nasty = "<b>a</b> | *b* [c](d)"
    document = Document("x", nasty, (Text(nasty), Items((nasty,)), Table((nasty, "y"), ((nasty, nasty),))))
    assert "<b>" not in as_html(document)
    plain = as_markdown(document)
    assert "<b>" not in plain
    assert "| *b*" not in plain
    assert "\\| \\*b\\*" in plain


def test_the_command_writes_checks_and_says_what_differs(tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["documents", str(tmp_path), "--html"])
    assert run.exit_code == 0, run.output
    assert f"wrote {2 * len(MADE)} of {2 * len(MADE)}" in run.output
    assert (tmp_path / "register.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert CliRunner().invoke(app, ["documents", str(tmp_path), "--html", "--check"]).exit_code == 0
    (tmp_path / "register.md").write_text("changed", encoding="utf-8")
    run = CliRunner().invoke(app, ["documents", str(tmp_path), "--check"])
    assert run.exit_code == 1
    assert "differ: register.md" in run.output
