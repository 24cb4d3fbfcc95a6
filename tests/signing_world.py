"""Signers with their keys, a policy folder that names them, and short ways of proposing, signing and asking the hub."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.contract.places import policies
from services.contract.releases import Draft, Receipt
from services.policy.lifecycle.impact import Compare, Found, Line
from services.policy.lifecycle.proposals import Proposal, Version
from services.policy.lifecycle.propose import propose, propose_rollback, sign
from services.policy.lifecycle.requests import Request
from services.policy.lifecycle.start import signed_shelf
from services.policy.lifecycle.take_up import Activation, Change, Entries, Lifecycle
from services.runtime.book import Book, Shelf
from services.runtime.keys import KeyFolder
from services.runtime.note import Signer
from services.runtime.settings import Settings

PEOPLE = {
    "amina.shah": ("Amina Shah", "northshire-csc", "ig-lead"),
    "idris.bell": ("Idris Bell", "northshire-nhs", "caldicott"),
    "carys.holt": ("Carys Holt", "northshire-police", "ig-lead"),
    "joan.mercer": ("Joan Mercer", "northshire-mh", "caldicott"),
}
ISA = "isa/safeguarding-children.yaml"


def key(id: str) -> Signer:
    """A new key under a person's id."""
    return Signer(id, Ed25519PrivateKey.generate())


def row(signer: Signer, name: str = "", organisation: str = "", role: str = "") -> str:
    """The person's row of `signers.yaml`."""
    usual = PEOPLE.get(signer.verifier.name, ("Somebody New", "northshire-csc", "ig-lead"))
    whole = [given or known for given, known in zip((name, organisation, role), usual, strict=True)]
    return (
        f'  - {{id: {signer.verifier.name}, name: "{whole[0]}", organisation: {whole[1]}, role: {whole[2]}, '
        f'key: "{signer.verifier.vkey}"}}\n'
    )


def a_folder(folder: Path, keys: Mapping[str, Signer]) -> Path:
    """The shipped policies with these signers."""
    shutil.copytree(policies(), folder)
    (folder / "signers.yaml").write_text(
        "signers:\n" + "".join(row(one) for one in keys.values()), encoding="utf-8"
    )
    return folder


def edit(folder: Path, file: str, old: str, new: str) -> None:
    """Replace the first `old` of a file."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text, f"{old} is not in {file}"
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def end_isa(folder: Path, last_day: str = "2026-11-01") -> None:
    """End the ISA for safeguarding children."""
    lines = (folder / ISA).read_text(encoding="utf-8").splitlines()
    changed = [f"last_day: {last_day}" if line.startswith("last_day:") else line for line in lines]
    (folder / ISA).write_text("\n".join(changed) + "\n", encoding="utf-8")


def by_date(before: Version, after: Version) -> Found:
    """A comparison for these tests: an ISA that ends earlier narrows, anything else that differs widens."""

    def ends(book: Book) -> str:
        return next(str(isa["last_day"]) for isa in book.isas if isa["id"] == "safeguarding-children")

    wider = before.book.digest != after.book.digest and ends(after.book) >= ends(before.book)
    return Found(
        wider, (Line(f"The ISA ends on {ends(after.book)}.", wider, ("northshire-nhs",), ("SW-CHILD",)),)
    )


@dataclass
class Journal:
    """A log in memory that gives the entry that stands to an event id that comes again; it can be away."""

    drafts: list[Draft] = field(default_factory=list)
    away: Exception | None = None

    def append(self, draft: Draft) -> Receipt:
        if self.away is not None:
            raise self.away
        ids = [one.event_id for one in self.drafts]
        if draft.event_id not in ids:
            self.drafts.append(draft)
        index = [one.event_id for one in self.drafts].index(draft.event_id)
        return Receipt(draft.event_id, "hub", "hub/hub", index, index + 1, "", "2026-11-30T10:00:00.000Z")

    def kinds(self) -> list[str]:
        return [one.kind for one in self.drafts]


def nothing_tried(book: Book) -> None:
    """An engine that takes every book."""


@dataclass
class Installation:
    """One hub's life of policies, without the rest of the hub."""

    home: Path
    folder: Path
    people: dict[str, Signer]
    log: Journal = field(default_factory=Journal)
    compare: Compare = by_date
    told: list[Change] = field(default_factory=list)

    @property
    def lifecycle(self) -> Lifecycle:
        return Lifecycle.of(self.home, KeyFolder(self.home.parent / "keys"))

    def propose(self, by: str = "amina.shah", signed: Sequence[str] = ()) -> Proposal:
        """The folder, proposed and signed."""
        made = propose(
            self.lifecycle, self.folder, self.people[by], self.compare, lambda *_: {"run": [], "not_run": []}
        )
        return self.sign(made, *signed)

    def roll_back(self, policy: str, by: str = "amina.shah", signed: Sequence[str] = ()) -> Proposal:
        return self.sign(propose_rollback(self.lifecycle, policy, self.people[by], self.compare), *signed)

    def sign(self, proposal: Proposal, *signers: str) -> Proposal:
        for one in signers:
            sign(self.lifecycle, proposal, self.people[one])
        return proposal

    def ask(self, proposal: Proposal, confirmed: str = "") -> Request:
        return self.lifecycle.requests.ask(proposal.id, confirmed)

    def answer(self, request: Request) -> Mapping[str, Any]:
        found = self.lifecycle.requests.answer(request, 0)
        assert found is not None, "the hub did not answer"
        return found

    def start(self) -> Shelf:
        """As a hub starts. Raises `BadSetting` where it would not."""
        settings = Settings(mode="demo", signed=True, home=self.home)
        return signed_shelf(settings, self.lifecycle, self.log, self.compare, nothing_tried)

    def activation(self, shelf: Shelf, entries: Entries | None = None) -> Activation:
        return Activation(self.lifecycle, shelf, entries or self.log, self.compare, self.told.append)

    def first(self) -> Shelf:
        """The first book in force, by the rule."""
        made = self.propose(signed=("idris.bell", "carys.holt"))
        self.ask(made, made.statement.signers)
        return self.start()


def an_installation(folder: Path) -> Installation:
    """With four signers, nothing in force yet."""
    people = {id: key(id) for id in PEOPLE}
    return Installation(folder / "home", a_folder(folder / "policies", people), people)


def widen(installation: Installation) -> None:
    """Change another ISA, which the tests' comparison takes for a widening."""
    edit(installation.folder, "isa/panels.yaml", "2031-03-31", "2031-03-29")


def refused_for(hub: Installation, request: Request) -> list[str]:
    """The codes by which the hub refused a request."""
    answer = hub.answer(request)
    assert answer["outcome"] == "refused"
    return [fault["code"] for fault in answer["faults"]]
