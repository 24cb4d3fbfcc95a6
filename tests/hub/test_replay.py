"""Row X3: an auditor decides what was released again, months and policies later, and gets what was recorded."""

import json
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.ledger import app
from services.contract.decisions import Cell
from services.contract.people import About
from services.policy.build import BUILT, read_built
from services.policy.kept import keep_compiled
from services.policy.recorded import told
from services.runtime.book import read_book
from tests.hub.world import MIA, World, a_world
from tests.named import named


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a hub that has released, searched and refused, under two books, and is closed."""
    folder = tmp_path_factory.mktemp("recorded")
    world = a_world(folder / "hub")
    _asks(world)
    isa = world.parts.shelf.folder / "isa/safeguarding-children.yaml"
    text = isa.read_text(encoding="utf-8")
    isa.write_text(text.replace("obligations: [", "obligations: [NOAUTH, "), encoding="utf-8")
    assert world.parts.shelf.reload()
    _asks(world)
    world.close()
    return world.home


def _asks(world: World) -> None:
    case = world.s47()
    world.view(case, MIA)
    world.view(case, About(given="Mia", family="Reid", birth_date="2019-07-05"))


@pytest.fixture
def home(recorded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded, tmp_path / "home"))


def replay(home: Path, *more: str) -> tuple[int, dict[str, Any]]:
    ran = CliRunner().invoke(app, ["replay", "--home", str(home), "--json", *more])
    assert "Traceback" not in ran.output
    return ran.exit_code, json.loads(ran.output)


def test_every_decision_comes_out_as_recorded_under_the_book_of_its_day(home: Path) -> None:
    code, found = replay(home)
    assert (code, found["otherwise"], found["unknown"]) == (0, {}, {})
    assert found["decisions"] == found["same"] >= 4
    books = {path.name for path in (home / "books").iterdir() if len(path.name) == 64}
    assert len(books) == 2
    words = CliRunner().invoke(app, ["replay", "--home", str(home)])
    assert words.output.startswith(f"Decided again: {found['decisions']} decisions")
    assert not named(words.output, ("Mia", "Reid", "9991000011"))


def test_a_book_of_other_rules_than_the_hubs_decides_by_its_own(home: Path, tmp_path: Path) -> None:
    """The hub has moved on to other rules; the compiled ones of the day stand beside the book."""
    wasm, manifest = read_built(BUILT)
    for path in (home / "books").iterdir():
        if len(path.name) == 64:
            assert (path / "built/policy.wasm").read_bytes() == wasm
            shutil.rmtree(path / "built")
            keep_compiled(home, read_book(path))
            assert (path / "built/policy.wasm").read_bytes() == wasm
    assert manifest.source_digest


def _break(home: Path, how: str) -> None:
    vault = home / "ledger/vault.db"
    if how == "a record is gone":
        with sqlite3.connect(vault) as base:
            base.execute(
                "DELETE FROM kept WHERE event IN (SELECT event FROM kept WHERE what='decision' LIMIT 1)"
            )
    elif how == "a record is another's":
        with sqlite3.connect(vault) as base:
            rows = base.execute("SELECT event, body FROM kept WHERE what='decision' LIMIT 2").fetchall()
            base.execute("UPDATE kept SET body=? WHERE what='decision' AND event=?", (rows[1][1], rows[0][0]))
    else:
        for path in (home / "books").glob("*/catalogue/matrix.yaml"):
            path.write_text(path.read_text(encoding="utf-8").replace("DM4: R", "DM4: G"), encoding="utf-8")


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("a record is gone", "record-gone"),
        # A record opens in its own place only: put elsewhere it is as good as gone.
        ("a record is another's", "record-gone"),
        ("a kept book was changed", "book-missing"),
    ],
)
def test_what_cannot_be_decided_again_is_counted_and_what_is_gone_is_a_finding(
    home: Path, how: str, reason: str
) -> None:
    _break(home, how)
    code, found = replay(home)
    pile, other = ("unknown", "otherwise") if reason == "book-missing" else ("otherwise", "unknown")
    assert (code, found[other]) == (5 if pile == "unknown" else 1, {})
    assert set(found[pile]) == {reason}
    assert {one["reason"] for one in found["named"]} == {reason}


def test_a_decision_that_comes_out_otherwise_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the engine had decided otherwise on the day."""

    def gentler(cell: Cell) -> tuple[Any, ...]:
        found = told(cell)
        return (found[0], "MINIMISATION" if found[1] else "", *found[2:])

    monkeypatch.setattr("services.policy.replay.told", gentler)
    code, found = replay(home, "--log", "northshire-csc")
    assert code == 1
    assert set(found["otherwise"]) == {"decided-otherwise"}
    assert {one["log"] for one in found["named"]} == {"northshire-csc"}
    assert all(one["place"] for one in found["named"])


def test_nothing_there_and_a_day_to_begin_at(home: Path, tmp_path: Path) -> None:
    ran = CliRunner().invoke(app, ["replay", "--home", str(tmp_path / "nothing")])
    assert (ran.exit_code, "no ledger in" in " ".join(ran.output.split())) == (2, True)
    today = datetime.now(UTC).date()
    assert replay(home, "--since", today.isoformat())[1]["decisions"] > 0
    ahead = CliRunner().invoke(app, ["replay", "--home", str(home), "--since", "2999-01-01"])
    assert (ahead.exit_code, "still to come" in " ".join(ahead.output.split())) == (2, True)
