"""Rows 11 and 12e: the doubtful pair of look-alikes is a reviewer's, and the pair of an adoption is in no general list, page,
count or report: with it and without it everything that is shown is the same."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from services.cli.demo.enrol import enrol_staff
from services.contract.cases import Asker
from services.contract.problems import NotFound
from services.gateway.answer import as_json
from services.gateway.parts import stamp
from services.gateway.reviews.listing import list_reviews
from services.gateway.reviews.opening import Review, open_review
from tests.hub.test_rights_pages import browser
from tests.hub.world import World, a_person, a_world
from tests.reviewing import doubt, item
from tests.unit.index.northshire import flag, patient

ADMIN, ADOPTION = a_person("MASH-ADMIN"), a_person("ADOPTION-WORKER")
CSC, NHS = "northshire-csc", "northshire-nhs"
BEFORE = {"security": [{"system": "urn:mash:cs:adoption", "code": "before"}]}
AFTER = {"security": [{"system": "urn:mash:cs:label", "code": "L:ADOPT"}]}


@pytest.fixture(scope="module")
def hubs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, World]]:
    """Two hubs: in one of them an adopted child's two identities are in doubt, and a protected person's records."""
    made = []
    for restricted in (False, True):
        hub = a_world(tmp_path_factory.mktemp("hub"), families=False)
        enrol_staff(hub.parts, "http://127.0.0.1:1")
        # Row 11: sound-alikes with a date of birth turned about.
        hub.publish(CSC, patient("mia", "Mia Reid", "2019-07-05"))
        hub.publish(NHS, patient("mya", "Mya Reid", "2019-05-07"))
        lay(hub, (CSC, "mia"), (NHS, "mya"))
        if restricted:
            hub.publish(CSC, patient("evie", "Evie Harker", "2017-01-19", meta=BEFORE))
            hub.publish(CSC, patient("eve", "Evie Winstanley", "2017-01-19", meta=AFTER))
            lay(hub, (CSC, "evie"), (CSC, "eve"))
            hub.publish(CSC, patient("dana", "Dana Lomax", "1990-02-01"), flag("f", "dana", "L:SAFEADDR"))
            hub.publish(NHS, patient("dan", "Dan Lomax", "1990-02-01"))
            lay(hub, (CSC, "dana"), (NHS, "dan"))
        made.append(hub)
    yield made[0], made[1]
    for hub in made:
        hub.close()


def lay(hub: World, one: tuple[str, str], other: tuple[str, str]) -> None:
    index: Any = hub.parts.index
    doubt(index, item(index, *one), item(index, *other), at=stamp(datetime.now(UTC)))


def lines(hub: World, by: Asker = ADMIN) -> list[tuple[str, str, bool, int]]:
    return [(one.kind, one.queue, one.two, one.given) for one in list_reviews(hub.parts, by)]


def test_the_general_list_and_report_are_the_same_with_a_restricted_pair_and_without(
    hubs: tuple[World, World],
) -> None:
    without, with_it = hubs
    assert len(lines(without)) == 1
    assert lines(without) == lines(with_it)
    assert without.parts.index.reviews.months() == with_it.parts.index.reviews.months()


def test_the_page_of_the_list_is_the_same_but_for_ids_and_times(hubs: tuple[World, World]) -> None:
    pages = []
    for hub in hubs:
        text = browser(hub, "MASH-ADMIN").get("/your-reviews").text
        for one in list_reviews(hub.parts, ADMIN):
            text = text.replace(one.id, "ID")
        pages.append(re.sub(r"\d+ \w+ \d{4} at \d\d:\d\d", "WHEN", text))
    assert pages[0] == pages[1]


def test_the_one_task_reads_the_same_and_its_entry_is_as_long(hubs: tuple[World, World]) -> None:
    told, leaves = [], []
    for hub in hubs:
        (line,) = list_reviews(hub.parts, ADMIN)
        review = open_review(hub.parts, ADMIN, line.id)
        assert isinstance(review, Review)
        told.append(
            (
                len(as_json(review.view.model_copy(update={"receipt": None}))),
                [one.evidence for one in review.records],
            )
        )
        leaves.append(len(hub.leaves(CSC)[-1]))
    assert told[0] == told[1]
    assert leaves[0] == leaves[1]


def test_a_restricted_task_is_answered_as_one_that_never_was(hubs: tuple[World, World]) -> None:
    _, hub = hubs
    (held,) = list_reviews(hub.parts, ADOPTION)
    for path in (f"/your-reviews/{held.id}", f"/your-reviews/{'A' * 22}"):
        with pytest.raises(NotFound) as told:
            open_review(hub.parts, ADMIN, path.rpartition("/")[2])
        assert str(told.value) == "no review with this id is yours"
    answers = [
        (one.status_code, one.text.replace(held.id, "ID").replace("A" * 22, "ID"))
        for one in (browser(hub, "MASH-ADMIN").get(f"/your-reviews/{id}") for id in (held.id, "A" * 22))
    ]
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


def test_the_adoption_worker_sees_the_side_that_the_law_lets_them_and_no_birth_name(
    hubs: tuple[World, World],
) -> None:
    _, hub = hubs
    (held,) = list_reviews(hub.parts, ADOPTION)
    review = open_review(hub.parts, ADOPTION, held.id)
    assert isinstance(review, Review)
    assert review.line.two
    text = as_json(review.view).decode()
    assert "Winstanley" in text
    assert "Harker" not in text


@pytest.mark.parametrize("role", ["SW-CHILD", "SW-TEAM-MGR", "IG-LEAD"])
def test_nobody_else_finds_the_page(hubs: tuple[World, World], role: str) -> None:
    for hub in hubs:
        page = browser(hub, role).get("/your-reviews")
        assert page.status_code == 404
        assert "Doubtful matches" not in browser(hub, role).get("/your-tasks").text
