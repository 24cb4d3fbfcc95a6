"""Why somebody is in the family, in words: "mother of Mia Reid", "same address since 5 May 2026", by the ties of the answer.

Promise: whose mother somebody is, is said only where the answer says it; what is over is said to be over; a remark that two
people are probably relatives is never worded as one that they are.
"""

from collections.abc import Collection, Mapping

from services.contract.views import FamilyView, PersonEntry, Tie
from services.gateway.pages import words

ASKED = "Asked about"
FORMER = "FMRSPS"
"""A relationship that its own word says is over."""
_WHY = {
    "asked-about": ASKED,
    "address": "Same address",
    "relationship": "Related",
    "MTH": "Mother",
    "FTH": "Father",
    "BRO": "Brother",
    "SIS": "Sister",
    "SIB": "Sibling",
    "CHILD": "Child",
    "SON": "Son",
    "DAU": "Daughter",
    "PRN": "Parent",
    "GRPRN": "Grandparent",
    "GRMTH": "Grandmother",
    "GRFTH": "Grandfather",
    "STPFTH": "Stepfather",
    "STPMTH": "Stepmother",
    "STPCHLD": "Stepchild",
    "SPS": "Spouse",
    "HUSB": "Husband",
    "WIFE": "Wife",
    "FMRSPS": "Former partner",
    "SIGOTHR": "Partner",
    "FRND": "Friend",
    "HPOWATT": "Attorney for health and welfare",
    "POWATT": "Attorney",
    "TWIN": "Twin",
    "FTWIN": "Twin",
    "ITWIN": "Twin",
    "HSIB": "Half-sibling",
    "STPSIB": "Step-sibling",
    "STPPRN": "Step-parent",
    "GRNDCHILD": "Grandchild",
    "PRNFOST": "Foster carer",
    "CHLDFOST": "Foster child",
    "DOMPART": "Partner",
    "COUSN": "Cousin",
    "NBOR": "Neighbour",
    "ROOM": "Housemate",
    "FAMMEMB": "Relative",
}
_IMPLIED = {"SIB": ("BRO", "SIS", "TWIN", "FTWIN", "ITWIN"), "CHILD": ("SON", "DAU"), "PRN": ("MTH", "FTH")}
"""The broader word, and the nearer ones beside which it need not be said of the same two people."""
PROBABLY = "probably a relative: same family name and telephone"


def kinship(answer: FamilyView, names: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    """ref -> why they are here, most telling first."""
    first = answer.people[0].ref if answer.people else ""
    return {
        person.ref: (ASKED,) if person.ref == first else _why(person, names, first)
        for person in answer.people
    }


def _why(person: PersonEntry, names: Mapping[str, str], first: str) -> tuple[str, ...]:
    # The first person's ties come first; the sort keeps the order of the rest.
    told = sorted(person.ties, key=lambda tie: (tie.kind == "address", tie.toward != first))
    said = {tie.code or tie.kind for tie in person.ties}
    homes = [tie for tie in told if tie.kind == "address"]
    of_kin = [_kin(tie, names) for tie in told if tie.kind != "address" and not _implied(tie, told)]
    bare = [_WHY.get(code, "Related") for code in person.why if code not in said]
    return tuple(dict.fromkeys((*of_kin, *bare, *([_home(homes)] if homes else []))))


def _implied(tie: Tie, told: Collection[Tie]) -> bool:
    return any(other.toward == tie.toward and other.code in _IMPLIED.get(tie.code, ()) for other in told)


def _kin(tie: Tie, names: Mapping[str, str]) -> str:
    word = _WHY.get(tie.code, "Related")
    other = names.get(tie.toward or "", "")
    of = f" of {other}" if other else ""
    if not tie.current:
        over = f", until {words.day(tie.end)}" if tie.end else ", which is over"
        return f"{word}{of}" if tie.code == FORMER and not tie.end else f"{_once(tie, word)}{of}{over}"
    since = f", since {words.day(tie.start)}" if tie.start else ""
    return f"{word}{of}{since}"


def _once(tie: Tie, word: str) -> str:
    return word if tie.code == FORMER else f"Once {words.first_down(word)}"


def _home(ties: Collection[Tie]) -> str:
    """The address in one phrase, however many sources have it: since the first day that one of them gives."""
    starts = sorted(filter(None, (tie.start for tie in ties)))
    since = f" since {words.day(starts[0])}" if starts else ""
    probably = f", {PROBABLY}" if any(tie.probable_relative for tie in ties) else ""
    return f"Same address{since}{probably}"
