"""`mash ledger doctor`: what the ledger of this installation stands on, one line a thing, bad ones with the remedy.

Promise: it changes nothing, does no harm, and may be run while the hub does; what it could not look at it does not
call good.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.exits import Exit

if TYPE_CHECKING:
    from services.ledger.doctor.findings import Finding, State
    from services.runtime.settings import Settings


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash ledger`."""
    app.command()(doctor)


def doctor(
    home: Annotated[
        Path | None, typer.Option(envvar="MASH_HOME", help="The hub's folder; other settings as the hub's.")
    ] = None,
    auditor: Annotated[str, typer.Option(help="A Kafka user that must only read: tried as well.")] = "",
    auditor_password_file: Annotated[Path | None, typer.Option(help="File that holds its password.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The findings as JSON on stdout.")] = False,
) -> None:
    """Look at all that the ledger stands on: keys, files, disk, clocks, and Kafka's topics and rights, by trying.

    Example: mash ledger doctor --auditor ico --auditor-password-file ico.password

    It takes the hub's own settings, may be run beside the hub, and can do no harm: what must be refused is tried
    on an empty topic. Exit: 0 nothing bad, 1 something is, 2 usage, 3 no broker or no ledger, 5 something could
    not be looked at.
    """
    from services.runtime.settings import read_settings

    if bool(auditor) != bool(auditor_password_file):
        raise typer.BadParameter("give --auditor and --auditor-password-file together")
    settings = read_settings(home=home)
    found = []
    for finding in _findings(settings, auditor, auditor_password_file):
        found.append(finding)
        if not as_json:
            print(finding.line)
    count = Counter(finding.state for finding in found)
    stops = sum(finding.stops(settings.mode) for finding in found)
    if as_json:
        told = [finding.as_json(settings.mode) for finding in found]
        print(json.dumps({"mode": settings.mode, "stops_start": stops, "findings": told}, indent=2))
    else:
        print(_summary(count, stops))
    raise typer.Exit(_exit(found, count))


def _findings(settings: "Settings", auditor: str, password_file: Path | None) -> "Iterator[Finding]":
    from services.contract.problems import BadSetting
    from services.ledger.doctor.examine import examine
    from services.ledger.doctor.findings import Finding
    from services.ledger.open import log_signer
    from services.runtime.keys import KeyFolder

    if not settings.key_folder.is_dir():
        raise BadSetting(f"MASH_KEYS: there is no key folder at {settings.key_folder}")
    keys = KeyFolder(settings.key_folder)
    yield from examine(settings, keys, lambda code: log_signer(settings.hub, code, keys))
    if not auditor:
        return
    if not settings.ledger_ca:
        raise typer.BadParameter("--auditor: MASH_LEDGER_CA and a secured broker are needed")
    from services.ledger.doctor.right_checks import auditor_findings
    from services.ledger.store.cluster import Cluster
    from services.ledger.store.ports import StoreAway, StoreHalted

    servers = tuple(settings.ledger.removeprefix("kafka://").split(","))
    try:
        yield from auditor_findings(
            Cluster(servers, auditor, password_file, settings.ledger_ca), settings.hub
        )
    except (StoreAway, StoreHalted) as error:
        yield Finding("auditor-refused", "unknown", str(error))


def _summary(count: "Counter[State]", stops: int) -> str:
    words = [f"{count['ok']} well", f"{count['warn']} to look at", f"{count['bad']} bad"]
    words += [f"{count['unknown']} not checked"] if count["unknown"] else []
    start = "A hub would not start upon this." if stops else "A hub starts upon this."
    return f"{', '.join(words)}. {start}"


def _exit(found: "list[Finding]", count: "Counter[State]") -> Exit:
    if any(finding.check == "broker-reached" and finding.state == "unknown" for finding in found):
        return Exit.UNAVAILABLE
    if count["bad"]:
        return Exit.FINDINGS
    return Exit.INCOMPLETE if count["unknown"] else Exit.OK
