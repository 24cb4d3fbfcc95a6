"""A split view leaves a proof that anybody with the log's key can check; junk is no proof."""

import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services.ledger.auditing.misbehaviour import Contradiction
from services.ledger.checkpoint import open_checkpoint
from services.ledger.cosigning.peers import Peers
from services.ledger.trust_policy import NamedWitness
from services.ledger.witness.exchange import exchange
from services.runtime.settings import Settings
from tests.verification.ledger_world import HUB, refusal, trusted
from tests.verification.test_ledger_witnesses import Agencies, agencies, opened, run, until
from tests.witnessing import a_cosigner, a_policy

__all__ = ["agencies"]


def test_a_split_view_shown_to_two_witnesses_is_proved_when_they_compare(
    tmp_path: Path, agencies: Agencies
) -> None:
    """One hub, copied: each copy is shown to another witness, and each is consistent for whoever sees it alone."""
    one, two = tmp_path / "home", tmp_path / "two/home"
    alone = {"witness_mode": "async", "hub": HUB, "mode": "demo", "witness_alarm": 60.0}

    def shown_to(place: int) -> Path:
        row = (a_cosigner(f"w{place + 1}", seed=place + 1), agencies.urls[place])
        return a_policy(tmp_path / f"only-{place}", [row], 1)

    with opened(Settings(home=one, **{**alone, "witness_mode": "off"})) as ledger:
        for _ in range(5):
            ledger.append(refusal())
    shutil.copytree(one, two)
    agencies.up(0, 1)
    for place, home in enumerate((one, two)):
        with opened(Settings(home=home, witness_policy=shown_to(place), **alone)) as ledger:
            for _ in range(2):
                ledger.append(refusal())
            until(partial(agencies.at, place, 7))
            until(partial(agencies.latest, place, "hub"))
            keys = trusted(ledger)
    assert open_checkpoint(agencies.latest(0), keys) != open_checkpoint(agencies.latest(1), keys)
    council = next(key for key in keys if key.name == f"{HUB}/council")
    http = Peers(5)
    peers = [NamedWitness("w2", a_cosigner("w2", seed=2).cosigner, agencies.urls[1])]
    (found,), compared, gaps = exchange(agencies.made[0][0], peers, http.latest)
    http.close()
    assert (compared, len(gaps)) == (2, 1), "the hub's own log agrees, and one log has no entries yet"
    (line,) = agencies.made[0][1].lines
    assert line.startswith(f"SPLIT VIEW  {HUB}/council signed two contradicting checkpoints: size 7 root")
    assert "shown by the witness w2; saved as" in line
    saved = next((tmp_path / "agencies/w1/proofs").iterdir())
    assert Contradiction.parse(saved.read_bytes()) == found
    judged = run("verify", saved, "--key", council.vkey)
    assert (judged.exit_code, judged.output.startswith("PROVED  ")) == (1, True)
    # And an auditor of one copy who is handed the other's checkpoint finds the same, for any two sizes.
    (tmp_path / "other").write_bytes(agencies.latest(1))
    with opened(Settings(home=one, **{**alone, "witness_mode": "off"})) as ledger:
        ledger.append(refusal())
    found_too = run(
        "verify", one, "--key", council.vkey, "--from", tmp_path / "other", "--proofs", tmp_path / "saved"
    )
    assert found_too.exit_code == 1
    assert "log council: rewritten: the first 7 entries" in found_too.output
    (proof,) = (tmp_path / "saved").iterdir()
    judged = run("verify", proof, "--key", council.vkey)
    assert (judged.exit_code, "size 7 root" in judged.output, "size 8 root" in judged.output) == (
        1,
        True,
        True,
    )


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"\xff", b'{"format": "mash proof of misbehaviour v1"}']
)
def test_junk_for_a_proof_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.misbehaviour.json"
    path.write_bytes(content)
    found = run("verify", path)
    assert found.exit_code == 2
    assert "Traceback" not in found.output


def test_a_proof_needs_a_key_and_proves_nothing_against_another_log(
    tmp_path: Path, agencies: Agencies
) -> None:
    from tests.witnessing import GrownLog, a_signer

    log = GrownLog(a_signer(f"{HUB}/council")).grow(7)
    fork = log.fork(5).grow(6, "other")
    proof = Contradiction(log.note(), fork.note(), fork.tree.root(7), tuple(fork.tree.consistency(7, 11)))
    path = tmp_path / proof.file_name
    path.write_bytes(proof.emit())
    assert run("verify", path).exit_code == 2
    assert run("verify", path, "--key", log.signer.verifier.vkey).exit_code == 1
    assert run("verify", path, "--key", a_signer(f"{HUB}/council", 4).verifier.vkey).exit_code == 5
    changes: tuple[dict[str, Any], ...] = (
        {"past": json.loads(path.read_text())["path"][0]},
        {"path": []},
        {"past": ""},
    )
    for change in changes:
        path.write_text(json.dumps({**json.loads(proof.emit()), **change}))
        told = run("verify", path, "--key", log.signer.verifier.vkey)
        assert (told.exit_code, told.output.startswith("NOT PROVED")) == (5, True)
