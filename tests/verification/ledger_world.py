"""A ledger for tests: opened on either store, with drafts about invented people."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.contract.canonical import b64u
from services.contract.releases import Asking, CommittedSubject, Draft, SubjectCount
from services.ledger.open import Ledger, open_ledger
from services.ledger.store.disk import Disk
from services.runtime.keys import KeyFolder
from services.runtime.note import Verifier
from services.runtime.settings import Settings

HUB = "northshire-hub"
DIGEST = b64u(bytes(range(32)))
PEOPLE = ("person-1", "person-2", "person-3")


@dataclass(frozen=True)
class Place:
    """Where a ledger lives: a folder, a store, and the name of the hub."""

    home: Path
    store: str = "file"
    hub: str = HUB
    wait: float = 5.0
    more: Mapping[str, Any] = field(default_factory=dict)
    """Settings beside these."""

    @property
    def folder(self) -> Path:
        return self.home / "ledger"

    @property
    def keys(self) -> KeyFolder:
        return KeyFolder(self.home / "keys")

    def settings(self) -> Settings:
        own: dict[str, Any] = {"mode": "demo", "home": self.home, "hub": self.hub}
        return Settings(**own | {"ledger": self.store, "ledger_wait": self.wait} | dict(self.more))

    @contextmanager
    def opened(self, disk: Disk | None = None) -> Iterator[Ledger]:
        ledger = open_ledger(self.settings(), self.keys, disk=disk)
        try:
            yield ledger
        finally:
            ledger.close()


def trusted(ledger: Ledger) -> list[Verifier]:
    """The keys of every log, as an auditor would have been given them."""
    return [Verifier.parse(vkey) for vkey in ledger.keys().values()]


def intent(
    ledger: Ledger, log: str = "council", people: Sequence[str] = PEOPLE[:2], leaves: int = 3, **more: Any
) -> Draft:
    """A release of `leaves` resources about each of `people`, prepared and ready to append."""
    prepared = ledger.prepare([SubjectCount(person, leaves) for person in people])
    subjects = tuple(
        CommittedSubject(subject.subject, subject.handle, DIGEST, len(subject.salts))
        for subject in prepared.subjects
    )
    whole: dict[str, Any] = {
        "log": log,
        "kind": "release.intent",
        "asking": Asking(log, "SW-CHILD", "a-worker", DIGEST),
        "event_id": prepared.event_id,
        "purpose": "FAM-OVERVIEW",
        "basis": "6-1-e",
        "case": "case-1",
        "policy_revision": "0123456789abcdef",
        "policy_digest": DIGEST,
        "subjects": subjects,
        "decision_digest": DIGEST,
        "body_bucket": 4096,
        "body_digest": DIGEST,
        "facts": {"match": "MATCH", "complete": True},
        "decision_record": b'{"profiles":[]}',
        "opening": b'{"salts":[]}',
    }
    return Draft(**{**whole, **more})


def refusal(log: str = "council") -> Draft:
    """A refused request: about nobody, so the vault has no part in it."""
    return Draft(
        log,
        "release.refused",
        Asking(log, "GP", "a-doctor"),
        purpose="TREAT",
        facts={"code": "CONSENT_REFUSED"},
    )
