"""Erasing one person, on either store: two people, no floor, no hold; what is about others stays; and every kill is survived."""

import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.contract.canonical import canonical, parse
from services.contract.problems import LedgerUnavailable
from services.contract.releases import Asking, Denied, Erasure, Hold, Part, Shredded
from services.contract.reviews import known_alone
from services.ledger.erasure.shred import find
from services.ledger.open import Ledger
from services.ledger.proof import Proof
from services.ledger.reading import Reading
from tests.verification.ledger_world import PEOPLE, Place, intent, refusal, trusted

ANY_DAY = {"retention": "child-safeguarding=0,adult-safeguarding=0,care=0,rights=0"}
OFFICER = Asking("council", "PRIVACY-OFFICER", "an-officer")
GUARDIAN = Asking("council", "CALDICOTT", "a-guardian")
GONE, OTHER = PEOPLE[0], PEOPLE[1]


def release(ledger: Ledger, **more: Any) -> str:
    """A release about both, sealed in a part for each and one for both; its id."""
    one, two = (Part((who,), canonical({"at": at, "of": who})) for at, who in enumerate((GONE, OTHER)))
    both = Part((GONE, OTHER), canonical({"body_salt": "of both"}))
    parts = {"opening": b'{"subjects":[null,null]}', "opening_parts": (one, two, both)}
    return ledger.append(intent(ledger, people=(GONE, OTHER), **parts | more)).id


@pytest.fixture(params=["file", pytest.param("kafka", marks=[])])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "file":
        return Place(tmp_path, more=ANY_DAY)
    address = f"kafka://{request.getfixturevalue('kafka_broker').address}"
    return Place(tmp_path, address, f"hub-{uuid.uuid4().hex[:12]}", more=ANY_DAY)


@pytest.fixture
def ledger(place: Place) -> Iterator[Ledger]:
    with place.opened() as ledger:
        yield ledger


def asked(ledger: Ledger, person: str = GONE) -> Erasure:
    found = ledger.erasing.ask(OFFICER, known_alone(person), "no-longer-needed")
    assert isinstance(found, Erasure), found
    return found


def erase(ledger: Ledger, person: str = GONE) -> Shredded:
    found = ledger.erasing.decide(GUARDIAN, asked(ledger, person).id, agree=True)
    assert isinstance(found, Shredded), found
    return found


def hub_entries(place: Place, kind: str) -> list[dict[str, Any]]:
    with Reading(place.settings(), place.keys) as reading:
        return [
            dict(one.entry) for one in reading.entries() if one.log == "hub" and one.entry["kind"] == kind
        ]


def files(place: Place) -> bytes:
    return b"".join(path.read_bytes() for path in place.folder.glob("vault.db*"))


def test_what_is_about_them_is_gone_and_what_is_about_others_opens(place: Place, ledger: Ledger) -> None:
    ids = [release(ledger) for _ in range(3)]
    alone = ledger.append(intent(ledger, "nhs-trust", people=(GONE,))).id
    proofs = {id: ledger.receipt(id) for id in (*ids, alone)}
    before = len(ledger.about(OTHER).rows)
    done = erase(ledger)
    for id in ids:
        opening = parse(ledger.opening(id) or b"")
        assert opening["subjects"] == [None, {"of": OTHER}]
        assert "body_salt" not in opening
    assert ledger.opening(alone) is None
    assert ledger.decision(alone) is None
    # Every proof holds as before, and nobody can tell any more which entries were about them.
    for id, proof in proofs.items():
        assert Proof.parse(ledger.receipt(id) or b"").leaf == Proof.parse(proof or b"").leaf
        Proof.parse(ledger.receipt(id) or b"").verify(trusted(ledger))
    assert ledger.about(GONE).rows == ()
    assert len(ledger.about(OTHER).rows) == before
    # Three openings with two parts of theirs and a record each, and two documents of the last.
    assert done.parts == 3 * 3 + 2


def test_the_act_is_one_entry_that_names_nobody(place: Place, ledger: Ledger) -> None:
    release(ledger)
    done = erase(ledger)
    (entry,) = hub_entries(place, "subject.shredded")
    (request,) = hub_entries(place, "erasure.asked")
    assert entry["event_id"] == done.receipt
    assert entry["ref"] == {"log": "hub", "event_id": request["event_id"]}
    assert entry["facts"]["count"] == done.parts > 0
    assert entry["facts"]["asked_by"] != entry["facts"]["agreed_by"]
    assert entry["facts"]["backups_gone_by"] == done.backups_gone_by > entry["time"][:10]
    assert "subjects" not in entry
    release(ledger)
    erase(ledger)
    handles = {one["facts"]["handle"] for one in hub_entries(place, "subject.shredded")}
    assert len(handles) == 2, "the same person goes by one handle in two entries"


def test_the_wrapped_key_lies_in_no_file(place: Place) -> None:
    with place.opened() as ledger:
        release(ledger)
        vault = ledger._vault
        id = vault.id_of(GONE)
        key, secret = vault.base.execute("SELECT key, secret FROM subject WHERE id=?", (id,)).fetchone()
        (body,) = vault.base.execute("SELECT body FROM kept WHERE what='decision'").fetchone()
        assert key in files(place) and secret in files(place), "the search would not find it"
        erase(ledger)
        raw = files(place)
        for gone in (key, secret, id, body[-64:]):
            assert gone not in raw
    raw = files(place)
    for gone in (key, secret, id, body[-64:]):
        assert gone not in raw


def test_two_different_people_of_the_right_roles(ledger: Ledger) -> None:
    release(ledger)
    assert ledger.erasing.ask(replace(OFFICER, role="SW-CHILD"), known_alone(GONE), "unlawful") == Denied(
        "ROLE_NOT_PERMITTED"
    )
    request = asked(ledger)
    assert ledger.erasing.ask(OFFICER, known_alone(GONE), "unlawful") == Denied("ALREADY_ASKED")
    same = replace(GUARDIAN, user=OFFICER.user)
    assert ledger.erasing.decide(same, request.id, agree=True) == Denied("SAME_PERSON")
    stranger = replace(GUARDIAN, organisation="nhs-trust")
    assert ledger.erasing.decide(stranger, request.id, agree=True) == Denied("NOT_FOUND")
    worker = replace(GUARDIAN, role="SW-CHILD")
    assert ledger.erasing.decide(worker, request.id, agree=True) == Denied("ROLE_NOT_PERMITTED")
    assert ledger.about(GONE).rows
    assert isinstance(ledger.erasing.decide(GUARDIAN, request.id, agree=False), Erasure)
    assert ledger.erasing.listed("council") == ()
    assert ledger.about(GONE).rows


def test_nothing_is_erased_before_its_floor_and_the_day_is_named(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with place.opened() as ledger:
        release(ledger)
        denied = ledger.erasing.ask(OFFICER, known_alone(GONE), "no-longer-needed")
        assert isinstance(denied, Denied) and denied.code == "RETENTION_FLOOR"
        today = ledger.erasing.today()
        assert denied.allowed_from == today.replace(year=today.year + 21).isoformat()
        (entry,) = hub_entries(place, "erasure.refused")
        assert entry["facts"] == {"code": "RETENTION_FLOOR", "allowed_from": denied.allowed_from}
        assert ledger.erasing.ask(OFFICER, known_alone("person-9"), "unlawful") == Denied("NOTHING_HELD")
        ledger.erasing.today = lambda: today.replace(year=today.year + 21)
        erase(ledger)


def test_a_hold_stops_it_and_takes_one_to_set_and_two_to_release(place: Place, ledger: Ledger) -> None:
    release(ledger)
    request = asked(ledger)
    hold = ledger.holds.set(GUARDIAN, GONE, "coroner")
    assert isinstance(hold, Hold)
    assert ledger.erasing.decide(GUARDIAN, request.id, agree=True) == Denied("LEGAL_HOLD")
    assert ledger.holds.decide_release(OFFICER, hold.id, agree=True) == Denied("NOT_FOUND")
    assert isinstance(ledger.holds.ask_release(OFFICER, hold.id), Hold)
    same = replace(GUARDIAN, user=OFFICER.user)
    assert ledger.holds.decide_release(same, hold.id, agree=True) == Denied("SAME_PERSON")
    kept = ledger.holds.decide_release(GUARDIAN, hold.id, agree=False)
    assert isinstance(kept, Hold) and kept.state == "STANDS"
    ledger.holds.ask_release(OFFICER, hold.id)
    over = ledger.holds.decide_release(GUARDIAN, hold.id, agree=True)
    assert isinstance(over, Hold) and over.state == "RELEASED"
    assert isinstance(ledger.erasing.decide(GUARDIAN, request.id, agree=True), Shredded)
    kinds = ("hold.set", "hold.release-asked", "hold.kept", "hold.released")
    assert [len(hub_entries(place, kind)) for kind in kinds] == [1, 2, 1, 1]


def test_holds_and_requests_stand_sealed(tmp_path: Path) -> None:
    place = Place(tmp_path, more=ANY_DAY)
    with place.opened() as ledger:
        release(ledger)
        ledger.holds.set(GUARDIAN, OTHER, "inquiry")
        asked(ledger)
    raw = files(place)
    assert not [word for word in (GONE, OTHER, "inquiry", "an-officer") if word.encode() in raw]


def test_who_comes_again_is_new_and_counted_from_one(ledger: Ledger) -> None:
    release(ledger)
    stale = intent(ledger, people=(GONE, OTHER))
    pending = ledger._pending(stale)
    secret = ledger._vault.fetch(GONE).secret
    erase(ledger)
    # What was made ready under the old keys may not be entered any more.
    ledger._sequencer.submit(pending)
    assert pending.wait(5) and isinstance(pending.error, LedgerUnavailable)
    release(ledger)
    release(ledger)
    assert ledger._vault.fetch(GONE).secret != secret
    assert [(row.n) for row in ledger.about(GONE).rows] == [1, 2]
    assert ledger.about(GONE).faults == ()


POINTS = [
    "erasing.owe.before", "erasing.owe.after", "store.append.before", "store.append.after", "sequencer._grow.after",
    "erasing.destroy.before", "shred.truncate.before", "erasing.destroy.after",
]  # fmt: skip


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_any_step_leaves_it_not_begun_or_brought_to_its_end(tmp_path: Path, point: str) -> None:
    place = Place(tmp_path, more=ANY_DAY)
    with place.opened() as ledger:
        release(ledger)
        ledger.append(refusal("hub"))
        request = asked(ledger)
        parts = find(ledger._vault, [ledger._vault.id_of(GONE)]).parts
    ran = subprocess.run(
        [sys.executable, "-m", "tests.verification.erasing_child", str(tmp_path), "file", place.hub, request.id, point],
        check=False, capture_output=True,
    )  # fmt: skip
    assert ran.returncode == 9, ran.stderr
    with place.opened() as ledger:
        entered = hub_entries(place, "subject.shredded")
        if entered:
            # What was announced is done, though it was killed.
            assert ledger.about(GONE).rows == ()
            assert entered[0]["facts"]["count"] == parts
            assert ledger._vault.shredded() == parts
            again = ledger.erasing.decide(GUARDIAN, request.id, agree=True)
            assert isinstance(again, Shredded) and again.parts == parts
        else:
            assert ledger.about(GONE).rows
            assert ledger._vault.shredded() == 0
            assert isinstance(ledger.erasing.decide(GUARDIAN, request.id, agree=True), Shredded)
        assert ledger._vault.base.execute("SELECT count(*) FROM owed").fetchone() == (0,)
        assert ledger.erasing.listed("council") == ()
        assert len(hub_entries(place, "subject.shredded")) == 1
        assert bool(entered) == (point not in POINTS[:3])
