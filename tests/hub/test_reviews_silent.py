"""What a reviewer is not told: of people whom policy, law or a connection hushes, in no list, page, refusal or entry."""

from dataclasses import replace
from typing import Any

import pytest

from services.contract.cases import Ground, OpenCase, Subject
from services.contract.people import About
from services.contract.problems import NotFound
from services.contract.reviews import ReviewAnswer
from services.contract.views import Refused
from services.gateway.answer import as_json
from services.gateway.cases.open import open_case
from services.gateway.reviews.asking import reviewer_of
from services.gateway.reviews.deciding import answer_review
from services.gateway.reviews.listing import list_reviews
from services.gateway.reviews.opening import open_review
from tests import linking
from tests.hub.test_reviews import (
    ADMIN,
    ADOPTION,
    CLINIC,
    CSC,
    OFFICER,
    OTHER_OFFICER,
    PLACE,
    POSTCODE,
    adults,
    answer,
    hub,
    nothing_left,
    opened,
    pair,
)
from tests.hub.world import World, a_person
from tests.reviewing import item
from tests.unit.index.northshire import patient

__all__ = ["hub", "nothing_left"]


def test_whoever_is_connected_to_one_of_them_is_refused_in_neutral_words(hub: World) -> None:
    found = adults(hub)
    himself = replace(ADMIN, own=(About(given="Art", family=found.family, birth_date=found.born),))
    id = list_reviews(hub.parts, himself)[0].id
    for refused in (
        open_review(hub.parts, himself, id),
        answer_review(hub.parts, himself, ReviewAnswer(id, "apart", "", "I know.")),
    ):
        assert isinstance(refused, Refused)
        assert refused.code == "CONFLICT_OF_INTEREST"


@pytest.mark.parametrize("role", ["SW-CHILD", "SW-TEAM-MGR", "DPO", "AUDITOR", "IG-LEAD"])
def test_no_other_role_hears_of_a_task(hub: World, role: str) -> None:
    adults(hub)
    id = list_reviews(hub.parts, ADMIN)[0].id
    other = a_person(role)
    for act in (
        lambda: list_reviews(hub.parts, other),
        lambda: open_review(hub.parts, other, id),
        lambda: answer_review(hub.parts, other, ReviewAnswer(id, "apart", "", "Why not.")),
    ):
        with pytest.raises(NotFound):
            act()


def test_an_officer_opens_no_case_by_this_purpose(hub: World) -> None:
    about = Subject.model_validate({"about": {"given": "Art", "family": "Pike"}, "as": "adult"})
    body = OpenCase(purpose="IDENTITY-REVIEW", ground=Ground(code="possible-same-person"), subjects=(about,))
    for other in (OFFICER, ADOPTION):
        refused = open_case(hub.parts, other, body)
        assert isinstance(refused, Refused)
    assert not isinstance(open_case(hub.parts, ADMIN, body), Refused)


def test_a_safe_address_is_in_no_word_of_the_restricted_page_either(hub: World) -> None:
    adults(hub, "L:SAFEADDR")
    assert list_reviews(hub.parts, ADMIN) == ()
    review = opened(hub, OFFICER)
    assert review.line.two
    text = as_json(review.view).decode()
    assert "Art" in text
    for value in (PLACE, POSTCODE, POSTCODE[:4], "Northport"):
        assert value not in text
    answer(hub, "apart", OFFICER)
    answer(hub, "apart", OTHER_OFFICER)


def test_what_law_bars_is_shown_to_nobody_and_its_entry_names_nobody(hub: World) -> None:
    adults(hub, "L:GRA")
    before = len(hub.entries(CSC))
    review = opened(hub, OFFICER)
    assert [one.resource is None for one in review.records] == [False, True]
    assert 'Art"' not in as_json(review.view).decode()
    answer(hub, "unsure", OFFICER)
    for entry in hub.entries(CSC)[before:]:
        assert len(entry.get("subjects", [])) <= 1
    answer(hub, "unsure", OTHER_OFFICER)


def test_a_pair_that_policy_is_silent_about_is_in_no_general_list(hub: World) -> None:
    """A clinic whose every record is silent in this column: nobody's label says so, the policy does."""
    before = list_reviews(hub.parts, ADMIN)
    pair(hub, 1950, at=CLINIC)
    (known,) = hub.parts.index.reviews.listed(
        reviewer_of(hub.parts, ADMIN), "2026-11-20", decided=False, most=9
    )
    with pytest.raises(NotFound):
        open_review(hub.parts, ADMIN, known.id)
    assert list_reviews(hub.parts, ADMIN) == before
    with pytest.raises(NotFound):
        answer_review(hub.parts, ADMIN, ReviewAnswer(known.id, "apart", "", "Why not."))
    assert [one.id for one in list_reviews(hub.parts, OFFICER)] == [known.id]


def test_the_list_itself_leaves_out_what_policy_is_silent_about(hub: World) -> None:
    """Nobody has opened either: what leaves the list was taken out by the list."""
    for _ in range(2):
        pair(hub, 1950, at=CLINIC)
    reviewer = reviewer_of(hub.parts, ADMIN)

    def known() -> set[str]:
        listed = hub.parts.index.reviews.listed(reviewer, "2026-11-20", decided=False, most=9)
        return {one.id for one in listed}

    both = known()
    assert len(both) == 2
    assert list_reviews(hub.parts, ADMIN) == ()
    assert known() == set()
    assert {one.id for one in list_reviews(hub.parts, OFFICER)} == both


def test_a_further_record_of_which_policy_is_silent_is_not_told_by_a_refusal(hub: World) -> None:
    """A clinic's record is one of theirs and does not fit the other: to be told "cannot be one person" would tell of it."""
    found = adults(hub)
    (line,) = list_reviews(hub.parts, ADMIN)
    index: Any = hub.parts.index
    hub.publish(CLINIC, patient(f"c{line.id}".replace("_", ".")[:20], "Sheila Moss", "1961-08-09"))
    clinics = item(index, CLINIC, f"c{line.id}".replace("_", ".")[:20])
    linking.as_one(index, clinics, found.items[0])
    assert list_reviews(hub.parts, ADMIN) == ()
    chosen = ReviewAnswer(line.id, "same", "A" * 22, "Same school.")
    for act in (
        lambda: open_review(hub.parts, ADMIN, line.id),
        lambda: answer_review(hub.parts, ADMIN, chosen),
    ):
        with pytest.raises(NotFound, match="no review with this id is yours"):
            act()
    # It waits for privacy officers, two of them.
    (held,) = list_reviews(hub.parts, OFFICER)
    assert held.id == line.id
    assert held.two
