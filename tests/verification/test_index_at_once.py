"""Two loaders of one child at one moment, on both databases, one of them killed at any statement: one person or one doubt, never
two persons without one, and never a record lost. Some of the statements; all of them with LONG=1.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Table, select

from services.index.index import Index
from services.index.schema import DOUBT, REVIEW
from tests.unit.index.northshire import publish, small_index
from tests.verification.databases import database_of
from tests.verification.publish_child import record
from tests.verification.test_index_matching import person_of


def told(index: Index, table: Table, items: list[str]) -> int:
    """How many rows are about one of these records."""
    with index._store.read() as connection:
        return len(connection.execute(select(table.c.item).where(table.c.item.in_(items))).all())


EVERY = "all" if os.environ.get("LONG") == "1" else "some"


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_one_person_or_one_doubt_and_nothing_lost(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    database = database_of(request, kind)
    small_index(tmp_path, database).close()
    command = [sys.executable, "-W", "ignore", "-m", "tests.verification.publish_child"]
    done = subprocess.run(
        [*command, str(tmp_path), database, EVERY], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    cases = json.loads(done.stdout)
    killed = [case for case in cases if case[2] == -signal.SIGKILL]
    assert len(cases) >= 8
    assert len(killed) >= len(cases) - 2, "all but the case after the last statement"
    assert all(case[3] == 0 for case in cases), "the other loader is never harmed"
    index = small_index(tmp_path, database)
    try:
        waiting = index.unsent()
        for accepted in waiting:
            index.make_visible(accepted.outbox)
        assert index.unsent() == ()
        for what, at, _, _ in cases:
            sent = record(what, at, "killed")
            if index.read_back("csc", "Patient", sent["id"]) is None:
                # Whoever was killed before it was stored was told nothing, and sends it again.
                publish(index, "csc", sent)
            other = person_of(index, "police", record(what, at, "other")["id"])
            mine = person_of(index, "csc", sent["id"])
            assert (mine == other) is (what == "numbered"), (what, at)
            items = [index._store.item("csc", "Patient", sent["id"]),
                     index._store.item("police", "Patient", record(what, at, "other")["id"])]  # fmt: skip
            assert (
                told(index, DOUBT, items) == told(index, REVIEW, items) == (0 if what == "numbered" else 1)
            ), (what, at)
    finally:
        index.close()
