"""Whatever the seed, the size and the noise: as many people as asked for, nobody real, and pairs that are what they say."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.index import normalise
from services.index.synth.pairs import Maker
from services.index.synth.population import Order, population
from tests.unit.index.hard_pairs import SAYS

SEEDS = st.integers(0, 2**40)
NOISE = st.floats(0, 5)


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.integers(1, 60), NOISE)
def test_as_many_as_asked_for_each_with_a_number_of_their_own_or_none(
    seed: int, size: int, noise: float
) -> None:
    order = Order(seed, size, noise)
    told = [*population(order)]
    assert sum(one.record is not None for one in told) == size
    assert sum(one.query is not None for one in told) == order.queries + order.absent
    people = {one.person.id: one.person for one in told}
    assert len(people) == len(told)
    held = [one.nhs_number for one in people.values() if one.nhs_number]
    assert len(held) == len(set(held))
    assert all(one.startswith("999") and normalise.number(one) == one for one in held)
    for person in people.values():
        if person.twin:
            twin = people[person.twin]
            assert twin.twin == person.id and twin.born == person.born
            assert (twin.given, twin.more) != (person.given, person.more)


@settings(max_examples=8, deadline=None)
@given(SEEDS, NOISE)
def test_hard_pairs_are_what_they_say(seed: int, noise: float) -> None:
    pairs = [*Maker(Order(seed, 100, noise)).pairs()]
    assert [pair.category for pair in pairs] == [*SAYS]
    assert [pair.category for pair in pairs if not SAYS[pair.category](pair.one, pair.other)] == []
