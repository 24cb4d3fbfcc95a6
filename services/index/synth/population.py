"""A whole population in one pass: its people, the first agency's records of them, and a second agency's of some.

Promise: exactly as many people, queries and absent people as asked for, whatever the size, in memory that does not grow
with it; all of it follows from seed, size and noise.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from services.index.synth.draw import Draw
from services.index.synth.family import Household, households
from services.index.synth.noise import Spoiler
from services.index.synth.numbers import HELD, numbers
from services.index.synth.people import Person, Record
from services.index.synth.places import Places
from services.index.synth.sources import NHS, SECOND, written

NUMBERED = 0.88
"""Share of people with an NHS number: 999 has 909,091 of them, so a million people cannot all have one."""
_MOST_NUMBERED = 905_000
QUERIES, ABSENT = 20_000, 2_000
"""At 100,000 people and more; below, a fifth and a fiftieth of the people."""


@dataclass(frozen=True, slots=True)
class Query:
    """A second agency's record. `person` is empty where the first agency does not know them: nobody must be found."""

    person: str
    of: Person
    did: tuple[str, ...]
    record: Record


@dataclass(frozen=True, slots=True)
class Told:
    """One person: who they are, the first agency's record (none of an absent person), and perhaps a query about them."""

    person: Person
    record: Record | None
    query: Query | None


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made."""

    seed: int
    size: int
    noise: float = 1.0

    @property
    def queries(self) -> int:
        """Queries about people who are known."""
        return min(QUERIES, self.size // 5)

    @property
    def absent(self) -> int:
        """Queries about people who are not."""
        return min(ABSENT, self.size // 50)


class Chosen:
    """`wanted` of `total`, each alike likely, told as they come by (Knuth, The Art of Computer Programming 2, 3.4.2 S)."""

    def __init__(self, draw: Draw, wanted: int, total: int) -> None:
        self._draw = draw
        self.wanted = wanted
        # A little less than there are: the last ones may all be impossible.
        self._left = total - total // 25 - 1

    def next(self, possible: bool = True) -> bool:
        """Whether this one is chosen; one that is not possible leaves its chance to those after it."""
        share = self.wanted / max(self.wanted, self._left, 1)
        self._left -= 1
        if possible and self._draw.chance(share):
            self.wanted -= 1
            return True
        return False


def population(order: Order) -> Iterator[Told]:
    """Everybody, household by household."""
    seed, total = order.seed, order.size + order.absent
    places = Places(seed, total)
    spoiler = Spoiler(places, order.noise)
    absent = Chosen(Draw(seed, "absent"), order.absent, total)
    asked = Chosen(Draw(seed, "asked"), order.queries, total)
    share = min(NUMBERED, _MOST_NUMBERED / total)
    given = numbers(seed, "numbers")
    for people in _exactly(seed, places, total):
        for person in people:
            if not person.unborn and Draw(seed, "numbered", person.id).chance(share):
                person.nhs_number = next(given)
        for person in people:
            away = absent.next(not person.unborn)
            chosen = asked.next(not away and not person.unborn)
            record = None if away else written(Draw(seed, "first", person.id), person, NHS, f"a{person.id}")
            query = _query(order, spoiler, person, people, away) if away or chosen else None
            yield Told(person, record, query)


def _exactly(seed: int, places: Places, total: int) -> Iterator[list[Person]]:
    left = total
    for number, household in enumerate(households(seed, places)):
        people = household
        if len(people) > left:
            # The last ones live alone, so that no family is cut through.
            people = Household(Draw(seed, "last", number), places, number).make("single")
        left -= len(people)
        yield people
        if not left:
            return


def _query(order: Order, spoiler: Spoiler, person: Person, people: list[Person], away: bool) -> Query:
    draw = Draw(order.seed, "query", order.noise, person.id)
    record = written(draw, person, draw.of(SECOND), f"b{person.id}")
    relatives = [one for one in people if one is not person and one.household == person.household]
    did = spoiler.spoil(draw, person, record, relatives)
    return Query("" if away else person.id, person, tuple(did), record)


assert _MOST_NUMBERED < HELD  # noqa: S101 (a slip of a constant, at start)
