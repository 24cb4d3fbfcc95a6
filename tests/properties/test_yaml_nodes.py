"""The quick reader of YAML reads what the other reads, or leaves the text to it: of texts put together from all that means
something in YAML, and of the shipped files with a line changed."""

import os
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.contract.places import policies
from services.runtime import book_files, yaml_nodes
from services.runtime.book_files import Finding, Located

EXAMPLES = 50_000 if os.environ.get("LONG") else 600
PIECES = [
    "a", "b: ", "c:", "- ", "-", "? ", ": ", ":", ", ", ",", "[", "]", "{", "}", "\n", "\n  ", "\n    ", "\n- ",
    "\n  - ", " ", "  ", "#", " # said", "'", "''", "\"", "|", "|-\n  ", ">", ">+\n ", "|2\n", "&x ", "*x", "*x ", "!",
    "!!str ", "%", "@", "`", "~", "null", "yes", "012", "1e3", "10:30", "x:y", "x#y", "http://a/b", "---", "--- ", "...",
    "\n---\n", "\n...\n", "<<: ", "=", "\u00e9", "\t", "\\", "\r\n", "\u0085", "\u2028", "\u00a0", "\ufeff",
    "key: value\n", "key: [1, two, 'three']\n", "k: {a: 1, b: x}\n",
]  # fmt: skip
Texts = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


def by_both(monkeypatch: pytest.MonkeyPatch, text: str) -> tuple[Located | Finding, Located | Finding]:
    read = book_files.parse_yaml.__wrapped__
    found = read(text.encode(), "x.yaml")
    with monkeypatch.context() as only:
        only.setattr(book_files, "nodes_of", yaml_nodes._slowly)
        return found, read(text.encode(), "x.yaml")


@settings(max_examples=EXAMPLES, deadline=None)
@given(text=Texts)
@example("a: !x b")
@example("&x [*x]")
@example("a: 'one\n\n  two'\nb: >\n  three\n  four\n\n")
@example("a: x\x85b: y")
@example("a: 1\n--- \nb: 2")
def test_what_is_read_quickly_is_read_alike(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        found, wanted = by_both(patch, text)
    assert found == wanted


@cache
def shipped() -> list[tuple[str, list[str]]]:
    return [
        (path.name, path.read_text(encoding="utf-8").splitlines())
        for path in sorted(policies().rglob("*.yaml"))
    ]


@settings(max_examples=EXAMPLES // 20, deadline=None)
@given(data=st.data())
def test_a_shipped_file_with_a_line_changed_is_read_alike(data: st.DataObject) -> None:
    _, lines = data.draw(st.sampled_from([(name, lines) for name, lines in shipped() if len(lines) < 120]))
    at = data.draw(st.integers(0, len(lines) - 1))
    place = data.draw(st.integers(0, len(lines[at])))
    changed = lines[at][:place] + data.draw(st.sampled_from(PIECES)) + lines[at][place:]
    with pytest.MonkeyPatch.context() as patch:
        found, wanted = by_both(patch, "\n".join([*lines[:at], changed, *lines[at + 1 :]]))
    assert found == wanted


def test_every_shipped_file_is_read_by_the_quick_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_nodes, "_slowly", lambda _: pytest.fail("read by the slow way"))
    for path in sorted(policies().rglob("*.yaml")):
        assert isinstance(book_files.parse_yaml.__wrapped__(path.read_bytes(), path.name), Located)
