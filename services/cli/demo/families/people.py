"""Who lives in Northshire: invented people and homes, on which every publisher's records are built.

Promise: nobody here exists. NHS numbers are of the 999 range that is never issued, postcodes are pseudo-
postcodes (ZZ99), and telephone numbers are of the ranges that Ofcom keeps for drama.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person. `number` is empty where no service ever traced one."""

    given: str
    family: str
    born: str
    sex: str
    number: str = ""

    @property
    def name(self) -> str:
        """Given and family name, as people write it."""
        return f"{self.given} {self.family}"


@dataclass(frozen=True, slots=True)
class Home:
    """One invented address. `uprn` is the property's reference number, as councils use it."""

    lines: tuple[str, ...]
    town: str
    postcode: str
    uprn: str
    telephone: str

    @property
    def text(self) -> str:
        """The address in one line, as it creeps into notes."""
        return ", ".join((*self.lines, self.town, self.postcode))


MIA = Person("Mia", "Reid", "2019-05-07", "female", "9991000011")
LEO = Person("Leo", "Reid", "2016-11-20", "male", "9991000038")
DANA = Person("Dana", "Reid", "1990-02-11", "female", "9991000046")
SEAN = Person("Sean", "Cole", "1988-09-23", "male", "9991000054")
ARTHUR = Person("Arthur", "Penrose", "1941-03-14", "male", "9991000062")
MYA = Person("Mya", "Reid", "2019-07-05", "female", "9991000070")
EVIE_BEFORE = Person("Evie", "Harker", "2017-01-19", "female", "9991000089")
EVIE_AFTER = Person("Evie", "Winstanley", "2017-01-19", "female", "9991000097")
JOAN = Person("Joan", "Pike", "1952-06-30", "female", "9991000100")

KERRY = Person("Kerry", "Lomax", "1991-12-02", "female", "9992000007")
TYLER = Person("Tyler", "Lomax", "2018-08-16", "male", "9992000015")
RUTH = Person("Ruth", "Penrose-Hall", "1969-10-05", "female", "9992000023")
LEE = Person("Lee", "Marsden", "1986-04-29", "male")
"""Dana's friend at the time of the flight; no service ever traced a number for him."""

SAFE = Home(
    ("Flat 2, Rowan House", "14 Juniper Walk"), "Brackendale", "ZZ99 4SA", "999000000104", "01632 960104"
)
"""Where Dana fled with the children. Sean must not learn it."""
FLED = Home(("8 Colliery Row",), "Northbridge", "ZZ99 2CR", "999000000102", "01632 960102")
"""Where the four lived before."""
QUARRY = Home(("21 Quarry Lane",), "Northbridge", "ZZ99 3QL", "999000000103", "01632 960103")
"""Where Sean lives now, with Kerry and her son."""
ORCHARD = Home(
    ("Orchard Cottage", "3 Mill Lane"), "Little Thornby", "ZZ99 5MG", "999000000105", "01632 960105"
)
"""Arthur's home."""
TERRACE = Home(("40 Harbour Terrace",), "Northbridge", "ZZ99 6HT", "999000000106", "01632 960106")
"""Joan's home."""
CANAL = Home(("5 Canal View",), "Northbridge", "ZZ99 7CV", "999000000107", "01632 960107")
"""Where Mya lives, who is nobody's relative here."""
BEFORE = Home(("62 Tanner Street",), "Northbridge", "ZZ99 8TS", "999000000108", "01632 960108")
"""Evie's address before adoption."""
AFTER = Home(("Larch Farm", "Fell Road"), "Eastwick", "ZZ99 9FR", "999000000109", "01632 960109")
"""Evie's address after adoption, in Eastshire."""
