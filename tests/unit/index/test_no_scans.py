"""No statement of a publish or a search reads a whole table of people: what it costs must not grow with how many there are."""

import re
from pathlib import Path
from typing import Any

from sqlalchemy import event

from services.contract.people import Resolve
from services.index.index import Index
from services.index.schema import HOME, IDENTITY, LINK, LOOK_UP, PROTECTION, RECORD
from tests.unit.index.northshire import LEO, MIA, ON, about, home, patient, publish, small_index

WHOLE = re.compile(
    rf"SCAN ({'|'.join(one.name for one in (RECORD, IDENTITY, LINK, LOOK_UP, HOME, PROTECTION))})(_\d+)?\b"
)
"""A step that reads all of a table that has a row or more for each person, also by another name of it."""


def plans(index: Index, act: Any) -> dict[str, list[str]]:
    """Statement -> the steps of SQLite's plan for it, of everything that `act` reads."""
    engine, told = index._store.engine, dict[str, Any]()

    def noted(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            told.setdefault(statement, parameters)

    event.listen(engine, "before_cursor_execute", noted)
    act()
    event.remove(engine, "before_cursor_execute", noted)
    with engine.connect() as connection:
        return {
            statement: [
                row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            ]
            for statement, parameters in told.items()
        }


def test_nothing_that_a_publish_or_a_search_reads_is_read_whole(tmp_path: Path) -> None:
    index = small_index(tmp_path)
    where = home("4 Quarry Lane", "ZZ98 1AA")
    publish(index, "csc", patient("m", "Mia Reid", "2019-05-07", MIA, address=[where]))
    publish(index, "csc", patient("l", "Leo Reid", "2017-02-03", LEO, address=[where]))

    def act() -> None:
        publish(index, "gp", patient("g", "Mia Reid", "2019-05-07", MIA, address=[where]))
        publish(index, "gp", patient("h", "Lea Reid", "2017-02-03", address=[where]))
        for question in (
            about(nhs=MIA, born="2019-05-07"),
            about(given="Mia", family="Reid", born="2019-05-07"),
            about(given="Mi", family="Reid", postcode="ZZ98 1AA"),
        ):
            index.resolve(Resolve(question, ON))

    found = plans(index, act)
    assert len(found) > 15
    whole = [(step, statement) for statement, steps in found.items() for step in steps if WHOLE.match(step)]
    assert not whole, whole
    index.close()
