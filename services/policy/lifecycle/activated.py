"""What was put in force: one sealed record an activation, `MASH_HOME/policy/activated/<number>.json`; the last one counts.

Promise: a record is written by the hub alone, which has the key (HMAC under a key of the key folder, outside MASH_HOME);
one that was changed or made by anybody else stops the start and is never served.
"""

import hmac
from dataclasses import asdict, dataclass
from pathlib import Path

from services.contract.canonical import NotJson, b64u, canonical, parse
from services.contract.problems import BadSetting
from services.policy.lifecycle import durable
from services.runtime.keys import KeyFolder

_NEXT = "Restore MASH_HOME/policy from its backup; what was put in force stands in the hub's log (policy.activated)."


@dataclass(frozen=True, slots=True)
class Activated:
    """One activation or rollback."""

    number: int
    kind: str
    """activate | rollback"""
    proposal: str
    policy: str
    signers: str
    proposer: str
    signed_by: tuple[str, ...]
    since: str
    """The moment of the entry in the hub's log, UTC."""
    event_id: str
    index: int
    """Of the entry in the hub's log."""


class ActivatedBooks:
    """All of them, oldest first. Without keys, as a command has none, nothing can be added and no seal is held against."""

    def __init__(self, home: Path, keys: KeyFolder | None) -> None:
        self._folder = home / "policy" / "activated"
        self._mac = keys.mac("policy-in-force") if keys else None

    def last(self) -> Activated | None:
        """The one in force. Raises `BadSetting` where its record does not hold."""
        found = self.all()
        return found[-1] if found else None

    def all(self) -> list[Activated]:
        """Every record. Raises `BadSetting`."""
        if not self._folder.is_dir():
            return []
        found = [self._read(path) for path in sorted(self._folder.glob("[0-9]*.json"))]
        if [one.number for one in found] != list(range(1, len(found) + 1)):
            raise BadSetting("MASH_HOME: policy/activated lacks a record", next_step=_NEXT)
        return found

    def add(self, record: Activated) -> None:
        """Put it in force for every later start."""
        value = asdict(record) | {"signed_by": list(record.signed_by)}
        sealed = canonical({"record": value, "mac": self._over(value)})
        durable.put(self._folder / f"{record.number:06}.json", sealed)

    def _over(self, value: object) -> str:
        if self._mac is None:
            raise BadSetting("MASH_KEYS: only the hub, with its keys, writes what is in force")
        return b64u(self._mac.of("activated", canonical(value).decode()))

    def _read(self, path: Path) -> Activated:
        try:
            found = parse(path.read_bytes())
            value = found["record"]
            if self._mac is not None and not hmac.compare_digest(self._over(value), str(found["mac"])):
                raise ValueError
            return Activated(**{**value, "signed_by": tuple(value["signed_by"])})
        except (OSError, NotJson, ValueError, KeyError, TypeError):
            raise BadSetting(
                f"MASH_HOME: policy/activated/{path.name} is not as the hub wrote it", next_step=_NEXT
            ) from None
