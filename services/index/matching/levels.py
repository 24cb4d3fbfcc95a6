"""How far two records agree: for each comparison one level of a closed, ordered list, or nothing to go by.

Promise: each pair of values has one level, the first that fits; two records in either order have the same levels; where
one side has nothing, or a placeholder, the comparison says nothing at all. LISTED goes before CLOSE: two brothers may be
called Mohammed and Mohamed, and a name so alike is a slip of the pen only where it is no name of its own.
`services/index/training/settings.py` says the same in SQL, and a test compares the two pair by pair.
"""

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from services.index import normalise
from services.index.matching import traits
from services.index.matching.traits import Traits

GIVEN, FAMILY, BORN, SEX, PLACE, PHONE, NUMBER = "given", "family", "born", "sex", "place", "phone", "number"
SAME, DIFFERENT = "same", "different"
ANOTHER = "another"
"""Not the first name of each, but a further or former one of one is a name of the other."""
LISTED = "listed"
"""`given-names.json` knows them as short forms or writings of one name."""
CLOSE, SIMILAR = "close", "similar"
"""Jaro-Winkler of 0.92 and more; of 0.85 and more, or of one sound."""
SWAPPED = "swapped"
"""Day and month changed about. Of names: each name of one is the other of the other; for the family name one way round will
do, for the given name not, or one name that two people share crosswise would count twice."""
PART, INITIAL = "part", "initial"
DIGIT, PARTS, YEAR = "digit", "parts", "year"
"""One digit wrong or two neighbours changed about; two of year, month and day the same; the year alone."""
HOME, POSTCODE, STREET = "home", "postcode", "street"

LEVELS = {
    GIVEN: (SAME, CLOSE, SWAPPED, INITIAL, LISTED, ANOTHER, SIMILAR, DIFFERENT),
    FAMILY: (SAME, CLOSE, ANOTHER, SWAPPED, PART, SIMILAR, DIFFERENT),
    BORN: (SAME, SWAPPED, DIGIT, PARTS, YEAR, DIFFERENT),
    SEX: (SAME, DIFFERENT),
    PLACE: (HOME, POSTCODE, CLOSE, STREET, DIFFERENT),
    PHONE: (SAME, DIFFERENT),
    NUMBER: (SAME, DIFFERENT),
}
"""Every comparison with its levels, from full agreement to none: what stands later never weighs more."""
PLACES = frozenset({PLACE, PHONE})
"""Comparisons that tell where somebody lives or how they are reached."""
FREQUENT = frozenset({GIVEN, FAMILY})
"""Comparisons whose SAME weighs more for a rare value and less for a common one."""

CLOSE_NAMES, SIMILAR_NAMES, CLOSE_ADDRESSES = 0.92, 0.85, 0.95
SHORTEST_PART = 4
"""Letters of a family name that another begins or ends with, for `Smith` in `Smith-Jones`."""
ROUGH_YEARS = 5
"""A year alone is often an estimate: it contradicts a date only when they lie further apart than this."""


class Agreement(NamedTuple):
    """The level of one comparison; `value` is what agreed, where its frequency counts."""

    comparison: str
    level: str
    value: str = ""


def compare(one: Traits, other: Traits) -> Iterator[Agreement]:
    """The level of each comparison that both records can answer, in the order of `LEVELS`."""
    for comparison, judge in _JUDGES.items():
        level = judge(one, other)
        if level:
            rare = level == SAME and comparison in FREQUENT
            yield Agreement(comparison, level, getattr(one, comparison) if rare else "")


def _given(one: Traits, other: Traits) -> str:
    if not one.given or not other.given:
        return ""
    if len(one.given) == 1 or len(other.given) == 1:
        return INITIAL if one.given[0] == other.given[0] else DIFFERENT
    if one.given == other.given:
        return SAME
    if one.givens & other.givens:
        return ANOTHER
    if one.forms() & other.forms():
        return LISTED
    best = _likeness(one.givens, other.givens)
    if best >= CLOSE_NAMES:
        return CLOSE
    if one.givens & other.families and one.families & other.givens:
        return SWAPPED
    if best >= SIMILAR_NAMES or traits.sounds(one.givens) & traits.sounds(other.givens):
        return SIMILAR
    return DIFFERENT


def _family(one: Traits, other: Traits) -> str:
    if not one.family or not other.family:
        return ""
    if one.family == other.family:
        return SAME
    if one.families & other.families:
        return ANOTHER
    best = _likeness(one.families, other.families)
    if best >= CLOSE_NAMES:
        return CLOSE
    if one.givens & other.families or one.families & other.givens:
        return SWAPPED
    if any(_is_part(a, b) or _is_part(b, a) for a in one.families for b in other.families):
        return PART
    if best >= SIMILAR_NAMES or traits.sounds(one.families) & traits.sounds(other.families):
        return SIMILAR
    return DIFFERENT


def _born(one: Traits, other: Traits) -> str:
    if not one.born or not other.born:
        apart = one.year and other.year and abs(int(one.year) - int(other.year)) > ROUGH_YEARS
        return DIFFERENT if apart else ""
    if one.born == other.born:
        return SAME
    if normalise.swapped(one.born) == other.born:
        return SWAPPED
    if DamerauLevenshtein.distance(one.born, other.born, score_cutoff=1) <= 1:
        return DIGIT
    same = [a == b for a, b in zip(one.born.split("-"), other.born.split("-"), strict=True)]
    if sum(same) == 2:
        return PARTS
    return YEAR if same[0] else DIFFERENT


def _place(one: Traits, other: Traits) -> str:
    if not (one.uprns or one.addresses) or not (other.uprns or other.addresses):
        return ""
    if one.uprns & other.uprns or one.addresses & other.addresses:
        return HOME
    if one.postcodes & other.postcodes:
        return POSTCODE
    if _likeness(one.addresses, other.addresses) >= CLOSE_ADDRESSES:
        return CLOSE
    return STREET if one.streets & other.streets else DIFFERENT


def _either(kind: Callable[[Traits], Collection[str]]) -> Callable[[Traits, Traits], str]:
    """SAME where the two have one in common, DIFFERENT where both have some and none in common."""

    def judge(one: Traits, other: Traits) -> str:
        ours, theirs = kind(one), kind(other)
        if not ours or not theirs:
            return ""
        return SAME if set(ours) & set(theirs) else DIFFERENT

    return judge


def _likeness(ours: Collection[str], theirs: Collection[str]) -> float:
    return max((JaroWinkler.similarity(a, b) for a in ours for b in theirs), default=0.0)


def _is_part(short: str, whole: str) -> bool:
    return len(short) >= SHORTEST_PART and (whole.startswith(short) or whole.endswith(short))


_JUDGES: dict[str, Callable[[Traits, Traits], str]] = {
    GIVEN: _given,
    FAMILY: _family,
    BORN: _born,
    SEX: _either(lambda traits: (traits.sex,) if traits.sex else ()),
    PLACE: _place,
    PHONE: _either(lambda traits: traits.phones),
    NUMBER: _either(lambda traits: traits.numbers),
}
