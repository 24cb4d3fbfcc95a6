"""The log keys, looked at: who may read them, one for each log, and the same that signed what was published.

Promise: no key is made by looking. A log that has entries and no key is found here, before a new key would be made
for it and sign as if nothing had happened.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from services.ledger.doctor.findings import Finding, bad, ok
from services.ledger.doctor.owner import only_ours
from services.runtime.keys import KeyFolder
from services.runtime.note import Signer, Verifier, encode64

SignerOf = Callable[[str], Signer]
"""The signer of a log by its code; asked only where the key is there, for it makes one where it is not."""


def key_findings(
    folder: Path, keys: KeyFolder, signer_of: SignerOf, sizes: Mapping[str, int]
) -> Iterator[Finding]:
    """`folder`: the ledger's own; `sizes`: the signed size of each log."""
    yield only_ours("key-folder", keys.folder, [*keys.folder.glob("*.key")])
    lost = [code for code, size in sizes.items() if size and not _has_key(keys, code)]
    for code in lost:
        said = f"log {code} has {sizes[code]} entries and no key in {keys.folder.name}/"
        yield bad(
            "key-per-log",
            said,
            "restore the key folder from its backup; a new key would not be believed",
            code,
        )
    there = [code for code in sorted(sizes) if _has_key(keys, code)]
    yield from _shared(keys, there)
    if not lost:
        yield ok("key-per-log", f"{len(there)} logs, each with its key")
    for code in there:
        yield from _signed(folder, signer_of(code).verifier, code)


def _has_key(keys: KeyFolder, code: str) -> bool:
    return any(keys.folder.glob(f"sign-log-{code}.*.key"))


def _shared(keys: KeyFolder, codes: list[str]) -> Iterator[Finding]:
    held: dict[bytes, str] = {}
    for code in codes:
        other = held.setdefault(keys.secret(f"sign-log-{code}"), code)
        if other != code:
            remedy = "restore the key of each from its backup; entries of the one could pass for the other's"
            yield bad("key-per-log", f"logs {other} and {code} have the same key", remedy, code)


def _signed(folder: Path, verifier: Verifier, code: str) -> Iterator[Finding]:
    """The public key and the checkpoint that were published, against the key in the folder."""
    published, note = folder / f"keys/{code}.vkey", folder / f"checkpoints/{code}"
    remedy = "restore the log's key from its backup; auditors hold the other one"
    if (
        published.is_file()
        and published.read_text(encoding="utf-8", errors="replace").strip() != verifier.vkey
    ):
        yield bad("key-signed", "the published key is not the one in the key folder", remedy, code)
        return
    line = f"— {verifier.name} "
    signatures = note.read_text(encoding="utf-8", errors="replace").splitlines() if note.is_file() else []
    # The id alone: a kill may have left half of a checkpoint, which the next start writes anew.
    own = encode64(verifier.id)[:5]
    others = [row for row in signatures if row.startswith(line) and not row[len(line) :].startswith(own)]
    if others:
        yield bad("key-signed", "the published checkpoint was signed by another key", remedy, code)
    else:
        yield ok("key-signed", f"key {verifier.id.hex()} signed what was published", code)
