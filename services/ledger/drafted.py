"""What is sealed with an entry, as its draft says: decision record, opening and answer, each under the keys of whom it is about.

Promise: whoever says nothing of parts has all of a document sealed under the keys of everybody in the entry.
"""

from collections.abc import Callable

from services.contract.releases import Draft, Part
from services.ledger.derive import handle
from services.ledger.entry import EntryRefused
from services.ledger.once import ANSWER
from services.ledger.sealing import Kept, Piece, Subject
from services.ledger.vault import DECISION, OPENING

Documents = tuple[tuple[str, bytes, tuple[Part, ...]], ...]


def documents(draft: Draft) -> Documents:
    """(what, plain, parts) of each document that the draft has."""
    found = (
        (DECISION, draft.decision_record, draft.decision_parts),
        (OPENING, draft.opening, draft.opening_parts),
        (ANSWER, draft.answer, ()),
    )
    return tuple([one for one in found if one[1]])


def subjects_of(draft: Draft, event: bytes, fetch: Callable[[str], Subject]) -> tuple[Subject, ...]:
    """Those whom the entry is about. Raises `EntryRefused` where a handle is not the one prepared for this event."""
    subjects = tuple([fetch(subject.subject) for subject in draft.subjects])
    for committed, subject in zip(draft.subjects, subjects, strict=True):
        if handle(subject.secret, event) != committed.handle:
            raise EntryRefused("a subject's handle is not the one prepared for this event")
    return subjects


def named(draft: Draft, found: Documents) -> tuple[str, ...]:
    """Everybody whose keys the entry or one of its documents needs, each once."""
    names = [subject.subject for subject in draft.subjects]
    for _, _, parts in found:
        for part in parts:
            names += part.subjects
    return tuple(dict.fromkeys(names)) if names else ()


def sealed_with(
    found: Documents, event: bytes, subjects: tuple[Subject, ...], fetch: Callable[[str], Subject]
) -> tuple[Kept, ...]:
    """The rows of the vault, one for each document; `subjects` are those of the entry."""
    rows = []
    for what, plain, parts in found:
        pieces = tuple([Piece(tuple(map(fetch, part.subjects)), part.body) for part in parts])
        rows.append(Kept(event, what, () if parts else subjects, plain, pieces))
    return tuple(rows)
