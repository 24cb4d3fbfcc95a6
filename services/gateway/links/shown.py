"""Which records an answer showed of each person, so that whoever reviews can take one of them away.

Promise: an answer itself says nothing more than it did: a record keeps the fresh id that it left under, and what its source calls
it stands in the answer's sealed note alone, opened for whoever was given that answer, for as long as what it offered.
"""

from sqlmodel import select

from services.contract.cases import Asker, RecordName
from services.gateway.parts import Parts
from services.gateway.release import Built
from services.gateway.request import Request
from services.gateway.reviews.readers import reads
from services.gateway.tasks.notes import LIFE, read_row
from services.gateway.tasks.tables import ReleaseNoteRow

PATIENT = "Patient"


def introductions(request: Request, built: Built) -> list[tuple[str, str, str]]:
    """(fresh id, source, id at the source) of each Patient that leaves, where the asker is one who reviews. A live source's are
    linked with nothing here."""
    if not reads(request.asker.role):
        return []
    sources = request.hub.book.sources
    return [
        (str(left["id"]), item.source, str(item.resource["id"]))
        for item, left in zip(built.given, built.resources, strict=True)
        if left["resourceType"] == PATIENT and sources[item.source].mode != "live"
    ]


def named(parts: Parts, asker: Asker, answer: str, shown: str) -> RecordName | None:
    """The record that left under the fresh id `shown` in an answer; None where it was not the asker's, or is too old."""
    with parts.store.begin() as session:
        row = session.exec(select(ReleaseNoteRow).where(ReleaseNoteRow.event_id == answer)).first()
    if row is None or row.at + LIFE <= parts.now().timestamp():
        return None
    note = read_row(parts.store, row)
    if note.asker is None or (note.asker.user, note.asker.role) != (asker.user, asker.role):
        return None
    found = ((source, id) for fresh, source, id in note.introduced if fresh == shown)
    return next((RecordName(source=source, type=PATIENT, id=id) for source, id in found), None)
