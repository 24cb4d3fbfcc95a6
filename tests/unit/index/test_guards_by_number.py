"""Promise: what one number may do. It links nobody without the person's details, and never a twin or a sibling."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from services.index.matching.guards import Facts, judge
from services.index.matching.verdict import APART, LINK, REVIEW, Scored
from services.index.read import Name, Summary
from tests.unit.index.northshire import LEO, MIA, MYA
from tests.unit.index.pairs import scored, summary
from tests.unit.index.test_guards import FACTS, RECORDS, SCORES, told, with_more


def test_the_same_number_links_by_the_strictest_rule_that_fits() -> None:
    one = summary(nhs=MIA)
    assert told(one, summary("Mia Cole", nhs=MIA), scored(-9.0)) == (LINK, "number-birth-given")
    alike = summary("Miah Cole", nhs=MIA)
    assert told(one, alike, scored(given="similar")) == (LINK, "number-birth-given-alike")
    assert told(one, summary("Reid Mia", nhs=MIA), scored(given="swapped")) == (
        LINK,
        "number-birth-given-alike",
    )
    kate = summary("Kate Reid", nhs=MIA)
    assert told(kate, summary("Catherine Reid", nhs=MIA), scored(given="listed")) == (
        LINK,
        "number-birth-given-alike",
    )
    late = summary(born="2019-07-05", nhs=MIA)
    for level in ("swapped", "digit", "parts"):
        assert told(one, late, scored(born=level)) == (LINK, "number-part-of-birth")


@pytest.mark.parametrize(
    ("other", "weighed"),
    [
        (summary("Leo Reid", nhs=MIA), scored(given="different")),
        # Of one sound, and not written alike: too many names are.
        (summary("Ugo Reid", nhs=MIA), scored(given="similar")),
        (summary(born="2011-11-23", nhs=MIA), scored(born="different")),
        (summary(born="2019", nhs=MIA), scored(born="")),
        (summary("Mia Cole", "2019-05-08", nhs=MIA), scored(born="digit", family="different")),
        (summary("_ Reid", nhs=MIA), scored(given="")),
    ],
)
def test_a_number_without_the_persons_details_links_nobody(other: Summary, weighed: Scored) -> None:
    assert told(summary(nhs=MIA), other, weighed) == (REVIEW, "number-alone")


def test_a_known_twin_makes_the_given_name_count_to_the_letter() -> None:
    one, other = summary(nhs=MIA), summary("Miah Reid", nhs=MIA)
    careful = Facts(careful=True)
    assert told(one, other, scored(given="close"), careful) == (REVIEW, "number-given-not-exact")
    assert told(one, summary(nhs=MIA), scored(), careful) == (LINK, "number-birth-given")
    assert told(summary(), summary(), scored(), careful) == (LINK, "likeness")


@pytest.mark.parametrize(
    ("one", "other", "borne", "rule"),
    [
        ("Delroy", "Leroy", {}, "number-alone"),
        ("Marcus", "Marcos", {}, "number-birth-given-alike"),
        ("Marcus", "Marcos", {"marcus": 0.002}, "number-birth-given-alike"),
        ("Marcus", "Marcos", {"marcus": 0.002, "marcos": 0.00003}, "number-alone"),
        ("Marcus", "Marcos", {"marcus": 0.002, "marcos": 0.00001}, "number-birth-given-alike"),
        ("Mohammed", "Muhammad", {"mohammed": 0.01, "muhammad": 0.01}, "number-birth-given-alike"),
        ("Mia", "Mai", {"mia": 0.002}, "number-birth-given-alike"),
        ("Mia", "Mya", {"mia": 0.002, "mya": 0.002}, "number-alone"),
    ],
)
def test_beside_a_number_another_name_that_people_bear_is_no_slip(
    one: str, other: str, borne: dict[str, float], rule: str
) -> None:
    """A twin's record that carries the other twin's number. A table of names has slips of common names in it, too."""
    weighed, facts = scored(given="close"), Facts(shares=borne)
    found = told(summary(f"{one} Reid", nhs=MIA), summary(f"{other} Reid", nhs=MIA), weighed, facts)
    assert found == (REVIEW if rule == "number-alone" else LINK, rule)


def test_beside_a_number_a_further_name_stands_for_no_first_one() -> None:
    """Margaret Beth is not her twin Elspeth, though Beth may be short for it."""
    one, other = with_more(summary("Margaret Reid", nhs=MIA), ("beth",)), summary("Elspeth Reid", nhs=MIA)
    for level in ("listed", "another", "close"):
        assert told(one, other, scored(given=level)) == (REVIEW, "number-alone")


@pytest.mark.parametrize(
    ("one", "other", "linked"),
    [
        ((("reid", "mia", ()),), (("mia", "reid", ()),), True),
        ((("walker", "james", ("lee",)),), (("james", "walker", ("lee",)),), True),
        ((("silvasantos", "ana", ("rosa",)),), (("ana", "silva", ("santos", "rosa")),), True),
        ((("walker", "james", ("lee",)),), (("leo", "walker", ("lee",)),), False),
        ((("reid", "mia", ()),), (("mia", "leo", ()),), False),
    ],
)
def test_names_changed_about_count_beside_a_number_whatever_else_is_shared(
    one: tuple[tuple[str, str, tuple[str, ...]], ...],
    other: tuple[tuple[str, str, tuple[str, ...]], ...],
    linked: bool,
) -> None:
    first, second = (
        replace(summary(nhs=MIA), names=tuple(Name(family, given, "", more) for family, given, more in names))
        for names in (one, other)
    )
    rule = "number-birth-given-alike" if linked else "number-alone"
    assert told(first, second, scored(given="another")) == (LINK if linked else REVIEW, rule)


def test_a_number_that_nobody_traced_is_no_number() -> None:
    other = summary(unverified=(MIA,))
    assert told(other, other, scored(place="", number="same")) == (REVIEW, "nothing-beside")
    assert told(summary(nhs=MIA), summary(unverified=(LEO,)), scored(number="different")) == (
        LINK,
        "likeness",
    )


def test_two_verified_numbers_never_link() -> None:
    one, other = summary(nhs=MIA), summary(nhs=LEO)
    assert told(one, other) == (REVIEW, "different-numbers")
    assert told(one, summary("Leo Reid", nhs=LEO), scored(given="different")) == (
        APART,
        "different-numbers-apart",
    )
    assert told(one, other, scored(born="different")) == (APART, "different-numbers-apart")
    assert told(one, other, scored(-4.0)) == (APART, "different-numbers-apart")
    both = summary(nhs=(MIA, LEO))
    assert told(one, both) == (REVIEW, "two-numbers-in-record")
    assert told(both, both) == (REVIEW, "two-numbers-in-record")
    assert told(both, summary(nhs=MYA)) == (REVIEW, "two-numbers-in-record")


def test_a_superseded_number_is_resolved_first() -> None:
    before, after = summary(nhs=MIA), summary(nhs=LEO, old=(MIA,))
    assert told(before, after) == (LINK, "superseded-birth-given")
    assert told(before, summary(old=(MIA,)), scored(place="")) == (REVIEW, "nothing-beside"), (
        "it has no other"
    )
    assert told(before, summary("Noa Reid", nhs=LEO, old=(MIA,)), scored(given="different")) == (
        REVIEW,
        "number-alone",
    )
    assert told(summary(nhs=MIA), summary(nhs=LEO, old=(MYA,))) == (REVIEW, "different-numbers")


@settings(max_examples=150, deadline=None)
@given(RECORDS, RECORDS, SCORES, FACTS)
def test_a_second_verified_number_never_opens(
    one: Summary, other: Summary, weighed: Scored, facts: Facts
) -> None:
    if one.live_numbers and other.live_numbers:
        more = summary(one.names[0].text, one.born, nhs=(*one.live_numbers, MYA))
        assert judge(more, other, weighed, facts).outcome != LINK
    if not one.live_numbers and other.live_numbers:
        more = summary(one.names[0].text, one.born, nhs=MYA)
        assert judge(more, other, weighed, facts).outcome != LINK or MYA in other.old_numbers
