"""After an un-link the index answers as one that received the same records and never made that link, whatever came before,
in between and after."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.unit.index.links_world import (
    Apart,
    End,
    Join,
    Name,
    Publish,
    Step,
    Withdraw,
    World,
    answers,
    do,
    from_the_first,
    world,
)
from tests.unit.index.northshire import LEO, MIA, concern, flag, home, patient, relative

QUICK = (Phase.explicit, Phase.generate)
"""A history is shrunk by hand: each try makes two databases."""
NUMBERS = (MIA, MIA, LEO, "")
BORN = ("2019-05-07", "2019-07-05")
NAMES = ("Mia Reid", "Mia Cole", "Leo Reid", "Mya Reid")
HOMES = ("1 Quay Road", "2 Mill Lane")
SOURCES = ("csc", "gp", "police")
IDS = ("a", "b")
PATIENTS = [(source, id) for source in SOURCES for id in IDS]
QUESTIONS: list[dict[str, str]] = [
    *({"nhs": number, "born": born} for number in (MIA, LEO) for born in BORN),
    *({"given": "Mia", "family": family, "born": BORN[0]} for family in ("Reid", "Cole")),
    {"given": "Leo", "family": "Reid", "postcode": "ZZ99 3VZ"},
    {"given": "Mia", "family": "Reid", "postcode": "ZZ99 3VZ"},
    {"nhs": MIA},
]


def _person(draw: Any, id: str) -> dict[str, Any]:
    nhs, status = draw(st.sampled_from(NUMBERS)), draw(st.sampled_from(["01", "01", "02"]))
    lives = [home(draw(st.sampled_from(HOMES)))] if draw(st.booleans()) else []
    return patient(
        id, draw(st.sampled_from(NAMES)), draw(st.sampled_from(BORN)), nhs, status=status, address=lives
    )


@st.composite
def published(draw: Any) -> Publish:
    """A Patient, or two, with a relative or a protection at times."""
    source = draw(st.sampled_from(SOURCES))
    ids = draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=2, unique=True))
    rows = [_person(draw, id) for id in ids]
    kind = draw(st.sampled_from(["", "", "relative", "protected", "unprotected", "consent"]))
    if kind == "relative":
        nhs = draw(st.sampled_from(["", LEO]))
        rows.append(relative(f"r{ids[0]}", ids[0], "Dana Reid", "MTH", nhs=nhs, address=[home(HOMES[0])]))
    elif kind in ("protected", "unprotected"):
        made = flag(f"f{ids[0]}", ids[0], "L:SAFEADDR" if kind == "protected" else "")
        if len(ids) == 2:
            made["extension"] = concern({"reference": f"Patient/{ids[1]}"})
        rows.append(made)
    elif kind == "consent":
        rows.append(
            {
                "resourceType": "Consent",
                "id": f"c{ids[0]}",
                "status": "active",
                "policyRule": {"coding": [{"code": "OPTOUT"}]},
                "patient": {"reference": f"Patient/{ids[0]}"},
                "scope": {"text": "sharing"},
                "category": [{"text": "sharing"}],
            }
        )
    return Publish(source, tuple(rows))


PAIRS = st.tuples(st.sampled_from(PATIENTS), st.sampled_from(PATIENTS))
STEPS = st.one_of(
    published(),
    published(),
    published(),
    st.builds(End, st.sampled_from(SOURCES), st.just("Flag"), st.sampled_from(["fa", "fb"])),
    PAIRS.map(lambda pair: Join(*pair)),
    PAIRS.map(lambda pair: Apart(*pair)),
    PAIRS.map(lambda pair: Withdraw(*pair)),
    st.sampled_from(PATIENTS).map(Withdraw),
)
COMES_FIRST: list[Step] = [
    Publish("csc", (patient("a", "Mia Reid", BORN[0], MIA, address=[home(HOMES[0])]),)),
    Publish("gp", (patient("a", "Mia Cole", BORN[0], MIA, address=[home(HOMES[1])]),)),
]


def alike(made: World, steps: list[Step], database: str = "", other: str = "", *, must: bool = False) -> None:
    """Do the steps to one index; the un-links' exclusions, and all steps but the un-links, to another."""
    one, two = made.index("one", database), made.index("two", other)
    done = do(one, enumerate(steps))
    from_the_first(one, two)
    do(two, [(number, step) for number, step in done if not isinstance(step, Withdraw)])
    # An un-link that was not done would prove nothing; where what came since has parted them, there is none to do.
    if must:
        assert any(isinstance(step, Withdraw) for _, step in done)
    said, wanted = answers(one, QUESTIONS), answers(two, QUESTIONS)
    assert said == wanted


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=QUICK)
@given(st.lists(STEPS, min_size=1, max_size=10))
def test_after_an_unlink_the_index_answers_as_one_that_never_linked(steps: list[Step]) -> None:
    with world() as made:
        alike(made, [*COMES_FIRST, *steps, Withdraw(("gp", "a"), ("csc", "a"))])


JOINS = [(("gp", "a"), ("police", "b")), (("csc", "a"), ("police", "b"))]


@pytest.mark.parametrize("join", [pair for one, other in JOINS for pair in ((one, other), (other, one))])
@pytest.mark.parametrize("last", [False, True])
def test_a_join_by_hand_is_done_again_of_who_would_have_been_there(
    join: tuple[Name, Name], last: bool
) -> None:
    """A third record is joined by hand with one of two that count as one: without their link, the other does not come along."""
    one, other = COMES_FIRST
    for name in ("Mia Cole", "Mia Reid"):
        for nhs, status in (("", "01"), (MIA, "02")):
            third = Publish("police", (patient("b", name, BORN[0], nhs, status=status),))
            came: list[Step] = [other, third, one] if last else [one, other, third]
            with world() as made:
                alike(made, [*came, Join(*join), Withdraw(("gp", "a"), ("csc", "a"))])


@pytest.mark.long
@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, min_size=1, max_size=25))
def test_after_an_unlink_the_index_answers_as_one_that_never_linked_over_many_histories(
    steps: list[Step],
) -> None:
    with world() as made:
        alike(made, [*COMES_FIRST, *steps, Withdraw(("gp", "a"), ("csc", "a")), *steps[:3]])
