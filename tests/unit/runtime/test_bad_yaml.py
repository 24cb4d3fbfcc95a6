"""YAML that is broken, or that another program would read otherwise: refused with line and remedy, never guessed at."""

from pathlib import Path

import pytest

from services.runtime.book_files import Finding, Located, read_yaml


def read(folder: Path, text: str) -> Located | Finding:
    (folder / "x.yaml").write_text(text, encoding="utf-8")
    return read_yaml(folder / "x.yaml", "x.yaml")


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        ("a: 1\n\tb: 2\n", 2, "has a tab; indent with spaces"),
        ("a:\n\t- x\n", 2, "has a tab; indent with spaces"),
        ("a: 1\nb: c: d\n", 2, "put the text in quotes"),
        ("a: 1\nb: @home\n", 2, "put the text in quotes"),
        ("a: 1\n  b: 2\n", 2, "a second ': '"),
        ("- a\nb: 1\n", 2, "indented otherwise"),
        ("a: [1, 2\n", 2, "has a bracket or a comma too few"),
        ("a: 'x\n", 2, "has a quote that is not closed"),
        ("a: *nowhere\n", 1, "uses a name (*) that no & above it gives"),
        ("a: 1\n---\nb: 2\n", 2, "holds a second document after ---; keep one"),
        ("a: 1\nb: !secret x\n", 2, "has a tag (!); take it out"),
        ("a: !!str 5\n", 1, "has a tag (!); take it out"),
        ("a: !!python/object:os.system x\n", 1, "has a tag (!); take it out"),
        ("a: 1\na: 2\n", 2, "'a' stands twice; keep one"),
        ("a:\n  b: 1\n  b: 1\n", 3, "'b' stands twice; keep one"),
        ("a: {b: 1, b: 2}\n", 1, "'b' stands twice; keep one"),
        ("x: &x {a: 1}\ny:\n  <<: *x\n", 3, "has a key that is not a word"),
        ("? [a]\n: 1\n", 1, "has a key that is not a word"),
        ("on: 2025-01-01\n", 1, "'on' is read as something else by other programs; put it in quotes"),
        ("012: x\n", 1, "'012' is read as something else"),
        ("a: &a [*a]\n", 1, "refers to itself"),
        ("a: &x 1\nb: &x 2\n", 2, "gives one name (&) twice"),
    ],
)  # fmt: skip
def test_what_is_broken_is_refused(tmp_path: Path, text: str, line: int, remedy: str) -> None:
    found = read(tmp_path, text)
    assert isinstance(found, Finding), found
    assert found.line == line
    assert remedy in found.what


@pytest.mark.parametrize(
    "text",
    ["yes", "no", "Yes", "NO", "on", "off", "True", "FALSE", "Null", "012", "0x1F", "0o17", "0b1", "1_000", "10:30",
     "1:30:00", "1e3", "1.5", ".5", "5.", ".inf", "-.INF", ".nan", "+5", "00", "-012", "99999999999999999999"],
)  # fmt: skip
def test_what_programs_read_in_two_ways_stands_in_quotes(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, f"a: 1\nb: {text}\n")
    assert isinstance(found, Finding), found.data
    assert found.line == 2
    assert f"'{text}'" in found.what
    assert "in quotes" in found.what
    quoted = read(tmp_path, f"a: 1\nb: '{text}'\n")
    assert isinstance(quoted, Located)
    assert quoted.data["b"] == text


@pytest.mark.parametrize(
    ("text", "value"),
    [("2025-04-01", "2025-04-01"), ("true", True), ("false", False), ("null", None), ("~", None), ("7", 7), ("-7", -7),
     ("0", 0), ("N", "N"), ("01632 960 701", "01632 960 701"), ("S1-18", "S1-18"), ("9-2-g", "9-2-g")],
)  # fmt: skip
def test_what_everybody_reads_alike_is_read(tmp_path: Path, text: str, value: object) -> None:
    found = read(tmp_path, f"a: {text}\n")
    assert isinstance(found, Located), found
    assert found.data == {"a": value}


def test_names_that_multiply_are_refused_at_once(tmp_path: Path) -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    found = read(tmp_path, "\n".join(rows))
    assert isinstance(found, Finding)
    assert "repeats itself too often" in found.what


def test_what_is_no_text_or_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"a: \xff\n")
    found = read_yaml(tmp_path / "x.yaml", "x.yaml")
    assert isinstance(found, Finding)
    assert found.what == "is not UTF-8 text; save it as UTF-8"
    gone = read_yaml(tmp_path / "none.yaml", "none.yaml")
    assert isinstance(gone, Finding)
    assert "restore the file" in gone.what
