"""What a score may not do: two records against the rules, in one order, the first that speaks decides.

Promise: a weight alone links nothing. Without a number that both verified, date of birth, given name, family name and a place,
a telephone number or a number that one of them verified must each agree; no place counts where a protected or restricted person
is spoken of; two verified numbers never link. A fact more about the pair never opens what was closed without it.

Names agree as called.py says: without a shared number the first given name is the same, beside one it is written alike.

The order: 1 an exclusion; 2 what the law keeps apart, and verified numbers that differ, superseded ones resolved first;
3 the same verified number; 4 no shared number. What a record comes to against everybody is decide.py.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.distance import JaroWinkler

from services.index import normalise
from services.index.matching import called, levels
from services.index.matching.called import given_names
from services.index.matching.verdict import APART, LINK, REVIEW, Scored, Verdict
from services.index.read import Summary

LINKS_FROM = 13.3
"""Bits from which names, date of birth and place together may link: one wrong in ten thousand by the score alone."""
DOUBT_FROM = -3.0
"""Bits from which people are asked."""
PERSONAL = 6.0
"""Bits that given name, date of birth and sex must bring by themselves: an address is shared by everybody in it."""
ALIKE = 0.85
"""Jaro-Winkler from which people are asked whether two given names are one."""
BEFORE, AFTER, NONE = "before", "after", "none"

EXCLUDED, KEPT_APART = "excluded", "kept-apart-by-law"
TWO_NUMBERS, DIFFERENT, DIFFERENT_APART = (
    "two-numbers-in-record",
    "different-numbers",
    "different-numbers-apart",
)
STRICT, NUMBER_TWIN, NUMBER_ALIKE = "number-birth-given", "number-given-not-exact", "number-birth-given-alike"
SUPERSEDED = "superseded-birth-given"
NUMBER_PART, NUMBER_ALONE = "number-part-of-birth", "number-alone"
TOO_LOW, ANOTHER, IN_DOUBT = "likeness-too-low", "another-name-and-birth", "likeness-in-doubt"
FURTHER = "further-names-differ"
LIKENESS, GIVEN_NOT_EXACT = "likeness", "given-not-exact"
NUMBER_ONE_SIDED = "number-verified-by-one"
"""As by likeness, with the number of both, which one of them verified, in the place of a place."""
BY_NUMBER = (STRICT, SUPERSEDED, NUMBER_ALIKE, NUMBER_PART)
"""Rules that link by a verified number, the strictest first."""
VETOES = frozenset({EXCLUDED, KEPT_APART, TWO_NUMBERS, DIFFERENT, DIFFERENT_APART})
"""Rules by which no other record of the same person may link either."""


@dataclass(frozen=True, slots=True)
class Law:
    """What the law says of the identity that a record is of. `adoption`: none | before | after."""

    adoption: str = NONE
    barred: bool = False
    """It carries a label that the law bars: adoption, gender recognition, witness protection."""

    @property
    def speaks(self) -> bool:
        """Whether it says anything."""
        return self.barred or self.adoption != NONE


NO_LAW = Law()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a pair beside the two records."""

    excluded: bool = False
    laws: tuple[Law, Law] = (NO_LAW, NO_LAW)
    placeless: bool = False
    """One of the two is protected or restricted: where they live and how they are reached does not count."""
    careful: bool = False
    """A twin, a sibling or a multiple birth is known."""
    shares: Mapping[str, float] | None = None
    """Of the given names of the two: of how many of all people each is the name, none for one that nobody is known to bear.
    None where that was not looked up: then every other given name counts as another name."""

    @property
    def law_speaks(self) -> bool:
        """Whether either identity is one that the law protects."""
        return any(law.speaks for law in self.laws)


@dataclass(frozen=True, repr=False)
class _Pair:
    one: Summary
    other: Summary
    scored: Scored
    facts: Facts

    @cached_property
    def level(self) -> dict[str, str]:
        return {part.comparison: part.level for part in self.scored.evidence}

    def at(self, comparison: str, *wanted: str) -> bool:
        return self.level.get(comparison) in wanted

    @cached_property
    def weight(self) -> float:
        return counted(self.scored, self.facts.placeless)

    @cached_property
    def live(self) -> tuple[frozenset[str], frozenset[str]]:
        return self.one.live_numbers, self.other.live_numbers

    @cached_property
    def superseded(self) -> bool:
        """One says that its number took the place of the other's."""
        mine, theirs = self.live
        both = bool(mine and theirs)
        return both and bool(mine & self.other.old_numbers or theirs & self.one.old_numbers)

    @cached_property
    def number_of_one(self) -> bool:
        """Each gives one number in use, the same, and just one of the two verified it."""
        mine, theirs = _in_use(self.one), _in_use(self.other)
        verified = [bool(live) for live in self.live]
        return len(mine) == 1 and mine == theirs and any(verified) and not all(verified)

    @cached_property
    def same_given(self) -> bool:
        return bool(given_names(self.one) & given_names(self.other))

    @cached_property
    def one_given(self) -> bool:
        """First given names written alike, or changed about with the family name: enough beside a number."""
        return called.turned(self.one, self.other) or any(
            called.one_writing(one, other, self.facts.shares)
            for one in given_names(self.one)
            for other in given_names(self.other)
        )

    @cached_property
    def further_differ(self) -> bool:
        return called.further_differ(self.one, self.other)

    @cached_property
    def alike_given(self) -> bool:
        """By the dictionary, swapped with the family name, or nearly the same in writing: enough to ask people."""
        if self.same_given or self.at(levels.GIVEN, levels.SAME, levels.LISTED, levels.CLOSE, levels.SWAPPED):
            return True
        return any(
            JaroWinkler.similarity(one, other) >= ALIKE
            for one in given_names(self.one)
            for other in given_names(self.other)
        )

    @cached_property
    def alike_family(self) -> bool:
        return self.level.get(levels.FAMILY, levels.DIFFERENT) != levels.DIFFERENT

    @cached_property
    def near_birth(self) -> bool:
        """The same, or two of day, month and year, or swapped (the partial date of PDS)."""
        return self.at(levels.BORN, levels.SAME, levels.SWAPPED, levels.DIGIT, levels.PARTS)


Outcome = tuple[str, str]
_Rule = Callable[[_Pair], Outcome | None]


def judge(one: Summary, other: Summary, scored: Scored, facts: Facts) -> Verdict:
    """What two records come to, and by which rule (a code of `link-rules.json`)."""
    pair = _Pair(one, other, scored, facts)
    outcome, rule = next(found for found in (rule(pair) for rule in ORDER) if found)
    return Verdict(outcome, rule, scored)


def counted(scored: Scored, placeless: bool) -> float:
    """The weight, without evidence of place where none may count."""
    return without_place(scored).weight if placeless else scored.weight


def without_place(scored: Scored) -> Scored:
    """The score of what does not tell where somebody lives or how they are reached."""
    left = tuple(part for part in scored.evidence if not part.place)
    # Added up anew: what is left after taking away would tell in its last bit what was taken.
    return Scored(scored.prior + sum(part.bits + part.frequency for part in left), scored.prior, left)


def personal(scored: Scored) -> float:
    """What given name, date of birth and sex bring."""
    wanted = (levels.GIVEN, levels.BORN, levels.SEX)
    return sum(part.bits + part.frequency for part in scored.evidence if part.comparison in wanted)


def _excluded(pair: _Pair) -> Outcome | None:
    return (APART, EXCLUDED) if pair.facts.excluded else None


def _kept_apart(pair: _Pair) -> Outcome | None:
    """An identity of before and one of after: by what the records say, or because a new number was given.

    Under one number in use they are one identity, of which an agency's own file says that it was adopted.
    """
    mine, theirs = pair.live
    if not pair.facts.law_speaks or mine & theirs:
        return None
    across = {law.adoption for law in pair.facts.laws} == {BEFORE, AFTER}
    renumbered = bool(mine and theirs)
    return (APART, KEPT_APART) if across or renumbered else None


def _numbers_differ(pair: _Pair) -> Outcome | None:
    mine, theirs = pair.live
    if not mine or not theirs or (mine & theirs and len(mine | theirs) == 1):
        return None
    agree = pair.alike_given and pair.near_birth and pair.weight >= DOUBT_FROM
    if mine & theirs or len(mine) > 1 or len(theirs) > 1:
        return (REVIEW, TWO_NUMBERS) if agree or mine & theirs else (APART, DIFFERENT_APART)
    if pair.superseded:
        return None
    return (REVIEW, DIFFERENT) if agree else (APART, DIFFERENT_APART)


def _same_number(pair: _Pair) -> Outcome | None:
    mine, theirs = pair.live
    if not (mine & theirs or pair.superseded):
        return None
    exact = bool(pair.one.birth_date) and pair.one.birth_date == pair.other.birth_date
    if pair.further_differ:
        return REVIEW, FURTHER
    if exact and pair.same_given:
        return LINK, STRICT if mine & theirs else SUPERSEDED
    if not pair.one_given or not (exact or (pair.near_birth and pair.alike_family)):
        return REVIEW, NUMBER_ALONE
    if pair.facts.careful and not pair.same_given:
        return REVIEW, NUMBER_TWIN
    return LINK, NUMBER_ALIKE if exact else NUMBER_PART


def _by_likeness(pair: _Pair) -> Outcome:
    if pair.weight < DOUBT_FROM:
        return APART, TOO_LOW
    if not pair.alike_given and pair.at(levels.GIVEN, *_NOT_GIVEN) and pair.at(levels.BORN, *_NOT_BORN):
        return APART, ANOTHER
    if pair.weight < LINKS_FROM:
        return REVIEW, IN_DOUBT
    stopped = next(_stops(pair), "")
    return (REVIEW, stopped) if stopped else (LINK, NUMBER_ONE_SIDED if pair.number_of_one else LIKENESS)


_NOT_GIVEN = (levels.DIFFERENT, levels.INITIAL)
_NOT_BORN = (levels.DIFFERENT, levels.YEAR)


def _stops(pair: _Pair) -> Iterator[str]:
    """What stands in the way of linking by likeness, in its order."""
    if pair.facts.law_speaks:
        yield "law-speaks"
    if not pair.at(levels.BORN, levels.SAME, levels.SWAPPED):
        yield "birth-differs"
    if not pair.same_given:
        yield GIVEN_NOT_EXACT if pair.facts.careful and pair.one_given else "given-differs"
    if pair.further_differ:
        yield FURTHER
    if not pair.alike_family:
        yield "family-differs"
    if not pair.number_of_one:
        if pair.facts.placeless:
            yield "place-not-counted"
        if not (pair.at(levels.PLACE, levels.HOME, levels.POSTCODE) or pair.at(levels.PHONE, levels.SAME)):
            yield "nothing-beside"
    if personal(pair.scored) < PERSONAL:
        yield "too-common"
    if _placeholder(pair.one) or _placeholder(pair.other):
        yield "placeholder-name"


ORDER: tuple[_Rule, ...] = (_excluded, _kept_apart, _numbers_differ, _same_number, _by_likeness)
"""Every rule in its order; the last always speaks."""


def _in_use(summary: Summary) -> frozenset[str]:
    """Its numbers, verified or not, without those that it says were superseded."""
    return frozenset(number.value for number in summary.numbers if not number.old)


def _placeholder(summary: Summary) -> bool:
    """A word such as Baby is written where a name should be."""
    return any(
        normalise.squeeze(word) in normalise.PLACEHOLDERS
        for name in summary.names
        for word in (name.text.split() or [""])[:: max(1, len(name.text.split()) - 1)]
    )
