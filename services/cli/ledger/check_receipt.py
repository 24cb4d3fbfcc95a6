"""`mash ledger check-receipt`: what a receipt proves, told to whoever holds it.

Promise: nothing is called proved that the log's key did not sign; no value of an answer is repeated.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from services.cli.exits import Exit
from services.cli.ledger.trusted import Policy, keys_given, policy_given
from services.ledger.auditing.check_receipt import Checked, check_receipt

FACTS = ("kind", "time", "purpose", "basis")


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash ledger`."""
    app.command(name="check-receipt")(check)


def check(
    receipt: Annotated[Path, typer.Argument(help="The .tlog-proof file of a release.")],
    key: Annotated[str, typer.Option(help="Public key line (vkey) of the log.")] = "",
    trust: Annotated[Path | None, typer.Option(help="File of public key lines.")] = None,
    policy: Policy = None,
    answer: Annotated[Path | None, typer.Option(help="The JSON answer as it was received.")] = None,
    opening: Annotated[Path | None, typer.Option(help="The opening: /ledger/receipts/{id}/opening.")] = None,
) -> None:
    """Check one receipt offline; with the answer and its opening, that this very answer is what was entered.

    With a policy file (tlog-policy), also that its quorum of witnesses cosigned the checkpoint in the receipt.

    Example: mash ledger check-receipt release.tlog-proof --trust trust.vkeys --answer answer.json --opening opening.json

    Exit: 0 holds, 1 does not, 2 usage, 5 holds, and the answer was not given.
    """
    if (answer is None) != (opening is None):
        raise typer.BadParameter("--answer and --opening go together")
    demanded = policy_given(policy)
    keys = keys_given(key, trust, demanded)
    if not keys:
        raise typer.BadParameter("a receipt holds no key: give --key, --trust, or a --policy with logs")
    proof, told, salts = (_read(path) for path in (receipt, answer, opening))
    found = check_receipt(proof or b"", keys, told, salts, policy=demanded)
    tell(found)
    raise typer.Exit(found.exit_code)


def _read(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        print(f"{path} cannot be read ({error.strerror})", file=sys.stderr)
        raise typer.Exit(Exit.USAGE) from None


def tell(found: Checked) -> None:
    """In words: where it stands, what it says, what does not hold."""
    if found.index >= 0:
        print(f"Entry {found.index} of {found.origin}, in a log of {found.size} that its key signed.")
        entry = found.entry
        print("  " + ", ".join(f"{name} {entry[name]}" for name in FACTS if name in entry))
        asker = entry["asker"]
        print(f"  asked by {asker.get('role', 'a system')} of {asker['organisation']}")
        if "policy" in entry:
            print(f"  decided under policies {entry['policy']['revision']}")
        if found.cosigned:
            print(f"  cosigned by {found.cosigned}")
        print(f"  about {len(entry.get('subjects', ()))} people")
    for wrong in found.findings:
        print(f"WRONG  {wrong}")
    for gap in found.gaps:
        print(f"NOT CHECKED  {gap}")
    if found.resources and not found.findings:
        print(
            f"The answer is the one that was entered: {found.resources} resources, each under its person's root."
        )
    words = {0: "It holds.", 1: "It does not hold.", 5: "It holds, as far as it was checked."}
    print(words[found.exit_code])
