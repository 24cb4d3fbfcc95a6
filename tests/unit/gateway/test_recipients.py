"""Whoever was told of a person is listed by the second, under every id that the person had."""

from types import SimpleNamespace
from typing import Any

from services.contract.reviews import KnownAs, Stood
from services.gateway.links.recipients import recipients


def told(**times: str) -> Any:
    """A hub whose ledger holds one release about each person, at a time, and whose index knew `now` as `before` once."""

    def about(person: str) -> Any:
        entry = {
            "kind": "release.intent",
            "time": times[person],
            "event_id": person,
            "asker": {"role": "SW-CHILD"},
        }
        return SimpleNamespace(rows=(SimpleNamespace(entry=entry),))

    links = SimpleNamespace(known_as=lambda _: KnownAs((Stood("now"), Stood("before"))))
    return SimpleNamespace(ledger=SimpleNamespace(about=about), index=SimpleNamespace(links=links))


def events(parts: Any, since: str) -> set[str]:
    return {event for one in recipients(parts, "now", since) for event in one.events}


def test_who_was_told_in_the_second_of_the_join_and_under_an_earlier_id_is_listed() -> None:
    parts = told(now="2026-11-20T09:00:05.744Z", before="2026-11-20T09:00:06.001Z")
    assert events(parts, "2026-11-20T09:00:05Z") == {"now", "before"}
    assert events(parts, "2026-11-20T09:00:06Z") == {"before"}
    assert events(parts, "2026-11-20T09:00:07Z") == set()
    assert events(parts, "") == {"now", "before"}
