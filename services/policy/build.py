"""Compile the Rego of a policy folder to Wasm, with a manifest that says from which sources.

Promise: an engine can tell by the manifest's digest alone whether the Wasm is that of the book it holds.
"""

import json
import subprocess
import tarfile
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from services.contract.canonical import digest
from services.contract.problems import BadSetting, Problem
from services.runtime.book import Book

ENTRYPOINT = "mash/main/answer"
TABLES = "mash/tables/answer"
"""One factor or group for many keys: what the tables are made from."""
BUILT = Path(__file__).resolve().parent / "built"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands beside the Wasm."""

    source_digest: str
    """Digest of the Rego sources, tests left out, as `Book.rules_digest`."""
    opa_version: str
    entrypoints: list[str]
    wasm_digest: str


class CannotCompile(Problem):
    """OPA refused the sources. `detail` is what it said."""

    kind = "cannot-compile"
    title = "The rules do not compile"
    next_step = "Mend the rule named."


def read_built(folder: Path = BUILT) -> tuple[bytes, Manifest]:
    """The Wasm and its manifest. Raises `BadSetting` where they are missing or not of one build."""
    try:
        wasm = (folder / "policy.wasm").read_bytes()
        manifest = Manifest(**json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise BadSetting("the compiled rules are missing; run: mash policy build") from None
    if digest(wasm).hex() != manifest.wasm_digest or manifest.entrypoints != [ENTRYPOINT, TABLES]:
        raise BadSetting("the compiled rules are damaged; run: mash policy build")
    return wasm, manifest


def compile_rules(book: Book, opa: Path) -> tuple[bytes, Manifest]:
    """The Wasm that this OPA makes of the book's Rego. Raises `CannotCompile`."""
    with tempfile.TemporaryDirectory(prefix="mash-rego-") as scratch:
        rego, bundle = Path(scratch) / "rego", Path(scratch) / "bundle.tar.gz"
        for path, source in book.rego.items():
            file = rego / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(source, encoding="utf-8")
        # Relative paths, so that where it is built leaves no trace in the Wasm.
        command = [str(opa), "build", "-t", "wasm", "-e", ENTRYPOINT, "-e", TABLES, "rego", "-o", str(bundle)]
        run = subprocess.run(command, cwd=scratch, check=False, capture_output=True, text=True)
        if run.returncode:
            raise CannotCompile(run.stderr.strip() or run.stdout.strip())
        with tarfile.open(bundle) as archive:
            member = archive.extractfile("/policy.wasm")
            wasm = member.read() if member else b""
    version = subprocess.run([str(opa), "version"], check=False, capture_output=True, text=True).stdout
    return wasm, Manifest(
        source_digest=book.rules_digest,
        opa_version=version.partition("Version:")[2].split("\n")[0].strip(),
        entrypoints=[ENTRYPOINT, TABLES],
        wasm_digest=digest(wasm).hex(),
    )


def write_built(wasm: bytes, manifest: Manifest, folder: Path = BUILT) -> None:
    """Replace what stands in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policy.wasm").write_bytes(wasm)
    (folder / "manifest.json").write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")
