"""The installation that a command of the life of policies works on, and the options that say which.

Promise: these commands need no key of the hub: they leave files, and the hub verifies all of it again.
"""

import os
from pathlib import Path
from typing import Annotated

import typer

from services.contract import places
from services.contract.problems import BadSetting
from services.policy.lifecycle.proposals import Version, version_in
from services.policy.lifecycle.take_up import Lifecycle

Home = Annotated[
    Path | None, typer.Option("--home", help="The hub's folder; default MASH_HOME.", show_default=False)
]
KeyFile = Annotated[Path, typer.Option("--key", help="Your key file, of mash policy key new.")]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        envvar="MASH_KEY_PASSPHRASE_FILE",
        help="A file with your passphrase, for scripts; else it is asked for.",
    ),
]


def home_of(home: Path | None) -> Path:
    """The hub's folder. Raises `BadSetting` where no hub has ever used it and none is named."""
    found = home or Path(os.environ.get("MASH_HOME", "home"))
    if not found.is_dir() and home is None and "MASH_HOME" not in os.environ:
        raise BadSetting(
            "the hub's folder is not known",
            next_step="Name it: --home FOLDER, or set MASH_HOME as the hub has it.",
        )
    return found.resolve()


def here(home: Path | None) -> str:
    """The option by which the next command finds the same hub; nothing where none was named."""
    return f" --home {home}" if home else ""


def lifecycle_of(home: Path | None) -> Lifecycle:
    """Its proposals, requests and records. Raises `BadSetting`."""
    return Lifecycle.of(home_of(home), None)


def folder_of(home: Path | None, policies: Path | None) -> Path:
    """The policy folder that is edited: the one named, a demonstration's own copy, or the hub's."""
    own = home_of(home) / "policies"
    return policies or (own if own.is_dir() else places.policies())


def in_force(lifecycle: Lifecycle) -> Version | None:
    """The version in force, or None before the first."""
    folder = lifecycle.folder()
    return version_in(folder) if folder else None
