"""How well people fit a description: certain by the rules of linking only, and blind to the place of the protected."""

from typing import Any

from services.contract.people import Weigh, Weighed
from services.index.index import Index
from tests.unit.index.northshire import DANA, LEO, MIA, ON, flag, home, patient, publish, relative
from tests.verification.index_stores import index, opened
from tests.verification.test_index_family import person

__all__ = ["index", "opened"]

HERE, THERE = home("14 Harbour Street", "ZZ98 1SF"), home("2 Quarry Road", "ZZ98 2QR")
PHONE = [{"system": "phone", "value": "01632 960102"}]


def described(name: str, born: str, nhs: str = "", **more: Any) -> dict[str, Any]:
    return patient("asked", name, born, nhs, **more)


def weighed(index: Index, nhs: str, asked: dict[str, Any], *, wide: bool = True) -> Weighed:
    who = person(index, nhs)
    return index.weigh(Weigh((who,), asked, ON, wide))[who]


def mia(index: Index, **more: Any) -> None:
    publish(index, "csc", patient("m", "Mia Reid", "2019-05-07", MIA, gender="female", **more))


def test_number_birth_and_given_name_are_certain_and_each_is_needed(index: Index) -> None:
    mia(index, address=[HERE])
    assert weighed(index, MIA, described("Mia Reid", "2019-05-07", MIA)).grade == "certain"
    assert weighed(index, MIA, described("Ava Reid", "2019-05-07", MIA)).grade != "certain"
    assert weighed(index, MIA, described("Mia Reid", "2011-11-11", MIA)).grade != "certain"
    assert weighed(index, MIA, described("Mia Reid", "2019-05-07")).grade in ("probable", "possible")


def test_another_number_is_certainly_not_where_nothing_else_speaks_for_it(index: Index) -> None:
    mia(index)
    assert weighed(index, MIA, described("Leo Stone", "2011-11-11", LEO)).grade == "certainly-not"
    assert weighed(index, MIA, described("Mia Reid", "2019-05-07", LEO)).grade in (
        "possible",
        "certainly-not",
    )


def test_a_known_sibling_makes_the_given_name_count_exactly(index: Index) -> None:
    publish(index, "csc", patient("m", "Amelia Reid", "2019-05-07", MIA))
    near, same = (described(f"{given} Reid", "2019-05-07", MIA) for given in ("Ameliah", "Amelia"))
    assert [weighed(index, MIA, one).grade for one in (near, same)] == ["certain", "certain"]
    publish(index, "csc", patient("t", "Leo Reid", "2019-05-07", LEO),
            relative("mt", "m", "Leo Reid", "TWIN", nhs=LEO, born="2019-05-07"))  # fmt: skip
    assert weighed(index, MIA, near).grade != "certain" and weighed(index, MIA, same).grade == "certain"


def test_two_names_that_people_bear_are_not_certain_as_they_would_not_link(index: Index) -> None:
    publish(index, "csc", patient("m", "Adrian Reid", "2019-05-07", MIA))
    near, slip = (described(f"{given} Reid", "2019-05-07", MIA) for given in ("Adriana", "Adriann"))
    assert weighed(index, MIA, near).grade != "certain"
    assert weighed(index, MIA, slip).grade == "certain"


def test_of_somebody_protected_no_place_counts_for_weight_or_grade(index: Index) -> None:
    mia(index, address=[HERE], telecom=PHONE)
    asked = [described("Mia Reid", "2019-05-07", address=[place], telecom=PHONE) for place in (HERE, THERE)]
    open_ = [weighed(index, MIA, one) for one in asked]
    assert open_[0].weight > open_[1].weight
    publish(
        index,
        "gp",
        patient("m2", "Mia Reid", "2019-05-07", MIA, address=[HERE]),
        flag("f", "m2", "L:SAFEADDR"),
    )
    blind = [weighed(index, MIA, one) for one in asked]
    assert blind[0] == blind[1] and blind[0].weight < open_[0].weight


def test_names_that_begin_so_are_close_and_others_are_only_wide(index: Index) -> None:
    mia(index)
    for name, close in (("Mi Rei", True), ("Mia Reid", True), ("Mia Reed", False), ("Mya Reid", False)):
        assert weighed(index, MIA, described(name, "2019-05-07"), wide=False).close is close, name
        assert weighed(index, MIA, described(name, "2019-05-07")).close


def test_nobody_but_who_was_asked_about_is_answered_about(index: Index) -> None:
    mia(index)
    publish(index, "csc", patient("d", "Dana Reid", "1990-01-02", DANA))
    asked = described("Mia Reid", "2019-05-07", MIA)
    assert index.weigh(Weigh((), asked, ON)) == {} and index.weigh(Weigh(("nobody",), asked, ON)) == {}
    assert set(index.weigh(Weigh((person(index, MIA),), asked, ON))) == {person(index, MIA)}
