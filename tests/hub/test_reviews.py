"""Reviewing a doubt about identity is a release: what is given, what its entry says, and what stays silent."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.cli.demo.enrol import enrol_staff
from services.contract.cases import Asker
from services.contract.people import About
from services.contract.problems import BadInput, LedgerUnavailable
from services.contract.reviews import ReviewAnswer
from services.gateway.answer import as_json
from services.gateway.pages import words
from services.gateway.parts import moment, stamp
from services.gateway.reviews.deciding import Undone, answer_review, undo_review
from services.gateway.reviews.listing import list_reviews
from services.gateway.reviews.opening import Review, open_review
from services.gateway.tasks.inbox import opened as task_of
from services.gateway.tasks.inbox import waiting
from tests.hub.test_rights_pages import browser
from tests.hub.world import WORKER, World, a_person, a_world
from tests.reviewing import doubt, item, no_matching, person
from tests.unit.index.northshire import flag, home, patient

ADMIN, SECOND = a_person("MASH-ADMIN", user="bryn"), a_person("MASH-ADMIN", user="cai")
OFFICER, ADOPTION = a_person("PRIVACY-OFFICER"), a_person("ADOPTION-WORKER")
OTHER_OFFICER = a_person("PRIVACY-OFFICER", "northshire-nhs")
CSC, NHS, CLINIC = "northshire-csc", "northshire-nhs", "clearwater-shc"
PLACE, POSTCODE = "Quiet Row", "ZZ98 3VZ"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = a_world(tmp_path_factory.mktemp("reviews"), families=False)
    enrol_staff(made.parts, "http://127.0.0.1:1")
    with no_matching():
        yield made
    made.close()


FAMILIES = iter(("Abbot", "Barlow", "Chandler", "Dyson", "Eldridge", "Fenwick", "Garland", "Hibbert", "Ingram", "Jessop",
                 "Kendal", "Lomax", "Mercer", "Norbury", "Ogden", "Prentice", "Quayle", "Rudge", "Sandford", "Tranter",
                 "Upton", "Vickers", "Wardle", "Yardley"))  # fmt: skip
NUMBER = itertools.count(1)


@dataclass(frozen=True)
class Pair:
    """Two records in doubt, of people whom no other test knows."""

    items: tuple[str, str]
    family: str
    born: str


@pytest.fixture(autouse=True)
def nothing_left(hub: World) -> Iterator[None]:
    """Each test begins and ends with nothing in doubt: what it leaves open is closed, as when a doubt is gone."""
    made.clear()
    yield
    for pair in made:
        for one in pair.items:
            doubt(hub.parts.index, one)  # type: ignore[arg-type]
    assert list_reviews(hub.parts, ADMIN) == ()


made: list[Pair] = []


def pair(hub: World, year: int, *, at: str = NHS, label: str = "") -> Pair:
    """The second lives at a place, and under a label where one is given."""
    number, family = next(NUMBER), next(FAMILIES)
    born = f"{year}-03-{number + 1:02}"
    there = [home(f"{number} {PLACE}", POSTCODE)]
    more = [flag(f"f{number}", f"b{number}", label)] if label else []
    hub.publish(CSC, patient(f"a{number}", f"Arthur {family}", born))
    hub.publish(at, patient(f"b{number}", f"Art {family}", born, address=there), *more)
    index: Any = hub.parts.index
    found = item(index, CSC, f"a{number}"), item(index, at, f"b{number}")
    doubt(index, *found, at=stamp(datetime.now(UTC)))
    made.append(Pair(found, family, born))
    return made[-1]


def adults(hub: World, label: str = "") -> Pair:
    return pair(hub, 1950, label=label)


def opened(hub: World, by: Asker = ADMIN) -> Review:
    review = open_review(hub.parts, by, list_reviews(hub.parts, by)[0].id)
    assert isinstance(review, Review), review
    return review


def answer(hub: World, said: str, by: Asker = ADMIN, reason: str = "Same school.") -> Any:
    review = opened(hub, by)
    chosen = review.records[1].ref if said == "same" else ""
    return answer_review(hub.parts, by, ReviewAnswer(review.line.id, said, chosen, reason))


def whose(hub: World, pair: Pair) -> set[str]:
    return {person(hub.parts.index, one) for one in pair.items}  # type: ignore[arg-type]


def test_both_records_are_shown_the_place_made_coarser_and_it_is_an_entry_first(hub: World) -> None:
    adults(hub)
    before = len(hub.entries(CSC))
    review = opened(hub)
    one, other = (record.resource for record in review.records)
    assert one is not None
    assert other is not None
    assert [found["name"][0]["given"] for found in (one, other)] == [["Arthur"], ["Art"]]
    text = as_json(review.view).decode()
    for value in (PLACE, POSTCODE, NHS):
        assert value not in text
    (entry,) = [found for found in hub.entries(CSC)[before:] if found["kind"] == "release.intent"]
    assert entry["purpose"] == "IDENTITY-REVIEW"
    assert [found["leaves"] for found in entry["subjects"]] == [1, 1]
    assert review.receipt is not None
    assert review.receipt.id == entry["event_id"]


def test_nothing_is_shown_or_done_without_its_entry(hub: World) -> None:
    found = adults(hub)
    review = opened(hub)

    class Down:
        def __getattr__(self, name: str) -> Any:
            return getattr(hub.parts.ledger, name)

        def append(self, _: Any) -> Any:
            raise LedgerUnavailable("the ledger takes nothing")

    down = replace(hub.parts, ledger=Down())
    said = ReviewAnswer(review.line.id, "same", review.records[1].ref, "Same school.")
    for act in (lambda: open_review(down, ADMIN, review.line.id), lambda: answer_review(down, ADMIN, said)):
        with pytest.raises(LedgerUnavailable):
            act()
    assert len(whose(hub, found)) == 2
    assert list_reviews(hub.parts, ADMIN)[0].given == 0
    answer(hub, "same")
    with pytest.raises(LedgerUnavailable):
        undo_review(down, ADMIN, review.line.id, "He has a twin.")
    assert len(whose(hub, found)) == 1
    undo_review(hub.parts, ADMIN, review.line.id, "He has a twin.")


def test_an_answer_is_an_entry_of_codes_and_what_it_says_is_done_and_undone(hub: World) -> None:
    found = adults(hub)
    before = len(hub.entries(CSC))
    id = opened(hub).line.id
    assert answer(hub, "same", reason="The father told us.").effect == "same"
    assert len(whose(hub, found)) == 1
    assert isinstance(undo_review(hub.parts, ADMIN, id, "He has a twin brother."), Undone)
    assert len(whose(hub, found)) == 2
    acts = [one for one in hub.entries(CSC)[before:] if one["kind"].startswith("review.")]
    assert [(one["kind"], one["facts"]) for one in acts] == [
        ("review.answered", {"answer": "same", "effect": "same"}),
        ("review.undone", {"outcome": "same"}),
    ]
    assert "told" not in str(acts)
    assert "twin" not in str(acts)
    assert len({one["case_hash"] for one in acts}) == 1
    review = open_review(hub.parts, ADMIN, id)
    assert isinstance(review, Review)
    assert [one.reason for one in review.said] == ["The father told us.", "He has a twin brother."]


def test_undoing_a_join_lists_whoever_was_told_gives_the_officer_the_clock_and_is_a_link_withdrawn(
    hub: World,
) -> None:
    found = adults(hub)
    id = opened(hub).line.id
    answer(hub, "same")
    asked = About(given="Art", family=found.family, birth_date=found.born)
    shown = hub.view(hub.s47((asked, "adult")), asked)
    assert shown.receipt is not None
    stood = {one.id for one in waiting(hub.parts, OFFICER)}
    done = undo_review(hub.parts, ADMIN, id, "He has a twin brother.")
    assert isinstance(done, Undone)
    assert done.told is not None
    assert len(whose(hub, found)) == 2
    # The same list, clock and entry as a link withdrawn by any other way.
    assert shown.receipt.id in {event for one in done.told.recipients for event in one.events}
    (entry,) = [one for one in hub.entries("hub") if one["event_id"] == done.told.receipt.id]
    assert (entry["kind"], entry["facts"]["records"]) == ("link.withdrawn", 2)
    (row,) = [one for one in waiting(hub.parts, OFFICER) if one.id not in stood]
    assert row.due == done.told.deadline
    assert row.kind == "link-withdrawn"
    facts = task_of(hub.parts, row).facts
    assert facts["recipients"] == [one.plain() for one in done.told.recipients]
    assert moment(done.told.deadline) - moment(done.told.aware) == timedelta(hours=72)
    page = browser(hub, "MASH-ADMIN").get(f"/your-reviews/{id}").text
    assert words.moment(done.told.deadline) in page
    assert words.title("roles", WORKER.role)[1:] in page.partition("What taking them apart raised")[2]
    assert done.told.receipt.id in page


def test_undoing_what_joined_nobody_withdraws_no_link(hub: World) -> None:
    adults(hub)
    before = [one["kind"] for one in hub.entries("hub")].count("link.withdrawn")
    id = opened(hub).line.id
    answer(hub, "unsure")
    assert undo_review(hub.parts, ADMIN, id, "I can tell now.") == Undone(None)
    assert [one["kind"] for one in hub.entries("hub")].count("link.withdrawn") == before
    assert "What taking them apart raised" not in browser(hub, "MASH-ADMIN").get(f"/your-reviews/{id}").text


def test_where_the_withdrawal_cannot_be_entered_nothing_is_undone(hub: World) -> None:
    found = adults(hub)
    id = opened(hub).line.id
    answer(hub, "same")

    class TakesNoWithdrawal:
        def __getattr__(self, name: str) -> Any:
            return getattr(hub.parts.ledger, name)

        def append(self, draft: Any) -> Any:
            if draft.kind == "link.withdrawn":
                raise LedgerUnavailable("the ledger takes nothing")
            return hub.parts.ledger.append(draft)

    with pytest.raises(LedgerUnavailable):
        undo_review(replace(hub.parts, ledger=TakesNoWithdrawal()), ADMIN, id, "He has a twin.")
    assert len(whose(hub, found)) == 1
    undo_review(hub.parts, ADMIN, id, "He has a twin.")
    assert len(whose(hub, found)) == 2


def test_a_reason_is_asked_of_everybody(hub: World) -> None:
    adults(hub)
    id = opened(hub).line.id
    for reason in ("", "  ", "ok"):
        with pytest.raises(BadInput):
            answer_review(hub.parts, ADMIN, ReviewAnswer(id, "apart", "", reason))
        with pytest.raises(BadInput):
            undo_review(hub.parts, ADMIN, id, reason)


def test_of_a_child_two_say_the_same_and_the_second_sees_nothing_of_the_first(hub: World) -> None:
    found = pair(hub, 2019)
    assert answer(hub, "same", reason="First reason.").effect == "first"
    assert len(whose(hub, found)) == 2
    second = opened(hub, SECOND)
    assert second.said == ()
    assert "First reason" not in as_json(second.view).decode()
    assert answer(hub, "same", SECOND).effect == "same"
    assert len(whose(hub, found)) == 1
