"""transparency-dev's own witness cosigns our checkpoints, with keys of both kinds, and its cosignatures hold here."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.ledger import app
from services.contract.problems import LedgerUnavailable
from services.ledger.cosignature import ED25519, MLDSA44, cosigned_by
from services.ledger.open import log_signer, open_ledger
from services.ledger.proof import Proof
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings
from tests.real.stock_witness import StockWitness
from tests.verification.ledger_world import HUB, intent, refusal, trusted
from tests.witnessing import free_port


@pytest.mark.parametrize("kind", [ED25519, MLDSA44], ids=["ed25519", "ml-dsa-44"])
def test_a_stock_witness_cosigns_each_release_and_an_auditor_accepts_it(
    tmp_path: Path, stock: StockWitness, kind: bytes
) -> None:
    home, port, policy = tmp_path / "home", free_port(), tmp_path / "policy"
    keys = KeyFolder(home / "keys")
    signers = [log_signer(HUB, code, keys) for code in ("council", "hub")]
    with stock.serve(tmp_path, [signer.verifier for signer in signers], port, kind) as cosigner:
        policy.write_text(f"witness stock {cosigner.vkey} http://127.0.0.1:{port}\nquorum stock\n")
        settings = Settings(
            mode="demo", home=home, hub=HUB, witness_mode="sync", witness_policy=policy, witness_wait=4.0
        )
        ledger = open_ledger(settings, keys)
        try:
            receipts = [ledger.append(intent(ledger)) for _ in range(9)]
            proof = Proof.parse(ledger.receipt(receipts[3].id) or b"")
            assert list(cosigned_by(proof.checkpoint, [cosigner])) == [cosigner]
            # A log that it was not told of is unknown to it (404), and so nothing of it is released.
            with pytest.raises(LedgerUnavailable, match="status-404"):
                ledger.append(refusal("nhs-trust"))
            logs = "".join(f"log {key.vkey}\n" for key in trusted(ledger))
        finally:
            ledger.close()
    audited = tmp_path / "audited"
    audited.write_text(logs + policy.read_text())
    (tmp_path / "r").write_bytes(proof.emit())
    told = CliRunner().invoke(app, ["check-receipt", str(tmp_path / "r"), "--policy", str(audited)])
    assert (told.exit_code, "cosigned by stock at 20" in told.output) == (5, True), told.output


def test_a_hub_that_starts_again_goes_on_with_a_stock_witness(tmp_path: Path, stock: StockWitness) -> None:
    """It gives no checkpoint back (that address is not among its own), so where it stands is learnt by a conflict."""
    home, port, policy = tmp_path / "home", free_port(), tmp_path / "policy"
    keys = KeyFolder(home / "keys")
    logs = [log_signer(HUB, code, keys).verifier for code in ("council", "hub")]
    with stock.serve(tmp_path, logs, port) as cosigner:
        policy.write_text(f"witness stock {cosigner.vkey} http://127.0.0.1:{port}\nquorum stock\n")
        settings = Settings(
            mode="demo", home=home, hub=HUB, witness_mode="sync", witness_policy=policy, witness_wait=4.0
        )
        for count in (1, 2, 3):
            ledger = open_ledger(settings, keys)
            try:
                assert ledger.append(refusal()).size == count
            finally:
                ledger.close()
