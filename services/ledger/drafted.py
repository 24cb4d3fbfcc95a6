"""What is sealed with an entry, as its draft says: decision record, opening and answer, each under the keys of whom it is about.

Promise: whoever says nothing of parts has all of a document sealed under the keys of everybody in the entry.
"""

from collections.abc import Callable, Iterator

from services.contract.releases import Draft, Part
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
    return tuple(one for one in found if one[1])


def named(draft: Draft) -> tuple[str, ...]:
    """Everybody whose keys the entry or a document needs, each once."""
    parts = (one for _, _, parts in documents(draft) for part in parts for one in part.subjects)
    return tuple(dict.fromkeys((*(subject.subject for subject in draft.subjects), *parts)))


def sealed_with(
    draft: Draft, event: bytes, subjects: tuple[Subject, ...], fetch: Callable[[str], Subject]
) -> Iterator[Kept]:
    """The rows of the vault; `subjects` are those of the entry."""
    for what, plain, parts in documents(draft):
        pieces = tuple(Piece(tuple(map(fetch, part.subjects)), part.body) for part in parts)
        yield Kept(event, what, () if parts else subjects, plain, pieces)
