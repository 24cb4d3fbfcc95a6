"""A log that can be forked, for tests of witnesses: its entries, signed checkpoints, and requests between any two sizes."""

import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.cli.serve import Listener, bound, port_of
from services.ledger.add_checkpoint import AddCheckpoint
from services.ledger.checkpoint import Checkpoint
from services.ledger.cosignature import ED25519, CosigningKey
from services.ledger.tree import Tree, leaf_hash
from services.ledger.witness.app import make_witness_app
from services.ledger.witness.state import State
from services.ledger.witness.witness import Witness
from services.runtime.note import Signer

ORIGIN = "northshire-hub/council"


def a_signer(origin: str = ORIGIN, seed: int = 9) -> Signer:
    return Signer(origin, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def a_cosigner(name: str = "agency.example/witness", kind: bytes = ED25519, seed: int = 1) -> CosigningKey:
    return CosigningKey(name, kind, bytes([seed]) * 32)


@dataclass
class GrownLog:
    """`grow` adds entries; `fork` makes a second log with the same key and past, which may grow otherwise."""

    signer: Signer = field(default_factory=a_signer)
    leaves: list[bytes] = field(default_factory=list)
    tree: Tree = field(default_factory=Tree)

    def grow(self, count: int = 1, what: str = "entry") -> "GrownLog":
        for _ in range(count):
            self.leaves.append(f"{what} {self.tree.size}".encode())
            self.tree.append(leaf_hash(self.leaves[-1]))
        return self

    def fork(self, size: int | None = None) -> "GrownLog":
        other = GrownLog(self.signer)
        for leaf in self.leaves[: self.tree.size if size is None else size]:
            other.leaves.append(leaf)
            other.tree.append(leaf_hash(leaf))
        return other

    def point(self, size: int | None = None) -> Checkpoint:
        size = self.tree.size if size is None else size
        return Checkpoint(self.signer.verifier.name, size, self.tree.root(size))

    def note(self, size: int | None = None) -> bytes:
        return self.signer.sign(self.point(size).text)

    def request(self, old: int, size: int | None = None) -> bytes:
        """An honest request to a witness at size `old`."""
        new = self.tree.size if size is None else size
        proof = tuple(self.tree.consistency(old, new)) if 0 < old < new else ()
        return AddCheckpoint(old, proof, self.note(new)).emit()


@dataclass
class Said:
    """What a witness said, line by line."""

    lines: list[str] = field(default_factory=list)

    def __call__(self, line: str) -> None:
        self.lines.append(line)


def a_witness(
    folder: Path, logs: Sequence[Signer] = (), *, name: str = "agency.example/witness", seed: int = 1
) -> tuple[Witness, Said, State]:
    folder.mkdir(parents=True, exist_ok=True)
    said, state = Said(), State(folder / "witness.db")
    verifiers = [signer.verifier for signer in logs or (a_signer(),)]
    return Witness([a_cosigner(name, seed=seed)], verifiers, state, folder / "proofs", said), said, state


@contextmanager
def served(witness: Witness, port: int = 0) -> Iterator[str]:
    """The witness over HTTP, as `mash witness serve` serves it; gives its address."""
    sock = bound("127.0.0.1", port, "--port")
    listener = Listener(make_witness_app(witness), sock)
    listener.start()
    try:
        yield f"http://127.0.0.1:{port_of(sock)}"
    finally:
        listener.stop()


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def a_policy(path: Path, witnesses: Iterable[tuple[CosigningKey, str]], quorum: int) -> Path:
    """A policy file of witnesses w1, w2, … with their addresses, `quorum` of which must cosign."""
    rows = list(witnesses)
    lines = [f"witness w{n} {key.cosigner.vkey} {url}" for n, (key, url) in enumerate(rows, 1)]
    names = " ".join(f"w{n}" for n in range(1, len(rows) + 1))
    path.write_text("\n".join([*lines, f"group agencies {quorum} {names}", "quorum agencies"]) + "\n")
    return path
