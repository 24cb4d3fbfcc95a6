"""Keeping the note of each answer, and the tokens by which an answer's rows may be asked for.

Promise: every answer keeps one row of one length, whether or not there is anything to do, before its entry is appended;
a token opens for that asker and case only, for half a day, and has one length.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime

from services.contract.canonical import b64u, emit, unb64u
from services.contract.cases import Asker
from services.gateway.store.opened import Store
from services.gateway.tasks import note
from services.gateway.tasks.note import Note, Offer
from services.gateway.tasks.tables import ReleaseNoteRow
from services.runtime.keys import CannotOpen, KeyFolder

LIFE = 12 * 3600
"""Seconds for which what an answer offered may be asked for."""
LENGTH = 16384
"""Bytes of a note before it is sealed, or a multiple of it for a very large answer."""


class Notes:
    """For the main line: `offer` while the answer is made, `keep` just before its entry."""

    def __init__(
        self, store: Store, keys: KeyFolder, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._store, self._sealer, self._clock = store, keys.sealer("offer"), clock

    def token(self, kept: Note, number: int, asker: Asker, case: str) -> str:
        """A token for one offer of a note."""
        return b64u(self._sealer.seal(emit([kept.id, f"{number:05}"]), _place(asker, case)))

    def keep(self, event_id: str, kept: Note) -> None:
        """One row, durable. Raises `StoreUnavailable`: then nothing may leave."""
        told = note.told(kept) | {"blank": ""}
        # The row is as long with something to do as without.
        padded = told | {"blank": " " * (-len(emit(told)) % LENGTH)}
        row = ReleaseNoteRow(
            id=kept.id,
            event_id=event_id,
            at=int(self._clock().timestamp()),
            done=False,
            sealed=self._store.seal(padded, f"note:{kept.id}"),
        )
        with self._store.begin() as session:
            session.add(row)

    def offered(self, token: str, asker: Asker, case: str) -> tuple[str, Offer] | None:
        """(event id of the answer, the offer), or None: another's token, another case's, too old, or none at all."""
        try:
            id, number = json.loads(self._sealer.open(unb64u(token), _place(asker, case)))
        except (CannotOpen, ValueError):
            return None
        with self._store.begin() as session:
            row = session.get(ReleaseNoteRow, id)
        if row is None or row.at + LIFE <= self._clock().timestamp():
            return None
        return row.event_id, read_row(self._store, row).offers[int(number)]


def read_row(store: Store, row: ReleaseNoteRow) -> Note:
    """The note of a row."""
    return note.read(row.id, store.open(row.sealed, f"note:{row.id}"))


def _place(asker: Asker, case: str) -> str:
    return f"offer:{asker.organisation}:{asker.user}:{case}"
