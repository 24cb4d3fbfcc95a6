"""A hub of `tests/hub/world.py` served on loopback, with registered systems and staff, and requests by raw socket."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.cli.demo.cast import MANAGER, SOCIAL_WORKER, Member
from services.cli.demo.enrol import client_id, enrol_staff, enrol_system
from services.cli.demo.partner import PartnerKey, PartnerSystem
from services.cli.serve import Listener, bound
from tests.hub.world import World, a_world

REQUEST_ID = "00000000-0000-4000-8000-000000000001"
MIA = {"nhs_number": "9991000011", "given": "Mia", "family": "Reid", "birth_date": "2019-05-07"}


@dataclass
class Served:
    """A hub that listens, and its partners' systems."""

    world: World
    port: int
    keys: dict[str, PartnerKey]

    @contextmanager
    def system(self, organisation: str) -> Iterator[PartnerSystem]:
        """The registered system of an organisation, closed at the end."""
        url = f"http://127.0.0.1:{self.port}"
        system = PartnerSystem(client_id(organisation), self.keys[organisation], url)
        try:
            yield system
        finally:
            system.close()

    def token(self, member: Member) -> str:
        """A person's token, vouched for by their organisation's system."""
        with self.system(member.organisation) as system:
            return system.as_person(member).token

    def publishing(self, organisation: str) -> str:
        """The token of an organisation's system, for publishing."""
        with self.system(organisation) as system:
            return system._token({"grant_type": "client_credentials"})

    def case(self) -> str:
        """A child protection enquiry about Mia, opened by the team manager over HTTP."""
        body = {
            "purpose": "C-S47",
            "ground": {"code": "reasonable-cause", "text": "as recorded"},
            "subjects": [{"about": MIA, "as": "child"}],
            "members": [{"organisation": "northshire-csc", "team": "mash"}],
        }
        with self.system("northshire-csc") as system:
            return str(system.as_person(MANAGER).post("/cases", body)["id"])

    def raw(
        self,
        method: str,
        path: str,
        token: str,
        body: Any = None,
        accept: str = "application/json",
        more: tuple[str, ...] = (),
    ) -> bytes:
        """Every byte that the hub sends for one request, the Date line and the request id apart, which say nothing."""
        form = isinstance(body, bytes)
        sent = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        kind = "application/fhir+json" if path.startswith("/fhir") else "application/json"
        kind = "application/x-www-form-urlencoded" if form else kind
        head = [f"{method} {path} HTTP/1.1", "Host: hub", f"Authorization: Bearer {token}", f"Accept: {accept}",
                f"Content-Type: {kind}", f"Content-Length: {len(sent)}", "Connection: close",
                f"X-Request-ID: {REQUEST_ID}", *more, "", ""]  # fmt: skip
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as link:
            link.sendall("\r\n".join(head).encode() + sent)
            answer = b"".join(iter(lambda: link.recv(65536), b""))
        lines = answer.split(b"\r\n")
        return b"\r\n".join(line for line in lines if not line.lower().startswith(b"date:"))

    def view(self, case: str, token: str, **about: str) -> bytes:
        """`POST /family-view`, every byte."""
        return self.raw("POST", "/family-view", token, {"about": about or MIA, "case": case})


@contextmanager
def a_served(folder: Path, **settings: Any) -> Iterator[Served]:
    """A hub on loopback with the families, its staff enrolled."""
    with closing(bound("127.0.0.1", 0, "MASH_PORT")) as front:
        port = int(front.getsockname()[1])
        world = a_world(folder, port=port, **settings)
        listener = Listener(world.running.app, front)
        try:
            keys = _enrolled(world, folder)
            listener.start()
            yield Served(world, port, keys)
        finally:
            listener.stop()
            world.close()


def _enrolled(world: World, folder: Path) -> dict[str, PartnerKey]:
    """Every organisation's system and everybody of the cast, in the registers."""
    book = world.parts.shelf.current()
    sources: dict[str, tuple[str, ...]] = {}
    for id, source in book.sources.items():
        if source.mode == "copy":
            sources[source.organisation] = (*sources.get(source.organisation, ()), id)
    enrol_staff(world.parts, "http://127.0.0.1:1")
    return {
        organisation: enrol_system(world.parts, organisation, sources.get(organisation, ()), folder / "keys")
        for organisation in book.organisations
    }


__all__ = ["MANAGER", "SOCIAL_WORKER", "Served", "a_served"]
