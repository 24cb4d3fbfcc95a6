"""`Idempotency-Key` over HTTP: every byte of a repeat compared, its forms refused, and the constant 503 without an entry."""

import json
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.contract.problems import LedgerUnavailable
from services.gateway.access.staff import Staff
from services.ledger.open import Ledger
from tests.hub.served import MANAGER, MIA, SOCIAL_WORKER, Served, a_served
from tests.named import named

KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"
LOG = "northshire-csc"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with a_served(Path(tmp_path_factory.mktemp("once"))) as served:
        yield served


def send(hub: Served, case: str, token: str, *headers: str, fhir: bool = False, **body: object) -> bytes:
    accept = "application/fhir+json" if fhir else "application/json"
    sent = {"about": MIA, "case": case} | body
    return hub.raw(
        "POST", "/family-view", token, sent, accept, tuple(f"Idempotency-Key: {h}" for h in headers)
    )


def told(answer: bytes) -> dict[str, str]:
    found: dict[str, str] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return found


@pytest.mark.parametrize("fhir", [False, True])
def test_every_byte_comes_again(hub: Served, fhir: bool) -> None:
    case, key, stood = hub.case(), f'"{KEY}-{fhir}"', len(hub.world.entries(LOG))
    first = send(hub, case, hub.token(SOCIAL_WORKER), key, fhir=fhir)
    # With another token of the same worker: tokens last for five minutes, a key for ten.
    second = send(hub, case, hub.token(SOCIAL_WORKER), key, fhir=fhir)
    plain = send(hub, case, hub.token(SOCIAL_WORKER), fhir=fhir)
    assert first.startswith(b"HTTP/1.1 200")
    assert first == second
    assert plain != first, "without a key it is another answer"
    for _ in range(100):
        kinds = [one["kind"] for one in hub.world.entries(LOG)[stood:] if one["kind"] != "query.sent"]
        if kinds.count("release.outcome") == 2:
            break
        time.sleep(0.05)
    # The outcomes come after the answers: one for each intent, none for the repeat.
    assert sorted(kinds) == [
        "release.intent",
        "release.intent",
        "release.outcome",
        "release.outcome",
        "release.repeat",
    ]


def test_the_old_receipt_is_named_when_its_time_is_over(hub: Served) -> None:
    case, worker, key = hub.case(), hub.token(SOCIAL_WORKER), f'"{KEY}-over"'
    first = send(hub, case, worker, key)
    with sqlite3.connect(hub.world.home / "ledger" / "vault.db") as vault:
        vault.execute("UPDATE once SET at = at - 600")
    answer = send(hub, case, worker, key)
    assert answer.startswith(b"HTTP/1.1 409")
    link = next(line for line in first.split(b"\r\n") if line.lower().startswith(b"link:"))
    assert link in answer.split(b"\r\n")
    assert told(answer)["type"] == "urn:mash:problem:answered-before"
    assert len(answer) < 1500
    assert not named(answer, ("Mia",))


def test_another_request_under_the_key_is_422(hub: Served) -> None:
    case, key = hub.case(), f'"{KEY}-other"'
    send(hub, case, hub.token(SOCIAL_WORKER), key)
    for answer in (
        send(hub, case, hub.token(SOCIAL_WORKER), key, scope="person"),
        send(hub, case, hub.token(MANAGER), key),
        send(hub, case, hub.token(SOCIAL_WORKER), key, fhir=True),
    ):
        assert answer.startswith(b"HTTP/1.1 422")
        assert not named(answer, ("Mia",))


@pytest.mark.parametrize(
    "headers",
    [
        (KEY,),
        ('""',),
        ('"9991000011"',),
        (f'"{KEY}"; a=1',),
        (f'"{KEY}',),
        ('"' + "k" * 129 + '"',),
        ('"a key with blanks in it"',),
        (f'"{KEY}"', f'"{KEY}"'),
    ],
)
def test_a_key_in_another_form_is_refused_and_not_said_again(hub: Served, headers: tuple[str, ...]) -> None:
    answer = send(hub, "no-such-case", hub.token(SOCIAL_WORKER), *headers)
    assert answer.startswith(b"HTTP/1.1 400")
    assert "double quotes" in told(answer)["detail"]
    assert KEY.encode() not in answer
    assert b"9991000011" not in answer


def test_a_repeat_that_cannot_be_entered_is_the_constant_503(
    hub: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, worker, key = hub.case(), hub.token(SOCIAL_WORKER), f'"{KEY}-down"'
    assert send(hub, case, worker, key).startswith(b"HTTP/1.1 200")
    monkeypatch.setattr(Ledger, "append", _takes_nothing)
    repeated, plain = send(hub, case, worker, key), send(hub, case, worker)
    assert repeated == plain
    assert repeated.startswith(b"HTTP/1.1 503")


def _takes_nothing(*_: object) -> None:
    raise LedgerUnavailable("no entry is taken")


def test_the_header_stands_in_the_description_of_the_address(hub: Served) -> None:
    (parameter,) = [
        one
        for one in hub.world.running.app.openapi()["paths"]["/family-view"]["post"]["parameters"]
        if one["in"] == "header"
    ]
    assert parameter["name"] == "Idempotency-Key"
    assert not parameter["required"]


# Last: the manager opens no case any more.
def test_a_worker_who_left_gets_nothing_again(hub: Served) -> None:
    case, worker, key = hub.case(), hub.token(MANAGER), f'"{KEY}-left"'
    assert send(hub, case, worker, key).startswith(b"HTTP/1.1 200")
    parts = hub.world.parts
    found = Staff(parts.store, parts.keys).by_partner(LOG, MANAGER.user)
    assert found is not None
    Staff(parts.store, parts.keys).end(found.id, "2026-11-30T00:00:00Z")
    stood = len(hub.world.entries(LOG))
    assert send(hub, case, worker, key).startswith(b"HTTP/1.1 401")
    assert len(hub.world.entries(LOG)) == stood
