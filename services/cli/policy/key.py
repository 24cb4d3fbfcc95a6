"""`mash policy key new`: a signer's own key, and the row by which the book names them.

Promise: the private key is written to the owner's file only; what is printed is public.
"""

import os
from pathlib import Path
from typing import Annotated

import typer

from services.cli.policy import signing_key
from services.cli.policy.installation import Home, PassphraseFile, home_of
from services.contract.problems import BadInput, BadSetting
from services.policy.lifecycle.signers import ROLES


def add(app: typer.Typer) -> None:
    """Put the commands among those of `mash policy`."""
    keys = typer.Typer(help="Keys of those who sign policies.", no_args_is_help=True)
    keys.callback()(_group)
    keys.command(
        epilog='Example: mash policy key new ~/amina.key --id amina.shah --name "Amina Shah" '
        "--organisation northshire-csc --role ig-lead"
    )(new)
    app.add_typer(keys, name="key")


def _group() -> None:
    """Keys of those who sign policies."""


def new(
    file: Annotated[Path, typer.Argument(help="Where your key is kept; outside the hub's folder.")],
    id: Annotated[str, typer.Option(help="Short name of the person: a-z, 0-9, dot and hyphen.")],
    name: Annotated[str, typer.Option(help="The person's name.")],
    organisation: Annotated[str, typer.Option(help="Id in policies/organisations.yaml.")],
    role: Annotated[str, typer.Option(help="ig-lead or caldicott.")],
    passphrase_file: PassphraseFile = None,
    home: Home = None,
) -> None:
    """Make a signing key under a passphrase, and print its row for policies/signers.yaml."""
    if role not in ROLES:
        raise BadInput(f"--role: is {' or '.join(ROLES)}", next_step="Name one of the two.")
    if (home or "MASH_HOME" in os.environ) and file.resolve().is_relative_to(home_of(home)):
        raise BadSetting(
            "the key would stand in the hub's folder",
            next_step="Keep it where only its owner reads: a stick, or your own home folder.",
        )
    passphrase = signing_key.passphrase_of(passphrase_file, "Passphrase, 12 characters or more", twice=True)
    signer = signing_key.make(file, id, passphrase)
    print(f"Made the key of {id} in {file}. Keep it and its passphrase: nobody can restore either.")
    print("Its row for policies/signers.yaml, which two others must sign into force:")
    print(f'  - {{id: {id}, name: "{name}", organisation: {organisation}, role: {role},')
    print(f'     key: "{signer.verifier.vkey}"}}')
