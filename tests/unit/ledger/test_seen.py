"""What an auditor remembers: once, however much there is of it."""

from services.ledger.auditing.seen import Named, Seen


def test_an_event_id_is_its_first_entrys() -> None:
    seen = Seen()
    first, second = Named("a", 0, "release.intent", b"1"), Named("b", 4, "release.intent", b"2")
    assert seen.event("e", first) is None
    assert seen.event("e", second) == first
    assert seen.event("f", second) is None
    seen.close()


def test_a_value_may_stand_once_in_each_log() -> None:
    seen = Seen()
    assert not seen.twice("a", "chain", [])
    assert not seen.twice("a", "chain", ["x", "y"])
    assert not seen.twice("b", "chain", ["x"])
    assert not seen.twice("a", "once", ["x"])
    assert seen.twice("a", "chain", ["z", "x"])
    assert seen.twice("c", "chain", ["x", "x"])
    seen.close()


def test_references_come_in_the_order_read_with_what_they_name() -> None:
    seen = Seen()
    named = Named("b", 2, "query.sent", b"h")
    seen.refer("a", 0, "release.intent", "b", "later")
    seen.refer("a", 1, "release.outcome", "b", "never")
    seen.event("later", named)
    assert [(ref.at, ref.named) for ref in seen.refs()] == [(0, named), (1, None)]
    seen.close()
