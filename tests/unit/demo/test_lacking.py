"""`mash demo` where only the hub itself was installed: one line of what lacks, and what to do."""

from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.demo import sign_in
from services.cli.main import app


@pytest.mark.parametrize("name", ["oidc_provider_mock", "flask"])
def test_what_lacks_is_named_with_the_next_step_before_anything_starts(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def find(wanted: str) -> ModuleSpec | None:
        return None if wanted == name else find_spec(wanted)

    monkeypatch.setattr(sign_in, "find_spec", find)
    home = tmp_path / "home"
    ran = CliRunner().invoke(app, ["demo", "--once", "--home", str(home)])
    assert ran.exit_code == 2
    assert f"not installed here ({name})" in ran.output
    assert "Next: Run pip install 'mash-hub[demo]'" in ran.output
    assert "Traceback" not in ran.output
    assert not home.exists()
