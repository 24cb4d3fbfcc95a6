"""What the hub would answer now, as a digest: by it a repeat finds out whether what the first answer rested on still holds.

Promise: nothing of a rehearsal leaves or is entered; two of them are equal exactly where the hub's own copies give the
asker the same answer, fresh ids and tokens apart. So a repeat that is refused tells no more than asking anew would.
"""

import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from services.contract.canonical import b64u, canonical, digest
from services.contract.cases import Asker
from services.contract.releases import Once
from services.contract.views import FamilyView
from services.gateway.hub import CandidateTokens, Hub
from services.gateway.tasks.note import Note

_MARK = "rehearsed-"
_ID = re.compile(_MARK + "[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Repeatable:
    """A question that its client may send again."""

    once: Once
    standing: str
    """Digest of its rehearsal, made before the answer."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """How a rehearsal came out."""

    standing: str
    refused: str = ""
    """The code by which the whole question would be refused now; empty where it would be answered."""

    @classmethod
    def refusal(cls, code: str) -> "Rehearsed":
        """The question would be refused."""
        return cls(_digest(["refused", code]), code)

    @classmethod
    def view(cls, view: FamilyView, also: Sequence[object] = ()) -> "Rehearsed":
        """The question would be answered so; `also` is what must hold besides."""
        told = view.model_dump(mode="python", by_alias=True, exclude={"receipt"}, exclude_none=True)
        return cls(_digest(_numbered(["view", told, list(also)], {})))


def unsealed(hub: Hub) -> Hub:
    """The parts of a rehearsal: ids are known by their mark and tokens left blank, so that two of the same answer are equal."""
    return replace(hub, candidates=_Blank(hub.candidates), notes=_NoNotes(), fresh=_marked)


def _marked() -> str:
    """An id that nothing else in an answer looks like."""
    return f"urn:uuid:{_MARK}{secrets.token_hex(16)}"


def _numbered(value: object, seen: dict[str, int]) -> object:
    """The value with its fresh ids numbered as they come: one that was drawn for a record of which nothing is left leaves
    no gap."""
    if isinstance(value, dict):
        return {name: _numbered(value[name], seen) for name in sorted(value)}
    if isinstance(value, list | tuple):
        return [_numbered(one, seen) for one in value]
    if isinstance(value, str):
        return _ID.sub(lambda found: f"{_MARK}{seen.setdefault(found[0], len(seen))}", value)
    return value


def _digest(told: object) -> str:
    return b64u(digest(canonical(told)))


@dataclass(frozen=True, slots=True)
class _Blank:
    """Opens what was sealed, and seals nothing."""

    tokens: CandidateTokens

    def seal(self, person: str, asker: Asker, case: str, asked: Collection[str] = ()) -> str:  # noqa: ARG002 (the port)
        # Not blank: the same name and year of another person would be another answer.
        return person

    def open(self, token: str, asker: Asker, case: str) -> str | None:
        return self.tokens.open(token, asker, case)


@dataclass(frozen=True, slots=True)
class _NoNotes:
    """Leaves nothing behind."""

    def token(self, kept: Note, number: int, asker: Asker, case: str) -> str:  # noqa: ARG002 (the port)
        return "blank"

    def keep(self, event_id: str, kept: Note) -> None:  # noqa: ARG002 (the port)
        raise AssertionError("a rehearsal is no answer")
