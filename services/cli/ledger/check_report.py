"""`mash ledger check-report`: whether a report is what the auditor signed.

Promise: nothing of a report is told before its signature holds under the key that was given from outside.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from services.cli.exits import Exit
from services.cli.ledger.auditor import ALG
from services.cli.ledger.report import KIND

LONGEST = 64 << 20


class _Long(jws.JWSRegistry):
    """The library's registry, for reports with many findings."""

    max_payload_length = LONGEST


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash ledger`."""
    app.command(name="check-report")(check)


def check(
    report: Annotated[Path, typer.Argument(help="report.jws")],
    signer: Annotated[Path, typer.Option(help="The auditor's public keys (JWK Set).")],
) -> None:
    """Check a signed report offline, and say what it says.

    Example: mash ledger check-report report/report.jws --signer auditor.public.json

    Exit: 0 it was signed by that auditor, 1 it was not, 2 usage.
    """
    keys = _keys(signer)
    try:
        sealed = report.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{report} cannot be read ({error.strerror})") from None
    found = next((told for key in keys if (told := signed_by(key, sealed)) is not None), None)
    if found is None:
        print(f"{report} is not a report that a key of {signer} signed", file=sys.stderr)
        raise typer.Exit(Exit.FINDINGS)
    print(f"Signed by {found['by']['client']} of {found['by']['organisation']}, {found['made']}.")
    print(f"It says: {found['verdict']}. {found['sentence']}")
    for row in found["logs"]:
        print(f"  {row['origin']}: {row['signed']} entries")


def signed_by(key: ECKey, sealed: bytes) -> dict[str, Any] | None:
    """The report, where this key signed it."""
    try:
        found = jws.deserialize_compact(sealed, key, registry=_Long(algorithms=[ALG]))
        if found.protected.get("typ") != KIND:
            return None
        told = json.loads(found.payload or b"")
    except (JoseError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def _keys(file: Path) -> list[ECKey]:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))["keys"]
        return [ECKey.import_key(key) for key in told if key.get("use") == "sig"]
    except OSError as error:
        raise typer.BadParameter(f"--signer: {file} cannot be read ({error.strerror})") from None
    except (ValueError, KeyError, TypeError, AttributeError, JoseError):
        raise typer.BadParameter(f"--signer: {file} is no JWK Set") from None
