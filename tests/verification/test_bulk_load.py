"""What is loaded at once stands as if it had been published, on both databases: benchmarks measure the real thing."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from benchmarks.matching.load import RECEIVED, load
from benchmarks.matching.place import Place, open_place
from services.contract.publishing import Put, Submission
from services.index import accept, visible
from services.index.schema import METADATA
from services.index.synth.fhir import patient
from services.index.synth.population import Order, population
from tests.verification.databases import database_of

SIZE = 60
RANDOM = ("id", "event_id", "person", "record", "outbox", "ref")
"""Ids made anew each time."""
PLACES = {
    ("index_record", "body"): "record:{0.id}",
    ("index_record", "marks"): "marks:{0.id}",
    ("index_identity", "summary"): "identity:{0.record}",
}


def people() -> list[dict[str, Any]]:
    found = [patient(one.record) for one in population(Order(17, SIZE)) if one.record]
    # The safe and the moved among them.
    found[3]["meta"] = {
        "security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]
    }
    return found


def published(place: Place, resources: list[dict[str, Any]]) -> None:
    puts = tuple(Put(one, one["id"], "PUT") for one in resources)
    accepted = accept.store_unseen(place.store, place.book, Submission("nhs", puts, "bench", RECEIVED))
    visible.make_visible(place.store, place.book, accepted.outbox)


def table(place: Place, name: str) -> list[list[tuple[str, Any]]]:
    """The rows of a table, opened, without random ids, in an order of what they say."""
    rows = []
    with place.store.read() as connection:
        for row in connection.execute(select(METADATA.tables[name])):
            said = {key: value for key, value in row._mapping.items() if key not in RANDOM}
            for key, value in said.items():
                if isinstance(value, bytes) and (name, key) in PLACES:
                    said[key] = place.store.unseal(value, PLACES[name, key].format(row))
            rows.append(sorted((key, str(value)) for key, value in said.items()))
    return sorted(rows)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_loading_leaves_what_publishing_leaves(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    # The same keys for both, so that hashes compare.
    first = open_place(tmp_path / "one", database_of(request, kind))
    (tmp_path / "two").mkdir()
    (tmp_path / "two/keys").symlink_to(tmp_path / "one/keys")
    second = open_place(tmp_path / "two", database_of(request, kind))
    resources = people()
    published(first, resources)
    assert load(second, "nhs", iter(resources)) == SIZE
    for name in METADATA.tables:
        # What a publish notes for its sender, and the digest of its entry, are none of the matcher's.
        if name not in ("index_outbox", "index_revision", "index_doubt"):
            assert table(first, name) == table(second, name), name
    first.store.engine.dispose()
    second.store.engine.dispose()


def test_loading_by_two_workers_leaves_the_same(tmp_path: Path) -> None:
    first = open_place(tmp_path / "one")
    (tmp_path / "two").mkdir()
    (tmp_path / "two/keys").symlink_to(tmp_path / "one/keys")
    second = open_place(tmp_path / "two")
    load(first, "nhs", iter(people()))
    load(second, "nhs", iter(people()), workers=2)
    assert table(first, "index_look_up") == table(second, "index_look_up") != []
    # A publish goes on from there, by the usual connection.
    published(second, [people()[0] | {"id": "another"}])
    assert len(table(second, "index_identity")) == SIZE + 1
    for place in (first, second):
        place.store.engine.dispose()
