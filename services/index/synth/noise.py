"""What goes wrong on the way into another agency's record: slips, spellings, nicknames, moves, marriages, borrowed numbers.

Promise: whatever was done to a record is named in its label; each happens at a rate of `RATES`, times the noise asked for;
nothing done here makes one person into another save a number that is somebody else's, which is labelled so.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from services.index.synth import numbers
from services.index.synth.cultures import FEMALE, MALE, cultures, nicknames, spellings
from services.index.synth.draw import Draw
from services.index.synth.people import Person, Record
from services.index.synth.places import Places, phone

RATES = {
    "number broken": 0.002,
    "number of a relative": 0.001,
    "typo in given": 0.02,
    "typo in family": 0.022,
    "other spelling": 0.22,
    "nickname": 0.04,
    "other family name": 0.018,
    "names swapped": 0.003,
    "further names left out": 0.4,
    "day and month swapped": 0.004,
    "birth date mistaken": 0.006,
    "birth date missing": 0.004,
    "sex mistaken": 0.003,
    "sex missing": 0.01,
    "moved": 0.07,
    "safe address": 0.003,
    "address written otherwise": 0.2,
    "postcode mistaken": 0.01,
    "postcode missing": 0.015,
    "phone changed": 0.09,
}
"""Of records that it can happen to. Assumptions, each of them."""
_KEYS = "qwertyuiop asdfghjkl zxcvbnm"
_SHORT = {"Street": "St", "Road": "Rd", "Avenue": "Ave", "Lane": "Ln", "Close": "Cl", "Drive": "Dr", "Gardens": "Gdns",
          "Terrace": "Terr", "Crescent": "Cres"}  # fmt: skip


class Spoiler:
    """Spoils records at `noise` times the usual rates."""

    def __init__(self, places: Places, noise: float) -> None:
        self.places = places
        self.noise = noise

    def spoil(self, draw: Draw, person: Person, record: Record, relatives: Sequence[Person]) -> list[str]:
        """Spoil the record in place; what was done, by the names of `RATES`."""
        did = []
        for name, rate in RATES.items():
            # Drawn whether it can happen or not: the draws after it stay where they are.
            if draw.chance(min(0.95, rate * self.noise)) and self.do(name, draw, person, record, relatives):
                did.append(name)
        return did

    def do(
        self, name: str, draw: Draw, person: Person, record: Record, relatives: Sequence[Person] = ()
    ) -> bool:
        """Do one of `RATES` to the record; False where there is nothing that it could be done to."""
        own = {"moved": self._move, "safe address": self._withhold}
        if name in own:
            return own[name](draw, person, record)
        if name == "number of a relative":
            return _borrow(draw, record, relatives)
        return _DO[name](draw, person, record)

    def _move(self, draw: Draw, person: Person, record: Record) -> bool:
        home = self.places.another(draw, person.home)
        record.line, record.town, record.postcode = home.line, home.town, home.postcode
        record.uprn = home.uprn if record.uprn else ""
        if draw.chance(0.5) and record.phone:
            record.phone = phone(draw)
        return True

    def _withhold(self, draw: Draw, person: Person, record: Record) -> bool:
        # Fled: another home, which the record keeps safe, and another telephone.
        self._move(draw, person, record)
        record.safe, record.phone = "1", phone(draw) if record.phone else ""
        return True


def _broken(draw: Draw, _: Person, record: Record) -> bool:
    if record.nhs_number:
        record.nhs_number, record.traced = numbers.broken(record.nhs_number, draw), ""
    return bool(record.nhs_number)


def _borrow(draw: Draw, record: Record, relatives: Sequence[Person]) -> bool:
    others = [one.nhs_number for one in relatives if one.nhs_number]
    if others and record.nhs_number:
        record.nhs_number = draw.pick(others)
    return bool(others and record.nhs_number)


def _typo_given(draw: Draw, _: Person, record: Record) -> bool:
    before, record.given = record.given, slip(draw, record.given)
    return record.given != before


def _typo_family(draw: Draw, _: Person, record: Record) -> bool:
    before, record.family = record.family, slip(draw, record.family)
    return record.family != before


def slip(draw: Draw, name: str) -> str:
    """One letter dropped, doubled, changed for its neighbour on the keyboard or for the next; never in a name of two."""
    if len(name) < 3:
        return name
    at = draw.between(1, len(name) - 1)
    kind = draw.below(4)
    if kind == 0:
        return name[:at] + name[at + 1 :]
    if kind == 1:
        return name[:at] + name[at].lower() + name[at:]
    if kind == 2 and at + 1 < len(name):
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    key = _KEYS.find(name[at].lower())
    return name[:at] + (_KEYS[(key + 1) % len(_KEYS)].strip() or "e") + name[at + 1 :]


def _spelled(draw: Draw, _: Person, record: Record) -> bool:
    ways = [name for name in ("given", "family") if getattr(record, name) in spellings()]
    for name in ways:
        setattr(record, name, draw.pick(spellings()[getattr(record, name)]))
    return bool(ways)


def _nickname(draw: Draw, _: Person, record: Record) -> bool:
    found = nicknames().get(record.given)
    if found:
        record.given = draw.pick(found)
    return bool(found)


def _other_family(draw: Draw, person: Person, record: Record) -> bool:
    """Married, divorced, or a step-parent's name: whole, or joined on with a hyphen."""
    if person.maiden and draw.chance(0.6):
        record.family = person.maiden
        return True
    likely = 1.0 if person.sex == FEMALE else 0.35
    if not draw.chance(likely):
        return False
    other = draw.of(cultures()).family_name(draw, MALE)
    before, record.family = record.family, f"{record.family}-{other}" if draw.chance(0.2) else other
    return record.family != before


def _swap_names(_: Draw, __: Person, record: Record) -> bool:
    record.given, record.family = record.family, record.given
    return record.given != record.family


def _leave_out(_: Draw, __: Person, record: Record) -> bool:
    had, record.more = bool(record.more), ""
    return had


def _swap_date(_: Draw, __: Person, record: Record) -> bool:
    born = date.fromisoformat(record.birth_date)
    if born.day > 12 or born.day == born.month:
        return False
    record.birth_date = f"{born.year:04d}-{born.day:02d}-{born.month:02d}"
    return True


def _mistake_date(draw: Draw, _: Person, record: Record) -> bool:
    if not record.birth_date:
        return False
    born = date.fromisoformat(record.birth_date)
    kind = draw.below(4)
    if kind == 0:
        born = born.replace(year=born.year + draw.pick((-10, -1, 1)), day=min(born.day, 28))
    elif kind == 1:
        born = born.replace(day=1) if born.day != 1 else born.replace(day=11)
    elif kind == 2:
        born += timedelta(days=draw.pick((-10, -1, 1, 10)))
    else:
        born = born.replace(month=1 + born.month % 12, day=min(born.day, 28))
    record.birth_date = born.isoformat()
    return True


def _blank(column: str) -> Callable[[Draw, Person, Record], bool]:
    def blank(_: Draw, __: Person, record: Record) -> bool:
        had = bool(getattr(record, column))
        setattr(record, column, "")
        return had

    return blank


def _other_sex(_: Draw, __: Person, record: Record) -> bool:
    record.sex = MALE if record.sex == FEMALE else FEMALE
    return True


def _address_otherwise(draw: Draw, _: Person, record: Record) -> bool:
    words = record.line.split()
    before = record.line
    record.line = " ".join([*words[:-1], _SHORT.get(words[-1], words[-1])])
    if draw.chance(0.4):
        record.line = record.line.upper()
    record.uprn = ""
    return record.line != before


def _other_postcode(draw: Draw, _: Person, record: Record) -> bool:
    if record.postcode:
        letters = "ABDEFGHJLNPQRSTUWXYZ".replace(record.postcode[-1], "")
        record.postcode = record.postcode[:-1] + draw.pick(letters)
    return bool(record.postcode)


def _other_phone(draw: Draw, _: Person, record: Record) -> bool:
    if record.phone:
        record.phone = phone(draw)
    return bool(record.phone)


_DO: dict[str, Callable[[Draw, Person, Record], bool]] = {
    "number broken": _broken,
    "typo in given": _typo_given,
    "typo in family": _typo_family,
    "other spelling": _spelled,
    "nickname": _nickname,
    "other family name": _other_family,
    "names swapped": _swap_names,
    "further names left out": _leave_out,
    "day and month swapped": _swap_date,
    "birth date mistaken": _mistake_date,
    "birth date missing": _blank("birth_date"),
    "sex mistaken": _other_sex,
    "sex missing": _blank("sex"),
    "address written otherwise": _address_otherwise,
    "postcode mistaken": _other_postcode,
    "postcode missing": _blank("postcode"),
    "phone changed": _other_phone,
}
