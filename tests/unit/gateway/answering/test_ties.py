"""How people of an answer are tied: by the records in it, with their dates; a tie of other records is told bare."""

from dataclasses import replace
from typing import Any

from services.contract.people import Edge
from services.contract.views import Tie
from services.gateway.answering.ties import Telling, ties_of

ON = "2026-11-23"
REFS = {"mia": "urn:uuid:mia", "dana": "urn:uuid:dana"}
NAMES = {"csc": "Children's social care"}
MOTHER = Edge("relationship", "mia", "MTH", "csc", "r1", "mia")
HOME = Edge("address", "mia", "", "csc", "p1", "dana", start="2026-05-04", uprn="104", probable=True)


def told(edges: list[Edge], records: dict[str, Any], *harmed: str) -> tuple[Tie, ...]:
    return ties_of("dana", edges, Telling(records, REFS, NAMES, frozenset(harmed), ON))


def related(**more: Any) -> dict[str, Any]:
    return {"resourceType": "RelatedPerson", "meta": {"source": "urn:mash:source:csc"}, **more}


def patient(**more: Any) -> dict[str, Any]:
    address = {"line": ["14 Juniper Walk"], "period": {"start": "2026-05-04"},
               "extension": [{"url": "UPRN", "valueString": "104"}]}  # fmt: skip
    made = {"resourceType": "Patient", "meta": {"source": "urn:mash:source:csc"}, "address": [address],
            "telecom": [{"value": "01632"}]}  # fmt: skip
    return made | more


def test_source_and_dates_are_those_that_were_released() -> None:
    period = {"start": "2019-05-07", "end": "2030-01-01"}
    (tie,) = told([replace(MOTHER, start="2019-05-07", end="2030-01-01")], {"r1": related(period=period)})
    assert (tie.toward, tie.code, tie.source, tie.start, tie.end, tie.current) == (
        "urn:uuid:mia", "MTH", "Children's social care", "2019-05-07", "2030-01-01", True,
    )  # fmt: skip
    (coarse,) = told([replace(MOTHER, start="2019-05-07")], {"r1": {"period": {"start": "2019"}, "meta": {}}})
    assert (coarse.source, coarse.start) == (None, "2019")


def test_what_has_ended_is_not_current_though_its_date_is_withheld() -> None:
    for end, current in (
        ("2026-11-22", False),
        ("2026-11-23", True),
        ("2026-11", True),
        ("2026-10", False),
        ("", True),
    ):
        (tie,) = told([replace(MOTHER, code="SIGOTHR", end=end)], {"r1": related()})
        assert (tie.current, tie.end) == (current, None), end


def test_a_tie_of_a_record_that_is_not_in_the_answer_is_bare_and_adds_nothing_beside_one_that_is() -> None:
    silent = replace(MOTHER, record="r2", start="2001-01-01", source="secret")
    (bare,) = told([silent], {})
    assert bare.model_dump(exclude_defaults=True) == {"kind": "relationship", "code": "MTH"}
    with_it = told([MOTHER, silent], {"r1": related()})
    assert with_it == told([MOTHER], {"r1": related()})


def test_an_address_has_its_property_and_remark_only_where_the_record_still_says_where() -> None:
    (tie,) = told([HOME], {"p1": patient()})
    assert (tie.start, tie.uprn, tie.probable_relative) == ("2026-05-04", "104", True)
    blanks: tuple[dict[str, Any], ...] = ({"address": []}, {"address": [{"district": "Northbridge"}]})
    for withheld in blanks:
        (blank,) = told([HOME], {"p1": patient(**withheld)})
        assert (blank.start, blank.uprn, blank.probable_relative) == (None, None, False)
    (no_phone,) = told([HOME], {"p1": patient(telecom=[])})
    assert not no_phone.probable_relative


def test_another_address_of_the_record_lends_no_date() -> None:
    other = {"line": ["8 Colliery Row"], "period": {"start": "2020-01-01"}}
    (tie,) = told([HOME], {"p1": patient(address=[other])})
    assert (tie.start, tie.uprn) == (None, None)


def test_somebody_who_is_not_in_the_answer_is_not_named() -> None:
    (tie,) = told([replace(MOTHER, toward="elsewhere")], {"r1": related()})
    assert tie.toward is None


def test_of_a_tie_with_somebody_across_a_harm_link_no_source_is_told() -> None:
    for harmed in ("mia", "dana"):
        (tie,) = told([MOTHER], {"r1": related()}, harmed)
        assert (tie.code, tie.source) == ("MTH", None)
