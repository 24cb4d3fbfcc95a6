"""The gateway's store behaves alike on SQLite and on a real PostgreSQL: migrations, and what counts on unique rows."""

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.contract.problems import BadSetting
from services.gateway.store.opened import StoreUnavailable, migrate, open_store
from services.gateway.store.tables import METADATA
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings
from tests.gateway_world import World, make_world
from tests.verification.databases import database_of

CASE = {
    "purpose": "C-S17",
    "ground": {"code": "child-in-need"},
    "subjects": [{"about": {"given": "Mia", "family": "Reid"}, "as": "child"}],
}
TRY = {"candidate": "x" * 80, "identifiers": {"given": "Mia", "sex": "female"}}


@pytest.fixture(params=["sqlite", "postgres"])
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A whole gateway on this database, empty."""
    database = database_of(request, request.param)
    world = make_world(tmp_path / "home", database)
    with world.http:
        yield world
    world.parts.store.close()


def at_once(times: int, act: Any) -> list[int]:
    with ThreadPoolExecutor(times) as pool:
        return sorted(answer.status_code for answer in pool.map(lambda _: act(), range(times)))


def test_the_migrations_make_what_the_tables_say(hub: World) -> None:
    migrate(hub.parts.store.engine)  # a second time: nothing to do
    with hub.parts.store.engine.connect() as connection:
        options = {"version_table": "gateway_version"}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, METADATA) == []


def test_an_assertion_counts_once_however_many_bring_it_at_once(hub: World) -> None:
    form = hub.assertion("csc-feed")
    answers = at_once(8, lambda: hub.ask_token("csc-feed", client_assertion=form))
    assert answers == [200] + [401] * 7


def test_five_tries_and_no_more_however_many_come_at_once(hub: World) -> None:
    header = hub.person("worker", "SW-CHILD")
    case = hub.http.post("/cases", json=CASE, headers=header).json()["id"]
    answers = at_once(12, lambda: hub.http.post(f"/cases/{case}/identities", json=TRY, headers=header))
    assert answers == [200] * 5 + [429] * 7


def test_cases_opened_at_once_are_all_there(hub: World) -> None:
    header = hub.person("worker", "SW-CHILD")
    assert at_once(12, lambda: hub.http.post("/cases", json=CASE, headers=header)) == [201] * 12
    assert len(hub.http.get("/cases", headers=header).json()["cases"]) == 12


def test_a_database_that_goes_away_is_the_constant_503(hub: World) -> None:
    header = hub.person("worker", "SW-CHILD")
    assert hub.parts.store.answers()
    with hub.parts.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE gateway_case_member")
    answer = hub.http.get("/cases", headers=header)
    assert answer.status_code == 503
    assert answer.content == hub.app.state.unavailable.bodies["json"][1]
    with pytest.raises(StoreUnavailable), hub.parts.store.begin() as session:
        session.connection().exec_driver_sql("SELECT * FROM nowhere")


def test_a_folder_that_cannot_be_written_stops_the_start(tmp_path: Path) -> None:
    keys = KeyFolder(tmp_path / "keys")
    home = tmp_path / "a-file-not-a-folder"
    home.write_text("", encoding="utf-8")
    home.chmod(stat.S_IRUSR)
    with pytest.raises(BadSetting, match="MASH_DATABASE"):
        open_store(Settings(mode="demo", home=home), keys)


def test_a_database_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    keys = KeyFolder(tmp_path / "keys")
    nobody = "postgresql://nobody:secret@127.0.0.1:9/none?connect_timeout=2"
    with pytest.raises(BadSetting, match="MASH_DATABASE") as caught:
        open_store(Settings(mode="demo", home=tmp_path, database=nobody), keys)
    assert "secret" not in str(caught.value)
