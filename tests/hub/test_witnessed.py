"""A hub whose releases wait for a witness: without it everybody gets the constant 503, and operators are told why."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from services.ledger.open import log_signer
from services.ledger.proof import Proof
from services.ledger.trust_policy import TrustPolicy
from services.ledger.witness.witness import Witness
from services.runtime.book import open_shelf
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings
from tests.hub.served import MANAGER, MIA, SOCIAL_WORKER, Served, a_served
from tests.witnessing import a_cosigner, a_policy, a_witness, free_port, served

NOBODY = {"nhs_number": "9992000422", "birth_date": "1950-01-01"}


class Agency:
    """One agency's witness, up or down."""

    def __init__(self, folder: Path) -> None:
        keys = KeyFolder(folder / "home/keys")
        with ExitStack() as opened:
            shelf = open_shelf(Settings(mode="demo", home=folder / "unused"))
            opened.callback(shelf.close)
            codes = [*shelf.current().organisations, "hub"]
        signers = [log_signer("northshire-hub", code, keys) for code in codes]
        self.witness: Witness
        self.witness, _, self.state = a_witness(folder / "agency", signers)
        self.port, self._up = free_port(), ExitStack()
        self.policy = a_policy(folder / "policy", [(a_cosigner(), f"http://127.0.0.1:{self.port}")], 1)

    def up(self) -> None:
        self._up.enter_context(served(self.witness, self.port))

    def down(self) -> None:
        self._up.close()


@pytest.fixture
def agency(tmp_path: Path) -> Iterator[Agency]:
    found = Agency(tmp_path)
    found.up()
    yield found
    found.down()
    found.state.close()


def body(answer: bytes) -> bytes:
    return answer.split(b"\r\n\r\n", 1)[1]


def until_released(hub: Served, case: str, token: str) -> bytes:
    end = time.monotonic() + 20
    while not (answer := hub.view(case, token)).startswith(b"HTTP/1.1 200"):
        assert time.monotonic() < end, answer
        time.sleep(0.2)
    return answer


def test_without_its_witness_nothing_is_released_and_with_it_receipts_carry_it(
    tmp_path: Path, agency: Agency
) -> None:
    policy = TrustPolicy.parse(agency.policy.read_bytes())
    with a_served(tmp_path, witness_mode="sync", witness_policy=agency.policy, witness_wait=1.5) as hub:
        ops = TestClient(hub.world.running.ops)
        assert ops.get("/health/ready").status_code == 200
        case, worker, manager = hub.case(), hub.token(SOCIAL_WORKER), hub.token(MANAGER)
        red = {"purpose": "C-S47", "ground": {"code": "reasonable-cause", "text": "as recorded"}, "rag": "RED",
               "subjects": [{"about": MIA, "as": "child"}],
               "members": [{"organisation": "northshire-csc", "team": "mash"}]}  # fmt: skip
        enquiry = str(json.loads(body(hub.raw("POST", "/cases", manager, red)))["id"])
        agency.down()
        asked = {"purpose": "C-S47", "ground": {"code": "reasonable-cause", "text": "as recorded"},
                 "subjects": [{"about": NOBODY, "as": "child"}]}  # fmt: skip
        refused = {
            hub.view(case, worker),
            hub.view(case, worker, **NOBODY),
            hub.raw("POST", "/cases", manager, asked),
            # Witnesses that are away are no outage of the store: not even an emergency goes on beside them.
            hub.view(enquiry, worker),
            hub.raw("POST", "/cases", manager, red),
        }
        (constant,) = refused
        assert constant.startswith(b"HTTP/1.1 503")
        assert not any(word in constant for word in (b"witness", b"quorum", b"Mia", b"Reid"))
        ready = ops.get("/health/ready")
        assert (ready.status_code, ready.json()["parts"]["ledger"]) == (503, False)
        assert "w1 no-answer" in ready.json()["details"]["ledger"]
        agency.up()
        released = json.loads(body(until_released(hub, case, worker)))
        proof = hub.raw("GET", f"/ledger/receipts/{released['receipt']['id']}", worker)
        assert list(policy.hold_quorum(Proof.parse(body(proof)).checkpoint)) == ["w1"]
        # Other logs' checkpoints that found no quorum are tried again by and by.
        end = time.monotonic() + 15
        while ops.get("/health/ready").status_code != 200:
            assert time.monotonic() < end
            time.sleep(0.1)


def test_afterwards_the_alarm_is_told_to_operators_and_releases_go_on(tmp_path: Path, agency: Agency) -> None:
    with a_served(
        tmp_path, witness_mode="async", witness_policy=agency.policy, witness_wait=0.5, witness_alarm=0.4
    ) as hub:
        ops = TestClient(hub.world.running.ops)
        case, worker = hub.case(), hub.token(SOCIAL_WORKER)
        agency.down()
        assert hub.view(case, worker).startswith(b"HTTP/1.1 200")
        time.sleep(0.8)
        ready = ops.get("/health/ready")
        assert ready.status_code == 200, "a witness that is away takes no hub out of service"
        assert "without its quorum of witnesses" in ready.json()["details"]["ledger"]
        (line,) = [
            row for row in ops.get("/metrics").text.splitlines() if row.startswith("mash_ledger_quorum_late")
        ]
        assert float(line.split(" ")[1]) > 0.4
        assert line.startswith("mash_ledger_quorum_late_seconds "), "no label: it names no organisation"
        assert "witness-quorum-late" in (hub.world.home / "logs/hub.log").read_text()
        agency.up()
        end = time.monotonic() + 15
        while "details" in ops.get("/health/ready").json():
            assert time.monotonic() < end
            time.sleep(0.1)
        assert "mash_ledger_quorum_late_seconds 0.0" in ops.get("/metrics").text
