"""In demo mode an edited agreement is live without a restart and without a failed request, on the embedded engine.

The same on an OPA server: tests/verification/test_line_on_real_parts.py.
"""

from pathlib import Path

from tests.hub.edits import edit_under_callers
from tests.hub.served import a_served


def test_an_edit_is_live_without_a_failed_request(tmp_path: Path) -> None:
    with a_served(tmp_path) as hub:
        edit_under_callers(hub, hub.world.entries)


def test_a_broken_edit_changes_nothing_and_is_told(tmp_path: Path) -> None:
    with a_served(tmp_path, families=False) as hub:
        shelf = hub.world.parts.shelf
        before = shelf.current().revision
        (shelf.folder / "isa/housing.yaml").write_text("id: housing\nlast_day: soon\n", encoding="utf-8")
        shelf.reload()
        assert shelf.current().revision == before
        assert shelf.trouble()
        assert hub.case()
