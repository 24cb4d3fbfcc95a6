"""`mash policy propose`: the folder as it stands, checked, compared with the book in force, and put before the signers.

Promise: a folder that fails a check is not proposed, and a check that was not run is said, here and in the proposal.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import typer

from services.cli.exits import Exit
from services.cli.policy import signing_key
from services.cli.policy.check import Quick, lines_of, outcomes_of, progress_line
from services.cli.policy.folder import Folder
from services.cli.policy.installation import Home, KeyFile, PassphraseFile, folder_of, here, lifecycle_of
from services.cli.policy.told import show
from services.policy.lifecycle.propose import propose as make
from services.policy.lifecycle.signers import read_signers
from services.policy.lifecycle.weighed import in_words
from services.runtime.book import BadBook, Book, read_book

EXHAUSTIVE = "the exhaustive part of the invariants"


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash policy`."""
    app.command(epilog="Example: mash policy propose --home /srv/mash --key ~/amina.key")(propose)


def propose(
    key: KeyFile,
    policies: Folder = None,
    quick: Quick = False,
    passphrase_file: PassphraseFile = None,
    home: Home = None,
) -> None:
    """Check the policy folder, report what would change, and put it before the signers."""
    lifecycle = lifecycle_of(home)
    folder = folder_of(home, policies)
    print(f"Proposing {folder}")
    _readable(folder)
    signer = signing_key.read(key, passphrase_file)
    proposal = make(
        lifecycle, folder, signer, partial(in_words, progress=progress_line), partial(_checked, quick)
    )
    progress_line("")
    show(proposal, proposal.version())
    print(
        f"\nProposal {proposal.id[:16]}. Next, each signer:  mash policy sign {proposal.id[:16]}{here(home)} --key THEIR-KEY"
    )
    print(f"Then:                               mash policy activate {proposal.id[:16]}{here(home)}")


def _readable(folder: Path) -> None:
    """Every finding of a folder that is no book, by the files that the person edits."""
    try:
        read_signers(folder, read_book(folder).organisations.keys())
    except BadBook as bad:
        for finding in bad.findings:
            print(finding)
        print(f"{len(bad.findings)} to mend; nothing was proposed.")
        raise typer.Exit(Exit.FINDINGS) from None


def _checked(quick: bool, folder: Path, _book: Book) -> Mapping[str, Sequence[str]]:
    """The checks that this machine can run; a failure ends the command."""
    _revision, outcomes = outcomes_of(folder, quick, progress_line)
    progress_line("")
    print("\n".join(lines_of(outcomes)))
    if any(one.state == "fails" for one in outcomes):
        print("Not proposed. Next: mend what failed, see it hold with mash policy check, and propose again.")
        raise typer.Exit(Exit.FINDINGS)
    run = [one.name for one in outcomes if one.state == "holds"]
    not_run = [one.name for one in outcomes if one.state == "not run"] + ([EXHAUSTIVE] if quick else [])
    if not_run:
        print(f"Not run, and so noted in the proposal: {', '.join(not_run)}.")
    return {"run": run, "not_run": not_run}
