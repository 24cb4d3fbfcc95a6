"""The policy book: what is refused, and in which words; what a digest covers; how an edit comes into force."""

from pathlib import Path

import pytest

from services.contract.places import policies
from services.contract.problems import BadSetting
from services.contract.vocabulary import code_list, codes
from services.runtime.book import Book, Shelf, read_book
from tests.unit.runtime.spoiled import Edit, said


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("isa/panels.yaml", "- SW-CHILD\n", "- SW-CHILDD\n", "line 20: 'SW-CHILDD' is not a role. Did you mean SW-CHILD?"),
        ("isa/panels.yaml", "MARAC, MAPPA]", "MARAK]", "'MARAK' is not a purpose. Did you mean MARAC?"),
        ("isa/panels.yaml", "- haven-sms", "- haven-smss",
         "'haven-smss' is not an organisation of organisations.yaml. Did you mean haven-sms?"),
        ("isa/panels.yaml", "\nconsent:", "\nconsnet:", "'consnet' is not a word of this file. Did you mean consent?"),
        ("isa/panels.yaml", "  cldc:", "  cdlc:", "'cdlc' is not a word of this file. Did you mean cldc?"),
        ("isa/panels.yaml", "consent: as-purpose\n", "", "'consent' is missing; add it"),
        ("isa/panels.yaml", "schedule_1: S1-18}", "schedule_1: S1-2}",
         "9-2-g needs a schedule_1 condition: one of S1-6, S1-10, S1-18"),
        ("isa/panels.yaml", '  article_10: {code: "10", schedule_1: S1-10}\n', "", "article_10 is missing"),
        ("isa/panels.yaml", "2031-03-31", "2031-02-30x", "'2031-02-30x' is not a day, YYYY-MM-DD"),
        ("isa/panels.yaml", "2031-03-31", "2031-02-30", "'2031-02-30' is no day of the calendar"),
        ("isa/panels.yaml", "2031-03-31", "2020-03-31", "the last day 2020-03-31 is before the first, 2025-04-01"),
        ("isa/panels.yaml", "id: panels", "id: panel", "the id is 'panel', the file is panels.yaml; make them the same"),
        ("isa/panels.yaml", "status: signed", "status: singed",
         "'singed' is not draft, signed or suspended. Did you mean signed?"),
        ("isa/panels.yaml", "title:", "title: x: y", "line 3: is not YAML"),
        ("isa/panels.yaml", "status: signed", "status: signed\nstatus: draft", "'status' stands twice; keep one"),
        ("organisations.yaml", "retention_days: 2190", "retention_days: 012", "'012' is not a plain whole number"),
        ("organisations.yaml", "id: haven-sms", "id: brook-hospice", "'brook-hospice' is another organisation's id already"),
        ("organisations.yaml", 'address: "http://127.0.0.1:8712/fhir", ', "", "live source 'northshire-gp-live' has no address"),
        ("organisations.yaml", "type: LA-CSC", "type: LA-CCS", "'LA-CCS' is not a type of organisation. Did you mean LA-CSC?"),
        ("catalogue/matrix.yaml", "DM1: R", "DM1: X", "'X' is not R, G, O or '-'"),
        ("catalogue/matrix.yaml", "DM0: R, ", "", "'DM0' is missing; add it"),
        ("catalogue/role-purposes.yaml", "Y Y Y Y Y Y . Y", "Y Y Y Y Y Y .", "28 marks, each Y or a dot"),
        ("catalogue/role-purposes.yaml", "  - BTG\n", "", "is not whole"),
        ("catalogue/lookback.yaml", "EARLY-HELP: [UP_TO_12M, UP_TO_5Y]", "EARLY-HELP: [UP_TO_2Y]",
         "'UP_TO_2Y' is not one of the buckets"),
        ("catalogue/generalise.yaml", "date: month", "date: mnth", "'mnth' is not a level of date. Did you mean month?"),
        ("labels.yaml", "labels: [SSP]", "labels: [SDV]", "SDV stands in two tables; keep one"),
        ("labels.yaml", "[L:HBA]\n    binds: person", "[L:HBA]\n    binds: record",
         "binds otherwise in schemas/vocabulary/sensitivity.json"),
        ("labels.yaml", "when: break-glass", "when: brake-glass",
         "'brake-glass' is not an exception that the rule knows. Did you mean break-glass?"),
        ("gateways/cp-is.yaml", "[CP-ALERT]", "[MISPER]", "no file of gateways/ names CP-ALERT"),
        ("gateways/cp-is.yaml", "law: CA04-11", "law: CA04-99", "'CA04-99' is not a statutory gateway or lawful basis"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_line_and_remedy(
    edit: Edit, file: str, old: str, new: str, message: str
) -> None:
    found = said(edit(file, old, new))
    assert any(message in line and line.split(" line ")[0].endswith(".yaml") for line in found), found


def test_every_finding_is_told_at_once(edit: Edit) -> None:
    edit("isa/panels.yaml", "status: signed", "status: singed")
    assert len(said(edit("isa/housing.yaml", "status: signed", "status: singed"))) == 2


def test_a_folder_without_a_file_says_which(folder: Path) -> None:
    (folder / "labels.yaml").unlink()
    assert "labels.yaml line 1" in said(folder)[0]


def test_the_book_is_the_same_wherever_it_stands(folder: Path) -> None:
    assert read_book(folder).digest == read_book(policies()).digest


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("isa/panels.yaml", "title:", "title: The"),
        ("gateways/cp-is.yaml", "review_by: 2027", "review_by: 2028"),
        ("organisations.yaml", "telephone: 01632 960 701", "telephone: 01632 960 799"),
        ("catalogue/matrix.yaml", "DM2: G", "DM2: R"),
        ("rego/harm/harm.rego", '{"DM0", "DM1"}', '{"DM0", "DM1", "DM2"}'),
    ],
)
def test_the_digest_covers_what_decides(edit: Edit, file: str, old: str, new: str) -> None:
    changed = read_book(edit(file, old, new))
    assert changed.digest != read_book(policies()).digest
    assert changed.digest.startswith(changed.revision)
    assert changed.data["revision"] == changed.revision


def test_comments_stories_and_the_rules_own_tests_are_not_covered(edit: Edit) -> None:
    edit("isa/panels.yaml", "id: panels", "# note\nid: panels")
    edit("examples/row-01.yaml", "title:", "title: More of")
    folder = edit("rego/harm/harm_test.rego", "package", "# note\npackage")
    assert read_book(folder).digest == read_book(policies()).digest


def test_every_role_has_a_mark_for_every_purpose_and_break_glass_is_for_health_alone() -> None:
    book = read_book(policies())
    assert set(book.role_purposes) == set(codes("roles"))
    breaking = {role for role, purposes in book.role_purposes.items() if "BTG" in purposes}
    assert {code_list("roles")[role]["group"] for role in breaking} == {"HEALTH", "CARE-EMERGENCY"}
    assert "C-S47" in book.role_purposes["SW-CHILD"]


# --- The shelf ---------------------------------------------------------------------------------------------


@pytest.fixture
def shelf(folder: Path, tmp_path: Path) -> Shelf:
    return Shelf(folder, tmp_path / "home")


def test_an_edit_comes_into_force_and_the_old_one_is_still_accepted(edit: Edit, shelf: Shelf) -> None:
    before = shelf.current()
    edit("isa/housing.yaml", "last_day: 2026", "last_day: 2027")
    assert shelf.reload()
    assert shelf.accepted() == {before.revision, shelf.current().revision}
    assert shelf.book(before.revision) is before
    assert shelf.book("0" * 16) is None


def test_the_old_one_is_forgotten_in_time(edit: Edit, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    edit("isa/housing.yaml", "last_day: 2026", "last_day: 2027")
    shelf.reload()
    monkeypatch.setattr(Shelf, "GRACE", -1.0)
    assert shelf.accepted() == {shelf.current().revision}


def test_a_broken_edit_keeps_the_last_good_and_says_so_until_mended(edit: Edit, shelf: Shelf) -> None:
    before = shelf.current()
    edit("isa/housing.yaml", "status: signed", "status: singed")
    assert not shelf.reload()
    assert shelf.current() is before
    assert "Did you mean signed?" in str(shelf.trouble()[0])
    edit("isa/housing.yaml", "status: singed", "status: signed")
    shelf.reload()
    assert shelf.trouble() == ()


def test_a_book_that_the_engine_does_not_take_does_not_come_into_force(edit: Edit, shelf: Shelf) -> None:
    def refuse(_: Book) -> None:
        raise BadSetting("policies/rego has changed since it was compiled")

    before = shelf.current()
    shelf.before_change(refuse)
    edit("isa/housing.yaml", "last_day: 2026", "last_day: 2027")
    assert not shelf.reload()
    assert shelf.current() is before
    assert shelf.accepted() == {before.revision}
    assert "compiled" in str(shelf.trouble()[0])
