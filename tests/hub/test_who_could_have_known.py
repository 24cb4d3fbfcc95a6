"""Who could have known her address: told from the ledger, at the hub and on an auditor's machine, and entered first."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.cli.ledger.entered_first import enter_act
from services.contract.canonical import canonical
from services.contract.people import Resolve
from services.gateway.api.operators import DESIGNATED, signature
from services.ledger.checkpoint import Checkpoint
from services.ledger.proof import Proof
from services.ledger.pseudonyms import of_staff
from services.ledger.tree import Tree, leaf_hash
from services.runtime.note import Signer
from tests.hub.audited import Audited, an_audited, run
from tests.hub.world import MIA
from tests.named import named

BORN = "2019-05-07"
NUMBER = "999 100 0011"


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    """A hub with both listeners: its council has asked about Mia once, and her name was searched."""
    with an_audited(tmp_path_factory.mktemp("known"), operators=True) as world:
        yield world


def home(world: Audited) -> Path:
    return world.served.world.home


def mia(world: Audited) -> str:
    found = world.served.world.parts.index.resolve(Resolve(MIA, datetime.now(UTC).date().isoformat()))
    return next(one.person for one in found.people if one.grade == "exact")


def asked(world: Audited, *more: str, typed: str = "", code: int = 0) -> dict[str, Any]:
    ran = run("reveal", str(home(world)), "--json", *more, typed=typed)
    assert ran.exit_code == code, ran.output
    return dict(json.loads(ran.stdout))


def test_the_address_was_shown_to_the_one_who_asked(audited: Audited) -> None:
    found = asked(audited, "--person", mia(audited), "--field", "Patient.address")
    assert found["classes"] == ["DM2"]
    (who,) = found["people"]
    assert (who["organisation"], who["role"]) == ("northshire-csc", "SW-CHILD")
    (way,) = found["ways"]
    assert (way["kind"], way["way"]) == ("release.intent", "a view")
    assert way["classes"]["DM2"].startswith("whole")
    assert way["outcome"] == "sent" or way["outcome"]


def test_a_school_is_location_too_and_a_class_may_be_named(audited: Audited) -> None:
    school = asked(audited, "--person", mia(audited), "--field", "Patient.extension(urn:mash:ext:school)")
    assert school["ways"] == asked(audited, "--person", mia(audited), "--class", "DM2")["ways"]


def test_a_question_to_a_live_source_gives_her_number_away_and_no_address(audited: Audited) -> None:
    found = asked(audited, "--person", mia(audited), "--class", "DM1")
    kinds = [way["kind"] for way in found["ways"]]
    assert kinds == ["query.sent", "release.intent"]
    assert found["ways"][0]["who"] == "live sources northshire-gp-live"


def test_number_and_date_of_birth_are_typed_and_never_repeated(audited: Audited) -> None:
    ran = run("reveal", str(home(audited)), "--class", "DM2", typed=f"{NUMBER}\n{BORN}\n")
    assert ran.exit_code == 0, ran.output
    assert ran.stdout.startswith("1 reader could have known Location (DM2) of this person")
    assert not named(ran.output, (NUMBER, NUMBER.replace(" ", ""), BORN, "Mia", "Reid", mia(audited)))
    nobody = run("reveal", str(home(audited)), "--class", "DM2", typed=f"{NUMBER}\n2001-01-01\n")
    assert nobody.exit_code == 2


def test_another_person_and_another_time_are_no_answer(audited: Audited) -> None:
    assert asked(audited, "--person", "somebody-else", "--class", "DM2")["ways"] == []
    before = (datetime.now(UTC).date() - timedelta(days=2)).isoformat()
    assert asked(audited, "--person", mia(audited), "--class", "DM2", "--until", before)["ways"] == []


def test_the_reading_is_an_entry_first_and_says_nothing_of_whom(audited: Audited) -> None:
    asked(audited, "--person", mia(audited), "--class", "DM2", "--by", "petra.privacy")
    last = audited.reads()[-1]
    assert (last["command"], last["classes"], last["by"]["role"]) == ("reveal", ["DM2"], "OPERATOR")
    assert mia(audited) not in json.dumps(audited.served.world.entries("hub"))


def test_what_cannot_be_entered_is_not_read(audited: Audited, monkeypatch: pytest.MonkeyPatch) -> None:
    file = home(audited) / "ledger/operators"
    address = file.read_text(encoding="utf-8")
    for wrong in (None, "http://127.0.0.1:1\n", f"{audited.address}\n"):
        file.unlink(missing_ok=True)
        if wrong:
            file.write_text(wrong, encoding="utf-8")
        ran = run("reveal", str(home(audited)), "--person", mia(audited), "--class", "DM2")
        file.write_text(address, encoding="utf-8")
        assert ran.exit_code == 3
        assert "could not be entered, so nothing is shown" in ran.output
        assert "SW-CHILD" not in ran.output


def test_an_auditor_elsewhere_has_the_same_answer_by_a_trace_sealed_to_them(
    audited: Audited, tmp_path: Path
) -> None:
    public, trace = audited.key.with_suffix(".public.json"), tmp_path / "trace.jwe"
    made = run(
        "trace", str(home(audited)), "--person", mia(audited), "--to", str(public), "--out", str(trace)
    )
    assert made.exit_code == 0, made.output
    assert audited.fetch(tmp_path / "audit").exit_code == 0
    words = ("--key", str(audited.key), "--trace", str(trace), "--field", "Patient.address", "--json")
    ran = run("reveal", str(tmp_path / "audit"), *words)
    assert ran.exit_code == 0, ran.output
    there, here = json.loads(ran.stdout), asked(audited, "--person", mia(audited), "--class", "DM2")
    # Whose part of a record is whose, only the hub's keys tell.
    assert there["ways"] == [way | {"of_person": None} for way in here["ways"]]
    assert any(way["of_person"] for way in here["ways"])
    # Taken from the download, an entry that the trace names is missed.
    for path in (tmp_path / "audit/northshire-csc").glob("*"):
        path.rename(tmp_path / path.name)
    gone = run("reveal", str(tmp_path / "audit"), *words)
    assert (gone.exit_code, json.loads(gone.stdout)["not_here"] > 0) == (5, True)


def test_whoever_listens_in_the_hubs_place_and_says_it_is_done_is_not_believed(audited: Audited) -> None:
    """A port that was the hub's may be somebody else's: only an entry that the hub's own key signed counts."""
    file = home(audited) / "ledger/operators"
    address = file.read_text(encoding="utf-8")
    earlier = audited.served.world.entries("hub")[0]["event_id"]
    old = audited.served.world.parts.ledger.receipt(earlier) or b""
    for answer in (lambda _: b"done", lambda _: old, forged):
        with answering(answer) as impostor:
            file.write_text(impostor, encoding="utf-8")
            ran = run("reveal", str(home(audited)), "--person", mia(audited), "--class", "DM2")
            file.write_text(address, encoding="utf-8")
        assert ran.exit_code == 3
        assert "in the hub's place proves" in ran.output


def test_the_hub_hears_only_whoever_has_its_keys(audited: Audited) -> None:
    address = (home(audited) / "ledger/operators").read_text(encoding="utf-8").strip()
    body = json.dumps({"event_id": "A" * 22, "user": "x", "facts": {"command": "reveal"}}).encode()
    keys = audited.served.world.parts.keys
    before = len(audited.reads())
    for said in ("", "A" * 43, signature(keys, body + b" ")):
        answer = httpx2.post(f"{address}/ledger/acts", content=body, headers={"mash-operator": said})
        assert answer.status_code == 403
    assert len(audited.reads()) == before
    # Nor is anything entered but what an operator does, and least of all a release.
    other = json.dumps(json.loads(body) | {"kind": "release.intent"}).encode()
    for bad in (b"[]", other):
        unread = httpx2.post(
            f"{address}/ledger/acts", content=bad, headers={"mash-operator": signature(keys, bad)}
        )
        assert unread.status_code == 400
    assert len(audited.reads()) == before


def test_a_hub_that_runs_enters_for_its_operator_that_an_officer_is_designated(audited: Audited) -> None:
    world = audited.served.world
    facts = {"organisation": "northshire-csc", "officer": of_staff(world.parts.keys, "an-officer")}
    event = enter_act(world.parts.settings, DESIGNATED, facts)
    (entry,) = [one for one in world.entries("hub") if one["event_id"] == event]
    assert (entry["kind"], entry["facts"], entry["asker"]["role"]) == (DESIGNATED, facts, "OPERATOR")


def forged(asked: bytes) -> bytes:
    """The proof of just the entry asked for, in the hub's name and under another key."""
    entry = {"event_id": json.loads(asked)["event_id"], "kind": "ledger.read"}
    leaf = canonical({"chain": [], "entry": entry})
    tree = Tree()
    tree.append(leaf_hash(leaf))
    signer = Signer("northshire-hub/hub", Ed25519PrivateKey.generate())
    note = signer.sign(Checkpoint("northshire-hub/hub", 1, tree.root()).text)
    return Proof(leaf, 0, (), note).emit()


@contextmanager
def answering(make: Callable[[bytes], bytes]) -> Iterator[str]:
    """A listener that answers every request with what is made of its body; its address."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = make(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()
