"""What a holder agrees in an ISA to release without being asked: read with file, line and remedy."""

import shutil
from pathlib import Path

import pytest

from services.contract.places import policies
from services.runtime.book import BadBook, Book, read_book

ISA = "isa/safeguarding-children.yaml"


def _with(tmp_path: Path, clause: str) -> Book:
    folder = tmp_path / "policies"
    shutil.copytree(policies(), folder)
    path = folder / ISA
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("classes: as-purpose\n", f"classes: as-purpose\n{clause}\n", 1), encoding="utf-8"
    )
    return read_book(folder)


def test_it_is_read_by_holder_purpose_and_class(tmp_path: Path) -> None:
    book = _with(
        tmp_path, "releases_without_asking:\n  - {holder: brook-hospice, purposes: [C-S47], classes: [DM4]}"
    )
    name = book.data["isas"]["safeguarding-children"]["without_asking"]["brook-hospice"]
    assert book.data["beforehand"][name] == {"C-S47": "DM4 DM4r"}
    assert book.data["classes_beforehand"] == {"DM4 DM4r": {"DM4": True, "DM4r": True}}


@pytest.mark.parametrize(
    ("clause", "remedy"),
    [
        ("{holder: brook-hospic, purposes: [C-S47], classes: [DM5]}", "Did you mean brook-hospice?"),
        ("{holder: northshire-housing, purposes: [C-S47], classes: [DM5]}", "is not one of the parties"),
        (
            "{holder: brook-hospice, purposes: [TREAT], classes: [DM5]}",
            "is not one of this agreement's purposes",
        ),
        ("{holder: brook-hospice, purposes: [C-S47], classes: [DM6]}", "is not one of DM4, DM4r, DM5"),
        ("{holder: brook-hospice, purposes: [C-S47], class: [DM5]}", "Did you mean classes?"),
        ("{holder: brook-hospice, purposes: [C-S47, C-S47], classes: [DM5]}", "names one thing twice"),
    ],
)
def test_a_mistake_in_it_is_named_with_its_line(tmp_path: Path, clause: str, remedy: str) -> None:
    with pytest.raises(BadBook) as raised:
        _with(tmp_path, f"releases_without_asking:\n  - {clause}")
    found = [finding for finding in raised.value.findings if remedy in finding.what]
    assert found, raised.value.findings
    text = (tmp_path / "policies" / ISA).read_text(encoding="utf-8").splitlines()
    assert "holder:" in text[found[0].line - 1]
