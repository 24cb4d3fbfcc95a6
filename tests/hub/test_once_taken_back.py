"""An answer given once is not given again when what allowed it was taken back since."""

import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.contract.canonical import unb64u
from services.contract.cases import Asker, CloseCase
from services.contract.views import Refused
from services.gateway.answer import as_json
from services.gateway.cases.close import close_case
from services.gateway.once.repeat import AnsweredBefore
from services.ledger.sealing import named_in, place_of
from tests.hub.test_once import KEY, LOG, given, news, real_ledger, send, today, world
from tests.hub.test_silence_of_records import labelled
from tests.hub.world import MANAGER, MIA, WORKER, World, a_world

__all__ = ["today", "world"]


def test_a_case_that_was_closed_gives_nothing_again(world: World) -> None:
    case = world.s47()
    given(world, case, KEY + "closed")
    close_case(world.parts, MANAGER, case, CloseCase(changed="no", outcome="nothing-new"))
    stood = len(world.entries(LOG))
    answer, _ = send(world, case, KEY + "closed")
    assert isinstance(answer, Refused)
    (kind, code), *more = news(world, stood)
    assert (kind, code, more) == ("release.repeat-refused", answer.code, [])
    assert answer.receipt is not None


def test_who_is_no_member_any_more_gets_nothing_again(world: World) -> None:
    """The same person, whose team their organisation has changed since."""
    case = world.s47()
    given(world, case, KEY + "team")
    moved = Asker(LOG, WORKER.organisation_type, WORKER.role, WORKER.user, ("another team",))
    answer, _ = send(world, case, KEY + "team", by=moved)
    assert isinstance(answer, Refused)


def test_an_agreement_that_was_taken_back_gives_nothing_again(world: World) -> None:
    case = world.open("C-SCREEN", "contact-received", (MIA, "child"))
    world.evidence(case, kind="agreement", about=MIA)
    given(world, case, KEY + "consent")
    given(world, case, KEY + "consent")
    world.evidence(case, kind="refusal", about=MIA)
    stood = len(world.entries(LOG))
    with pytest.raises(AnsweredBefore):
        send(world, case, KEY + "consent")
    assert news(world, stood) == [("release.repeat-refused", "CHANGED")]


def test_a_record_that_is_shown_and_changed_gives_nothing_again(world: World) -> None:
    case = world.s47()
    given(world, case, KEY + "record")
    world.publish("northshire-nhs", *labelled("VIO"))
    with pytest.raises(AnsweredBefore):
        send(world, case, KEY + "record")


def test_a_silent_record_changes_nothing_of_a_repeat(world: World) -> None:
    """Else whoever asks again and again would learn of it."""
    case = world.s47()
    first = given(world, case, KEY + "silent")
    world.publish("northshire-nhs", *labelled("L:INTEL"))
    assert as_json(given(world, case, KEY + "silent")) == as_json(first)


def test_a_policy_that_was_narrowed_gives_nothing_again(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    try:
        case = world.s47()
        given(world, case, KEY)
        file = world.parts.shelf.folder / "organisations.yaml"
        text = file.read_text(encoding="utf-8")
        suspended = text.replace("  - id: northshire-nhs\n", "  - id: northshire-nhs\n    suspended: true\n")
        assert suspended != text
        old = world.parts.shelf.current().revision
        file.write_text(suspended, encoding="utf-8")
        until = datetime.now(UTC) + timedelta(seconds=30)
        while world.parts.shelf.current().revision == old and datetime.now(UTC) < until:
            threading.Event().wait(0.1)
        assert world.parts.shelf.current().revision != old, world.parts.shelf.trouble()
        with pytest.raises(AnsweredBefore):
            send(world, case, KEY)
    finally:
        world.close()


def test_forgetting_one_person_of_it_destroys_what_is_kept(world: World) -> None:
    case, key = world.s47(), KEY + "forgotten"
    first = given(world, case, key)
    assert first.receipt is not None
    vault, event = real_ledger(world)._vault, unb64u(first.receipt.id)
    (body,) = vault._reading.execute(
        "SELECT body FROM kept WHERE event=? AND what='answer'", (event,)
    ).fetchone()
    named = named_in(vault.master, place_of("answer", event), body)
    assert len(named) == len(first.people)
    one = min(named)
    row = vault._reading.execute("SELECT * FROM subject WHERE id=?", (one,)).fetchone()
    with sqlite3.connect(world.home / "ledger" / "vault.db") as base:
        base.execute("DELETE FROM subject WHERE id=?", (one,))
    with pytest.raises(AnsweredBefore):
        send(world, case, key)
    # With the key back it would open again: it is the key that was missing, and nothing else.
    with sqlite3.connect(world.home / "ledger" / "vault.db") as base:
        base.execute("INSERT INTO subject VALUES (?, ?, ?, ?)", row)
    assert as_json(given(world, case, key)) == as_json(first)
