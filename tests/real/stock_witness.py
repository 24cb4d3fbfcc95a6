"""transparency-dev's witness (omniwitness), which is none of ours and speaks tlog-witness.

It is built from source by Go, once, and kept in the user's cache folder.
"""

import base64
import hashlib
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.cli.parts.cache import cache_folder, keep, say
from services.cli.parts.go import go_install, system_go
from services.ledger.cosignature import ED25519, Cosigner, CosigningKey
from services.runtime.note import Verifier
from tests.real.find import Way

VERSION = "v0.0.0-20260720115447-2e1c6971d19e"
MODULE = "github.com/transparency-dev/witness"
KEPT = f"witness-{VERSION}"
_READY = 10.0


@dataclass(frozen=True)
class StockWitness:
    """The program."""

    program: Path

    @contextmanager
    def serve(
        self, folder: Path, logs: Sequence[Verifier], port: int, kind: bytes = ED25519
    ) -> Iterator[Cosigner]:
        """The witness over HTTP on loopback, for these logs; gives its public key. Its memory is gone at the end."""
        key = CosigningKey("stock.example/witness", kind, bytes(range(32)))
        (folder / "key").write_text(_go_key(key.cosigner, bytes(range(32))), encoding="utf-8")
        rows = [
            f"  - Origin: {log.name}\n    URL: http://127.0.0.1:9/\n    PublicKey: {log.vkey}\n"
            for log in logs
        ]
        (folder / "logs.yaml").write_text("Logs:\n" + "".join(rows), encoding="utf-8")
        command: list[str | Path] = [
            self.program,
            "--listen",
            f"127.0.0.1:{port}",
            "--metrics_listen",
            "",
        ]
        command += ["--private_key_path", folder / "key", "--additional_logs", folder / "logs.yaml"]
        with (folder / "witness.log").open("wb") as said:
            process = subprocess.Popen(command, stdout=said, stderr=said)
        try:
            _listens(port, process)
            yield key.cosigner
        finally:
            process.terminate()
            process.wait(10)


def ways() -> list[Way[StockWitness]]:
    return [Way("local", _outlook, programs)]


def programs() -> StockWitness:
    """Built where they are not kept yet. Raises `CannotObtain`."""

    def build(folder: Path) -> None:
        say("building transparency-dev's witness, two minutes or so, once")
        go_install(f"{MODULE}/cmd/omniwitness@{VERSION}", folder)

    folder = keep(KEPT, build, lambda folder: (folder / "omniwitness").is_file())
    return StockWitness(folder / "omniwitness")


def _outlook() -> str:
    if (cache_folder() / KEPT / "omniwitness").is_file():
        return "transparency-dev's witness of July 2026, kept"
    return f"transparency-dev's witness, to be built with {'Go of the system' if system_go() else 'Go out of a wheel'}"


def _go_key(cosigner: Cosigner, seed: bytes) -> str:
    """A private key as Go's note package writes it; an Ed25519 one is of type 1 there, whatever it signs."""
    kind = b"\x01" if cosigner.kind == ED25519 else cosigner.kind
    number = hashlib.sha256(cosigner.name.encode() + b"\n" + kind + cosigner.public).hexdigest()[:8]
    return f"PRIVATE+KEY+{cosigner.name}+{number}+{base64.b64encode(kind + seed).decode()}"


def _listens(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _READY
    while time.monotonic() < until:
        assert process.poll() is None, "the stock witness has ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the stock witness does not listen")
