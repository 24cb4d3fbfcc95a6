"""Where one person stands in the logs, handed to one auditor: without it, no two entries about one person look related.

Promise: sealed to the auditor's key; it holds handles that stand in the entries anyhow, and neither who it is nor the secret
that made them; what it names that is in no entry is found.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import typer
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from services.cli.ledger.auditor import Auditor, CannotUnseal
from services.contract.canonical import canonical
from services.gateway.access.sealing import seal

KIND = "mash-ledger-trace"


def sealed_trace(events: Iterable[str], public: Path) -> str:
    """A compact JWE of the event ids, for whoever holds the private half of `public`. A usage error where that is no key."""
    try:
        told = json.loads(public.read_text(encoding="utf-8"))["keys"]
        key = next(ECKey.import_key(one) for one in told if one.get("use") == "enc")
    except OSError as error:
        raise typer.BadParameter(f"--to: {public} cannot be read ({error.strerror})") from None
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration, JoseError):
        raise typer.BadParameter(f"--to: {public} holds no key to seal to") from None
    return seal(key, canonical({"kind": KIND, "events": sorted(events)}))


class Trace:
    """Whether an entry is one of those named; and which of those named were never met."""

    def __init__(self, events: Iterable[str]) -> None:
        self.missing = set(events)
        self._events = frozenset(self.missing)

    def __call__(self, entry: Mapping[str, Any]) -> bool:
        met = entry["event_id"] in self._events
        if met:
            self.missing.discard(str(entry["event_id"]))
        return met


def traced(file: Path, auditor: Auditor) -> Trace:
    """The trace in the file. A usage error where it is none, or sealed to somebody else."""
    try:
        told = json.loads(auditor.unseal(file.read_text(encoding="utf-8").strip()))
        if told["kind"] != KIND:
            raise ValueError
        return Trace(map(str, told["events"]))
    except OSError as error:
        raise typer.BadParameter(f"--trace: {file} cannot be read ({error.strerror})") from None
    except (CannotUnseal, ValueError, KeyError, TypeError):
        raise typer.BadParameter(f"--trace: {file} is no trace that is sealed to this key file") from None
