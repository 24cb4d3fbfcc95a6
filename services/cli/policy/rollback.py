"""`mash policy rollback`: back to a book that was in force before, by the same rule as forward.

Promise: what narrows is put in force at once by one IG lead; what widens waits for two others to sign.
"""

from functools import partial
from typing import Annotated

import typer

from services.cli.policy import signing_key
from services.cli.policy.activate import Wait, ask, serves_signed
from services.cli.policy.check import progress_line
from services.cli.policy.installation import Home, KeyFile, PassphraseFile, here, home_of, lifecycle_of
from services.cli.policy.told import show
from services.contract.problems import NotFound
from services.policy.lifecycle.propose import propose_rollback
from services.policy.lifecycle.take_up import Lifecycle
from services.policy.lifecycle.weighed import in_words


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash policy`."""
    app.command(epilog="Example: mash policy rollback --key ~/amina.key --to 9c1be2d07a55f013")(rollback)


def rollback(
    key: KeyFile,
    to: Annotated[str, typer.Option("--to", help="Revision or digest; default the one before.")] = "",
    passphrase_file: PassphraseFile = None,
    wait: Wait = 600,
    home: Home = None,
) -> None:
    """Go back to a book that was in force before."""
    lifecycle = lifecycle_of(home)
    serves_signed(lifecycle, home_of(home))
    policy = _earlier(lifecycle, to)
    compare = partial(in_words, progress=progress_line)
    proposal = propose_rollback(lifecycle, policy, signing_key.read(key, passphrase_file), compare)
    progress_line("")
    show(proposal, proposal.version())
    row = proposal.version().signers.rows[proposal.statement.proposer]
    if proposal.report["widens"] or row.role != "ig-lead":
        print(
            f"\nProposal {proposal.id[:16]}. Next, each signer:  mash policy sign {proposal.id[:16]}{here(home)} --key THEIR-KEY"
        )
        print(f"Then:                               mash policy activate {proposal.id[:16]}{here(home)}")
        return
    ask(lifecycle, proposal, wait)


def _earlier(lifecycle: Lifecycle, to: str) -> str:
    """The policy digest meant. Raises `NotFound`, naming what there is."""
    records = lifecycle.activated.all()
    others = [one for one in records if one.policy != records[-1].policy]
    named = (
        {one.policy for one in others if one.policy.startswith(to)}
        if to
        else {one.policy for one in others[-1:]}
    )
    if len(named) != 1:
        there = ", ".join(dict.fromkeys(one.policy[:16] for one in others)) or "none"
        raise NotFound("--to: names no book that was in force before", next_step=f"There are these: {there}.")
    return named.pop()
