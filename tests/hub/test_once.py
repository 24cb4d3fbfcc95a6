"""Sent again under its idempotency key: the very same bytes, entered first; and everything that is not that is refused."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.contract.cases import Asker
from services.contract.people import About
from services.contract.problems import LedgerUnavailable
from services.contract.views import FamilyView, Refused, ViewRequest
from services.gateway.answer import as_bundle, as_json
from services.gateway.ask import ask
from services.gateway.once import repeat
from services.gateway.once.key import once_of
from services.gateway.once.repeat import AnsweredBefore, BeingAnswered, OtherRequest, ask_once, forget_answers
from services.ledger.entry import event_bytes
from services.ledger.open import Ledger
from tests.hub.world import MIA, WORKER, World, a_person, a_world

KEY = "5b2f0a52-4a5e-4c9e-9f0a-2f3d1c7b6a10"
LOG = "northshire-csc"
NOBODY = About(nhs_number="9992000422", birth_date="1950-01-01")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = a_world(Path(tmp_path_factory.mktemp("once")))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def today(world: World) -> None:
    """Each test begins by the clock on the wall."""
    world.at(datetime.now(UTC))


def send(
    world: World, case: str, key: str, about: About = MIA, by: Asker = WORKER, form: str = ""
) -> tuple[FamilyView | Refused, bool]:
    body = ViewRequest(about=about, case=case)
    return ask_once(world.parts, by, body, once_of(world.parts.keys, by, body, form, key, world.parts.now()))


def given(world: World, case: str, key: str, **more: Any) -> FamilyView:
    view, _ = send(world, case, key, **more)
    assert isinstance(view, FamilyView), view
    return view


def real_ledger(world: World) -> Ledger:
    assert isinstance(world.parts.ledger, Ledger)
    return world.parts.ledger


def news(world: World, before: int) -> list[tuple[str, Any]]:
    """Kind and code of what was entered since, questions to live sources apart."""
    new = [one for one in world.entries(LOG)[before:] if one["kind"] != "query.sent"]
    return [(one["kind"], one.get("facts", {}).get("code")) for one in new]


@pytest.mark.parametrize("about", [MIA, NOBODY, About(given="Mia", family="Reid", birth_date="2019-07-05")])
def test_the_same_answer_comes_again_in_every_form_after_an_entry_of_its_own(
    world: World, about: About, request: pytest.FixtureRequest
) -> None:
    case, key = world.s47(), f"{KEY}{request.node.name}"
    first, again = send(world, case, key, about)
    stood = len(world.entries(LOG))
    second, repeated = send(world, case, key, about)
    assert (again, repeated) == (False, True)
    assert isinstance(first, FamilyView)
    assert isinstance(second, FamilyView)
    assert as_json(first) == as_json(second)
    assert as_bundle(first, "/r") == as_bundle(second, "/r")
    assert first.receipt is not None
    (entry,) = world.entries(LOG)[stood:]
    assert entry["kind"] == "release.repeat"
    assert entry["ref"] == {"log": LOG, "event_id": first.receipt.id}


def test_a_refusal_comes_again_as_the_same_refusal(world: World) -> None:
    case, stranger = world.s47(), a_person("PARAMEDIC", "northshire-amb", user="nobody of the case")
    first, _ = send(world, case, KEY + "refused", by=stranger)
    second, repeated = send(world, case, KEY + "refused", by=stranger)
    assert isinstance(first, Refused)
    assert (first, True) == (second, repeated)


def test_another_request_under_the_key_is_refused(world: World) -> None:
    case, other = world.s47(), world.s47()
    given(world, case, KEY + "422")
    stood = len(world.entries(LOG))
    client = {"client": WORKER.client}
    for told in (
        {"case": other},
        {"about": NOBODY},
        {"by": a_person("SW-CHILD", user="a colleague", **client)},
        {"by": a_person("SW-TEAM-MGR", user=WORKER.user, **client)},
        {"form": "application/fhir+json"},
    ):
        with pytest.raises(OtherRequest):
            send(world, **{"case": case, "key": KEY + "422", **told})  # type: ignore[arg-type]
    assert len(world.entries(LOG)) == stood
    # The key of another client's is another key.
    _, again = send(
        world, case, KEY + "422", by=a_person("SW-CHILD", user=WORKER.user, client="another system")
    )
    assert not again


@pytest.mark.parametrize("seconds", [600, 3600, 40 * 86400, -60])
def test_when_its_time_is_over_the_old_receipt_is_all_there_is(
    world: World, seconds: int, request: pytest.FixtureRequest
) -> None:
    case, key, start = world.s47(), f"{KEY}{request.node.name}", datetime.now(UTC)
    world.at(start)
    first = given(world, case, key)
    assert first.receipt is not None
    world.at(start + timedelta(seconds=599))
    assert as_json(given(world, case, key)) == as_json(first)
    world.at(start + timedelta(seconds=seconds))
    stood = len(world.entries(LOG))
    with pytest.raises(AnsweredBefore) as problem:
        send(world, case, key)
    assert problem.value.status == 409
    assert problem.value.receipt.id == first.receipt.id
    assert news(world, stood) == [("release.repeat-refused", "TIME_OVER")]


def test_what_is_kept_is_swept_when_its_time_is_over(world: World) -> None:
    case, start = world.s47(), datetime.now(UTC)
    forget_answers(world.parts)
    first = given(world, case, KEY + "swept")
    assert first.receipt is not None
    world.at(start + timedelta(seconds=500))
    assert forget_answers(world.parts) == 0
    world.at(start + timedelta(seconds=700))
    assert forget_answers(world.parts) >= 1
    with sqlite3.connect(world.home / "ledger" / "vault.db") as vault:
        assert vault.execute("SELECT count(*) FROM kept WHERE what='answer'").fetchone() == (0,)
    world.at(start + timedelta(seconds=1))
    with pytest.raises(AnsweredBefore):
        send(world, case, KEY + "swept")


def test_two_at_the_same_moment_are_answered_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case, entered, go_on = world.s47(), threading.Event(), threading.Event()
    real = ask

    def slow(*told: Any) -> Any:
        entered.set()
        assert go_on.wait(30)
        return real(*told)

    monkeypatch.setattr(repeat, "ask", slow)
    stood, answers = len(world.entries(LOG)), []
    first = threading.Thread(target=lambda: answers.append(given(world, case, KEY + "two")))
    first.start()
    assert entered.wait(30)
    with pytest.raises(BeingAnswered) as problem:
        send(world, case, KEY + "two")
    assert problem.value.status == 409
    go_on.set()
    first.join()
    assert as_json(given(world, case, KEY + "two")) == as_json(answers[0])
    assert [kind for kind, _ in news(world, stood)] == ["release.intent", "release.repeat"]


def test_two_gateways_at_the_same_moment_have_one_intent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither knows of the other; the sequencer takes one of them."""
    case, both = world.s47(), threading.Barrier(2)
    real = ask

    def together(*told: Any) -> Any:
        both.wait(30)
        return real(*told)

    monkeypatch.setattr(repeat, "ask", together)
    monkeypatch.setattr(repeat, "_AT_WORK", _Forgetful())
    stood = len(world.entries(LOG))
    ends: list[FamilyView | None] = []

    def gateway() -> None:
        try:
            ends.append(given(world, case, KEY + "gateways"))
        except BeingAnswered:
            ends.append(None)

    threads = [threading.Thread(target=gateway) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(end is None for end in ends) == [False, True]
    assert [kind for kind, _ in news(world, stood)] == ["release.intent"]
    monkeypatch.setattr(repeat, "ask", ask)
    won = next(end for end in ends if end is not None)
    assert as_json(given(world, case, KEY + "gateways")) == as_json(won)


class _Forgetful(set[str]):
    """Knows of no request at work, as another process would not."""

    def add(self, key: str) -> None:
        pass


def test_what_was_never_entered_leaves_the_key_free(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case, stood = world.s47(), len(world.entries(LOG))
    with monkeypatch.context() as broken:

        def fails(*_: object) -> None:
            raise LedgerUnavailable("the vault could not be written")

        broken.setattr(real_ledger(world)._vault, "store", fails)
        with pytest.raises(LedgerUnavailable):
            send(world, case, KEY + "free")
    _, again = send(world, case, KEY + "free")
    assert not again
    assert [kind for kind, _ in news(world, stood)] == ["release.intent"]


def test_an_answer_lost_after_its_entry_comes_by_the_repeat(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the hub dies, or the connection does, between the entry and the first byte."""
    case, stood = world.s47(), len(world.entries(LOG))
    real = world.parts.ledger.append

    def dies(draft: Any) -> Any:
        receipt = real(draft)
        if draft.kind == "query.sent":
            return receipt
        raise LedgerUnavailable("nobody was told")

    with monkeypatch.context() as broken:
        broken.setattr(world.parts.ledger, "append", dies)
        with pytest.raises(LedgerUnavailable):
            send(world, case, KEY + "lost")
    view, again = send(world, case, KEY + "lost")
    assert again
    assert isinstance(view, FamilyView)
    intent, repeated = [one for one in world.entries(LOG)[stood:] if one["kind"] != "query.sent"]
    assert view.receipt is not None
    assert (intent["kind"], repeated["kind"]) == ("release.intent", "release.repeat")
    assert intent["event_id"] == view.receipt.id == repeated["ref"]["event_id"]
    assert json.loads(world.parts.ledger.opening(view.receipt.id) or b"")["event_id"] == view.receipt.id


def test_a_key_whose_request_nobody_knows_any_more_gives_the_old_receipt(world: World) -> None:
    """As of an entry that a gateway left behind which no longer had the log: `take_again`, when its key had been freed."""
    case, key, vault = world.s47(), KEY + "late", real_ledger(world)._vault
    first = given(world, case, key)
    assert first.receipt is not None
    body = ViewRequest(about=MIA, case=case)
    once = once_of(world.parts.keys, WORKER, body, "", key, world.parts.now())
    with closing(sqlite3.connect(world.home / "ledger" / "vault.db")) as base, base:
        base.execute("DELETE FROM once WHERE key=?", (bytes.fromhex(once.key),))
    vault.onces.take_again([(once.key, event_bytes(first.receipt.id))])
    with pytest.raises(AnsweredBefore) as problem:
        send(world, case, key)
    assert problem.value.receipt.id == first.receipt.id


def test_a_repeat_that_cannot_be_entered_is_not_given(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = world.s47()
    given(world, case, KEY + "down")

    def away(_: Any) -> Any:
        raise LedgerUnavailable("the ledger takes nothing")

    monkeypatch.setattr(world.parts.ledger, "append", away)
    with pytest.raises(LedgerUnavailable):
        send(world, case, KEY + "down")


def test_no_two_intents_stand_under_one_key(world: World) -> None:
    """Of everything that this module has asked."""
    keys = [one["facts"]["once"] for one in world.entries(LOG) if "once" in one.get("facts", {})]
    assert len(keys) > 5
    assert len(set(keys)) == len(keys)
