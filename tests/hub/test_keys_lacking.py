"""A hub that was brought up to date, as its operator meets it: it says that old records lack keys, and one command mends it."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete
from typer.testing import CliRunner

from services.cli.index import app
from services.index.schema import LOOK_UP
from services.wiring import build
from tests.hub.test_unlink import a_child
from tests.hub.world import a_world


def test_the_hub_says_it_at_its_start_and_the_command_mends_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    world = a_world(tmp_path, families=False)
    world.publish("northshire-csc", a_child("girl", "Hale"))
    index: Any = world.parts.index
    with index._store.write() as connection:
        connection.execute(delete(LOOK_UP))
    settings = world.parts.settings
    world.close()
    with caplog.at_level("WARNING"):
        build(settings).close()
    assert [one for one in caplog.messages if "look-up-keys-lacking" in one and "mash index rekey" in one]
    run, home = CliRunner().invoke, str(world.home)
    needed = run(app, ["rekey", home, "--check"])
    assert needed.exit_code == 1 and "run mash index rekey" in needed.stdout
    assert "1 record lacked look-up keys and has them now" in run(app, ["rekey", home]).stdout
    assert run(app, ["rekey", home, "--check"]).exit_code == 0
    caplog.clear()
    with caplog.at_level("WARNING"):
        build(settings).close()
    assert not [one for one in caplog.messages if "look-up-keys-lacking" in one]
