"""Hard pairs: two records of which a program is likely to think wrongly, by category, with the truth.

Promise: every pair is what its category says, on the records themselves and in truth; the categories are those of
`CATEGORIES`, eleven of two people and thirteen of one. Each pair is of a family of its own, outside the population.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from services.index.synth.cultures import FEMALE, MALE
from services.index.synth.draw import Draw
from services.index.synth.family import Household
from services.index.synth.noise import Spoiler
from services.index.synth.numbers import numbers
from services.index.synth.people import ON, Person, Record
from services.index.synth.places import Places, phone
from services.index.synth.population import Order
from services.index.synth.sources import NHS, SECOND, Agency, written

MOST = 1_000
"""Pairs of each category at 100,000 people and more; below, a hundredth of the people."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records. `same`: of one person."""

    id: str
    category: str
    same: bool
    of: Person
    one: Record
    other: Record


class Maker:
    """Makes the pairs of one order."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.places = Places(order.seed, order.size)
        self.spoiler = Spoiler(self.places, order.noise)
        # An order of its own: a pair is judged by itself, never beside the population.
        self.given = numbers(order.seed, "numbers of pairs")
        self.count = 0

    def pairs(self) -> Iterator[Pair]:
        """Every pair, category by category."""
        for category, (same, make) in CATEGORIES.items():
            for _ in range(max(1, min(MOST, self.order.size // 100))):
                yield self._pair(category, same, make)

    def _pair(self, category: str, same: bool, make: "Make") -> Pair:
        # What a family has not (a nickname, a day that can be swapped) the next one may have.
        while True:
            self.count += 1
            draw = Draw(self.order.seed, "pair", category, self.order.noise, self.count)
            house = Household(draw, self.places, self.count, "p")
            made = make(self, draw, house)
            if made:
                of, one, other = made
                return Pair(f"x{self.count}", category, same, of, one, other)

    def record(self, draw: Draw, person: Person, letter: str, agency: Agency | None = None) -> Record:
        """A record without mistakes; the number as the person holds it, phone and address given."""
        record = written(draw, person, agency or draw.of(SECOND), f"{letter}{person.id}")
        return replace(record, nhs_number=person.nhs_number, traced="1" if person.nhs_number else "",
                       phone=person.phone)  # fmt: skip

    def family(self, draw: Draw, house: Household) -> tuple[Person, Person, Person]:
        """Father, mother and one child at home, each with a number."""
        father, mother = house.couple(28, 50)
        born = ON - timedelta(days=draw.between(200, 16 * 365))
        child = house.child(mother, father, max(born, mother.born + timedelta(days=17 * 365)))
        child.phone = mother.phone = mother.phone or phone(draw)
        self.number(house)
        return father, mother, child

    def number(self, house: Household) -> None:
        """A number for each of a household who has none."""
        for person in house.people:
            person.nhs_number = person.nhs_number or next(self.given)

    def siblings(self, draw: Draw, house: Household) -> tuple[Person, Person]:
        """Two of one sex who differ in name and day of birth."""
        father, mother, child = self.family(draw, house)
        apart = timedelta(days=draw.between(320, 1500))
        other = house.child(mother, father, child.born + apart, child.sex)
        if other.born > ON:
            other.born = child.born - apart
        self.number(house)
        return child, other

    def twins(self, draw: Draw, house: Household, near: bool) -> tuple[Person, Person]:
        """Two of one sex, born together."""
        _, __, child = self.family(draw, house)
        other = house.twin(child, near=near, same_sex=True)
        self.number(house)
        return child, other

    def somebody(self, draw: Draw, house: Household) -> Person:
        """A child or an adult of a family, for two records of one person."""
        father, mother, child = self.family(draw, house)
        return draw.pick((father, mother, child, child))

    def two_records(self, draw: Draw, person: Person, numbered: bool) -> tuple[Person, Record, Record]:
        """Of one person, the first with the number where `numbered` says so for both."""
        one, other = self.record(draw, person, "a", NHS), self.record(draw, person, "b")
        if not numbered:
            other = replace(other, nhs_number="", traced="")
        return person, one, other

    def done(self, draw: Draw, house: Household, what: str, numbered: bool) -> "Made | None":
        """Two records of one person, to the second of which something was done."""
        person, one, other = self.two_records(draw, self.somebody(draw, house), numbered)
        return (person, one, other) if self.spoiler.do(what, draw, person, other) else None


Made = tuple[Person, Record, Record]
Make = Callable[[Maker, Draw, Household], Made | None]


def _without(record: Record) -> Record:
    return replace(record, nhs_number="", traced="")


def _two(maker: Maker, draw: Draw, pair: tuple[Person, Person], numbered: bool) -> Made:
    one, other = maker.record(draw, pair[0], "a", NHS), maker.record(draw, pair[1], "b")
    return (pair[0], one, other) if numbered else (pair[0], one, _without(other))


def _twins_no_number(maker: Maker, draw: Draw, house: Household) -> Made:
    return _two(maker, draw, maker.twins(draw, house, near=False), numbered=False)


def _twins_two_numbers(maker: Maker, draw: Draw, house: Household) -> Made:
    return _two(maker, draw, maker.twins(draw, house, near=False), numbered=True)


def _twins_near_names(maker: Maker, draw: Draw, house: Household) -> Made:
    pair = maker.twins(draw, house, near=True)
    _, one, other = _two(maker, draw, pair, numbered=False)
    # Where the first names are one, the further ones alone tell them apart: both records hold them.
    return pair[0], replace(one, more=pair[0].more), replace(other, more=pair[1].more)


def _twins_unnamed(maker: Maker, draw: Draw, house: Household) -> Made:
    one, other = maker.twins(draw, house, near=False)
    words = ("Baby", "Baby Girl" if one.sex == FEMALE else "Baby Boy", "Infant", "Twin")
    made = _two(maker, draw, (one, other), numbered=draw.chance(0.3))
    return made[0], *(replace(record, given=draw.pick(words), more="") for record in made[1:])  # type: ignore[return-value]


def _twins_wrong_number(maker: Maker, draw: Draw, house: Household) -> Made:
    one, other = maker.twins(draw, house, near=False)
    return one, maker.record(draw, one, "a", NHS), replace(
        maker.record(draw, other, "b"), nhs_number=one.nhs_number, more=other.more
    )  # fmt: skip


def _siblings_no_number(maker: Maker, draw: Draw, house: Household) -> Made:
    return _two(maker, draw, maker.siblings(draw, house), numbered=False)


def _siblings_wrong_number(maker: Maker, draw: Draw, house: Household) -> Made:
    one, other = maker.siblings(draw, house)
    record = replace(maker.record(draw, other, "b"), nhs_number=one.nhs_number)
    return one, maker.record(draw, one, "a", NHS), record


def _siblings_wrong_number_one_initial(maker: Maker, draw: Draw, house: Household) -> Made | None:
    one, first, other = _siblings_wrong_number(maker, draw, house)
    return (one, first, other) if first.given[0] == other.given[0] else None


def _namesakes_elsewhere(maker: Maker, draw: Draw, house: Household) -> Made:
    _, _, one = maker.family(draw, house)
    # Elsewhere is not next door: there the postcode would speak for them.
    while (home := maker.places.another(draw, one.home)).postcode == one.home.postcode:
        pass
    other = replace(one, id=f"{one.id}o", home=home, phone=phone(draw),
                    nhs_number=next(maker.given), more=house.culture.middle_names(draw, one.sex))  # fmt: skip
    return _two(maker, draw, (one, other), numbered=False)


def _father_and_son(maker: Maker, draw: Draw, house: Household) -> Made:
    father, mother, _ = maker.family(draw, house)
    son = house.child(mother, father, ON - timedelta(days=draw.between(200, 10 * 365)), MALE)
    son.given, son.family, son.named_after = father.given, father.family, father.id
    son.phone = father.phone
    return _two(maker, draw, (father, son), numbered=False)


def _adopted(maker: Maker, draw: Draw, house: Household) -> Made:
    _, _, child = maker.family(draw, house)
    before = house.adopt(child)
    before.phone = phone(draw)
    maker.number(house)
    return child, maker.record(draw, before, "a", NHS), maker.record(draw, child, "b")


def _clean(maker: Maker, draw: Draw, house: Household) -> Made:
    return maker.two_records(draw, maker.somebody(draw, house), numbered=False)


def _bad_number(maker: Maker, draw: Draw, house: Household) -> Made | None:
    return maker.done(draw, house, "number broken", numbered=True)


def _gender_changed(maker: Maker, draw: Draw, house: Household) -> Made:
    """A new number, sex and first name: a new record by design, which only the person may have joined to the old."""
    person = maker.somebody(draw, house)
    one, other = maker.record(draw, person, "a", NHS), maker.record(draw, person, "b")
    sex = MALE if person.sex == FEMALE else FEMALE
    given = house.culture.given_name(draw, sex)
    return person, one, replace(other, nhs_number=next(maker.given), sex=sex, given=given, more="")


def _did(what: str, numbered: bool) -> Make:
    return lambda maker, draw, house: maker.done(draw, house, what, numbered)


CATEGORIES: dict[str, tuple[bool, Make]] = {
    "twins, no number": (False, _twins_no_number),
    "twins, two numbers": (False, _twins_two_numbers),
    "twins, names alike, no number": (False, _twins_near_names),
    "twins not named yet": (False, _twins_unnamed),
    "twin with the other's number": (False, _twins_wrong_number),
    "sibling with the other's number": (False, _siblings_wrong_number),
    "sibling with the other's number and initial": (False, _siblings_wrong_number_one_initial),
    "siblings, no number": (False, _siblings_no_number),
    "same name and birth date, elsewhere": (False, _namesakes_elsewhere),
    "father and son of one name": (False, _father_and_son),
    "before and after adoption": (False, _adopted),
    "clean, no number": (True, _clean),
    "typo in given name, no number": (True, _did("typo in given", numbered=False)),
    "typo in family name, no number": (True, _did("typo in family", numbered=False)),
    "surname changed, number": (True, _did("other family name", numbered=True)),
    "day and month swapped, number": (True, _did("day and month swapped", numbered=True)),
    "number with a wrong check digit": (True, _bad_number),
    "moved, no number": (True, _did("moved", numbered=False)),
    "moved, number": (True, _did("moved", numbered=True)),
    "safe address, no number": (True, _did("safe address", numbered=False)),
    "other spelling, no number": (True, _did("other spelling", numbered=False)),
    "nickname, no number": (True, _did("nickname", numbered=False)),
    "names swapped, number": (True, _did("names swapped", numbered=True)),
    "new number after gender change": (True, _gender_changed),
}
"""Name to (of one person, how it is made), must-not-link first."""
NEVER = frozenset(
    [
        "twins, no number",
        "twins, two numbers",
        "twins, names alike, no number",
        "twins not named yet",
        "before and after adoption",
    ]
)
"""Of these not one may ever be linked by program; of the other pairs of two people at most one in a thousand."""
