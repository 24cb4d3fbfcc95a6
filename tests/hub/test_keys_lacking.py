"""A hub that was brought up to date, as its operator meets it: it says that old records lack keys, and one command mends it."""

from pathlib import Path
from typing import Any

from sqlalchemy import delete
from typer.testing import CliRunner

from services.cli.index import app
from services.index.schema import LOOK_UP
from services.wiring import build
from tests.hub.test_unlink import a_child
from tests.hub.world import a_world


def _said(home: Path) -> list[str]:
    lines = (home / "logs" / "hub.log").read_text(encoding="utf-8").splitlines()
    return [one for one in lines if "look-up-keys-lacking" in one and "mash index rekey" in one]


def test_the_hub_says_it_at_its_start_and_the_command_mends_it(tmp_path: Path) -> None:
    world = a_world(tmp_path, families=False)
    world.publish("northshire-csc", a_child("girl", "Hale"))
    index: Any = world.parts.index
    with index._store.write() as connection:
        connection.execute(delete(LOOK_UP))
    settings = world.parts.settings
    world.close()
    build(settings).close()
    assert len(_said(world.home)) == 1
    run, home = CliRunner().invoke, str(world.home)
    needed = run(app, ["rekey", home, "--check"])
    assert needed.exit_code == 1 and "run mash index rekey" in needed.stdout
    assert "1 record lacked look-up keys and has them now" in run(app, ["rekey", home]).stdout
    assert run(app, ["rekey", home, "--check"]).exit_code == 0
    build(settings).close()
    assert len(_said(world.home)) == 1
