"""Families, one household at a time: couples, lone parents, grandparents, twins, namesakes, the adopted and the unborn.

Promise: whoever is born together is told apart by name; a child is born to a mother of an age to bear one; an adopted
child's two identities are two people, of whom only this list knows that they were one.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from services.index.synth.cultures import FEMALE, MALE, cultures, twin_names
from services.index.synth.draw import Draw, Table
from services.index.synth.people import ON, Person
from services.index.synth.places import Places, phone

KINDS = Table(
    ("children", "lone", "couple", "single", "generations", "shared", "care-home", "foster", "adoptive"),
    (24, 11, 22, 29, 3, 5, 0.5, 1, 0.8),
)
TWINS = 0.017
"""Of births (England and Wales: about 1 maternity in 65)."""
NAMESAKE = 0.045
"""Of first sons, named as their father."""
EXPECTING = 0.03
"""Of mothers under 42."""
SAFE = 0.003
"""Of households, at an address that is kept safe."""
CHILDREN = Table((1, 2, 3, 4, 5), (44, 38, 12, 4, 2))
_YOUNG = ("child", "foster child", "adopted child", "birth identity")


class Household:
    """Makes the people of one household; ids are `<household>.<n>`."""

    def __init__(self, draw: Draw, places: Places, number: int, prefix: str = "h") -> None:
        self.draw = draw
        self.places = places
        self.id = f"{prefix}{number}"
        self.home = places.home(number)
        self.culture = draw.of(cultures())
        self.people: list[Person] = []

    def make(self, kind: str) -> list[Person]:
        """Everybody of a household of that kind."""
        {
            "children": lambda: self.with_children(2),
            "lone": lambda: self.with_children(1),
            "couple": lambda: self.couple(20, 85),
            "single": lambda: self.adult(self.sex(), 19, 92),
            "generations": self._generations,
            "shared": lambda: self._unrelated(self.draw.between(2, 5), 18, 45),
            "care-home": lambda: self._unrelated(self.draw.between(6, 14), 72, 99),
            "foster": self._foster,
            "adoptive": self._adoptive,
        }[kind]()
        self._finish()
        return self.people

    def sex(self) -> str:
        """Either."""
        return FEMALE if self.draw.chance(0.507) else MALE

    def adult(self, sex: str, youngest: int, oldest: int, role: str = "adult") -> Person:
        """Somebody of that age in years, of the household's culture."""
        born = ON - timedelta(days=self.draw.between(youngest * 365 + 5, oldest * 365))
        family = self.culture.family_name(self.draw, sex)
        person = self.add(role, sex, born, self.culture.given_name(self.draw, sex), family)
        if self.draw.chance(0.88):
            person.phone = phone(self.draw)
        return person

    def add(self, role: str, sex: str, born: date, given: str, family: str) -> Person:
        """One more person of the household."""
        more = self.culture.middle_names(self.draw, sex) if sex in (MALE, FEMALE) else ""
        person = Person(f"{self.id}.{len(self.people)}", self.id, role, self.culture.label, sex, born, given, more,
                        family, self.home)  # fmt: skip
        self.people.append(person)
        return person

    def couple(self, youngest: int, oldest: int) -> tuple[Person, Person]:
        """Two partners; where names are shared, one mostly takes the other's and keeps a maiden name."""
        father = self.adult(MALE, youngest, oldest, "partner")
        years = (ON - father.born).days // 365
        mother = self.adult(FEMALE, max(18, min(years - 6, 90)), max(20, min(years + 4, 95)), "partner")
        shares = 0.72 if self.culture.rule in ("shared", "gendered") else 0.15
        if self.draw.chance(shares):
            mother.maiden = mother.family
            mother.family = self.culture.of_parents(
                self.draw, FEMALE, (father.given, father.family), mother.maiden
            )
        return father, mother

    def with_children(self, parents: int) -> None:
        """A family; the children of one or two parents."""
        father: Person | None = None
        if parents == 2:
            father, mother = self.couple(23, 56)
        else:
            mother = self.adult(FEMALE, 19, 52, "parent")
        self.children(mother, father, self.draw.of(CHILDREN))
        if self.draw.chance(EXPECTING) and (ON - mother.born).days < 42 * 365:
            self._unborn(mother)

    def children(self, mother: Person, father: Person | None, count: int) -> list[Person]:
        """Up to `count` children, at least ten months apart; twins count as one birth."""
        years = (ON - mother.born).days // 365
        oldest = min(years - 16, 17)
        if oldest < 0:
            return []
        age = self.draw.below(oldest * 365 + 1)
        found: list[Person] = []
        for _ in range(count):
            if age < 3:
                break
            child = self.child(mother, father, ON - timedelta(days=age))
            found.append(child)
            if self.draw.chance(TWINS):
                found.append(self.twin(child, near=self.draw.chance(0.2), same_sex=self.draw.chance(0.63)))
            age -= self.draw.between(310, 1900)
        return found

    def child(self, mother: Person, father: Person | None, born: date, sex: str = "") -> Person:
        """A child of these parents, named by the rule of the culture."""
        sex = sex or self.sex()
        if father:
            family = self.culture.of_parents(self.draw, sex, (father.given, father.family), mother.family)
        else:
            family = (
                mother.family if self.culture.rule != "chain" else self.culture.family_name(self.draw, sex)
            )
        given = self._unlike(sex)
        child = self.add("child", sex, born, given, family)
        child.mother, child.father = mother.id, father.id if father else ""
        child.phone = mother.phone or (father.phone if father else "")
        if father and sex == MALE and father.given not in self._taken(child) and self.draw.chance(NAMESAKE):
            child.given, child.family, child.named_after = father.given, father.family, father.id
        return child

    def twin(self, other: Person, near: bool, same_sex: bool) -> Person:
        """The twin of a child; `near`: both get names nearly alike. Their names always differ."""
        sex = other.sex if same_sex else (MALE if other.sex == FEMALE else FEMALE)
        twin = self.add("child", sex, other.born, self._unlike(sex), other.family)
        one, two = self.draw.pick(twin_names()[sex])
        if (
            near
            and same_sex
            and not {one.partition("_")[0], two.partition("_")[0]} & self._taken(other, twin)
        ):
            other.given, _, other.more = one.partition("_")
            twin.given, _, twin.more = two.partition("_")
            other.named_after = ""
        twin.mother, twin.father, twin.phone = other.mother, other.father, other.phone
        twin.twin, other.twin = other.id, twin.id
        return twin

    def _unlike(self, sex: str) -> str:
        # No two children of one household have one name; lists are longer than families, so this ends.
        taken = self._taken()
        while (given := self.culture.given_name(self.draw, sex)) in taken:
            pass
        return given

    def _taken(self, *apart_from: Person) -> set[str]:
        return {
            one.given
            for one in self.people
            if one.role in _YOUNG and all(one is not other for other in apart_from)
        }

    def _unborn(self, mother: Person) -> None:
        due = ON + timedelta(days=self.draw.between(5, 180))
        child = self.add("unborn", "unknown", due, "Unborn", mother.family)
        child.mother, child.phone, child.unborn = mother.id, mother.phone, True

    def _generations(self) -> None:
        self.with_children(2)
        grandparent = self.adult(self.sex(), 62, 92, "grandparent")
        if self.culture.rule == "shared" and self.draw.chance(0.5):
            grandparent.family = self.people[0].family

    def _unrelated(self, count: int, youngest: int, oldest: int) -> None:
        for _ in range(count):
            self.culture = self.draw.of(cultures())
            self.adult(self.sex(), youngest, oldest, "resident")

    def _foster(self) -> None:
        self.couple(30, 62)
        self.culture = self.draw.of(cultures())
        family = self.culture.family_name(self.draw, MALE)
        age = self.draw.between(300, 16 * 365)
        for _ in range(self.draw.between(1, 3)):
            if age < 3:
                break
            sex = self.sex()
            self.add("foster child", sex, ON - timedelta(days=age), self._unlike(sex), family)
            age -= self.draw.between(310, 1200)

    def _adoptive(self) -> None:
        father, mother = self.couple(40, 58)
        child = self.child(mother, father, ON - timedelta(days=self.draw.between(700, 16 * 365)))
        self.adopt(child)

    def adopt(self, child: Person) -> Person:
        """Who an adopted child was before the order: another name, number and home, one day of birth."""
        child.role, child.named_after = "adopted child", ""
        self.culture = self.draw.of(cultures())
        sex = child.sex
        given = child.given if self.draw.chance(0.5) else self._unlike(sex)
        before = self.add("birth identity", sex, child.born, given, self.culture.family_name(self.draw, sex))
        before.household, before.home = "", self.places.another(self.draw, child.home)
        child.formerly = before.id
        return before

    def _finish(self) -> None:
        safe = self.draw.chance(SAFE)
        moved = self.draw.chance(0.22)
        former = self.places.another(self.draw, self.home) if moved else None
        on = (ON - timedelta(days=self.draw.between(30, 3000))).isoformat()
        for person in self.people:
            if person.role == "birth identity":
                continue
            person.safe = safe
            if former and person.born.isoformat() < on:
                person.former_home, person.moved_on = former, on


def households(seed: int, places: Places, stream: str = "people") -> Iterator[list[Person]]:
    """Household after household, without end."""
    number = 0
    while True:
        draw = Draw(seed, stream, number)
        yield Household(draw, places, number).make(draw.of(KINDS))
        number += 1
