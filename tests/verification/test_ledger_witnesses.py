"""The whole ledger with witnesses over HTTP: synchronous, afterwards, without a quorum, restored, forked; and what an auditor
sees of it."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.ledger import app
from services.contract.problems import BadSetting, LedgerUnavailable
from services.ledger.checkpoint import claimed
from services.ledger.open import Ledger, log_signer, open_ledger
from services.ledger.proof import Proof
from services.ledger.trust_policy import TrustPolicy
from services.ledger.witness.witness import Witness
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings
from tests.verification.ledger_world import HUB, intent, refusal, trusted
from tests.witnessing import Said, a_cosigner, a_policy, a_witness, free_port, served

LOGS = ("council", "nhs-trust", "hub")


class Agencies:
    """Three agencies that witness the hub whose keys are in `home`; each can be put up and taken down."""

    def __init__(self, folder: Path, home: Path) -> None:
        keys = KeyFolder(home / "keys")
        signers = [log_signer(HUB, code, keys) for code in LOGS]
        self.made: list[tuple[Witness, Said, Any]] = [
            a_witness(folder / f"w{n}", signers, name=f"w{n}", seed=n) for n in (1, 2, 3)
        ]
        self.ports = [free_port() for _ in self.made]
        self.urls = [f"http://127.0.0.1:{port}" for port in self.ports]
        rows = list(zip([a_cosigner(f"w{n}", seed=n) for n in (1, 2, 3)], self.urls, strict=True))
        self.policy = a_policy(folder / "witnesses.policy", rows, 2)
        self._up: dict[int, ExitStack] = {}

    def up(self, *places: int) -> None:
        for place in places:
            self._up[place] = ExitStack()
            self._up[place].enter_context(served(self.made[place][0], self.ports[place]))

    def down(self, *places: int) -> None:
        for place in places:
            self._up.pop(place).close()

    def close(self) -> None:
        self.down(*list(self._up))
        for _, _, state in self.made:
            state.close()

    def at(self, place: int, size: int) -> bool:
        note = self.latest(place)
        return bool(note) and claimed(note).size == size

    def latest(self, place: int, log: str = "council") -> bytes:
        return self.made[place][0].latest(sha256(f"{HUB}/{log}".encode()).hexdigest()).body


@pytest.fixture
def agencies(tmp_path: Path) -> Iterator[Agencies]:
    found = Agencies(tmp_path / "agencies", tmp_path / "home")
    yield found
    found.close()


def settings(tmp_path: Path, agencies: Agencies, mode: str = "sync", **more: Any) -> Settings:
    whole = {"mode": "demo", "home": tmp_path / "home", "hub": HUB, "witness_mode": mode, **more}
    return Settings(witness_policy=agencies.policy, **whole)


@contextmanager
def opened(found: Settings) -> Iterator[Ledger]:
    ledger = open_ledger(found, KeyFolder(found.home / "keys"))
    try:
        yield ledger
    finally:
        ledger.close()


def until(holds: Callable[[], object], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, [str(one) for one in arguments], terminal_width=200)


def whole_policy(path: Path, agencies: Agencies, ledger: Ledger) -> Path:
    """The policy file as an auditor has it: the logs too."""
    logs = "".join(f"log {key.vkey}\n" for key in trusted(ledger))
    path.write_text(logs + agencies.policy.read_text())
    return path


def test_a_release_waits_for_its_quorum_and_everything_shown_carries_it(
    tmp_path: Path, agencies: Agencies
) -> None:
    agencies.up(0, 1, 2)
    policy = TrustPolicy.parse(agencies.policy.read_bytes())
    with opened(settings(tmp_path, agencies)) as ledger:
        receipts = [ledger.append(intent(ledger)) for _ in range(3)] + [ledger.append(refusal("nhs-trust"))]
        for receipt in receipts:
            proof = Proof.parse(ledger.receipt(receipt.id) or b"")
            assert proof.verify(trusted(ledger)).size > receipt.index
            assert len(policy.hold_quorum(proof.checkpoint)) >= 2
        assert claimed(ledger.checkpoint("council") or b"").size == 3
        assert len(policy.hold_quorum(ledger.checkpoint("council") or b"")) >= 2
        audited = whole_policy(tmp_path / "policy", agencies, ledger)
        (tmp_path / "r.tlog-proof").write_bytes(ledger.receipt(receipts[0].id) or b"")
    home, export = tmp_path / "home", tmp_path / "export"
    found = run("verify", home, "--policy", audited)
    assert found.exit_code == 0, found.output
    assert f"{HUB}/council at size 3: cosigned by w1 at 20" in found.output
    assert run("export", home, export).exit_code == 0
    assert run("verify", export, "--policy", audited).exit_code == 0
    told = run("check-receipt", tmp_path / "r.tlog-proof", "--policy", audited)
    assert (told.exit_code, "cosigned by w1 at 20" in told.output) == (5, True), told.output


def test_without_a_quorum_nothing_is_released_and_the_hub_goes_on_when_it_is_back(
    tmp_path: Path, agencies: Agencies
) -> None:
    agencies.up(0, 1)
    with opened(settings(tmp_path, agencies, witness_wait=1.0)) as ledger:
        ledger.append(refusal())
        before = ledger.checkpoint("council")
        agencies.down(0)
        draft = intent(ledger)
        for _ in range(2):
            with pytest.raises(LedgerUnavailable, match="no quorum"):
                ledger.append(draft)
        assert (ledger.health().ready, "no quorum" in ledger.health().detail) == (False, True)
        assert ledger.checkpoint("council") == before, "what is shown has its quorum"
        agencies.up(0)
        until(lambda: ledger.health().ready)
        # The entry stands since the first try, and is not entered twice.
        assert ledger.append(draft).index == 1
        assert claimed(ledger.checkpoint("council") or b"").size == 2


def test_afterwards_a_release_does_not_wait_and_a_missing_quorum_is_an_alarm(
    tmp_path: Path, agencies: Agencies
) -> None:
    found = settings(tmp_path, agencies, "async", witness_alarm=0.5)
    policy = TrustPolicy.parse(agencies.policy.read_bytes())
    with opened(found) as ledger:
        ledger.append(refusal())
        until(lambda: "council" in ledger.health().late)
        health = ledger.health()
        assert health.ready
        assert "log council has stood" in health.detail
        assert "without its quorum of witnesses" in health.detail
        agencies.up(0, 2)
        until(lambda: not ledger.health().late)
        assert policy.times(ledger.checkpoint("council") or b"").keys() == {"w1", "w3"}
        until(lambda: b"\xe2\x80\x94 w3 " in (found.home / "ledger/checkpoints/council").read_bytes())
    # A hub that starts again takes up what was cosigned, whether its witnesses answer or not.
    agencies.down(0, 2)
    with opened(found) as ledger:
        assert policy.times(ledger.checkpoint("council") or b"").keys() == {"w1", "w3"}


def test_what_was_signed_without_a_quorum_is_found_by_an_auditor_who_demands_one(
    tmp_path: Path, agencies: Agencies
) -> None:
    with opened(settings(tmp_path, agencies, "async")) as ledger:
        ledger.append(refusal())
        audited = whole_policy(tmp_path / "policy", agencies, ledger)
        receipt = ledger.receipt(ledger.append(refusal()).id) or b""
    (tmp_path / "r").write_bytes(receipt)
    found = run("verify", tmp_path / "home", "--policy", audited)
    assert found.exit_code == 1
    assert (
        "log council: quorum: the checkpoint does not hold under the policy: cosigned by 0 of 3"
        in found.output
    )
    told = run("check-receipt", tmp_path / "r", "--policy", audited)
    assert (told.exit_code, "under the policy: cosigned by 0 of 3 witnesses" in told.output) == (1, True)


def test_a_hub_restored_from_an_older_copy_takes_nothing(tmp_path: Path, agencies: Agencies) -> None:
    """Journal and checkpoint store agree with each other: nobody but the witnesses knows."""
    agencies.up(0, 1)
    found = settings(tmp_path, agencies)
    with opened(found) as ledger:
        ledger.append(refusal())
    shutil.copytree(tmp_path / "home", tmp_path / "copy")
    with opened(found) as ledger:
        ledger.append(refusal())
    shutil.rmtree(tmp_path / "home")
    (tmp_path / "copy").rename(tmp_path / "home")
    with opened(found) as ledger:
        with pytest.raises(LedgerUnavailable, match="restored from an older copy"):
            ledger.append(refusal())
        assert not ledger.health().ready


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"witness_policy": None}, "witness_policy"),
        ({"witness_wait": 5.0}, "witness_wait"),
        ({"policy": "quorum none\n"}, "waits for a quorum"),
        ({"policy": "quorum nobody\n"}, "line 1"),
        ({"policy": ""}, "exactly one quorum"),
        (
            {"policy": f"witness w {a_cosigner().cosigner.vkey}\nquorum w\n"},
            "no quorum; give each its address",
        ),
    ],
)
def test_wrong_settings_stop_the_start_with_the_remedy(
    tmp_path: Path, agencies: Agencies, more: dict[str, Any], says: str
) -> None:
    text = more.pop("policy", None)
    if text is not None:
        agencies.policy.write_text(text)
    whole = {"mode": "demo", "home": tmp_path / "home", "hub": HUB, "witness_mode": "sync"}
    with pytest.raises((BadSetting, ValueError), match=says):
        open_ledger(
            Settings(**{**whole, "witness_policy": agencies.policy, **more}),
            KeyFolder(tmp_path / "home/keys"),
        )
