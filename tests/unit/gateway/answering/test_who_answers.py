"""Four different answers, and a strip that depends on purpose and asker alone."""

from services.contract.decisions import Context
from services.contract.directory import Source
from services.gateway.answering.who_answers import ADULT_HEALTH, complete, lines_for, strip_of

SOURCES = {
    "csc": Source("csc", "council", "Children's social care", "childrens-social-care", "copy"),
    "acute": Source("acute", "trust", "Hospital", "acute", "copy"),
    "sms": Source("sms", "haven", "Haven", "substance-misuse", "copy", reveals=True),
}


def _context(purpose: str, *evidence: str) -> Context:
    return Context("2026-06-01", "council", "LA-CSC", "SW-CHILD", purpose, "OPEN", evidence)


def _states(
    purpose: str, states: dict[tuple[str, str], str], held: set[tuple[str, str]] | None = None
) -> dict[str, str]:
    lines = lines_for(_context(purpose), SOURCES)
    return {
        line.source: line.people[0].state for line in strip_of(lines, {"p": "ref"}, states, held or set())
    }


def test_held_nothing_held_no_reply_down_and_not_asked_all_differ() -> None:
    for state in ("NIL", "NO_RESPONSE", "SOURCE_DOWN", "NOT_ASKED"):
        assert _states("C-S47", {("acute", "p"): state})["Hospital"] == state
    assert _states("C-S47", {("acute", "p"): "HELD"}, {("acute", "p")})["Hospital"] == "HELD"


def test_a_source_all_of_whose_records_are_silent_answers_as_an_empty_one() -> None:
    assert _states("C-S47", {("acute", "p"): "HELD"}) == _states("C-S47", {("acute", "p"): "NIL"})


def test_a_revealing_name_is_said_only_where_the_purpose_allows_it() -> None:
    assert "Haven" in _states("C-S47", {})
    assert "Haven" not in _states("FAM-OVERVIEW", {})
    assert ADULT_HEALTH in _states("FAM-OVERVIEW", {})


def test_screening_names_it_once_a_risk_is_recorded() -> None:
    names = [line.name for line in lines_for(_context("C-SCREEN", "perceived-risk"), SOURCES)]
    assert "Haven" in names
    assert "Haven" not in [line.name for line in lines_for(_context("C-SCREEN"), SOURCES)]


def test_behind_the_constant_line_a_revealing_provider_may_be_absent_slow_or_down_unseen() -> None:
    absent = {source: row for source, row in SOURCES.items() if source != "sms"}
    expected = None
    for sources, state in (
        (absent, None),
        (SOURCES, "NIL"),
        (SOURCES, "NO_RESPONSE"),
        (SOURCES, "SOURCE_DOWN"),
        (SOURCES, "HELD"),
    ):
        states = {("acute", "p"): "NIL"} | ({("sms", "p"): state} if state else {})
        strip = strip_of(lines_for(_context("FAM-OVERVIEW"), sources), {"p": "ref"}, states, set())
        shown = [(line.source, line.people[0].state) for line in strip]
        expected = expected or shown
        assert shown == expected
        assert complete(strip)


def test_a_result_that_lacks_a_source_says_it_is_incomplete() -> None:
    lines = lines_for(_context("C-S47"), SOURCES)
    assert not complete(strip_of(lines, {"p": "ref"}, {("acute", "p"): "SOURCE_DOWN"}, set()))
    assert not complete(strip_of(lines, {"p": "ref"}, {("acute", "p"): "NO_RESPONSE"}, set()))
    assert complete(strip_of(lines, {"p": "ref"}, {("acute", "p"): "NIL"}, set()))
