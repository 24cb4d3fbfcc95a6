"""`mash policy propose`: the folder as it stands, checked, compared with the book in force, and put before the signers.

Promise: a folder that fails a check is not proposed, and a check that could not be run is said, here and in the proposal.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from services.cli.exits import Exit
from services.cli.policy import signing_key
from services.cli.policy.check import lines_of, outcomes_of, progress_line
from services.cli.policy.folder import Folder
from services.cli.policy.installation import Home, KeyFile, PassphraseFile, folder_of, lifecycle_of
from services.cli.policy.told import show
from services.policy.lifecycle.by_file import by_file
from services.policy.lifecycle.propose import propose as make
from services.runtime.book import Book


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash policy`."""
    app.command(epilog="Example: mash policy propose --home /srv/mash --key ~/amina.key")(propose)


def propose(
    key: KeyFile, policies: Folder = None, passphrase_file: PassphraseFile = None, home: Home = None
) -> None:
    """Check the policy folder, report what would change, and put it before the signers."""
    lifecycle = lifecycle_of(home)
    folder = folder_of(home, policies)
    print(f"Proposing {folder}")
    proposal = make(lifecycle, folder, signing_key.read(key, passphrase_file), by_file, _checked)
    show(proposal, proposal.version())
    print(
        f"\nProposal {proposal.id[:16]}. Next, each signer:  mash policy sign {proposal.id[:16]} --key THEIR-KEY"
    )
    print(f"Then:                               mash policy activate {proposal.id[:16]}")


def _checked(folder: Path, _: Book) -> Mapping[str, Sequence[str]]:
    """The checks that this machine can run; a failure ends the command."""
    outcomes = outcomes_of(folder, quick=True, progress=progress_line)[1]
    progress_line("")
    print("\n".join(lines_of(outcomes)))
    if any(one.state == "fails" for one in outcomes):
        print("Not proposed. Next: mend what failed, see it hold with mash policy check, and propose again.")
        raise typer.Exit(Exit.FINDINGS)
    return {
        "run": [one.name for one in outcomes if one.state != "not run"],
        "not_run": [one.name for one in outcomes if one.state == "not run"],
    }
