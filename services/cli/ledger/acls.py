"""`mash ledger acls`: the rights of a hub's topics, given on a Kafka cluster by its administrator, or printed.

Promise: what is given is what the doctor looks for: the sequencer writes, auditors read, nobody deletes; giving
them twice changes nothing.
"""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.exits import Exit


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash ledger`."""
    app.command()(acls)


def acls(
    servers: Annotated[str, typer.Argument(help="HOST:PORT[,HOST:PORT] of the brokers.")],
    sequencer: Annotated[str, typer.Option(help="The user that the hub is (its MASH_LEDGER_USER).")],
    hub: Annotated[
        str, typer.Option(envvar="MASH_HUB", help="Name of the hub: the topics are mash.HUB.*")
    ] = "northshire-hub",
    auditor: Annotated[list[str] | None, typer.Option(help="A user that may read; may be repeated.")] = None,
    user: Annotated[str, typer.Option(help="The administrator: a super user of the cluster.")] = "",
    password_file: Annotated[Path | None, typer.Option(help="File that holds their password.")] = None,
    ca: Annotated[Path | None, typer.Option(help="Certificate authority of the brokers, PEM.")] = None,
    only_print: Annotated[
        bool, typer.Option("--print", help="Give nothing; print them for Kafka's own kafka-acls.sh.")
    ] = False,
) -> None:
    """Give the rights to a hub's topics: the sequencer writes, auditors read, nobody deletes or changes.

    Example: mash ledger acls kafka-1:9093 --sequencer northshire-hub --auditor ico
    --user kafka-admin --password-file admin.password --ca authority.pem

    Exit: 0 given, 2 usage, 3 the cluster does not answer or refuses.
    """
    from services.ledger.store.acls import acls as all_of
    from services.ledger.store.acls import as_commands

    wanted = all_of(hub, sequencer, auditor or ())
    if only_print:
        for line in as_commands(servers, wanted):
            print(line)
        return
    if not (user and password_file and ca):
        raise typer.BadParameter("give --user, --password-file and --ca of the administrator, or --print")
    _give(servers, user, password_file, ca, wanted)
    readers = ", ".join(auditor or ()) or "nobody"
    print(
        f"Given: {len(wanted)} rights to mash.{hub}.*: {sequencer} writes, {readers} reads, nobody deletes."
    )
    print("Prove it with mash ledger doctor.")


def _give(servers: str, user: str, password_file: Path, ca: Path, wanted: Any) -> None:
    from services.ledger.store.acls import give
    from services.ledger.store.cluster import Cluster
    from services.ledger.store.ports import StoreAway, StoreHalted

    try:
        give(Cluster(tuple(servers.split(",")), user, password_file, ca), wanted)
    except (StoreAway, StoreHalted) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(Exit.UNAVAILABLE) from None
