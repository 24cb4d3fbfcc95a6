"""docs/security.md names files and tests that are there; and every promise has both."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [
    line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("| ") and "---" not in line
][1:]


def test_each_promise_names_its_files_and_its_tests() -> None:
    assert len(ROWS) >= 12
    for promise, kept, noticed in ROWS:
        assert re.findall(r"`([^`]+)`", kept), promise
        assert re.findall(r"`(tests/[^`]+)`", noticed), promise


def test_everything_named_is_there() -> None:
    for name in re.findall(r"`((?:services|tests|policies)/[^`]*)`", PAGE):
        assert (ROOT / name).exists(), name
