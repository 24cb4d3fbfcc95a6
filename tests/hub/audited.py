"""A hub that listens, with an auditor registered as docs/how-to/verify-the-ledger.md says, and commands run as that auditor."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from services.cli.ledger import app
from services.cli.ledger.auditor import Auditor
from services.cli.ledger.entered_first import listening
from services.cli.ledger.hub_address import HubAddress
from services.cli.serve import Listener, bound, port_of
from services.gateway.access.clients import ENTRIES_SCOPE, RECORDS_SCOPE, Client, Clients
from services.gateway.access.staff import NewWorker, Staff
from services.gateway.parts import stamp
from tests.hub.served import MANAGER, SOCIAL_WORKER, Served, a_served

CLIENT, ORGANISATION, USER = "county-audit", "northshire-nhs", "a.auditor"


@dataclass
class Audited:
    """The hub, and the folder of the auditor's own machine."""

    served: Served
    desk: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.served.port}"

    @property
    def key(self) -> Path:
        return self.desk / "auditor.json"

    def trust(self) -> Path:
        """The public keys of every log, as they were handed over."""
        file = self.desk / "trust.vkeys"
        keys = self.served.world.parts.ledger.keys()  # type: ignore[attr-defined]
        file.write_text("".join(f"{key}\n" for key in keys.values()), encoding="utf-8")
        return file

    def fetch(self, folder: Path, *more: str, key: Path | None = None) -> Result:
        return run("fetch", self.address, str(folder), "--key", str(key or self.key), *more)

    def reads(self) -> list[dict[str, Any]]:
        """The facts of every `ledger.read`, in order."""
        entries = self.served.world.entries("hub")
        return [
            entry["facts"] | {"by": entry["asker"]} for entry in entries if entry["kind"] == "ledger.read"
        ]


def run(*words: str, typed: str = "") -> Result:
    """`mash ledger …`; a traceback is never an answer."""
    ran = CliRunner().invoke(app, list(words), input=typed)
    assert ran.exception is None or isinstance(ran.exception, SystemExit), repr(ran.exception)
    assert "Traceback" not in ran.output
    return ran


def enrol(served: Served, key: Path, *, scopes: tuple[str, ...] = (ENTRIES_SCOPE, RECORDS_SCOPE)) -> None:
    """As the hub's operator: the public half of the key file, and the auditor in the staff register."""
    parts = served.world.parts
    public = json.loads(key.with_suffix(".public.json").read_text(encoding="utf-8"))
    who = json.loads(key.read_text(encoding="utf-8"))["auditor"]
    when = stamp(parts.now())
    Clients(parts.store).add(
        Client(who["client"], who["organisation"], ("AUDITOR",), scopes, (), public), when
    )
    staff = Staff(parts.store, parts.keys)
    if staff.by_partner(who["organisation"], who["user"]) is None:
        staff.add(
            NewWorker(organisation=who["organisation"], roles=("AUDITOR",), partner_user=who["user"]), when
        )


def make_key(file: Path, client: str = CLIENT, user: str = USER) -> Path:
    """`mash ledger key`."""
    made = run("key", str(file), "--client", client, "--organisation", ORGANISATION, "--user", user)
    assert made.exit_code == 0, made.output
    return file


def auditors_token(served: Served) -> str:
    """A token of an auditor of this hub, who is enrolled once."""
    key = served.world.home.parent / "auditor.json"
    if not key.exists():
        enrol(served, make_key(key))
    with HubAddress(f"http://127.0.0.1:{served.port}", Auditor.read(key)) as hub:
        return hub.token()


@contextmanager
def _operators(served: Served) -> Iterator[None]:
    with closing(bound("127.0.0.1", 0, "MASH_OPS_PORT")) as back:
        listener = Listener(served.world.running.ops, back)
        listener.start()
        try:
            with listening(served.world.home, f"http://127.0.0.1:{port_of(back)}"):
                yield
        finally:
            listener.stop()


@contextmanager
def an_audited(folder: Path, *, operators: bool = False) -> Iterator[Audited]:
    """A hub that has released, and its auditor. `operators`: with the operators' listener too."""
    with a_served(folder / "hub") as served, ExitStack() as more:
        if operators:
            more.enter_context(_operators(served))
        desk = folder / "desk"
        desk.mkdir()
        enrol(served, make_key(desk / "auditor.json"))
        served.view(served.case(), served.token(SOCIAL_WORKER))
        yield Audited(served, desk)


__all__ = ["MANAGER", "SOCIAL_WORKER", "Audited", "an_audited", "enrol", "make_key", "run"]
