"""A doubt about a relative who stands in somebody else's file: that file's owner is no part of the doubt, and policy has to
know of them all the same.
"""

from dataclasses import replace

import pytest

from services.cli.demo.enrol import enrol_staff
from services.contract.reviews import ReviewAnswer
from services.contract.views import Refused
from services.gateway.profiles import day
from services.gateway.reviews.asking import conflicting, reviewer_of
from services.gateway.reviews.deciding import Answered, Undone, answer_review, undo_review
from services.gateway.reviews.listing import list_reviews
from services.gateway.reviews.opening import Review, open_review
from tests.hub.test_reviews import ADMIN, CSC
from tests.hub.test_rights_pages import browser
from tests.hub.world import SEAN, World

RELATIVE = "RelatedPerson"


def shown(world: World) -> list[Review]:
    """Every doubt of the general list, opened."""
    found = [open_review(world.parts, ADMIN, one.id) for one in list_reviews(world.parts, ADMIN)]
    assert all(isinstance(one, Review) for one in found)
    return [one for one in found if isinstance(one, Review)]


def with_a_relative(world: World) -> Review:
    return next(
        one
        for one in shown(world)
        if any(record.resource and record.resource["resourceType"] == RELATIVE for record in one.records)
    )


def test_every_doubt_that_the_families_raise_is_listed_and_opens(world: World) -> None:
    reviews = shown(world)
    assert reviews
    assert all(record.resource for one in reviews for record in one.records)
    relative = with_a_relative(world)
    names = {str((record.resource or {})["name"]) for record in relative.records}
    assert len(names) == 1


def test_its_entry_names_the_owner_of_the_file_and_the_relative(world: World) -> None:
    before = len(world.entries(CSC))
    id = with_a_relative(world).line.id
    review = open_review(world.parts, ADMIN, id)
    assert isinstance(review, Review)
    intents = [one for one in world.entries(CSC)[before:] if one["kind"] == "release.intent"]
    leaves = sorted(one["leaves"] for one in intents[-1]["subjects"])
    # The Patient record is its person's; the relative's is the file owner's, and the relative was told of.
    assert leaves == [0] * (len(leaves) - len(review.records)) + [1] * len(review.records)
    assert len(leaves) == len(review.records) + 1
    said = ReviewAnswer(id, "unsure", "", "No other detail is known.")
    answered = answer_review(world.parts, ADMIN, said)
    assert isinstance(answered, Answered), answered
    # An answer is about those in doubt, and not about the owner of the file.
    entry = next(one for one in reversed(world.entries(CSC)) if one["kind"] == "review.answered")
    assert len(entry["subjects"]) == len(review.records)
    assert isinstance(undo_review(world.parts, ADMIN, id, "Asked again."), Undone)


def test_whoever_knows_the_owner_of_the_file_does_not_review_it(world: World) -> None:
    review = with_a_relative(world)
    refused = open_review(world.parts, replace(ADMIN, own=(SEAN,)), review.line.id)
    assert isinstance(refused, Refused)
    assert refused.code == "CONFLICT_OF_INTEREST"
    # Of the owner alone, though the reviewer knows nobody in doubt; not of one whose file is not shown.
    on = day(world.parts.now())
    task = world.parts.index.reviews.open(reviewer_of(world.parts, ADMIN), review.line.id, on)
    known = replace(task, beside=tuple(replace(one, conflict=True) for one in task.beside))
    assert not conflicting(task)
    assert conflicting(known)
    files = {one.person for one in task.beside}
    assert not conflicting(
        replace(known, records=tuple(one for one in task.records if one.item.person not in files))
    )


@pytest.mark.parametrize(
    ("role", "title"),
    [("MASH-ADMIN", "Doubtful matches"), ("ADOPTION-WORKER", "Restricted matches")],
)
def test_the_page_says_what_kind_of_record_it_is_and_is_named_as_its_queue(
    world: World, role: str, title: str
) -> None:
    enrol_staff(world.parts, "http://127.0.0.1:1")
    who = browser(world, role)
    tasks = who.get("/your-tasks").text
    assert f">{title}</a>" in tasks
    assert "What it works on stands under See also." in tasks
    listed = who.get("/your-reviews")
    assert listed.status_code == 200
    assert title in listed.text
    if role == "MASH-ADMIN":
        page = who.get(f"/your-reviews/{with_a_relative(world).line.id}").text
        assert page.count("of a relative, in somebody else’s file") == 1
