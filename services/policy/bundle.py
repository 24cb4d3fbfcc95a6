"""The bundle that an OPA server is given: the book's Rego and its data, under the book's revision.

Promise: one book gives the same files, byte for byte, on every machine, under one signature of the hub's; the bundle is put
in place whole or not at all.
"""

import gzip
import io
import os
import tarfile
import tempfile
from pathlib import Path

from services.contract.canonical import canonical
from services.policy.bundle_key import SIGNATURES, BundleKey
from services.runtime.book import Book


def bundle_of(book: Book, key: BundleKey) -> bytes:
    """The bundle as a gzipped tar (OPA bundle format, roots `mash` and `book`), signed."""
    manifest = {"revision": book.revision, "roots": ["mash", "book"], "rego_version": 1}
    files = {
        ".manifest": canonical(manifest),
        "data.json": canonical({"book": dict(book.data)}),
        **{f"rego/{path}": source.encode() for path, source in sorted(book.rego.items())},
    }
    files[SIGNATURES] = key.signatures(files)
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files.items():
            # A fresh TarInfo has no time, owner or machine in it.
            entry = tarfile.TarInfo(f"/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(raw.getvalue(), mtime=0)


def write_bundle(book: Book, path: Path, key: BundleKey) -> None:
    """Put the bundle at `path`, durable, replacing what stood there in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=".bundle-")
    with os.fdopen(handle, "wb") as file:
        file.write(bundle_of(book, key))
        file.flush()
        os.fsync(file.fileno())
    Path(scratch).replace(path)
