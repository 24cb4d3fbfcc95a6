"""Where invented people live: streets, towns, pseudo-postcodes, property numbers and telephones that reach nobody.

Promise: postcodes begin with ZZ (ZZ98, then ZZ97 and on), an area that no address has, and never with ZZ99, which stands for
no place at all (NHS Data Dictionary); telephone numbers begin with 06, as none in the United Kingdom does; UPRNs with 99999.
"""

from dataclasses import dataclass

from services.index.synth.draw import Draw

_HEADS, _KINDS, _TOWNS = (
    tuple(words.split())
    for words in (
        """Acorn Alder Amber Barley Beacon Birch Bramble Brook Cedar Chapel Cherry Clover Coppice Cotton Damson Dell Elder Fern
        Foundry Garnet Granary Grove Harbour Hawthorn Hazel Heron Hollow Juniper Kestrel Kiln Laurel Linden Lock Mallard Maple
        Meadow Mill Mulberry Nettle Oak Orchard Osier Otter Paddock Pear Poplar Priory Quarry Rowan Saffron Sawmill Sorrel
        Spinney Station Tanner Thistle Viaduct Walnut Weaver Willow Wren Yarrow""",
        "Street Road Lane Avenue Close Way Drive Gardens Terrace Crescent",
        """Northbridge Eastmere Westholme Southwell-on-Tarn Millcaster Ashworthy Kelderby Harrowden Lowmoor Stannington-Green
        Fernhill Quayside Copperton Redmarsh Oakhaven Whitcombe""",
    )
)
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
"""Of a postcode's last two; C, I, K, M, O and V never stand there."""
_TO_A_POSTCODE = 16
_PER_DISTRICT = 10 * 20 * 20


@dataclass(frozen=True, slots=True)
class Place:
    """One address."""

    line: str
    town: str
    postcode: str
    uprn: str
    street: str
    slot: int


class Places:
    """Every address of one population of about `size` people."""

    def __init__(self, seed: int, size: int) -> None:
        self.count = max(400, size * 6 // 10)
        self._seed = seed
        # By the golden section, so that however many households there are, they are spread over every street.
        self._step = self.count * 618 // 1000
        while _common(self._step, self.count) != 1:
            self._step += 1

    def home(self, household: int) -> Place:
        """Where a household lives: each at an address of its own, neighbours by chance alone."""
        return self.at((household * self._step + self._seed) % self.count)

    def another(self, draw: Draw, than: Place) -> Place:
        """Any address but this one, somebody else's as likely as not."""
        return self.at((than.slot + draw.between(1, self.count - 1)) % self.count)

    def near(self, draw: Draw, than: Place) -> Place:
        """Another address of the same street and postcode, where there is one."""
        first = than.slot - than.slot % _TO_A_POSTCODE
        return self.at((first + draw.below(_TO_A_POSTCODE)) % self.count)

    def at(self, slot: int) -> Place:
        """The address of that number."""
        area, house = divmod(slot, _TO_A_POSTCODE)
        mixed = area * 7919 + self._seed * 31
        street = f"{_HEADS[mixed % len(_HEADS)]} {_KINDS[mixed // len(_HEADS) % len(_KINDS)]}"
        number = 1 + house * (2 if area % 3 else 1) + area % 5 * 16
        flat = f"Flat {1 + house % 4}, {number - house % 4}" if area % 7 == 0 else str(number)
        district, left = divmod(area, _PER_DISTRICT)
        inward = f"{left % 10}{_LETTERS[left // 10 % 20]}{_LETTERS[left // 200 % 20]}"
        town = _TOWNS[(district * 5 + left // 800) % len(_TOWNS)]
        code = f"ZZ{98 - district % 89} {inward}"
        return Place(f"{flat} {street}", town, code, f"99999{slot % 10_000_000:07d}", street, slot)


def phone(draw: Draw) -> str:
    """A telephone number that reaches nobody."""
    return f"06{draw.below(1_000_000_000):09d}"


def _common(one: int, other: int) -> int:
    while other:
        one, other = other, one % other
    return one
