"""How well one record fits a question.

Promise: whoever is said to be otherwise than the record has it in a name, a birth or a number does not fit; what a record
does not say counts neither way; a beginning counts for less than a name, and a place or a school for no name at all.
"""

from services.index import normalise
from services.index.asking import clues, streets
from services.index.asking.asked import Asked
from services.index.matching import forms
from services.index.read import Name, Summary

NUMBERED = 10
_NO_NAME = Name("", "", "")


def score(asked: Asked, summary: Summary, on: str, known_by: int = 0) -> int:
    """Points; 0 where something that both say disagrees, or where too little agrees.

    `known_by`: how much is known of them otherwise, such as whose relative they are; two things have to agree.
    """
    numbered = NUMBERED if asked.number and asked.number in {one.value for one in summary.numbers} else 0
    born = _born_points(asked, summary, on)
    if born < 0:
        return numbered
    another = bool(asked.number) and bool(summary.verified) and summary.verified != asked.number
    nicknamed = _nickname_points(asked, summary)
    told = clues_met(asked, summary)
    best = 0
    for name in summary.names or (_NO_NAME,):
        family, given = _family_points(asked, name), _given_points(asked, name)
        if given < 0 and nicknamed > 0:
            # Another first name, and the nickname is theirs: of two things said of what they are called one is right.
            given = 0
        # A family name changes, by marriage or mistake; another given name on one day of birth is a twin. Under another
        # family name and another number nobody is offered: who asks by what was before an adoption would learn of after.
        if given < 0 or nicknamed < 0 or (family < 0 and (another or not (born == 4 and given == 3))):
            continue
        called = max(given, nicknamed)
        named = sum(points > 0 for points in (family, called))
        if (named or known_by) and named + (born > 0) + told + known_by >= 2:
            best = max(best, born + max(family, 0) + called + 2 * told + known_by)
    if best and asked.postcode and asked.postcode in {home.postcode for home in summary.homes}:
        best += 2
    if best and asked.sex and summary.sex and asked.sex != summary.sex:
        best -= 1
    return best + numbered


def clues_met(asked: Asked, summary: Summary) -> int:
    """How many of the street, the house, the telephone number and the school that were said are on the record."""
    return sum(
        (
            bool(asked.street)
            and any(streets.same(asked.street, home.street) for home in summary.homes if home.street),
            bool(asked.uprn) and asked.uprn in {home.uprn for home in summary.homes},
            bool(asked.phone) and asked.phone in summary.phones,
            bool(asked.school) and any(_one_school(asked.school, school) for school in summary.schools),
        )
    )


def _born_points(asked: Asked, summary: Summary, on: str) -> int:
    """4 the same day, 3 day and month swapped, 1 a year that fits or a child unborn, 0 unknown, -1 another."""
    if asked.unborn:
        return 1 if clues.not_born(summary, on) else -1
    if asked.years is None or not summary.born:
        return 0
    fits = asked.years[0] <= int(summary.born[:4]) <= asked.years[1]
    if not asked.birth_date:
        return 1 if fits else -1
    if asked.birth_date == summary.birth_date:
        return 4
    if normalise.swapped(asked.birth_date) == summary.birth_date:
        return 3
    return 0 if not summary.birth_date and fits else -1


def _family_points(asked: Asked, name: Name) -> int:
    """3 the same, 2 alike, 1 the beginning of it or of a part, 0 unknown, -1 another."""
    if not asked.family or not name.family:
        return 0
    if asked.family == name.family:
        return 3
    if normalise.alike(asked.family, name.family):
        return 2
    return 1 if any(_begins(asked.family, part) for part in clues.families(name)) else -1


def _given_points(asked: Asked, name: Name) -> int:
    """3 the same, 2 alike or a form of one name, 1 the beginning of it, 0 unknown, -1 another."""
    if not asked.given or not name.given:
        return 0
    if asked.given == name.given:
        return 3
    if normalise.alike(asked.given, name.given) or _one_group(asked.given, name.given):
        return 2
    return 1 if _begins(asked.given, name.given) else -1


def _nickname_points(asked: Asked, summary: Summary) -> int:
    """2 a form of any first name, or what the record itself says they are called, 1 the beginning, 0 unknown, -1 none."""
    held = [one for name in summary.names for one in _called(name)]
    if not asked.nickname or not held:
        return 0
    if any(one == asked.nickname or _one_group(asked.nickname, one) for one in held):
        return 2
    return 1 if any(_begins(asked.nickname, one) for one in held) else -1


def _called(name: Name) -> tuple[str, ...]:
    if name.given:
        return (name.given, *name.more)
    # A name in one piece of text, without its parts: what somebody is called.
    return () if name.family else tuple(filter(None, (normalise.first_given(name.text),)))


def _one_group(one: str, other: str) -> bool:
    return bool(forms.groups(one) & forms.groups(other))


def _begins(asked: str, held: str) -> bool:
    return len(asked) >= clues.LEAST and held.startswith(asked)


def _one_school(asked: str, held: str) -> bool:
    return min(len(asked), len(held)) >= clues.LEAST and (asked.startswith(held) or held.startswith(asked))
