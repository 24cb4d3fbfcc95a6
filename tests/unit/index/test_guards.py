"""Promise: what a score may not do. Each guard has a pair that links without it, and that it alone stops."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contract.vocabulary import code_list
from services.index.matching import decide, guards
from services.index.matching.guards import AFTER, BEFORE, NO_LAW, Facts, Law, judge
from services.index.matching.levels import LEVELS
from services.index.matching.verdict import APART, LINK, REVIEW, Scored
from services.index.read import Summary
from tests.unit.index.northshire import LEO, MIA, MYA
from tests.unit.index.pairs import scored, summary

BARRED, OLD_LIFE, NEW_LIFE = Law(barred=True), Law(BEFORE), Law(AFTER)


def told(
    one: Summary, other: Summary, weighed: Scored | None = None, facts: Facts | None = None
) -> tuple[str, str]:
    """(outcome, rule), the same in either order; the names were looked up, and nobody bears them, unless `facts` says."""
    known = facts or Facts()
    known = known if known.shares is not None else replace(known, shares={})
    turned = replace(known, laws=known.laws[::-1])
    found = [
        judge(*pair, weighed or scored(), said)
        for pair, said in (((one, other), known), ((other, one), turned))
    ]
    assert found[0].rule == found[1].rule
    return found[0].outcome, found[0].rule


def with_more(record: Summary, more: tuple[str, ...]) -> Summary:
    """The record with further given names."""
    return replace(record, names=(replace(record.names[0], more=more),))


def test_names_birth_and_place_link_without_a_number() -> None:
    assert told(summary(), summary()) == (LINK, "likeness")
    assert told(summary(), summary(nhs=MIA)) == (LINK, "likeness")
    assert told(summary(), summary("Mia Reed"), scored(born="swapped", family="close")) == (LINK, "likeness")


@pytest.mark.parametrize(
    ("rule", "weighed", "facts"),
    [
        ("law-speaks", scored(), Facts(laws=(BARRED, NO_LAW))),
        ("birth-differs", scored(born="digit"), Facts()),
        ("birth-differs", scored(born=""), Facts()),
        ("given-differs", scored(given="different"), Facts()),
        ("given-differs", scored(given="listed"), Facts()),
        ("given-differs", scored(given=""), Facts()),
        ("given-differs", scored(given="close"), Facts()),
        ("family-differs", scored(family="different"), Facts()),
        ("place-not-counted", scored(), Facts(placeless=True)),
        ("nothing-beside", scored(place="street"), Facts()),
        ("nothing-beside", scored(place=""), Facts()),
        ("too-common", scored(personal=5.9), Facts()),
        ("likeness-in-doubt", scored(13.2), Facts()),
        ("likeness-in-doubt", scored(-3.0), Facts()),
    ],
)
def test_each_guard_stops_a_link_by_likeness(rule: str, weighed: Scored, facts: Facts) -> None:
    # A given name that is exact by the records themselves is exact whatever the level says.
    same = any(part.comparison == "given" and part.level == "same" for part in weighed.evidence)
    other = "Mia Reid" if same else "Noa Reid"
    assert told(summary(), summary(other), weighed, facts) == (REVIEW, rule)


def test_a_telephone_number_stands_beside_the_name_like_a_place() -> None:
    assert told(summary(), summary(), scored(place="", phone="same")) == (LINK, "likeness")


ONE_SIDED = (LINK, "number-verified-by-one")


def test_a_number_that_one_of_them_verified_stands_beside_the_name_like_a_place() -> None:
    """Tracing is the same comparison: number, name and date of birth against a record that has them verified."""
    known, told_of = summary(nhs=MIA), summary(unverified=(MIA,))
    nowhere = scored(place="different", phone="different")
    assert told(known, told_of, nowhere) == ONE_SIDED
    assert told(known, told_of) == ONE_SIDED
    assert (
        told(known, summary(born="2019-07-05", unverified=(MIA,)), scored(place="", born="swapped"))
        == ONE_SIDED
    )
    # It is no place: it counts for somebody protected too, whom a twin has not.
    assert told(known, told_of, nowhere, Facts(placeless=True, careful=True)) == ONE_SIDED


@pytest.mark.parametrize(
    ("known", "told_of"),
    [
        (summary(nhs=MIA), summary(unverified=(LEO,))),
        (summary(nhs=MIA), summary(unverified=(MIA, LEO))),
        (summary(nhs=MIA), summary(old=(MIA,))),
        (summary(unverified=(MIA,)), summary(unverified=(MIA,))),
        (summary(), summary(unverified=(MIA,))),
    ],
)
def test_another_number_two_numbers_and_one_that_nobody_verified_stand_beside_nothing(
    known: Summary, told_of: Summary
) -> None:
    assert told(known, told_of, scored(place="different")) == (REVIEW, "nothing-beside")
    assert told(known, told_of, facts=Facts(placeless=True)) == (REVIEW, "place-not-counted")


@pytest.mark.parametrize(
    ("other", "rule", "weighed", "facts"),
    [
        ("Miah Reid", "given-differs", scored(given="close", place=""), Facts()),
        ("Leo Reid", "given-differs", scored(given="different"), Facts()),
        ("Mia Cole", "family-differs", scored(family="different"), Facts()),
        ("Mia Reid", "birth-differs", scored(born="digit"), Facts()),
        ("Mia Reid", "law-speaks", scored(), Facts(laws=(BARRED, NO_LAW))),
        ("Mia Reid", "too-common", scored(personal=5.9), Facts()),
        ("Mia Reid", "likeness-in-doubt", scored(13.2), Facts()),
    ],
)
def test_a_number_that_one_of_them_verified_opens_no_other_guard(
    other: str, rule: str, weighed: Scored, facts: Facts
) -> None:
    """A twin's or a mother's number typed on the record: only its own person has that name and that birth date."""
    assert told(summary(nhs=MIA), summary(other, unverified=(MIA,)), weighed, facts) == (REVIEW, rule)


def test_a_placeholder_among_the_names_leaves_it_to_people() -> None:
    assert told(summary(), summary("Mia Reid / Baby Reid")) == (REVIEW, "placeholder-name")


def test_a_score_too_low_and_another_name_on_another_day_are_nothing_to_ask_about() -> None:
    assert told(summary(), summary(), scored(-3.1)) == (APART, "likeness-too-low")
    assert told(summary(), summary("Leo Reid"), scored(20.0, given="different", born="different")) == (
        APART,
        "another-name-and-birth",
    )


@pytest.mark.parametrize("other", ["M Reid", "Baby Reid"])
def test_an_initial_and_a_placeholder_are_no_given_name(other: str) -> None:
    """Two records with the same initial or the same word are no nearer for it."""
    weighed = scored(given="initial" if other[1] == " " else "")
    assert told(summary(other), summary(other), weighed) == (REVIEW, "given-differs")
    assert told(summary(other, nhs=MIA), summary(other, nhs=MIA), weighed) == (REVIEW, "number-alone")


@pytest.mark.parametrize(
    ("one", "other"), [("Mia Reid", "Miah Reid"), ("Kate Reid", "Catherine Reid"), ("Mia Reid", "Reid Mia")]
)
def test_without_a_number_no_other_writing_of_the_given_name_links(one: str, other: str) -> None:
    """Marcus and Marcos, Mohammed and Muhammad: twins and brothers bear them."""
    for level in ("close", "listed", "swapped"):
        assert told(summary(one), summary(other), scored(given=level)) == (REVIEW, "given-differs")
    close = scored(given="close")
    assert told(summary(), summary("Miah Reid"), close, Facts(careful=True)) == (REVIEW, "given-not-exact")


@pytest.mark.parametrize("nhs", [(), MIA])
@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (("rahman",), ("rahim",), True),
        (("ali", "omar"), ("amin",), True),
        (("ali",), ("ali", "amin"), False),
        (("ali",), ("a",), False),
        (("a",), ("b",), True),
        (("kate",), ("catherine",), False),
        (("ali",), (), False),
        ((), (), False),
    ],
)
def test_further_names_that_both_give_and_none_of_which_agrees_are_two_people(
    nhs: str, one: tuple[str, ...], other: tuple[str, ...], apart: bool
) -> None:
    """Twins: Abdul Rahman and Abdul Rahim, or Mohammed Ali and Mohammed Amin, also under one number."""
    mine, theirs = with_more(summary(nhs=nhs), one), with_more(summary(nhs=nhs), other)
    linked = (LINK, "number-birth-given" if nhs else "likeness")
    assert told(mine, theirs) == ((REVIEW, "further-names-differ") if apart else linked)


@pytest.mark.parametrize("laws", [(OLD_LIFE, NEW_LIFE), (OLD_LIFE, Law(AFTER, barred=True))])
@pytest.mark.parametrize("other", [summary(), summary(nhs=LEO), summary(nhs=LEO, old=(MIA,))])
def test_before_and_after_an_adoption_are_apart_and_nobody_is_asked(
    other: Summary, laws: tuple[Law, Law]
) -> None:
    assert told(summary(nhs=MIA), other, facts=Facts(laws=laws)) == (APART, "kept-apart-by-law")


@pytest.mark.parametrize("law", [OLD_LIFE, NEW_LIFE, BARRED])
def test_a_new_number_beside_an_identity_that_the_law_protects_is_another_identity(law: Law) -> None:
    facts = Facts(laws=(law, NO_LAW))
    for other in (summary(nhs=LEO), summary(nhs=LEO, old=(MIA,))):
        assert told(summary(nhs=MIA), other, facts=facts) == (APART, "kept-apart-by-law")
    # One identity under one number, and the agency's own file of it.
    assert told(summary(nhs=MIA), summary(nhs=MIA), facts=facts) == (LINK, "number-birth-given")


def test_an_exclusion_holds_against_everything() -> None:
    assert told(summary(nhs=MIA), summary(nhs=MIA), facts=Facts(excluded=True)) == (APART, "excluded")


def test_where_names_were_not_looked_up_another_given_name_is_another() -> None:
    pair, weighed = (summary(nhs=MIA), summary("Miah Reid", nhs=MIA)), scored(given="close")
    assert judge(*pair, weighed, Facts(shares={})).outcome == LINK
    assert judge(*pair, weighed, Facts()).outcome == REVIEW


def test_place_counts_for_nothing_where_somebody_is_protected() -> None:
    def placed(weight: float) -> Scored:
        found = scored(weight)
        place = type(found.evidence[0])("place", "home", 8.0, place=True)
        return Scored(
            weight + 8.0, found.prior, (*(part for part in found.evidence if not part.place), place)
        )

    assert guards.counted(placed(20.0), placeless=True) == 20.0
    assert guards.counted(placed(20.0), placeless=False) == 28.0
    low = placed(-4.0)
    assert told(summary(), summary(), low, Facts(placeless=True)) == (APART, "likeness-too-low")


def test_every_rule_has_its_sentence_and_ends_as_the_list_says() -> None:
    listed = code_list("link-rules")
    assert all(row["sentence"].endswith(".") for row in listed.values())
    assert max(map(len, listed)) <= 32
    named = {
        value for module in (guards, decide) for value in vars(module).values() if isinstance(value, str)
    }
    assert {"likeness", "excluded", "own-person"} <= named & listed.keys()
    assert {code for code, row in listed.items() if row["outcome"] == "link"} == {
        *guards.BY_NUMBER,
        guards.NUMBER_ONE_SIDED,
        guards.LIKENESS,
    }


LEVEL = {name: st.sampled_from(["", *levels]) for name, levels in LEVELS.items() if name != "number"}
SCORES = st.builds(
    lambda weight, personal, levels: scored(weight, personal=personal, **levels),
    st.sampled_from([-10.0, 0.0, 13.3, 30.0]),
    st.sampled_from([0.0, 6.0, 20.0]),
    st.fixed_dictionaries(LEVEL),
)
NUMBERS = st.sampled_from([(), (MIA,), (LEO,), (MIA, LEO)])
RECORDS = st.builds(
    lambda name, born, nhs, old, unverified: summary(name, born, nhs=nhs, old=old, unverified=unverified),
    st.sampled_from(["Mia Reid", "Miah Reid", "Baby Reid", "M Reid"]),
    st.sampled_from(["2019-05-07", "2019-07-05", "2019"]),
    NUMBERS,
    st.sampled_from([(), (MYA,)]),
    st.sampled_from([(), (), (MIA,), (LEO,)]),
)
LAWS = st.sampled_from([NO_LAW, BARRED, OLD_LIFE, NEW_LIFE])
BOTH = {"mia": 0.001, "miah": 0.001}
BORNE = st.sampled_from([{}, {"mia": 0.001}, BOTH])
FACTS = st.builds(Facts, st.booleans(), st.tuples(LAWS, LAWS), st.booleans(), st.booleans(), BORNE)


@settings(max_examples=150, deadline=None)
@given(RECORDS, RECORDS, SCORES, FACTS)
def test_nothing_more_that_is_known_ever_opens(
    one: Summary, other: Summary, weighed: Scored, facts: Facts
) -> None:
    before = judge(one, other, weighed, facts)
    said = code_list("link-rules")[before.rule]
    assert said["outcome"] == before.outcome
    if before.outcome == LINK:
        return
    more = [
        replace(facts, excluded=True),
        replace(facts, placeless=True),
        replace(facts, careful=True),
        replace(facts, shares=BOTH),
        *(replace(facts, laws=(law, facts.laws[1])) for law in (BARRED, OLD_LIFE, NEW_LIFE) if not facts.laws[0].speaks),
    ]  # fmt: skip
    assert all(judge(one, other, weighed, known).outcome != LINK for known in more)
