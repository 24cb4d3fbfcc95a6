"""`mash policy activate`: asks the hub to put a signed proposal in force, and says what the hub answered.

Promise: the hub verifies all of it itself; what this command says was done has been done, and is an entry in the hub's log.
"""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.exits import Exit
from services.cli.policy.installation import Home, home_of, lifecycle_of
from services.cli.policy.sign import Prefix
from services.cli.policy.told import show
from services.contract.problems import BadSetting
from services.policy.lifecycle.proposals import Proposal
from services.policy.lifecycle.refused import Fault, ProposalRefused
from services.policy.lifecycle.take_up import Lifecycle

Wait = Annotated[float, typer.Option("--wait", help="Seconds to wait for the running hub.", min=0)]
FIRST = 8


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash policy`."""
    app.command(epilog="Example: mash policy activate 3f2a91c0b7d4")(activate)


def activate(
    proposal: Prefix,
    first: Annotated[
        str,
        typer.Option(
            "--first", help="For an installation's first book: the digest of its signers, as shown."
        ),
    ] = "",
    wait: Wait = 600,
    home: Home = None,
) -> None:
    """Have the running hub put a signed proposal in force."""
    lifecycle = lifecycle_of(home)
    serves_signed(lifecycle, home_of(home))
    found = lifecycle.proposals.find(proposal)
    confirmed = _confirmed(lifecycle, found, first)
    ask(lifecycle, found, wait, confirmed)


def serves_signed(lifecycle: Lifecycle, home: Path) -> None:
    """Whether the hub of this folder serves signed books only. Raises `BadSetting`."""
    mark = home / "mode"
    if (
        mark.is_file()
        and mark.read_text(encoding="utf-8").strip() == "demo"
        and not lifecycle.requests.known()
    ):
        raise BadSetting(
            "this demonstration serves its folder live: a saved edit is in force at once, unsigned",
            next_step="For signatures, start it with: mash demo --signed",
        )


def ask(lifecycle: Lifecycle, proposal: Proposal, wait: float, confirmed: str = "") -> None:
    """Leave the request, wait, and say what came of it. Raises `ProposalRefused`."""
    request = lifecycle.requests.ask(proposal.id, confirmed)
    if not lifecycle.requests.taken_up():
        answer = lifecycle.requests.answer(request, 1)
        if answer is None:
            print(
                "No hub is running here: it is taken up when the hub starts, verified then, and refused if it does not hold."
            )
            raise typer.Exit(Exit.INCOMPLETE)
    else:
        answer = lifecycle.requests.answer(request, wait)
    if answer is None:
        print(
            f"The hub has not finished within {wait:.0f} s; it goes on, and nothing is lost. Look at the page /policy."
        )
        raise typer.Exit(Exit.INCOMPLETE)
    if answer["outcome"] != "in-force":
        raise ProposalRefused([Fault(one["code"], one["place"], one["what"]) for one in answer["faults"]])
    what = "Rolled back to" if answer["kind"] == "policy.rolled-back" else "In force:"
    print(
        f"{what} revision {answer['revision']}, since {answer['time']}, signed by {', '.join(answer['signed_by'])}"
    )
    print(
        f"Entry {answer['index']} of the hub's log. No request failed, and none was decided under two books."
    )


def _confirmed(lifecycle: Lifecycle, proposal: Proposal, first: str) -> str:
    """The digest of the signers of a first book, once the operator has confirmed it. Raises `BadSetting`."""
    if not proposal.statement.first or lifecycle.activated.last() is not None:
        return ""
    if len(first) >= FIRST and proposal.statement.signers.startswith(first):
        return proposal.statement.signers
    show(proposal, proposal.version())
    raise BadSetting(
        "--first: this is the installation's first book, and nobody has signed these signers in",
        next_step="Compare the people and the digest with what they told you themselves, then add "
        f"--first {proposal.statement.signers[:16]}",
    )
