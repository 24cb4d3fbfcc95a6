"""The receipt file: it holds for its own entry under its own log's key, and for nothing else."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.ledger.checkpoint import Checkpoint
from services.ledger.proof import BadProof, Proof
from services.ledger.tree import Tree, leaf_hash
from services.runtime.note import Signer

KEY = Signer("hub/council", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
LEAVES = [b'{"chain":[],"entry":{"n":%d}}' % n for n in range(11)]
TREE = Tree()
for _leaf in LEAVES:
    TREE.append(leaf_hash(_leaf))
NOTE = KEY.sign(Checkpoint("hub/council", 11, TREE.root()).text)
PROOF = Proof(LEAVES[6], 6, tuple(TREE.inclusion(6, 11)), NOTE)


def test_it_is_read_as_it_was_written() -> None:
    assert Proof.parse(PROOF.emit()) == PROOF
    assert PROOF.emit().startswith(b"c2sp.org/tlog-proof@v1\nextra ")
    assert PROOF.verify([KEY.verifier]).size == 11


@pytest.mark.parametrize(
    "other",
    [
        replace(PROOF, leaf=LEAVES[5]),
        replace(PROOF, index=5),
        replace(PROOF, index=7),
        replace(PROOF, path=PROOF.path[:-1]),
        replace(PROOF, path=PROOF.path[::-1]),
        replace(PROOF, checkpoint=KEY.sign(Checkpoint("hub/council", 11, bytes(32)).text)),
        replace(PROOF, checkpoint=KEY.sign(Checkpoint("hub/council", 20, TREE.root()).text)),
        replace(PROOF, checkpoint=KEY.sign(Checkpoint("hub/nhs", 11, TREE.root()).text)),
    ],
)
def test_another_entry_place_path_or_tree_does_not_hold(other: Proof) -> None:
    with pytest.raises(BadProof):
        other.verify([KEY.verifier])


def test_no_changed_byte_holds() -> None:
    raw = PROOF.emit()
    for at in range(len(raw)):
        for bit in (1, 32):
            changed = bytearray(raw)
            changed[at] ^= bit
            with pytest.raises(BadProof):
                Proof.parse(bytes(changed)).verify([KEY.verifier])


@pytest.mark.parametrize(
    "raw",
    [b"", b"\n\n", b"c2sp.org/tlog-proof@v1\nindex 6\n\n" + NOTE, PROOF.emit().replace(b"index 6", b"index 06"),
     PROOF.emit().replace(b"\n\n", b"\n" + b"A" * 43 + b"=\n" * 70 + b"\n", 1)],
)  # fmt: skip
def test_what_is_no_proof_is_refused(raw: bytes) -> None:
    with pytest.raises(BadProof):
        Proof.parse(raw)
