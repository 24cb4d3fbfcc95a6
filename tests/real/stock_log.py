"""A log that is none of ours, and demands cosignatures: Tessera's own command, which publishes a checkpoint only once the
witnesses of its policy have cosigned it.
"""

import base64
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.runtime.note import Signer

_SECONDS = 20
"""Longest that a log which is to publish is waited for; it asks again and again."""


@dataclass(frozen=True)
class StockLog:
    """`folder`: where its tiles and checkpoint are, as C2SP tlog-tiles. `seed`: its private key, 32 bytes."""

    program: Path
    folder: Path
    policy: Path
    name: str = "stock.example/log"
    seed: bytes = bytes(range(32))

    @property
    def signer(self) -> Signer:
        return Signer(self.name, Ed25519PrivateKey.from_private_bytes(self.seed))

    def add(self, *entries: str, seconds: float = _SECONDS) -> tuple[bool, str]:
        """Add entries; whether a checkpoint over them was published in time, and what the program said."""
        with tempfile.TemporaryDirectory() as scratch:
            key = Path(scratch) / "key"
            key.write_text(self._private(), encoding="utf-8")
            for at, entry in enumerate(entries):
                (Path(scratch) / f"{at}.entry").write_text(entry, encoding="utf-8")
            command: list[str | Path] = [self.program, "--storage_dir", self.folder, "--private_key", key]
            command += ["--entries", f"{scratch}/*.entry", "--witness_policy_file", self.policy]
            try:
                done = subprocess.run(
                    command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                    timeout=seconds,
                )  # fmt: skip
            except subprocess.TimeoutExpired as late:
                return False, (late.stdout or b"").decode()
        return done.returncode == 0, done.stdout

    @property
    def published(self) -> bytes:
        """The checkpoint that it shows to others."""
        return (self.folder / "checkpoint").read_bytes()

    def _private(self) -> str:
        """The private key as Go's note package writes it."""
        number = self.signer.verifier.vkey.split("+")[1]
        return f"PRIVATE+KEY+{self.name}+{number}+{base64.b64encode(bytes([1]) + self.seed).decode()}"
