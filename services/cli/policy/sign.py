"""`mash policy sign`: a signer reads what a proposal changes, and signs it with their own key.

Promise: what is signed is what was shown; a signature that could not count is not made.
"""

from typing import Annotated

import typer

from services.cli.exits import Exit
from services.cli.policy import signing_key
from services.cli.policy.installation import Home, KeyFile, PassphraseFile, here, lifecycle_of
from services.cli.policy.told import show
from services.policy.lifecycle.propose import sign as put_signature

Prefix = Annotated[
    str, typer.Argument(help="First 8 or more hex digits of the proposal, or of its policy digest.")
]


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash policy`."""
    app.command(epilog="Example: mash policy sign 3f2a91c0b7d4 --key ~/idris.key")(sign)


def sign(
    proposal: Prefix,
    key: KeyFile,
    passphrase_file: PassphraseFile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again before signing.")] = False,
    home: Home = None,
) -> None:
    """Show what a proposal changes, and sign it."""
    lifecycle = lifecycle_of(home)
    found = lifecycle.proposals.find(proposal)
    show(found, found.version())
    if not yes and not typer.confirm("Sign this?", err=True):
        print("Not signed.")
        raise typer.Exit(Exit.INCOMPLETE)
    signer = signing_key.read(key, passphrase_file)
    put_signature(lifecycle, found, signer)
    print(f"Signed by {signer.verifier.name}. Next:  mash policy activate {found.id[:16]}{here(home)}")
