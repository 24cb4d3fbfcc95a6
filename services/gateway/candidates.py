"""Candidate tokens: somebody whom a search offered, named to one asker on one case for fifteen minutes.

Promise: a token opens for that asker and case only, and tells nothing: every token has the same length
for ids of the same length. What does not open is None, whatever the reason.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from services.contract.about import CONFIRMING
from services.contract.canonical import b64u, emit, unb64u
from services.contract.cases import Asker
from services.runtime.keys import CannotOpen, KeyFolder

LIFE = 900
"""Seconds for which a token opens."""


@dataclass(frozen=True, slots=True)
class Offered:
    """Whom a token names, and which identifiers were in the question that led to it."""

    person: str
    asked: frozenset[str]


class Candidates:
    """Seals and opens candidate tokens."""

    def __init__(self, keys: KeyFolder, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._sealer = keys.sealer("candidate")
        self._clock = clock

    def seal(self, person: str, asker: Asker, case: str, asked: Collection[str] = ()) -> str:
        """A token; `asked` are the identifiers (of CONFIRMING) that the question named."""
        # One bit each, so that the length does not tell what was asked.
        bits = "".join("1" if name in asked else "0" for name in CONFIRMING)
        told = [person, int(self._clock().timestamp()) + LIFE, bits]
        return b64u(self._sealer.seal(emit(told), _place(asker, case)))

    def open(self, token: str, asker: Asker, case: str) -> str | None:
        """The person, or None: another's token, another case's, too old, or no token at all."""
        offered = self.offered(token, asker, case)
        return offered.person if offered else None

    def offered(self, token: str, asker: Asker, case: str) -> Offered | None:
        """The same, with what the question named."""
        try:
            person, until, bits = json.loads(self._sealer.open(unb64u(token), _place(asker, case)))
        except (CannotOpen, ValueError):
            return None
        if until <= self._clock().timestamp():
            return None
        asked = frozenset(name for name, bit in zip(CONFIRMING, bits, strict=True) if bit == "1")
        return Offered(person, asked)


def _place(asker: Asker, case: str) -> str:
    return f"candidate:{asker.organisation}:{asker.user}:{case}"
