"""Whether two records call somebody by one given name, as far as a guard may rely on it.

Promise: two names that people are known to bear are two names, however near in writing (Marcus and Marcos are twins); only
first given names are written alike, never a further one; and further names that both records give, and of which none agrees,
tell apart two whose first name is the same (Abdul Rahman and Abdul Rahim).
"""

from collections.abc import Iterator, Mapping

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from services.index.matching import forms, levels
from services.index.matching.model import Model
from services.index.read import Name, Summary

SLIP = 100.0
"""A name borne by a hundred times fewer people than another so near it is a slip for that one."""


def given_names(summary: Summary) -> frozenset[str]:
    """First given names; an initial is none."""
    return frozenset(
        name.given for name in summary.names if len(name.given) > 1 or not name.given.isascii()
    ) - {""}


def borne(trained: Model, name: str) -> float:
    """The share of people of that given name; 0 for one that fewer bear than can be told from a slip of the pen (the table
    of invented people has such), unless the dictionary lists it."""
    known = trained.frequencies[levels.GIVEN]
    share = known.shares.get(name, 0.0)
    if forms.groups(name):
        return max(share, known.floor)
    return share if share >= known.floor else 0.0


def shares(trained: Model, one: Summary, other: Summary) -> dict[str, float]:
    """`borne` of every given name of the two."""
    return {name: borne(trained, name) for name in given_names(one) | given_names(other)}


def one_writing(one: str, other: str, shares: Mapping[str, float] | None) -> bool:
    """Whether two given names are one name written twice: the same, forms of one, or a slip of the pen.

    `shares`: of how many of all people each is the name; none for a name that nobody is known to bear. Two names that people
    bear are two names, however near; a slip makes a name that nobody bears, or next to nobody beside those who bear the other.
    None: not known, so no slip is seen.
    """
    if one == other or forms.groups(one) & forms.groups(other):
        return True
    if shares is None:
        return False
    rare, common = sorted((shares.get(one, 0.0), shares.get(other, 0.0)))
    if rare * SLIP > common:
        return False
    near = JaroWinkler.similarity(one, other) >= levels.CLOSE_NAMES
    return near or DamerauLevenshtein.distance(one, other, score_cutoff=1) <= 1


def turned(one: Summary, other: Summary) -> bool:
    """Whether the given name of each is the family name of the other, in full (`Silva Santos` may be either)."""
    return any(
        mine.family in _from_first(theirs) and theirs.family in _from_first(mine)
        for mine in one.names
        for theirs in other.names
    )


def further_differ(one: Summary, other: Summary) -> bool:
    """Whether both give further names beside a first name that they share, and none of these agrees."""
    shared = given_names(one) & given_names(other)
    mine, theirs = (
        [more for name in summary.names if name.given in shared for more in name.more if more]
        for summary in (one, other)
    )
    return bool(mine and theirs) and not any(_agree(a, b) for a in mine for b in theirs)


def _agree(one: str, other: str) -> bool:
    """The same, forms of one name, or the initial of it."""
    if len(one) == 1 or len(other) == 1:
        return one[0] == other[0]
    return one == other or bool(forms.groups(one) & forms.groups(other))


def _from_first(name: Name) -> frozenset[str]:
    """The first given name, alone and with those after it, as a family name of several words is compared."""
    return frozenset(_grown(name)) - {""}


def _grown(name: Name) -> Iterator[str]:
    text = name.given
    yield text
    for more in name.more if text else ():
        text += more
        yield text
