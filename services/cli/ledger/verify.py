"""`mash ledger verify`: a ledger folder, an export of tiles, or a Kafka cluster's topics, held against public keys from
outside.

Promise: nothing that could not be checked is called good; keys found beside the log are named as proving
nothing against whoever holds the folder.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from services.cli.exits import Exit
from services.cli.ledger.misbehaviour import judge_proof, save_proofs
from services.cli.ledger.progress import progress
from services.cli.ledger.trusted import Policy, keys_given, policy_given
from services.ledger import journal
from services.ledger.auditing.earlier import Earlier, read_earlier
from services.ledger.auditing.integrity import verify_integrity
from services.ledger.auditing.listed import hold_listed
from services.ledger.auditing.report import Report
from services.ledger.auditing.verify_tiles import CHECKPOINT, logs_in, verify_tiles
from services.ledger.emergency.bridges import hold_emergency, hold_exported, is_emergency
from services.ledger.trust_policy import TrustPolicy
from services.ledger.verify import (
    NoLedger,
    keys_beside,
    ledger_folder,
    read_checkpoints,
    verify_folder,
    verify_records,
)
from services.runtime.note import BadKey, BadNote, Verifier


@dataclass(frozen=True)
class Asked:
    """What to hold a ledger against: keys, whether they name the one log asked about, checkpoints from before, the
    policy whose quorum of witnesses each log needs, and whether hashes alone are enough."""

    keys: Sequence[Verifier]
    only: bool = False
    earlier: Sequence[Earlier] = ()
    policy: TrustPolicy | None = None
    integrity: bool = False


BESIDE = "with the keys found beside the log, which proves nothing against whoever holds the folder"

Place = Annotated[
    str,
    typer.Argument(help="MASH_HOME or its folder ledger; a folder of tiles; kafka://HOST:PORT; or a proof."),
]
Trust = Annotated[Path | None, typer.Option(help="File of public key lines, one a line; # begins a comment.")]
Checkpoints = Annotated[
    Path | None,
    typer.Option(envvar="MASH_HOME", help="With kafka://: where the hub publishes its signed checkpoints."),
]
Since = Annotated[
    Path | None,
    typer.Option("--from", help="Checkpoints kept from before: a file, or a folder of an earlier time."),
]
Emergency = Annotated[
    Path | None,
    typer.Option(help="Folder of the emergency log, where it is not in the ledger's own."),
]
Proofs = Annotated[
    Path, typer.Option(help="Folder in which a proof of misbehaviour is saved, if there is one.")
]


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash ledger`."""
    app.command()(verify)


def verify(
    place: Place,
    key: Annotated[str, typer.Option(help="Public key line (vkey) of the one log to verify.")] = "",
    trust: Trust = None,
    checkpoints: Checkpoints = None,
    since: Since = None,
    policy: Policy = None,
    proofs: Proofs = Path(),
    integrity: Annotated[
        bool, typer.Option("--integrity", help="Hashes, order and signatures alone: several times as quick.")
    ] = False,
    emergency: Emergency = None,
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON on stdout.")] = False,
) -> None:
    """Verify every log found: each entry, the order, the root that was signed, and the signature.

    A policy file (tlog-policy) also demands its quorum of witnesses. PLACE may be a saved proof of misbehaviour.

    Example: mash ledger verify audit --trust trust.vkeys --from last-year

    Exit: 0 all good, 1 findings, 2 usage, 3 the broker does not answer, 5 something could not be checked.
    """
    demanded = policy_given(policy)
    given = keys_given(key, trust, demanded)
    main = [one for one in given if not is_emergency(one)]
    asked = Asked(main or given, bool(key), earlier_given(since), demanded, integrity)
    if integrity and (place.startswith("kafka://") or logs_in(Path(place))):
        raise typer.BadParameter("--integrity reads the hub's own ledger folder: leave it out here")
    if Path(place).is_file():
        raise typer.Exit(judge_proof(Path(place), given))
    kafka, server = place.startswith("kafka://"), place.removeprefix("kafka://")
    report = _verify_kafka(server, checkpoints, asked) if kafka else verify_path(Path(place), asked)
    if not asked.only:
        _hold_emergency(report, emergency, checkpoints if kafka else Path(place), given)
    report.notes += save_proofs(report.contradictions, proofs)
    print(json.dumps(report.as_json(), indent=2)) if as_json else tell(report)
    raise typer.Exit(report.exit_code)


def _hold_emergency(
    report: Report, folder: Path | None, place: Path | None, keys: Sequence[Verifier]
) -> None:
    """The emergency log in the folder named, or below the ledger's own, or among the tiles of an export."""
    mine = [one for one in keys if is_emergency(one)]
    place = place or Path()
    tiles = folder is None and place.is_dir() and bool(logs_in(place))
    if folder is None:
        folder = (place / "ledger" if (place / "ledger").is_dir() else place) / "emergency"
    try:
        hold_exported(report, place, mine) if tiles else hold_emergency(report, folder, mine)
    except BadKey as error:
        raise typer.BadParameter(f"{place if tiles else folder / 'keys'}: {error}") from None
    except BadNote as error:
        print(error, file=sys.stderr)
        raise typer.Exit(Exit.FINDINGS) from None
    except OSError as error:
        print(f"{folder} cannot be read ({error.strerror})", file=sys.stderr)
        raise typer.Exit(Exit.UNAVAILABLE) from None


def earlier_given(path: Path | None) -> list[Earlier]:
    """The checkpoints of `--from`; a usage error names what is none."""
    if path is None:
        return []
    try:
        found = read_earlier(path)
    except BadNote as error:
        raise typer.BadParameter(f"--from: {error}") from None
    except OSError as error:
        raise typer.BadParameter(f"--from: {path} cannot be read ({error.strerror})") from None
    if not found:
        raise typer.BadParameter(f"--from: no checkpoint in {path}")
    return found


def verify_path(path: Path, asked: Asked) -> Report:
    """Verify a ledger folder, or a folder of tiles; what is neither ends the command with a line that says so."""
    if path.is_dir() and logs_in(path):
        return _verify_export(path, asked)
    try:
        folder = ledger_folder(path)
    except NoLedger as error:
        raise typer.BadParameter(f"{path}: {error}") from None
    beside = not asked.keys
    try:
        keys = asked.keys or keys_beside(folder)
        size = (folder / journal.NAME).stat().st_size if (folder / journal.NAME).is_file() else 0
        with progress(size) as step:
            judge = verify_integrity if asked.integrity else verify_folder
            report = judge(
                folder, keys, only=asked.only, step=step, earlier=asked.earlier, policy=asked.policy
            )
    except BadKey as error:
        raise typer.BadParameter(f"{folder / 'keys'}: {error}; give --key or --trust") from None
    except OSError as error:
        print(f"{folder} cannot be read ({error.strerror})", file=sys.stderr)
        raise typer.Exit(Exit.UNAVAILABLE) from None
    hold_listed(report, alone=asked.only, unread=asked.integrity and report.listed is None)
    if beside:
        report.gaps.append(f"verified {BESIDE}; give --key or --trust")
    return report


def _verify_export(folder: Path, asked: Asked) -> Report:
    if not asked.keys:
        raise typer.BadParameter("an export holds no keys: give --key or --trust")
    try:
        total = sum(path.stat().st_size for path in folder.glob("**/tile/entries/**/*") if path.is_file())
        with progress(total) as step:
            report = verify_tiles(
                folder, asked.keys, only=asked.only, step=step, earlier=asked.earlier, policy=asked.policy
            )
        hold_listed(report, alone=asked.only or (folder / CHECKPOINT).is_file(), apart=report.apart)
        return report
    except BadNote as error:
        print(error, file=sys.stderr)
        raise typer.Exit(Exit.FINDINGS) from None
    except OSError as error:
        print(f"{folder} cannot be read ({error.strerror})", file=sys.stderr)
        raise typer.Exit(Exit.UNAVAILABLE) from None


def _verify_kafka(servers: str, home: Path | None, asked: Asked) -> Report:
    keys = asked.keys
    if not keys:
        raise typer.BadParameter("kafka:// holds no keys: give --key or --trust")
    hubs = {verifier.name.partition("/")[0] for verifier in keys}
    if len(hubs) > 1:
        raise typer.BadParameter("the keys are of several hubs; verify one hub at a time")
    try:
        folder = ledger_folder(home) if home else None
    except NoLedger as error:
        raise typer.BadParameter(f"--checkpoints: {error}") from None
    if folder is None:
        raise typer.BadParameter("kafka:// holds no checkpoints: give --checkpoints, the hub's folder ledger")
    # The client takes a second to load, and an auditor of a folder may not have it.
    from services.cli.ledger.topics import records_of_topics
    from services.ledger.store.ports import StoreAway, StoreHalted

    hub = hubs.pop()
    records = records_of_topics(servers, hub)
    try:
        report = verify_records(
            records,
            hub,
            lambda: read_checkpoints(folder),
            keys,
            only=asked.only,
            earlier=asked.earlier,
            policy=asked.policy,
        )
        hold_listed(report, alone=asked.only)
        return report
    except StoreAway as error:
        print(error, file=sys.stderr)
        raise typer.Exit(Exit.UNAVAILABLE) from None
    except StoreHalted as error:
        print(error, file=sys.stderr)
        raise typer.Exit(Exit.FINDINGS) from None


def tell(report: Report) -> None:
    """The report in words: a line a log, then what is wrong, then what could not be checked."""
    for row in report.logs:
        good = row["signed"] >= 0
        state = f"{row['signed']} entries as signed" if good else "does not hold"
        print(f"{row['origin']}: {state}")
        if row["key"]:
            print(f"    key {row['key']}")
    for finding in report.findings:
        entry = f" entry {finding.index}" if finding.index >= 0 else ""
        log = f"log {finding.log}" if finding.log else "the ledger"
        print(f"WRONG  {log}{entry}: {finding.kind}: {finding.detail}")
    for gap in report.gaps:
        print(f"NOT CHECKED  {gap}")
    for pair in report.contradictions:
        print(f"log {pair['log']} signed both of these, which proves it ({pair['kind']}):")
        print(f"--- earlier\n{pair['earlier']}--- now\n{pair['now']}---")
    for note in report.notes:
        print(f"note  {note}")
    words = {0: "All good.", 1: "The ledger is not what was signed.", 5: "Incomplete: see NOT CHECKED."}
    print(words[report.exit_code])
