"""Row 11c, as an information governance lead tells it: "The hospital typed Mia's number on her cousin's record. For two days the
hub showed my workers both girls as one. I want them apart as if it had never happened, I want to know who was told, by when I
must tell the Commissioner, and I want it in the log that I did so."
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.cli.demo.cast import STAFF
from services.contract.cases import Asker, ConfirmIdentity, RecordName, WithdrawLink
from services.contract.people import About
from services.contract.problems import LedgerUnavailable, NotAllowed, NotFound
from services.contract.views import Refused
from services.gateway.cases.identity import confirm_identity
from services.gateway.links.withdrawing import Withdrawn, withdraw_link
from services.gateway.tasks.inbox import opened, waiting
from tests.hub.served import a_served
from tests.hub.world import WORKER, World, a_person, a_world, released
from tests.unit.index.northshire import number as verified

NUMBER, BORN = "9993000019", "2019-05-07"
ADMIN = a_person("MASH-ADMIN")
GIRL = About(nhs_number=NUMBER, given="Mia", family="Hale", birth_date=BORN)
BODY = WithdrawLink(
    record=RecordName(source="northshire-nhs", id="cousin"),
    apart_from=RecordName(source="northshire-csc", id="girl"),
    reason="Her cousin: the hospital typed the wrong number",
)


def a_child(id: str, family: str, number: str = NUMBER) -> dict[str, Any]:
    """A Patient whose number is said to be verified."""
    return {
        "resourceType": "Patient",
        "id": id,
        "identifier": [verified(number)],
        "name": [{"family": family, "given": ["Mia"]}],
        "birthDate": BORN,
    }


@pytest.fixture
def joined(tmp_path: Path) -> Iterator[World]:
    """A hub that takes the two girls for one, by what the hospital typed."""
    world = a_world(tmp_path, families=False)
    world.publish("northshire-csc", a_child("girl", "Hale"))
    world.publish("northshire-nhs", a_child("cousin", "Marsh"))
    yield world
    world.close()


def names(world: World, case: str) -> set[str]:
    view = world.view(case, GIRL)
    assert view.match == "MATCH"
    return {name["family"] for one in released(view, "Patient") for name in one["name"] if "family" in name}


def test_what_was_one_is_two_again_and_whoever_was_told_is_listed(joined: World) -> None:
    case = joined.s47((GIRL, "child"))
    assert names(joined, case) == {"Hale", "Marsh"}
    done = withdraw_link(joined.parts, ADMIN, BODY)
    assert isinstance(done, Withdrawn)
    # Two people have one number now, as the hospital still says: nobody is shown on the strength of it.
    view = joined.view(case, GIRL)
    assert (view.match, released(view)) == ("POTENTIAL", [])
    # Who was told: the worker, by the answer that had both.
    (told,) = [one for one in done.recipients if one.role == WORKER.role]
    assert told.organisation == "northshire-csc"
    shown = [one for one in joined.entries("northshire-csc") if one["kind"] == "release.intent"]
    assert shown[0]["event_id"] in told.events
    # Told again by the hospital under the wrong number, the two stay apart; mended, each is found by her own.
    joined.publish("northshire-nhs", a_child("cousin", "Marsh"))
    assert joined.view(case, GIRL).match == "POTENTIAL"
    joined.publish("northshire-nhs", a_child("cousin", "Marsh", "9993000027"))
    assert names(joined, case) == {"Hale"}


def test_what_was_told_before_another_link_was_withdrawn_is_listed_too(joined: World) -> None:
    """The three counted as one; taking the first away gave the two that were left another id."""
    joined.publish("northshire-csc", a_child("niece", "Cole"))
    case = joined.s47((GIRL, "child"))
    view = joined.view(case, GIRL)
    assert view.receipt is not None
    niece = RecordName(source="northshire-csc", id="niece")
    first = withdraw_link(joined.parts, ADMIN, BODY.model_copy(update={"record": niece}))
    second = withdraw_link(joined.parts, ADMIN, BODY)
    for done in (first, second):
        assert isinstance(done, Withdrawn)
        assert view.receipt.id in {event for one in done.recipients for event in one.events}


def test_who_was_confirmed_as_the_two_together_is_confirmed_as_neither(joined: World) -> None:
    case = joined.s47((GIRL, "child"))
    about = About(given="Mia", family="Marsh", birth_date=BORN)
    stub = joined.view(case, about).candidates[0]
    told = ConfirmIdentity(candidate=stub.candidate, identifiers={"nhs_number": NUMBER, "family": "Hale"})
    assert confirm_identity(joined.parts, WORKER, case, told).confirmed
    assert joined.view(case, About(candidate=stub.candidate)).match == "MATCH"
    withdraw_link(joined.parts, ADMIN, BODY)
    assert joined.view(case, About(candidate=stub.candidate)).match == "NONE"


def test_the_privacy_officer_has_the_clock_and_the_list(joined: World) -> None:
    case = joined.s47((GIRL, "child"))
    names(joined, case)
    now = datetime.now(UTC)
    done = withdraw_link(joined.parts, ADMIN, BODY)
    assert isinstance(done, Withdrawn)
    officer = Asker("northshire-csc", "LA-CSC", "PRIVACY-OFFICER", "officer")
    (row,) = [one for one in waiting(joined.parts, officer) if one.kind == "link-withdrawn"]
    facts = opened(joined.parts, row).facts
    deadline = datetime.fromisoformat(str(facts["commissioner_by"]))
    assert abs(deadline - now - timedelta(hours=72)) < timedelta(minutes=5)
    assert facts["recipients"] == [one.plain() for one in done.recipients]
    assert "Hale" not in json.dumps(facts) and NUMBER not in json.dumps(facts)


def test_it_is_an_entry_of_codes_and_counts(joined: World) -> None:
    withdraw_link(joined.parts, ADMIN, BODY)
    (entry,) = [one for one in joined.entries("hub") if one["kind"] == "link.withdrawn"]
    assert set(entry["facts"]) == {"link", "records", "answers"}
    assert entry["facts"]["records"] == 2
    told = json.dumps(entry)
    assert not any(word in told for word in ("cousin", "girl", "Hale", "hospital", NUMBER))


def test_where_the_ledger_takes_no_entry_nothing_changes(
    joined: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = joined.s47((GIRL, "child"))
    before = names(joined, case)
    with monkeypatch.context() as patched:
        patched.setattr(type(joined.parts.ledger), "append", _full)
        with pytest.raises(LedgerUnavailable):
            withdraw_link(joined.parts, ADMIN, BODY)
    assert names(joined, case) == before


def test_a_link_that_is_gone_or_never_was_and_a_record_that_is_not_there_answer_alike(joined: World) -> None:
    assert isinstance(withdraw_link(joined.parts, ADMIN, BODY), Withdrawn)
    for body in (BODY, BODY.model_copy(update={"record": RecordName(source="northshire-nhs", id="nobody")})):
        with pytest.raises(NotFound, match="no such records are yours to decide on"):
            withdraw_link(joined.parts, ADMIN, body)


def test_a_worker_without_that_task_and_somebody_of_the_family_may_not(joined: World) -> None:
    with pytest.raises(NotAllowed):
        withdraw_link(joined.parts, WORKER, BODY)
    aunt = a_person("MASH-ADMIN", user="aunt", own=(GIRL,))
    refused = withdraw_link(joined.parts, aunt, BODY)
    assert isinstance(refused, Refused)
    assert refused.code == "CONFLICT_OF_INTEREST"


def test_over_http(tmp_path: Path) -> None:
    with a_served(tmp_path) as hub:
        hub.world.publish("northshire-csc", a_child("girl", "Hale"))
        hub.world.publish("northshire-nhs", a_child("cousin", "Marsh"))
        token = hub.token(next(one for one in STAFF if one.role == "MASH-ADMIN"))
        answer = hub.raw("POST", "/links/withdrawn", token, BODY.model_dump())
        assert answer.startswith(b"HTTP/1.1 201")
        told = json.loads(answer.split(b"\r\n\r\n", 1)[1])
        assert set(told) == {"entry", "log", "commissioner_by", "recipients", "records_moved"}
        again = hub.raw("POST", "/links/withdrawn", token, BODY.model_dump())
        assert again.startswith(b"HTTP/1.1 404")


def _full(*_: object, **__: object) -> None:
    raise LedgerUnavailable("no")
