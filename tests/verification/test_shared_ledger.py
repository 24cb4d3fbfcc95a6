"""Two gateways, one sequencer: the one that has it not asks the other, over a real socket; strangers find nothing there."""

import base64
import errno
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from services.cli.serve import Listener, bound, port_of
from services.contract.problems import KeyTaken, LedgerUnavailable
from services.contract.releases import Once, Part, SubjectCount
from services.gateway.adapters.sealed_call import PATH, SealedCalls, packed, unpacked
from services.gateway.adapters.shared_ledger import SharedLedger
from services.gateway.api import forwarded
from services.ledger.emergency.going_on import with_emergency
from services.ledger.open import open_ledger
from services.ledger.proof import Proof
from services.runtime import web
from services.runtime.keys import CannotOpen, KeyFolder
from services.runtime.note import Verifier
from tests.verification.ledger_world import Place, intent, refusal
from tests.verification.test_emergency_log import Sick


@dataclass
class Gateway:
    """One gateway's ledger and its listener."""

    ledger: SharedLedger
    address: str
    listener: Listener
    disk: Sick
    closed: bool = False

    def stop(self) -> None:
        if not self.closed:
            self.closed = True
            self.listener.stop()
            self.ledger.close()


def started(home: Path) -> Gateway:
    front = bound("127.0.0.1", 0, "MASH_PORT")
    address = f"http://127.0.0.1:{port_of(front)}"
    place = Place(home, wait=3.0, more={"ledger_address": address})
    disk = Sick()
    settings = place.settings()
    here = with_emergency(open_ledger(settings, place.keys, disk=disk), place.keys, settings)
    ledger = SharedLedger(here, place.keys, settings)
    app = web.make_app(settings)
    parts: Any = SimpleNamespace(ledger=ledger)
    nobody: Any = None
    app.include_router(forwarded.routes(parts, nobody))
    listener = Listener(app, front)
    listener.start()
    return Gateway(ledger, address, listener, disk)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Gateway, Gateway]]:
    """The holder, and another."""
    with ExitStack() as ended:
        first = started(tmp_path)
        ended.callback(first.stop)
        second = started(tmp_path)
        ended.callback(second.stop)
        yield first, second


def test_an_answer_in_parts_is_entered_by_the_one_that_has_the_sequencer(
    two: tuple[Gateway, Gateway],
) -> None:
    first, second = two
    until(second.ledger.here.elsewhere)
    parts = (Part(("person-1",), b'{"profiles":[1]}'), Part(("person-2",), b'{"profiles":[2]}'))
    asked: Any = second.ledger
    receipt = asked.append(replace(intent(asked), decision_parts=parts, opening_parts=parts))
    assert first.ledger.receipt(receipt.id) == second.ledger.receipt(receipt.id) is not None
    assert second.ledger.decision(receipt.id) is not None


def until(holds: Callable[[], Any], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to hold in time"
        time.sleep(0.05)


def test_the_other_appends_and_reads_by_way_of_the_holder(two: tuple[Gateway, Gateway]) -> None:
    holder, other = two
    assert other.ledger.here.elsewhere() == holder.address
    mine = holder.ledger.append(intent(holder.ledger))  # type: ignore[arg-type]
    theirs = other.ledger.append(intent(other.ledger))  # type: ignore[arg-type]
    assert (mine.index, theirs.index) == (0, 1)
    other.ledger.append_later(refusal())
    until(lambda: holder.ledger.health().sizes["council"] == 3)
    for ledger in (holder.ledger, other.ledger):
        keys = [Verifier.parse(key) for key in ledger.keys().values()]
        for receipt in (mine, theirs):
            assert Proof.parse(ledger.receipt(receipt.id) or b"").verify(keys).origin == receipt.origin
            assert ledger.opening(receipt.id) == b'{"salts":[]}'
            assert ledger.decision(receipt.id) == b'{"profiles":[]}'
        assert ledger.checkpoint("council") == holder.ledger.checkpoint("council")
        assert ledger.tile("council", "tile/0/000.p/3")
        assert ledger.records("council", "tile/entries/000.p/3")
        assert ledger.receipt("A" * 22) is None
        assert ledger.health().ready
    prepared = other.ledger.prepare([SubjectCount("person-1", 3)])
    again = holder.ledger.here.prepare([SubjectCount("person-1", 3)])
    assert prepared.event_id != again.event_id
    assert [len(salt) for salt in prepared.subjects[0].salts] == [32] * 4


def test_what_the_holder_refuses_is_refused(two: tuple[Gateway, Gateway]) -> None:
    holder, other = two
    draft = intent(other.ledger)  # type: ignore[arg-type]
    with pytest.raises(LedgerUnavailable):
        other.ledger.append(replace(draft, kind="no.such.kind"))
    other.ledger.append(draft)
    once = Once("ab" * 16, "cd" * 16, 1_000)
    other.ledger.append(intent(other.ledger, once=once))  # type: ignore[arg-type]
    with pytest.raises(KeyTaken):
        other.ledger.append(intent(other.ledger, once=once))  # type: ignore[arg-type]
    holder.disk.code, holder.disk.call = errno.EIO, "sync"
    with pytest.raises(LedgerUnavailable):
        other.ledger.append(intent(other.ledger))  # type: ignore[arg-type]


def test_emergencies_go_on_at_the_holders_own_disk(two: tuple[Gateway, Gateway]) -> None:
    holder, other = two
    other.ledger.append(intent(other.ledger))  # type: ignore[arg-type]
    holder.disk.code, holder.disk.call = errno.EIO, "sync"
    with pytest.raises(LedgerUnavailable):
        other.ledger.append(intent(other.ledger))  # type: ignore[arg-type]
    for ledger in (holder.ledger, other.ledger):
        draft = intent(ledger, purpose="ETREAT")  # type: ignore[arg-type]
        receipt = ledger.append(draft)
        assert receipt.log.startswith("emergency-")
        assert ledger.receipt(receipt.id)
        assert ledger.health().alarms


def test_a_clean_end_hands_over_at_once(two: tuple[Gateway, Gateway]) -> None:
    holder, other = two
    holder.ledger.append(refusal())
    begun = time.monotonic()
    holder.stop()
    until(lambda: not other.ledger.here.elsewhere() and other.ledger.health().ready)
    assert other.ledger.append(refusal()).index == 1
    assert time.monotonic() - begun < 5


def test_a_holder_that_does_not_answer_is_a_ledger_that_takes_nothing(two: tuple[Gateway, Gateway]) -> None:
    holder, other = two
    draft = intent(other.ledger)  # type: ignore[arg-type]
    holder.listener.stop()
    with pytest.raises(LedgerUnavailable, match="does not answer"):
        other.ledger.append(draft)
    assert not other.ledger.health().ready


def test_strangers_find_nothing_and_read_nothing(two: tuple[Gateway, Gateway], tmp_path: Path) -> None:
    holder, _ = two
    holder.ledger.append(refusal())
    _, body = SealedCalls(KeyFolder(tmp_path / "other-keys")).ask("health", {})
    with httpx2.Client() as http:
        for sent in (body, b"", b"x" * 500, packed({"method": "health", "given": {}})):
            answer = http.post(f"{holder.address}{PATH}", content=sent)
            assert answer.status_code == 404
            assert b"council" not in answer.content


def test_an_answer_opens_for_its_own_question_only(tmp_path: Path) -> None:
    calls = SealedCalls(KeyFolder(tmp_path))
    nonce, body = calls.ask("tile", {"log": "council", "path": "tile/0/000"})
    other, _ = calls.ask("tile", {"log": "council", "path": "tile/0/001"})
    call = calls.read(body)
    assert (call.method, call.given) == ("tile", {"log": "council", "path": "tile/0/000"})
    assert b"council" not in body
    answer = calls.answer(call, {"is": bytes(range(256))})
    assert calls.heard(nonce, answer) == {"is": bytes(range(256))}
    with pytest.raises(CannotOpen):
        calls.heard(other, answer)
    for reflected in (body, body[len(nonce) :]):
        with pytest.raises(CannotOpen):
            calls.heard(nonce, reflected)


def test_nothing_of_what_is_asked_is_on_the_line_in_the_clear(
    two: tuple[Gateway, Gateway], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, other = two
    sent: list[bytes] = []
    plain = httpx2.Client.send

    def heard(client: httpx2.Client, request: httpx2.Request, **more: Any) -> httpx2.Response:
        answer = plain(client, request, **more)
        lines = [b"%b: %b" % pair for message in (request, answer) for pair in message.headers.raw]
        sent.append(b"\n".join((str(request.url).encode(), *lines, request.content, answer.content)))
        return answer

    monkeypatch.setattr(httpx2.Client, "send", heard)
    draft = intent(other.ledger)  # type: ignore[arg-type]
    receipt = other.ledger.append(draft)
    assert other.ledger.opening(receipt.id)
    assert len(sent) == 3
    for word in (
        "council",
        "append",
        "prepare",
        "person-1",
        "FAM-OVERVIEW",
        "a-worker",
        "profiles",
        receipt.id,
    ):
        for line in sent:
            for form in (word.encode(), word.encode().hex().encode(), base64.b64encode(word.encode())[:-2]):
                assert form not in line, word


def test_a_call_that_is_played_back_enters_nothing_again(
    two: tuple[Gateway, Gateway], monkeypatch: pytest.MonkeyPatch
) -> None:
    holder, other = two
    sent: list[bytes] = []
    ask = SealedCalls.ask

    def kept(calls: SealedCalls, *what: Any) -> tuple[bytes, bytes]:
        sent.append(ask(calls, *what)[1])
        return sent[-1][:16], sent[-1]

    monkeypatch.setattr(SealedCalls, "ask", kept)
    other.ledger.append(refusal())
    sizes = holder.ledger.health().sizes
    assert httpx2.post(f"{holder.address}{PATH}", content=sent[0]).status_code == 200
    assert holder.ledger.health().sizes == sizes


def test_a_gateway_does_here_what_it_is_asked_or_refuses_and_only_what_a_ledger_is_asked(
    tmp_path: Path,
) -> None:
    """Were each to take the other for the holder, nothing would go round between them."""
    done: list[str] = []
    here: Any = SimpleNamespace(
        elsewhere=lambda: "http://127.0.0.1:1",
        append_later=lambda draft: done.append(draft.kind),
        forget_answers=lambda before: done.append("forget_answers"),
        close=lambda: done.append("close"),
    )
    place = Place(tmp_path)
    calls, ledger = SealedCalls(place.keys), SharedLedger(here, place.keys, place.settings())
    for method, given, told in (
        ("append_later", {"draft": refusal()}, {"is": None}),
        ("close", {}, {"unavailable": "a gateway of another version asked; bring all to one"}),
        (
            "forget_answers",
            {"before": 1},
            {"unavailable": "a gateway of another version asked; bring all to one"},
        ),
    ):
        nonce, body = calls.ask(method, given)
        assert calls.heard(nonce, ledger.answer(body)) == told
    assert done == ["release.refused"]
    ledger.close()


def test_messages_come_through_as_they_were(tmp_path: Path) -> None:
    for value in (None, b"", b"\x00\xff", "text", 1, True, [b"a", None], {"a": {"b": b"c"}}):
        assert unpacked(packed(value)) == value
    with closing(socket.socket()) as unfit, pytest.raises(TypeError):
        packed(unfit)
