"""What an edge keeps, and in what order things came."""

from pathlib import Path

from sqlalchemy import insert, select

from services.index.links import edges, events
from services.index.matching.verdict import LINK as JOIN
from services.index.matching.verdict import Evidence, Scored, Verdict
from services.index.people import People
from services.index.schema import EVENT, LINK, PERSON
from tests.unit.index.northshire import FakeShelf, small_index

BASIS = edges.Basis(
    Verdict(JOIN, "weight", Scored(14.1, -18.3, (Evidence("given", "exact", 8.000000001, 0.1 + 0.2),))),
    model="digest",
    other="other",
    by="case-worker",
    reason="her school said so",
)


def test_an_edge_keeps_evidence_to_the_last_bit_and_says_nothing_of_it_to_a_reader_without_the_key(
    tmp_path: Path,
) -> None:
    index = small_index(tmp_path, "")
    with index._store.write() as connection:
        connection.execute(insert(PERSON).values(id="somebody", since="2026-03-12T10:00:00Z"))
        people = People(connection, index._store, FakeShelf().current(), "2026-03-12")
        people.event = events.happened(connection, events.JOINED, "item", "2026-03-12T10:00:00Z")
        edges.add(people, "item", "somebody", "weight", "2026-03-12T10:00:00Z", status="manual", basis=BASIS)
        row = connection.execute(select(LINK)).one()
        assert BASIS.verdict and edges.evidence_of(index._store, row) == BASIS.verdict.scored
        assert edges.reason_of(index._store, row) == ("case-worker", "her school said so")
        assert (row.status, row.model, row.event) == ("manual", "digest", people.event)
        assert edges.manual(people, ["item", "another"]) == {"item"}
        said = " ".join(str(value) for value in row)
        assert not any(word in said for word in ("case-worker", "school", "given", "exact"))
    index.close()


def test_what_is_published_and_ended_has_one_order(tmp_path: Path) -> None:
    index = small_index(tmp_path, "")
    with index._store.write() as connection:
        first = events.happened(connection, events.PUBLISH, "a", "2026-03-12T10:00:00Z")
        second = events.happened(connection, events.PROTECTION_ENDED, "b", "2026-03-12T09:00:00Z")
        assert first < second
        assert [row.seq for row in connection.execute(select(EVENT))] == [first, second]
    index.close()
