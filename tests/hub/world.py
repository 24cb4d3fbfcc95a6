"""A whole hub on its embedded parts in a temporary folder, with the families of Northshire published to it.

Nothing here is faked: the same wiring as in production, asked through the same door as API and pages. The live practice
is at a port where nobody listens unless a test starts one.
"""

import json
import shutil
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.cli.demo.families import northshire
from services.contract.canonical import emit, parse
from services.contract.cases import Asker, Ground, Member, OpenCase, RecordEvidence, Subject
from services.contract.people import About
from services.contract.places import policies
from services.contract.publishing import Put
from services.contract.views import FamilyView, Refused, ViewRequest
from services.gateway.access.bearer import Publisher
from services.gateway.answer import as_json
from services.gateway.ask import ask
from services.gateway.cases.evidence import record_evidence
from services.gateway.cases.open import Opened, open_case
from services.gateway.partners.publish import publish
from services.gateway.parts import Parts
from services.ledger.journal import Frame, read_frames, read_hub
from services.runtime.settings import read_settings
from services.wiring import Running, build
from tests.migrated import lay_databases

MIA = About(nhs_number="9991000011", given="Mia", family="Reid", birth_date="2019-05-07")
SEAN = About(nhs_number="9991000054", given="Sean", family="Cole")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
NOWHERE = "http://127.0.0.1:1"
"""Where nobody listens. One address for all: hubs on the same policies then share what a process reads and compiles once."""


def a_person(role: str, organisation: str = "northshire-csc", user: str = "", **more: Any) -> Asker:
    """An asker; by default of the council's MASH team."""
    types = {
        "northshire-csc": "LA-CSC",
        "northshire-nhs": "NHS-ACUTE",
        "northshire-amb": "AMB",
        "haven-sms": "SMS",
        "brook-hospice": "HOSPICE",
        "eastshire-csc": "LA-CSC",
        "northshire-asc": "LA-ASC",
        "northshire-university": "RESEARCH-ORG",
    }
    user = user or f"{role.lower()}@{organisation}"
    return Asker(organisation, types[organisation], role, user, ("mash",), **more)


MANAGER = a_person("SW-TEAM-MGR")
WORKER = a_person("SW-CHILD")


@dataclass
class World:
    """One hub, and short ways of doing what its users do."""

    running: Running
    home: Path

    @property
    def parts(self) -> Parts:
        return self.running.parts

    def publish(self, source: str, *resources: Mapping[str, Any]) -> None:
        """As the source's own system, by PUT, one Bundle."""
        book = self.parts.shelf.current()
        publisher = Publisher(
            "test-client", book.sources[source].organisation, (source,), frozenset({"system/*.cu"}), "", "t"
        )
        # Through bytes, as from the wire.
        read = [parse(emit(one)) for one in resources]
        puts = tuple(
            Put(
                one,
                one.get("id"),
                "PUT" if one.get("id") else "POST",
                f"{one['resourceType']}/{one.get('id')}",
            )
            for one in read
        )
        publish(self.parts, publisher, source, puts)

    def open(
        self, purpose: str, ground: str, *subjects: tuple[About, str], by: Asker = MANAGER, **more: Any
    ) -> str:
        """Open a case; returns its id. The council's MASH team are members."""
        members = (Member(organisation="northshire-csc", team="mash"), *more.pop("members", ()))
        opened = open_case(
            self.parts,
            by,
            OpenCase(
                purpose=purpose,
                ground=Ground(code=ground, text="as recorded"),
                subjects=tuple(
                    Subject.model_validate({"about": about, "as": kind}) for about, kind in subjects
                ),
                members=members,
                **more,
            ),
        )
        assert isinstance(opened, Opened), opened
        return opened.id

    def s47(self, *subjects: tuple[About, str], **more: Any) -> str:
        """A child protection enquiry by the team manager, with its strategy discussion and reference."""
        case = self.open(
            "C-S47", "reasonable-cause", *(subjects or ((MIA, "child"),)), reference="CS/1", **more
        )
        self.evidence(case, kind="strategy-discussion", text="held")
        return case

    def evidence(self, case: str, by: Asker = MANAGER, **told: Any) -> None:
        """Record evidence on a case."""
        recorded = record_evidence(self.parts, by, case, RecordEvidence(**told))
        assert not isinstance(recorded, Refused), recorded

    def ask(
        self, case: str, about: About = MIA, by: Asker = WORKER, scope: str = "family"
    ) -> FamilyView | Refused:
        """The main line."""
        return ask(self.parts, by, ViewRequest(about=about, case=case, scope=scope))

    def view(self, case: str, about: About = MIA, by: Asker = WORKER, scope: str = "family") -> FamilyView:
        """The same where a view is expected."""
        answer = self.ask(case, about, by, scope)
        assert isinstance(answer, FamilyView), answer
        return answer

    def entries(self, log: str) -> list[dict[str, Any]]:
        """Every entry of one log, as the embedded journal holds it."""
        return [json.loads(leaf)["entry"] for leaf in self.leaves(log)]

    def leaves(self, log: str) -> list[bytes]:
        """Every stored leaf of one log, byte for byte."""
        with next((self.home / "ledger").glob("*journal*")).open("rb") as file:
            read_hub(file)
            return [one.leaf for one in read_frames(file) if isinstance(one, Frame) and one.log == log]

    def at(self, moment: datetime) -> None:
        """From now on the gateway's clock stands at this moment."""
        self.running = replace(self.running, parts=replace(self.parts, clock=lambda: moment))

    def close(self) -> None:
        self.running.close()


def a_world(
    folder: Path,
    *,
    leave_out: Iterable[str] = (),
    families: bool = True,
    live: str = "",
    edit: Callable[[Path], None] | None = None,
    **settings: Any,
) -> World:
    """A hub in `folder`. `leave_out`: ids of records that are never published; `edit`: what is done to its policies first."""
    own = folder / "policies"
    shutil.copytree(policies(), own)
    directory = own / "organisations.yaml"
    address = live or f"{NOWHERE}/fhir"
    text = directory.read_text(encoding="utf-8").replace("http://127.0.0.1:8712/fhir", address)
    directory.write_text(text, encoding="utf-8")
    if edit:
        edit(own)
    home = folder / "home"
    if not settings.get("database"):
        lay_databases(home)
    running = build(read_settings(mode="demo", home=home, policies=own, **settings))
    running = replace(running, parts=replace(running.parts, clock=lambda: datetime.now(UTC)))
    world = World(running, home)
    if families:
        left_out = set(leave_out)
        for source, bundle in northshire(datetime.now(UTC).date()).bundles.items():
            records = [entry["resource"] for entry in bundle["entry"]]
            records = [one for one in records if one.get("id") not in left_out]
            if records:
                world.publish(source, *records)
    return world


def closed_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def shape(view: FamilyView) -> Any:
    """An answer with what differs between any two answers taken out: fresh ids, receipt, and the moment of storing."""
    text = as_json(view.model_copy(update={"receipt": None})).decode()
    told = json.loads(text)
    names: dict[str, str] = {}

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            told = {key: plain(member) for key, member in value.items() if key != "lastUpdated"}
            # A token is drawn afresh each time; its length is not.
            return told | ({"ask": len(value["ask"])} if "ask" in value else {})
        if isinstance(value, list):
            return [plain(member) for member in value]
        if isinstance(value, str) and (value.startswith("urn:uuid:") or _uuid(value)):
            bare = value.removeprefix("urn:uuid:")
            return names.setdefault(bare, f"id-{len(names)}")
        return value

    ordered = plain(told)
    return ordered, len(text)


def _uuid(value: str) -> bool:
    return len(value) == 36 and value.count("-") == 4


def released(view: FamilyView, kind: str = "") -> list[dict[str, Any]]:
    """The resources of a view, of one type or all."""
    found = [entry["resource"] for entry in view.view.get("entry", [])]
    return [one for one in found if not kind or one["resourceType"] == kind]
