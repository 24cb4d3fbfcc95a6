"""Promise: every level of every comparison has its sentence; of a protected person nothing of a place is said."""

from services.contract.vocabulary import code_list
from services.index.matching.levels import LEVELS, PLACES
from services.index.review.pairs import LIKENESS, Pair
from services.index.review.wording import of_pair

EVERYTHING = tuple((name, level) for name, known in LEVELS.items() for level in known)
RULE = "likeness-in-doubt"


def said(*levels: tuple[str, str], placeless: bool) -> tuple[str, ...]:
    return of_pair(Pair("other", LIKENESS, "", RULE, levels), placeless=placeless)


def test_every_level_has_its_sentence() -> None:
    assert set(code_list("evidence")) == {f"{name}-{level}" for name, level in EVERYTHING}
    assert all(row["sentence"].endswith(".") for row in code_list("evidence").values())
    assert len(said(*EVERYTHING, placeless=False)) == 1 + len(EVERYTHING)


def test_of_a_protected_person_it_is_as_if_no_place_had_been_compared() -> None:
    without = [one for one in EVERYTHING if one[0] not in PLACES]
    assert len(without) < len(EVERYTHING)
    assert (
        said(*EVERYTHING, placeless=True) == said(*without, placeless=True) == said(*without, placeless=False)
    )


def test_it_begins_with_why_it_was_left_to_people() -> None:
    assert said(placeless=False) == (code_list("link-rules")[RULE]["sentence"],)
