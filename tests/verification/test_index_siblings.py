"""Known siblings and twins, for caution; and the remark that two people at one address are probably relatives."""

import pytest

from services.contract.people import Edge, Relate
from services.index.index import Index
from services.index.people import People
from services.index.siblings import known_siblings
from tests.unit.index.northshire import BOOK, DANA, LEO, MIA, ON, home, patient, publish, relative
from tests.verification.index_stores import index, opened
from tests.verification.test_index_family import person

__all__ = ["index", "opened"]

ROW = home("14 Harbour Street", "ZZ99 1SF")
PHONE = [{"system": "phone", "value": "01632 960102"}]


def siblings(index: Index, nhs: str) -> frozenset[str]:
    with index._store.read() as connection:
        return known_siblings(People(connection, index._store, BOOK, ON), person(index, nhs))


@pytest.mark.parametrize("role", ["TWIN", "BRO", "HSIB", "ITWINBRO"])
def test_whoever_is_called_sibling_or_twin_is_one_seen_from_either_side(index: Index, role: str) -> None:
    publish(index, "csc", patient("m", "Mia Reid", "2019-05-07", MIA), patient("l", "Leo Reid", "2021-01-01", LEO),
            relative("ml", "m", "Leo Reid", role, nhs=LEO, born="2021-01-01"))  # fmt: skip
    assert siblings(index, MIA) == {person(index, LEO)}
    assert siblings(index, LEO) == {person(index, MIA)}


def test_children_of_one_parent_are_siblings_though_nobody_says_so_and_though_it_is_over(
    index: Index,
) -> None:
    publish(index, "csc", patient("m", "Mia Reid", "2019-05-07", MIA), patient("l", "Leo Reid", "2021-01-01", LEO),
            relative("md", "m", "Dana Reid", "MTH", nhs=DANA, born="1990-01-02"))  # fmt: skip
    publish(index, "police", patient("d", "Dana Reid", "1990-01-02", DANA))
    publish(index, "csc", relative("ld", "l", "Dana Reid", "PRNFOST", nhs=DANA, born="1990-01-02",
                                   period={"end": "2024-01-01"}))  # fmt: skip
    assert siblings(index, MIA) == {person(index, LEO)}
    assert person(index, DANA) not in siblings(index, MIA)
    # A mother of two is nobody's sibling.
    assert siblings(index, DANA) == frozenset()


def test_one_address_makes_no_sibling(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", "2019-05-07", MIA, address=[ROW]),
            patient("l", "Leo Reid", "2021-01-01", LEO, address=[ROW]))  # fmt: skip
    assert siblings(index, MIA) == frozenset()


def edges(index: Index) -> dict[str, list[Edge]]:
    found = index.relate(Relate(person(index, MIA), "family", ON, ()))
    return {one.nhs_number or "": list(one.edges) for one in found.people}


def test_a_relationship_and_an_address_keep_their_dates_and_the_property(index: Index) -> None:
    there = home("14 Harbour Street", "ZZ99 1SF", "1041", period={"start": "2026-05-04"})
    publish(index, "csc", patient("m", "Mia Reid", "2019-05-07", MIA, address=[there]),
            patient("d", "Dana Reid", "1990-01-02", DANA, address=[there]),
            relative("md", "m", "Dana Reid", "PRNFOST", nhs=DANA, born="1990-01-02",
                     period={"start": "2020", "end": "2024-06-30"}))  # fmt: skip
    told = {(one.kind, one.start, one.end, one.uprn) for one in edges(index)[DANA]}
    assert told == {("relationship", "2020", "2024-06-30", ""), ("address", "2026-05-04", "", "1041")}


@pytest.mark.parametrize(
    ("name", "born", "phone", "probable"),
    [
        ("Leo Reid", "2019-05-07", True, True),
        ("Mia Reid", "1990-01-02", True, True),
        ("Leo Cole", "2021-01-01", True, False),
        # One person twice, for all that is known.
        ("Mia Reid", "2019-05-07", True, False),
        ("Leo Reid", "2021-01-01", False, False),
    ],
)
def test_one_name_and_one_telephone_at_one_address_are_remarked(
    index: Index, name: str, born: str, phone: bool, probable: bool
) -> None:
    publish(index, "csc", patient("m", "Mia Reid", "2019-05-07", MIA, address=[home("14 Harbour Street")], telecom=PHONE),
            patient("l", name, born, LEO, address=[home("14 Harbour Street")],
                    telecom=PHONE if phone else []))  # fmt: skip
    (edge,) = edges(index)[LEO]
    assert (edge.kind, edge.probable) == ("address", probable)
