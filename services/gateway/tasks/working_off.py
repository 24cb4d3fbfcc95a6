"""Working off the notes of answers: tasks raised, connections and cases on both sides of a harm link looked into.

Promise: nothing is done for an answer whose entry is not durable, and nothing of one that is durable is lost to a kill:
a note is worked off again until it is marked done, and what it raised is not raised twice.
"""

from dataclasses import replace

from sqlmodel import col, delete, select

from services.contract.canonical import b64u
from services.contract.cases import Asker
from services.contract.people import About, AskerIdentity, CaseSubject, Gather, Relate
from services.contract.releases import Draft
from services.contract.vocabulary import entry
from services.gateway.cases.entries import asking
from services.gateway.cases.states import mine
from services.gateway.notices.keep import keep
from services.gateway.parts import Parts
from services.gateway.profiles import day
from services.gateway.tasks.arising import CONSIDER, HOLDER
from services.gateway.tasks.asked import HAND_OVER, keep_asked
from services.gateway.tasks.decisions import standing
from services.gateway.tasks.note import Note
from services.gateway.tasks.notes import LIFE, read_row
from services.gateway.tasks.owners import NONE
from services.gateway.tasks.post import Post, post
from services.gateway.tasks.still_out import note_sources, raise_overdue
from services.gateway.tasks.tables import ReleaseNoteRow

EVERY = 2.0
"""Seconds between two looks: an answer is long gone before anything comes of it."""
PATIENCE = 3600
"""Seconds after which an answer whose entry never became durable is forgotten: it never left."""
AT_ONCE = 100
ROUTE, BOTH_SIDES = "conflict-route", HAND_OVER


def look_after_notes(parts: Parts) -> None:
    """Work off what durable answers left, and raise what has been out for too long. Raises `Unavailable`."""
    work_off(parts)
    raise_overdue(parts)


def work_off(parts: Parts) -> int:
    """Do what durable answers left to be done; how many there were. Raises `Unavailable`: the rest waits."""
    now = int(parts.now().timestamp())
    query = select(ReleaseNoteRow).where(col(ReleaseNoteRow.done).is_(False))
    with parts.store.begin() as session:
        rows = session.exec(query.order_by(col(ReleaseNoteRow.at), ReleaseNoteRow.id).limit(AT_ONCE)).all()
    done = 0
    for row in rows:
        if parts.ledger.receipt(row.event_id) is not None:
            note = read_row(parts.store, row)
            _act(parts, row.event_id, note)
            note_sources(parts, note, row.at)
            _mark(parts, row.id)
            done += 1
        elif row.at + PATIENCE <= now:
            _forget(parts, row.id)
    _sweep(parts, now)
    return done


def _act(parts: Parts, event_id: str, note: Note) -> None:
    post(parts, *_undecided(parts, note), once=note.id)
    if note.asker is None:
        return
    keep(parts, event_id, note.asker, note.case, note.given)
    if note.conflict:
        _alert(parts, event_id, note, note.asker, ROUTE)
    if note.across and on_both_sides(parts, note.asker, note.case, note.across):
        _alert(parts, event_id, note, note.asker, BOTH_SIDES)


def _undecided(parts: Parts, note: Note) -> list[Post]:
    """The tasks without the records that an owner has decided on for the case already, and without holders of nothing."""
    kinds = {one.kind for one in note.posts}
    decided = _decided(parts, note.case) if CONSIDER in kinds else set()
    left = []
    for one in note.posts:
        records = tuple(record for record in one.records if record not in decided)
        if one.kind == CONSIDER and records:
            left.append(replace(one, records=records))
        elif (one.kind == HOLDER and _holds(parts, one)) or one.kind not in (CONSIDER, HOLDER):
            left.append(one)
    return left


def _decided(parts: Parts, case: str) -> set[str]:
    found = standing(parts, case, parts.now()).records
    return {record for record, outcome in found.items() if outcome != NONE}


def _holds(parts: Parts, one: Post) -> bool:
    """Whether the holder has anything to decide about; of a live source nobody knows before it is asked."""
    source = parts.rules.source(one.source)
    if source is None or source.mode == "live":
        return source is not None
    pair = (one.source, one.person)
    return bool(parts.index.gather(Gather((pair,), {}, day(parts.now()))).items)


def _alert(parts: Parts, event_id: str, note: Note, asker: Asker, kind: str) -> None:
    """An entry, then the duty manager's task. The same event id each time: a second telling is the same entry."""
    event = b64u(parts.keys.mac("events").of("conflict", kind, event_id)[:16])
    parts.ledger.append(
        Draft(
            asker.organisation,
            "conflict.alert",
            asking(asker),
            event_id=event,
            case=note.case,
            ref=(asker.organisation, event_id),
            facts={"task": kind},
        )
    )
    facts = {"asking_role": asker.role, "worker": asker.user}
    key = f"{note.case}/{asker.user}"
    one = Post(kind, asker.organisation, case=note.case, facts=facts, key=key)
    (task,) = post(parts, one, once=f"{note.id}/{kind}")
    if kind == BOTH_SIDES:
        told = {"what": str(entry("task-kinds", kind)["title"]), "source": "Duty manager", "reason": ""}
        # Named by its task alone: told once, however often the worker looks.
        keep_asked(parts, asker.user, note.case, task, "", told)


def on_both_sides(parts: Parts, asker: Asker, case: str, across: tuple[str, ...]) -> bool:
    """Whether somebody across a harm link in this case is of the family of another open case of the same worker."""
    identity = AskerIdentity(asker.organisation, asker.user, asker.teams)
    for other in mine(parts, asker):
        if other.row.id == case or other.state(parts.now()) != "OPEN":
            continue
        told = parts.store.open(other.row.sealed, f"case:{other.row.id}")
        subjects = tuple(
            CaseSubject(About.model_validate(one["about"]), one["as"]) for one in told["subjects"]
        )
        for person in across:
            found = parts.index.relate(Relate(person, "person", day(parts.now()), subjects, asker=identity))
            if any(one.in_case_family and not one.harm_link for one in found.people if one.person == person):
                return True
    return False


def _mark(parts: Parts, id: str) -> None:
    with parts.store.begin() as session:
        session.get_one(ReleaseNoteRow, id).done = True


def _forget(parts: Parts, id: str) -> None:
    with parts.store.begin() as session:
        session.exec(delete(ReleaseNoteRow).where(col(ReleaseNoteRow.id) == id))


def _sweep(parts: Parts, now: int) -> None:
    """Notes that are done and whose offers have run out."""
    with parts.store.begin() as session:
        session.exec(
            delete(ReleaseNoteRow).where(
                col(ReleaseNoteRow.done).is_(True), col(ReleaseNoteRow.at) < now - LIFE
            )
        )
