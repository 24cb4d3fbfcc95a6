"""Who is told that an ISA ends or is overdue: each party's IG lead, on the right days, and once."""

from typing import Any

from services.contract.vocabulary import entry
from services.gateway.tasks import paper_clock
from services.gateway.tasks.paper_clock import due, tell_ig_leads
from tests.policy_world import shipped_book


def told(on: str, isa: str = "housing") -> set[tuple[str, str]]:
    return {(one.kind, one.organisation) for one in due(shipped_book(), on) if one.facts["isa"] == isa}


def parties(isa: str) -> set[str]:
    return set(next(one for one in shipped_book().isas if one["id"] == isa)["parties"])


def test_each_party_is_told_from_thirty_days_before_the_last_day_to_that_day() -> None:
    near = {("isa-near-end", party) for party in parties("housing")}
    assert not near & told("2026-02-28")
    assert near <= told("2026-03-01")
    assert near <= told("2026-03-31")
    assert told("2026-04-01") == set()


def test_a_review_is_overdue_from_the_day_after() -> None:
    overdue = {("isa-review-overdue", party) for party in parties("panels")}
    assert told("2027-10-01", "panels") == set()
    assert told("2027-10-02", "panels") == overdue


def test_both_go_to_the_ig_lead() -> None:
    assert {entry("task-kinds", kind)["inbox"] for kind in paper_clock.KINDS.values()} == {"ig-lead"}


def test_however_often_the_clock_looks_each_is_one_occasion(monkeypatch: Any) -> None:
    raised: list[str] = []
    monkeypatch.setattr(paper_clock, "post", lambda _, one, once: raised.append(f"{once}"))

    class Shelf:
        current = staticmethod(shipped_book)

    class Standing:
        shelf = Shelf

        @staticmethod
        def now() -> Any:
            from datetime import UTC, datetime

            return datetime(2026, 3, 20, 12, tzinfo=UTC)

    tell_ig_leads(Standing)  # type: ignore[arg-type]
    first = list(raised)
    tell_ig_leads(Standing)  # type: ignore[arg-type]
    assert raised == first * 2
    assert len(set(first)) == len(first) == 2 * len(parties("housing"))
