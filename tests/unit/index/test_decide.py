"""Promise: a record is linked to one person only, whose every record allows it; in doubt it is left to people, who are told of
everybody it may be about; what touches an identity that the law or a protection keeps is told apart."""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet

from hypothesis import given, settings
from hypothesis import strategies as st

from services.index.matching.decide import Held, Standing, decide
from services.index.matching.guards import AFTER, BEFORE, Law
from services.index.matching.verdict import LINK, NEW, REVIEW, Decision, Scored
from services.index.read import Summary
from tests.unit.index.northshire import LEO, MIA
from tests.unit.index.pairs import lives_at, scored, summary


class FakeRoom:
    """Knows what a test says, and counts what it is asked."""

    def __init__(
        self,
        own: Standing | None = None,
        theirs: Mapping[str, Standing] | None = None,
        excluded: Collection[str] = (),
        siblings: Collection[str] = (),
    ) -> None:
        self._own, self._theirs = own or Standing(), theirs or {}
        self._excluded, self._siblings = frozenset(excluded), siblings
        self.asked: list[str] = []

    def excluded(self, items: Collection[str]) -> AbstractSet[str]:
        return self._excluded & set(items)

    def own(self, *, deep: bool) -> Standing:
        self.asked.append(f"own {deep}")
        return self._own

    def standings(self, persons: Collection[str], *, deep: bool) -> Mapping[str, Standing]:
        return {person: self._theirs.get(person, Standing()) for person in persons}

    def has_siblings(self, person: str) -> bool:
        self.asked.append("siblings")
        return person in self._siblings


APART = scored(-9.0, given="different", family="different", born="different", place="different")


def against(
    one: Summary,
    people: Mapping[str, list[tuple[str, Summary, Scored]]],
    room: FakeRoom | None = None,
    *,
    at: str = "",
    truncated: bool = False,
) -> Decision:
    """What `one` comes to against people, each a list of (item, record, score)."""
    weights = {id(record): weighed for records in people.values() for _, record, weighed in records}
    held = {person: [Held(item, record) for item, record, _ in records] for person, records in people.items()}
    shares = dict.fromkeys(("mia", "leo", "aaliyah", "aliyah"), 0.001)
    return decide(one, held, lambda other: weights[id(other)], room or FakeRoom(),
                  borne=lambda name: shares.get(name, 0.0), at=at, truncated=truncated)  # fmt: skip


def test_nobody_alike_is_a_person_of_its_own() -> None:
    assert against(summary(), {}) == Decision(NEW, "own-person")
    assert against(summary(), {"p": [("a", summary("Leo Cole", "2011-11-23"), APART)]}).outcome == NEW


def test_one_person_alike_is_linked_with_what_it_rests_on() -> None:
    weighed = scored(22.0)
    found = against(summary(), {"p": [("a", summary(), weighed)], "q": [("b", summary("Leo Cole"), APART)]})
    assert (found.outcome, found.rule, found.person, found.item) == (LINK, "likeness", "p", "a")
    assert found.verdict is not None
    assert found.verdict.scored is weighed


def test_a_number_goes_before_likeness_and_asks_little() -> None:
    room = FakeRoom()
    people = {"p": [("a", summary("Mia Cole", nhs=MIA), scored(14.0))], "q": [("b", summary(), scored(40.0))]}
    found = against(summary(nhs=MIA), people, room)
    assert (found.rule, found.person) == ("number-birth-given", "p")
    assert room.asked == ["own False"]


def test_two_people_with_the_number_are_joined_by_nobody_unless_the_record_is_one_of_theirs() -> None:
    people = {
        "p": [("a", summary(nhs=MIA), scored(40.0))],
        "q": [("b", summary(nhs=MIA), scored(20.0))],
    }
    found = against(summary(nhs=MIA), people)
    assert (found.outcome, found.rule) == (REVIEW, "two-people-agree")
    assert {doubt.person for doubt in found.doubts} == {"p", "q"}
    assert against(summary(nhs=MIA), people, at="q").person == "q"


def test_the_next_within_ten_bits_leaves_it_to_people() -> None:
    def people(second: float) -> dict[str, list[tuple[str, Summary, Scored]]]:
        return {"p": [("a", summary(), scored(30.0))], "q": [("b", summary(), scored(second))]}

    assert against(summary(), people(20.1)).rule == "two-people-agree"
    assert against(summary(), people(19.9)).person == "p"
    assert [doubt.person for doubt in against(summary(), people(20.1)).doubts] == ["p", "q"]


def test_whoever_holds_the_number_is_outranked_by_who_fits_better() -> None:
    """A twin's record that carries the other twin's number."""
    holder = ("a", summary("Leo Reid", nhs=MIA), scored(30.0, given="different"))
    twin = ("b", summary(), scored(28.0))
    found = against(summary(nhs=MIA), {"holder": [holder], "twin": [twin]})
    assert (found.outcome, found.rule) == (REVIEW, "holder-outranked")
    alike = (
        "a",
        summary("Miah Cole", nhs=MIA),
        scored(30.0, given="close", family="different", personal=12.0),
    )
    assert against(summary(nhs=MIA), {"holder": [alike], "twin": [twin]}).rule == "holder-outranked"
    assert against(summary(nhs=MIA), {"holder": [alike]}).person == "holder"


def test_one_record_of_a_person_speaks_for_all_of_them() -> None:
    like, other = ("a", summary(), scored()), ("b", summary(nhs=LEO), scored())
    found = against(summary(nhs=MIA), {"p": [like, other]})
    assert (found.outcome, found.rule) == (REVIEW, "others-do-not-fit")
    assert against(summary(nhs=MIA), {"p": [like]}).outcome == LINK
    assert against(summary(), {"p": [like, other]}, FakeRoom(excluded=["b"])).outcome == NEW


def test_more_than_are_looked_at_link_by_number_only() -> None:
    alike = {"p": [("a", summary(), scored())]}
    found = against(summary(), alike, truncated=True)
    assert (found.outcome, found.rule, found.truncated) == (REVIEW, "too-many-alike", True)
    assert (
        against(summary(nhs=MIA), {"p": [("a", summary(nhs=MIA), scored())]}, truncated=True).outcome == LINK
    )
    assert against(summary(), {}, truncated=True) == Decision(NEW, "own-person", truncated=True)


def test_what_is_in_force_stays_while_it_agrees() -> None:
    people = {"p": [("a", summary(), scored(40.0))], "q": [("b", summary(), scored(15.0))]}
    assert against(summary(), people, at="q").person == "q"
    assert against(summary(), people, at="gone").person == "p"


def test_a_twin_among_the_candidates_makes_the_given_name_count_to_the_letter() -> None:
    """The twin is born on the same day, of the same family or home; both are known, or the record says so itself."""
    near = ("a", summary("Miah Reid", nhs=MIA), scored(given="close"))
    twin = ("b", summary("Leo Reid"), scored(-9.0, given="different"))
    housemate = ("c", summary("Leo Cole", homes=lives_at("1elmst")), scored(-9.0, given="different"))
    one = summary(homes=lives_at("1elmst"), nhs=MIA)
    rule = "number-given-not-exact"
    assert against(one, {"p": [near]}).rule == "number-birth-given-alike"
    for other in (twin, housemate):
        assert against(one, {"p": [near], "q": [other]}).rule == rule
    assert against(summary(multiple=True, nhs=MIA), {"p": [near]}).rule == rule
    assert against(one, {"p": [near]}, FakeRoom(siblings="p")).rule == rule
    exact = FakeRoom(siblings="p")
    assert against(one, {"p": [("a", summary(nhs=MIA), scored())]}, exact).outcome == LINK
    assert "siblings" not in exact.asked, "asked only where it can change something"


def test_two_names_that_people_bear_are_two_people_however_near() -> None:
    near = scored(given="close")

    def beside(one: str, other: str) -> str:
        people = {"p": [("a", summary(f"{other} Reid", nhs=MIA), near)]}
        return against(summary(f"{one} Reid", nhs=MIA), people).rule

    assert beside("Aaliyah", "Aliyah") == "number-alone"
    assert beside("Aaliyah", "Aaliyha") == "number-birth-given-alike"
    without = against(summary("Aaliyah Reid"), {"p": [("a", summary("Aaliyha Reid"), near)]})
    assert without.rule == "given-differs"


def test_nobody_protected_is_linked_by_place_and_the_doubt_is_restricted() -> None:
    people = {"p": [("a", summary(), scored())]}
    hidden = Standing(placeless=True)
    for room in (FakeRoom(hidden), FakeRoom(theirs={"p": hidden})):
        found = against(summary(), people, room)
        assert (found.outcome, found.rule) == (REVIEW, "place-not-counted")
        assert [doubt.restricted for doubt in found.doubts] == [True]
    assert [
        doubt.restricted for doubt in against(summary(), {"p": [("a", summary(), scored(5.0))]}).doubts
    ] == [False]


def test_before_and_after_an_adoption_are_neither_linked_nor_in_doubt() -> None:
    people = {"p": [("a", summary(nhs=LEO), scored(40.0))]}
    for own, theirs in ((Law(BEFORE), Law()), (Law(), Law(AFTER)), (Law(BEFORE), Law(AFTER))):
        room = FakeRoom(Standing(own), {"p": Standing(theirs)})
        assert against(summary(nhs=MIA), people, room) == Decision(NEW, "own-person")
    room = FakeRoom(theirs={"p": Standing(Law(AFTER))})
    unnumbered = against(summary(), people, room)
    assert (unnumbered.rule, [doubt.restricted for doubt in unnumbered.doubts]) == ("law-speaks", [True])
    # Under one number in use it is one identity: an agency's own file of the child before the order.
    both = FakeRoom(Standing(Law(BEFORE)), {"p": Standing(Law(AFTER))})
    assert against(summary(nhs=LEO), people, both).rule == "number-birth-given"


RECORDS = st.builds(
    lambda name, nhs: summary(name, nhs=nhs),
    st.sampled_from(["Mia Reid", "Miah Reid", "Leo Reid"]),
    st.sampled_from([(), (MIA,), (LEO,)]),
)
SCORES = st.builds(
    lambda weight, given: scored(weight, given=given),
    st.sampled_from([-9.0, 5.0, 14.0, 30.0]),
    st.sampled_from(["same", "close", "different"]),
)
PEOPLE = st.lists(st.lists(st.tuples(RECORDS, SCORES), min_size=1, max_size=2), max_size=3)


@settings(max_examples=100, deadline=None)
@given(RECORDS, PEOPLE, st.data())
def test_an_exclusion_more_never_links_to_who_is_excluded_and_never_opens_alone(
    one: Summary, drawn: list[list[tuple[Summary, Scored]]], data: st.DataObject
) -> None:
    people = {
        f"p{n}": [(f"i{n}.{k}", *pair) for k, pair in enumerate(records)] for n, records in enumerate(drawn)
    }
    before = against(one, people)
    if before.outcome == LINK:
        assert before.person in people
    for person in people:
        after = against(one, people, FakeRoom(excluded=[people[person][-1][0]]))
        assert after.person != person
        assert person not in {doubt.person for doubt in after.doubts}
    if len(people) == 1 and before.outcome != LINK:
        excluded = data.draw(st.sets(st.sampled_from([item for item, _, _ in people["p0"]])))
        assert against(one, people, FakeRoom(excluded=excluded)).outcome != LINK
