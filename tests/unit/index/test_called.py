"""Which given names people are known to bear: by the model's table, and by the list of forms."""

from services.index.matching import called, forms, levels, model

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
