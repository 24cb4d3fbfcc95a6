"""What an auditor takes away to decide again elsewhere: which logs there are, sealed decision records, the books that decided.

Promise: an auditor in person only, by scope; a record leaves sealed to the key of the auditor's own system, and that it was
read is an entry before it leaves; a book is given whole, as it is kept, and names no person of a record.
"""

import io
import json
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from joserfc.jwk import ECKey

from services.contract.problems import NotAllowed, NotFound
from services.contract.releases import Asking, Draft
from services.gateway.access.clients import RECORDS_SCOPE, Client, Clients
from services.gateway.access.sealing import seal
from services.gateway.parts import Parts
from services.gateway.receipts import AUDITORS, HUB, Reader

_DIGEST = re.compile(r"[0-9a-f]{64}")
_WHEN = (1980, 1, 1, 0, 0, 0)
"""The time that a ZIP file gives every file in it: two downloads of one book are the same bytes."""
_NONE = "nothing of this name is open to you"


def read_logs(parts: Parts, reader: Reader) -> Mapping[str, Any]:
    """`{hub, logs: [{log, entries}]}`: every log to an auditor, to anybody else their own organisation's."""
    sizes = parts.ledger.health().sizes
    auditor = reader.role in AUDITORS
    logs = [
        {"log": log, "entries": size}
        for log, size in sorted(sizes.items())
        if auditor or log == reader.organisation
    ]
    return {"hub": parts.settings.hub, "logs": logs}


def read_records(parts: Parts, reader: Reader, log: str, path: str) -> bytes:
    """The decision records of one tile of entries, a line of JSON each: `{event_id, sealed}`, a compact JWE or null.

    Raises `NotFound`, `NotAllowed` (no key to seal to), `LedgerUnavailable`.
    """
    _auditor(reader)
    client = Clients(parts.store).find(reader.client)
    rows = parts.ledger.records(log, f"tile/entries/{path}")
    if client is None or rows is None:
        raise NotFound(_NONE)
    key = key_to_seal_to(client)
    asked = Asking(reader.organisation, reader.role, reader.user, reader.client_key)
    facts = {"log": log, "records": path.replace("/", ".")}
    parts.ledger.append(Draft(log=HUB, kind="ledger.read", asking=asked, facts=facts))
    lines = [
        {"event_id": event, "sealed": seal(key, record) if record is not None else None}
        for event, record in rows
    ]
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def read_book(parts: Parts, reader: Reader, digest: str) -> bytes:
    """A book that has decided something, as a ZIP file of its folder. Raises `NotFound`."""
    _auditor(reader)
    folder = parts.settings.home / "books" / digest
    if not _DIGEST.fullmatch(digest) or not folder.is_dir():
        raise NotFound(_NONE)
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as packed:
        for path in paths:
            name = path.relative_to(folder).as_posix()
            if not any(part.startswith(".") for part in name.split("/")):
                told = zipfile.ZipInfo(name, _WHEN)
                told.compress_type = zipfile.ZIP_DEFLATED
                packed.writestr(told, path.read_bytes())
    return whole.getvalue()


def key_to_seal_to(client: Client) -> ECKey:
    """The newest key that the system has registered with `"use": "enc"`. Raises `NotAllowed`."""
    found = [key for key in client.keys().keys if key.as_dict(private=False).get("use") == "enc"]
    if not found or not isinstance(found[-1], ECKey):
        raise NotAllowed(
            "this system has registered no key to seal to",
            next_step='Register a P-384 key with "use": "enc" beside the signing key (mash ledger key makes both).',
        )
    return found[-1]


def _auditor(reader: Reader) -> None:
    if reader.role not in AUDITORS or RECORDS_SCOPE not in reader.scopes:
        raise NotFound(_NONE)
