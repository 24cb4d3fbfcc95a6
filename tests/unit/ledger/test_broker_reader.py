"""Reading one record here and one there: the reader turns from log to log, and never gives a record of another.

The client is a small stand-in that keeps what Kafka's consumer keeps: what is assigned, what is paused, and where it stands.
"""

from types import SimpleNamespace
from typing import Any

import pytest

from services.ledger.store import broker
from services.ledger.store.broker import Broker
from services.ledger.store.ports import StoreAway

ONE, OTHER = "mash.north.one", "mash.north.other"


class Reader:
    """Gives one record for each poll, of the first topic that is assigned and not paused."""

    def __init__(self) -> None:
        self.places: list[Any] = []
        self.at: dict[Any, int] = {}
        self.resting: set[Any] = set()
        self.assigned: list[int] = []
        self.polls = 0

    def assignment(self) -> set[Any]:
        return set(self.places)

    def assign(self, places: Any) -> None:
        # Assigning anew forgets where it stood, as Kafka's does.
        self.places, self.at = sorted(places), {}
        self.assigned.append(len(self.places))

    def pause(self, *places: Any) -> None:
        self.resting |= set(places)

    def resume(self, *places: Any) -> None:
        self.resting -= set(places)

    def seek(self, place: Any, at: int) -> None:
        self.at[place] = at

    def poll(self, timeout_ms: int, max_records: int) -> dict[Any, list[Any]]:
        self.polls += 1
        for place in self.places:
            if place not in self.resting:
                at = self.at.get(place, 0)
                self.at[place] = at + 1
                return {place: [SimpleNamespace(value=f"{place.topic} {at}".encode())]}
        return {}

    def close(self) -> None:
        self.places = []


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    """The one reader of every broker; a broker that says nothing is given up at once."""
    found = Reader()
    monkeypatch.setattr(broker, "KafkaConsumer", lambda **_: found)
    monkeypatch.setattr(broker, "PATIENCE", 0.2)
    return found


def test_each_record_is_the_one_asked_for_by_one_poll_and_no_log_is_met_twice(reader: Reader) -> None:
    asked = [(ONE, 3), (OTHER, 7), (ONE, 4), (OTHER, 0), (ONE, 3), (ONE, 9)]
    store = Broker(["127.0.0.1:1"])
    for number, (topic, at) in enumerate(asked, 1):
        assert store.one(topic, at) == f"{topic} {at}".encode()
        # A log that was not put to rest would have answered first, and cost a poll more.
        assert reader.polls == number
    # Met once each, and the first kept when the second was met.
    assert reader.assigned == [1, 2]


def test_a_reader_that_gave_nothing_is_let_go(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Broker(["127.0.0.1:1"])
    store.one(ONE, 1)
    monkeypatch.setattr(reader, "poll", lambda **_: {})
    with pytest.raises(StoreAway, match="did not answer"):
        store.one(ONE, 2)
    assert reader.places == []
