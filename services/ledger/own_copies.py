"""The copy that a person is given of who was told what about them, and letting go of what was held back from it.

Promise: a copy is an entry that commits to its rows, their numbers, how far was looked and its very bytes, durable before
they leave; where an entry about the person is missing no copy is made. Letting go is an entry before it holds, by the
organisation that got the answer.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from services.contract.canonical import b64u, canonical, digest
from services.contract.merkle import EMPTY_ROOT
from services.contract.problems import LedgerUnavailable
from services.contract.releases import (
    Asking,
    CommittedSubject,
    Denied,
    Draft,
    OwnHeld,
    OwnRow,
    Prepared,
    Receipt,
    SubjectCount,
)
from services.contract.reviews import KnownAs, Span
from services.ledger.own_rows import COPY, LET_GO, Sight, case_of, document, held, numbered, told
from services.ledger.reading import Reading
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings

PURPOSE = "PATRQT"
_MISSING = frozenset({"gap", "log-missing"})


class _Known(NamedTuple):
    """What is theirs, over every id of theirs; when each was; and the id that they have now, as rows name it."""

    sights: list[Sight]
    spans: Mapping[str, Sequence[Span]]
    under: str


class OwnCopies:
    """The acts. `turn`: one at a time, or two copies would give one number twice."""

    def __init__(
        self,
        settings: Settings,
        keys: KeyFolder,
        prepare: Callable[[Sequence[SubjectCount]], Prepared],
        append: Callable[[Draft], Receipt],
        turn: threading.RLock,
    ) -> None:
        self._settings, self._keys = settings, keys
        self._prepare, self._append, self._turn = prepare, append, turn

    def make(
        self,
        asking: Asking,
        whom: KnownAs,
        facts: Mapping[str, Any],
        write: Callable[[str, Sequence[OwnRow]], bytes],
    ) -> bytes:
        """What `write` makes of (the copy's reference, its rows), once its entry is durable. Raises `LedgerUnavailable`."""
        with self._turn:
            known = self._known(whom)
            rows = numbered(known.sights, known.under)
            prepared = self._prepare([SubjectCount(whom.id, 0)])
            paper = write(prepared.event_id, [told(number, one) for number, one in rows])
            draft = Draft(
                asking.organisation, COPY, asking, purpose=PURPOSE, facts={**facts, "rows": len(rows)}
            )
            sealed = document(rows, known.sights, paper, known.spans)
            self._enter(draft, prepared, sealed, len(paper))
        return paper

    def held(self, asking: Asking, whom: KnownAs) -> tuple[OwnHeld, ...]:
        """What the asker's organisation released and the person's copy leaves out, oldest first, one for each case."""
        return tuple(map(_held, _by_case(held(self._known(whom).sights, asking.organisation))))

    def let_go(self, asking: Asking, whom: KnownAs, reference: str, reason: str) -> OwnHeld | Denied:
        """Let the person be told, in the next copy, of what is held back on the case of `reference` up to that release. The
        reason stands sealed. Raises `LedgerUnavailable`."""
        with self._turn:
            for case in _by_case(held(self._known(whom).sights, asking.organisation)):
                events = [one.row.entry["event_id"] for one in case]
                if reference in events:
                    # Not what came after it: nobody has looked at that yet.
                    found = _held(case[: events.index(reference) + 1])
                    # Under the id that they have now: nobody has decided for whoever else stood under another of theirs.
                    prepared = self._prepare([SubjectCount(whom.id, 0)])
                    draft = Draft(
                        asking.organisation,
                        LET_GO,
                        asking,
                        purpose=found.purpose,
                        ref=(case[0].row.log, reference),
                        facts={"answers": found.answers, "why": list(found.why)},
                    )
                    self._enter(draft, prepared, {"reason": reason}, len(reason.encode()))
                    return found
        return Denied("NOT_FOUND")

    def _enter(self, draft: Draft, prepared: Prepared, sealed: Mapping[str, Any], length: int) -> None:
        """Append the entry about the one person, with what it commits to sealed under their keys."""
        (one,) = prepared.subjects
        opening = canonical({**sealed, "salt": b64u(prepared.body_salt)})
        self._append(
            replace(
                draft,
                event_id=prepared.event_id,
                subjects=(CommittedSubject(one.subject, one.handle, b64u(EMPTY_ROOT), 0),),
                body_digest=b64u(digest(opening)),
                body_bucket=1 << max(length - 1, 0).bit_length(),
                opening=opening,
            )
        )

    def _known(self, whom: KnownAs) -> _Known:
        with Reading(self._settings, self._keys) as reading:
            found, spans, under = reading.own(whom), reading.spans(whom), reading.named(whom.id)
        if any(fault.kind in _MISSING for fault in found.faults):
            raise LedgerUnavailable(
                "an entry about this person is missing; run mash ledger subject-report before a copy is given"
            )
        theirs = [one for one in found.sights if one.theirs]
        copies = [one for one in theirs if (one.row.entry["kind"], one.row.under) == (COPY, under)]
        if any(one.sealed is None for one in copies):
            raise LedgerUnavailable(
                "an earlier copy for this person does not open; its numbers cannot be kept"
            )
        return _Known(theirs, spans, under)


def _by_case(sights: Sequence[Sight]) -> list[list[Sight]]:
    cases: dict[tuple[str, str], list[Sight]] = {}
    for one in sights:
        cases.setdefault(case_of(one.row), []).append(one)
    return list(cases.values())


def _held(case: Sequence[Sight]) -> OwnHeld:
    entries = [one.row.entry for one in case]
    return OwnHeld(
        reference=entries[-1]["event_id"],
        purpose=entries[-1].get("purpose", ""),
        roles=tuple(sorted({entry["asker"].get("role", "") for entry in entries})),
        why=tuple(sorted({str(one.sealed["held_back"]) for one in case if one.sealed})),
        since=entries[0]["time"],
        answers=len(case),
    )
