"""Which given names people are known to bear: by the model's table, and by the list of forms."""

from itertools import combinations

import pytest

from services.index import normalise
from services.index.matching import called, forms, levels, model
from services.index.synth import cultures

TRAINED = model.shipped()
GIVEN = TRAINED.frequencies[levels.GIVEN]


def test_a_name_borne_by_fewer_than_can_be_told_from_a_slip_of_the_pen_is_nobodys() -> None:
    rare = [name for name, share in GIVEN.shares.items() if share < GIVEN.floor and not forms.groups(name)]
    assert rare
    assert {called.borne(TRAINED, name) for name in [*rare, "qqqq"]} == {0.0}


def test_a_name_of_the_table_is_borne_and_one_that_the_list_of_forms_knows_is_too() -> None:
    common = max(GIVEN.shares, key=lambda name: GIVEN.shares[name])
    assert called.borne(TRAINED, common) == GIVEN.shares[common] >= GIVEN.floor
    listed = [name for name in GIVEN.shares if forms.groups(name)]
    assert listed
    assert all(called.borne(TRAINED, name) >= GIVEN.floor for name in listed)


@pytest.mark.parametrize(
    "names",
    [
        "Mohammed Mohamud Maxamed Mehmet",
        "Aisha Ayesha Caasha Ayşe",
        "Khadija Khadiijo Hatice",
        "Fatima Fatema Faadumo Fatma",
        "Oleksandr Olexandr Aleksandr",
        "Yuliia Iuliia Julia",
        "Waheed Wahid Vahid",
        "Sandeep Sandip",
        "Krzysztof Krzysiek",
        "Gheorghe Ghita",
        "Niamh Niav",
        "Oluwadamilola Damilola",
    ],
)
def test_one_name_in_several_writings_is_one_writing(names: str) -> None:
    for one, other in combinations(map(normalise.name_key, names.split()), 2):
        assert called.one_writing(one, other, None), (one, other)


@pytest.mark.parametrize(
    "names",
    [
        "Hassan Hussein",
        "Mia Mary",
        "John Jack",
        "Isla Isabella",
        "Sandeep Sanjeev",
        "Rajinder Rajesh",
        "Samir Samar",
        "Majid Hamid",
    ],
)
def test_names_that_brothers_and_sisters_bear_are_two(names: str) -> None:
    one, other = map(normalise.name_key, names.split())
    assert not called.one_writing(one, other, {one: 0.001, other: 0.001})


def test_the_list_of_forms_is_not_the_invented_populations_own() -> None:
    """What it is tested on may not be what it was copied from: of ten pairs that it knows nine and more are unknown there."""
    written = {**cultures.spellings(), **cultures.nicknames()}
    invented = {
        frozenset((normalise.name_key(name), normalise.name_key(other)))
        for name, others in written.items()
        for other in others
    }
    listed = {frozenset((name, other)) for name in _listed() for other in forms.others(name)}
    assert len(listed) > 10 * len(listed & invented)


def _listed() -> set[str]:
    return {name for group in forms._members() for name in group}
