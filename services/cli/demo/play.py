"""The main job, played for real over HTTP: publish, open a case, ask for the family, verify the ledger.

Promise: every step is done by whoever would do it, with their own key or token, at the addresses that any
partner uses; a step that fails stops the play and is told.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from services.cli.demo.cast import MANAGER, MASH_TEAM, SOCIAL_WORKER, STAFF, Member
from services.cli.demo.day import DECISIONS, play_day
from services.cli.demo.enrol import client_id, enrol_staff, enrol_system
from services.cli.demo.families import Northshire
from services.cli.demo.families.people import DANA, MIA, Person
from services.cli.demo.narrate import narrate
from services.cli.demo.partner import NotPlayed, PartnerSystem
from services.runtime.settings import Settings

_ROOT = Path(__file__).resolve().parents[3]
FIRST = ("northshire-csc", "northshire-nhs", "brook-hospice")
"""A council, an NHS trust and a hospice publish first; the others follow in one step."""
TRUST = "trust.vkeys"


@dataclass
class Play:
    """What the steps share."""

    console: Console
    settings: Settings
    running: Any
    families: Northshire
    decisions: int = DECISIONS
    """How many the partners' day of work has, for whoever looks at what a change of policies would change; 0: it is left out."""
    systems: dict[str, PartnerSystem] = field(default_factory=dict)
    case: str = ""
    answer: Mapping[str, Any] = field(default_factory=dict)
    _count: int = 0

    def run(self) -> None:
        """Every step in turn. Raises `Problem` at the first that fails."""
        try:
            self._step("Partners' systems hand in their public keys, staff are registered", self._enrol)
            for source in FIRST:
                self._step(f"{self._name(source)} publishes", lambda source=source: self._publish(source))  # type: ignore[misc]
            self._step("The other partners publish", self._publish_rest)
            self._step(f"{MANAGER.name}, {MANAGER.role}, opens a child protection enquiry", self._open)
            self._step(f"{MANAGER.name} records the strategy discussion", self._discuss)
            self._step(f"{SOCIAL_WORKER.name}, {SOCIAL_WORKER.role}, asks for the family", self._ask)
            narrate(self.console, self.answer, self._sources())
            if self.decisions:
                self._step("A day's work of the partners", self._day)
            self._step("The ledger is verified offline, with keys given from outside", self._verify)
        finally:
            for system in self.systems.values():
                system.close()

    def _step(self, what: str, do: Callable[[], str]) -> None:
        """One step, one line: what was done, and how long it took."""
        self._count += 1
        started = time.monotonic()
        with _told(self.console, f"{self._count}. {what}"):
            outcome = do()
        seconds = time.monotonic() - started
        self.console.print(
            f"[green]done[/] {self._count}. {what}: {outcome} ({seconds:.2f} s)",
            highlight=False,
            soft_wrap=True,
        )

    def _enrol(self) -> str:
        sources: dict[str, list[str]] = {member.organisation: [] for member in STAFF}
        for source in self.families.bundles:
            sources.setdefault(self._source(source).organisation, []).append(source)
        folder = self.settings.home / "partners"
        for organisation, published in sources.items():
            key = enrol_system(self.running.parts, organisation, tuple(published), folder)
            self.systems[organisation] = PartnerSystem(client_id(organisation), key, self.settings.url)
        staff = enrol_staff(self.running.parts, self.settings.oidc_issuer)
        return f"{len(self.systems)} systems, {staff} members of staff"

    def _publish(self, source: str) -> str:
        bundle = self.families.bundles[source]
        answer = self.systems[self._source(source).organisation].publish(bundle)
        made = [row["response"]["status"][:3] for row in answer.get("entry", ())]
        if len(made) != len(bundle["entry"]):
            raise NotPlayed(f"POST /fhir took {len(made)} of {len(bundle['entry'])} records of {source}")
        return f"{len(made)} records, {made.count('201')} new, by its own key"

    def _publish_rest(self) -> str:
        rest = [source for source in self.families.bundles if source not in FIRST]
        for source in rest:
            self._publish(source)
        return f"{len(rest)} more sources, each by its own key"

    def _open(self) -> str:
        body = {
            "purpose": "C-S47",
            "ground": {
                "code": "reasonable-cause",
                "text": "Bruising that the explanation does not fit, and a father under a court order.",
            },
            "subjects": [{"about": about(MIA), "as": "child"}, {"about": about(DANA), "as": "adult"}],
            "members": [{"organisation": MANAGER.organisation, "team": MASH_TEAM}],
            "reference": f"DEMO-{datetime.now(UTC):%Y%m%d}",
            "rag": "RED",
        }
        opened = self._as(MANAGER).post("/cases", body)
        self.case = str(opened["id"])
        return f"case {self.case}, {opened['state']}"

    def _discuss(self) -> str:
        body = {
            "kind": "strategy-discussion",
            "text": "Social care, police and health met and agreed an enquiry.",
        }
        recorded = self._as(MANAGER).post(f"/cases/{self.case}/evidence", body)
        return str(recorded["state"])

    def _ask(self) -> str:
        body = {"about": about(MIA), "case": self.case, "scope": "family"}
        self.answer = self._as(SOCIAL_WORKER).post("/family-view", body)
        if self.answer["match"] != "MATCH" or not self.answer.get("receipt"):
            raise NotPlayed(f"POST /family-view answered {self.answer['match']}, not a view with a receipt")
        records = len(self.answer["view"].get("entry", ()))
        return f"{len(self.answer['people'])} people, {records} records released"

    def _day(self) -> str:
        asked = play_day(self.systems, self.decisions)
        purposes = ", ".join(f"{purpose} {count}" for purpose, count in asked.items())
        return f"{asked.total()} decisions, each an entry ({purposes})"

    def _verify(self) -> str:
        trust = self.settings.home / TRUST
        trust.write_text(
            "".join(f"{key}\n" for key in self.running.parts.ledger.keys().values()), encoding="utf-8"
        )
        arguments = ["ledger", "verify", *where_entered(self.settings), "--trust", str(trust)]
        done = mash(arguments)
        if done.returncode != 0:
            raise NotPlayed(
                f"mash {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()[-400:]}"
            )
        self.console.print(done.stdout.strip(), highlight=False, soft_wrap=True)
        return f"mash {' '.join(arguments)}"

    def _as(self, member: Member) -> Any:
        return self.systems[member.organisation].as_person(member)

    def _source(self, id: str) -> Any:
        found = self.running.parts.rules.source(id)
        if found is None:
            raise NotPlayed(f"policies/organisations.yaml has no source {id}")
        return found

    def _name(self, source: str) -> str:
        return str(self._source(source).name)

    def _sources(self) -> dict[str, str]:
        return {source: self._name(source) for source in (*self.families.bundles, *self.families.live)}


def where_entered(settings: Settings) -> list[str]:
    """How `mash ledger verify` is told where the ledger is; a broker holds no checkpoints."""
    folder = str(settings.home / "ledger")
    return [folder] if settings.ledger == "file" else [settings.ledger, "--checkpoints", folder]


def about(who: Person) -> dict[str, str]:
    """The person as an asker describes them."""
    return {"nhs_number": who.number, "given": who.given, "family": who.family, "birth_date": who.born}


def mash_command() -> list[str]:
    """What a Python is told to run `mash`, installed or not."""
    return ["-c", "from services.cli.main import app; app()"]


def mash(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """`mash` itself, in a process that has nothing of this one's."""
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", ""))))
    return subprocess.run(
        [sys.executable, *mash_command(), *arguments],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def _told(console: Console, what: str) -> Iterator[None]:
    try:
        yield
    except BaseException:
        console.print(f"[bold red]failed[/] {what}", highlight=False, soft_wrap=True)
        raise
