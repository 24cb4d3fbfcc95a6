"""Which releases a person's own copy tells, under which numbers, and whether the copies that were made left anything out.

Promise: a row whose note is missing, is not the one that the entry commits to, or says that it is held back, is not told
unless a named person let it go; what is not told takes no number. An auditor who has the same rows finds by name whatever
a copy leaves out, adds or counts otherwise.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import Any, NamedTuple

from services.contract.canonical import b64u, digest
from services.contract.releases import OwnRow, SubjectFault, SubjectRow
from services.ledger.opened import DIGESTS
from services.ledger.sealing import Opened
from services.ledger.spans import before, within

ALONE: Mapping[str, Sequence[Sequence[str]]] = MappingProxyType({"": (("", ""),)})
"""Looked under one id alone, of whatever time."""
RELEASE, COPY, LET_GO = "release.intent", "subject.report", "subject.let-go"


class Sight(NamedTuple):
    """An entry about the person and what was sealed with it for them: of a release `{handle, kinds, held_back}`, of a copy
    `{rows, seen, spans, copy, salt}`. None: nothing is sealed that the entry commits to."""

    row: SubjectRow
    sealed: Mapping[str, Any] | None
    theirs: bool = True
    """False: it stands under an id that they had, and records of somebody else alone stood under it at the time."""
    since: str = ""
    """From when its id counts under the one that they have now."""


def note_of(opened: Opened | None, entry: Mapping[str, Any], handle: str) -> Mapping[str, Any] | None:
    """A release's note for the person with this handle, where the entry commits to it."""
    plain = opened.plain if opened else None
    if opened is None or plain is None or b64u(digest(plain)) != entry.get("decision_digest"):
        return None
    named = set(json.loads(plain).get(DIGESTS, ()))
    for piece in opened.pieces:
        own: Mapping[str, Any] | None = json.loads(piece).get("own")
        if own is not None and own["handle"] == handle and b64u(digest(piece)) in named:
            return own
    return None


def copy_of(opened: Opened | None, entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What a copy was, where its entry commits to it."""
    plain = opened.plain if opened else None
    if plain is None or b64u(digest(plain)) != entry.get("body", {}).get("digest"):
        return None
    told: Mapping[str, Any] = json.loads(plain)
    return told


def gave(row: SubjectRow, handle: str) -> bool:
    """Whether something about the person with this handle left with the entry."""
    subjects = row.entry.get("subjects", ())
    return row.entry["kind"] == RELEASE and any(
        one["leaves"] > 0 for one in subjects if one["handle"] == handle
    )


def tellable(sights: Sequence[Sight]) -> list[Sight]:
    """The releases that may be told, oldest first."""
    let_go = _let_go(sights)
    return sorted(
        (
            one
            for one in sights
            if one.row.entry["kind"] == RELEASE
            and one.sealed is not None
            and (not one.sealed["held_back"] or one.row.index <= let_go.get(case_of(one.row), -1))
        ),
        key=lambda one: (one.row.entry["time"], one.row.log, one.row.index),
    )


def held(sights: Sequence[Sight], organisation: str) -> list[Sight]:
    """The releases to one organisation that are held back, log by log, oldest first."""
    told = {one.row.entry["event_id"] for one in tellable(sights)}
    return [
        one
        for one in sights
        if (_asker(one.row), one.row.entry["kind"]) == (organisation, RELEASE)
        and one.sealed is not None
        and one.row.entry["event_id"] not in told
    ]


def numbered(sights: Sequence[Sight], under: str = "") -> list[tuple[int, Sight]]:
    """Each row of the next copy under its number: those given before under theirs, then the new ones.

    Numbers go on over the copies made under one id, `under`; under a new one, and where a row that was given is theirs no
    more, they begin anew: a gap would tell of it.
    """
    given: dict[str, int] = {}
    for copy in _copies(sights):
        if copy.row.under == under:
            given = _carried(given, copy.sealed)
    may = tellable(sights)
    if not given.keys() <= {str(one.row.entry["event_id"]) for one in may}:
        given = {}
    number = max(given.values(), default=0)
    rows = []
    for one in may:
        event = str(one.row.entry["event_id"])
        if event not in given:
            number += 1
            given[event] = number
        rows.append((given[event], one))
    return sorted(rows, key=lambda pair: pair[0])


def told(number: int, one: Sight) -> OwnRow:
    """The row as the copy tells it."""
    entry, asker = one.row.entry, one.row.entry["asker"]
    kinds = tuple(one.sealed["kinds"]) if one.sealed else ()
    return OwnRow(
        number,
        entry["time"],
        asker["organisation"],
        asker.get("role", ""),
        entry.get("purpose", ""),
        kinds,
        one.row.mixed,
    )


def document(
    rows: Sequence[tuple[int, Sight]],
    sights: Sequence[Sight],
    paper: bytes,
    spans: Mapping[str, Sequence[Sequence[str]]] = ALONE,
) -> dict[str, Any]:
    """What a copy's entry commits to, without the salt: `rows` [number, log, event id], `spans` the ids that were looked
    under and for what time of each, `seen` by id how far each log was looked through by that id's own count, `copy` the
    digest of the bytes that were given."""
    seen: dict[str, dict[str, int]] = {under: {} for under in spans}
    for one in sights:
        if one.row.under in seen:
            of = seen[one.row.under]
            of[one.row.log] = max(one.row.n, of.get(one.row.log, 0))
    told = [[number, one.row.log, one.row.entry["event_id"]] for number, one in rows]
    times = {under: [list(span) for span in of] for under, of in spans.items()}
    return {"rows": told, "seen": seen, "spans": times, "copy": b64u(digest(paper))}


def check(
    sights: Sequence[Sight],
    unnoted: Iterable[SubjectRow] = (),
    under: str = "",
    gone: AbstractSet[str] = frozenset(),
) -> list[SubjectFault]:
    """Every copy that was theirs held against the rows. `sights`: those of everybody beside them, too; `unnoted`: releases
    that gave something and have no note; `under`: the id that they have now; `gone`: ids whose keys were destroyed since."""
    faults: list[SubjectFault] = []
    given: dict[str, dict[str, int]] = {}
    looked: dict[tuple[str, str], int] = {}
    for copy in _copies([one for one in sights if one.theirs]):
        if copy.sealed is None:
            faults.append(_fault("copy-unread", copy.row, 0))
            continue
        series = given.setdefault(copy.row.under, {})
        faults += _of_copy(copy, sights, series, lost=bool(gone & copy.sealed["spans"].keys()))
        if copy.row.under == under:
            faults += [_fault("copy-behind", row) for row in _overlooked(copy, sights)]
        given[copy.row.under] = _carried(series, copy.sealed)
        for id, logs in copy.sealed["seen"].items():
            for log, n in logs.items():
                looked[id, log] = max(n, looked.get((id, log), 0))
    faults += [_fault("copy-unnoted", row) for row in unnoted if row.n <= looked.get((row.under, row.log), 0)]
    return list(dict.fromkeys(faults))


def _of_copy(
    copy: Sight, sights: Sequence[Sight], given: Mapping[str, int], *, lost: bool
) -> Iterator[SubjectFault]:
    """What is wrong of one copy by what it says itself of where it looked. `lost`: some of that can be read no more."""
    sealed = copy.sealed or {}
    reach = [one for one in sights if _looked(one.row, sealed)]
    stood = [one for one in reach if one.row.n <= _seen(one.row, sealed)]
    late = [one.row for one in reach if one.row.n > _seen(one.row, sealed)]
    yield from (_fault("copy-behind", row) for row in late if _earlier(row, copy.row))
    may = {str(one.row.entry["event_id"]): one.row for one in tellable(stood)}
    rows = {str(event): int(number) for number, _, event in sealed["rows"]}
    yield from (_fault("copy-dropped", row) for event, row in may.items() if event not in rows)
    if not lost:
        yield from (_fault("copy-added", copy.row, rows[event]) for event in rows if event not in may)
    counted = sorted(number for number, _, _ in sealed["rows"])
    goes_on = given.keys() <= rows.keys()
    moved = goes_on and any(given.get(event, number) != number for event, number in rows.items())
    if moved or counted != list(range(1, len(rows) + 1)) or copy.row.entry["facts"]["rows"] != len(rows):
        yield _fault("copy-number", copy.row, 0)


def _overlooked(copy: Sight, sights: Sequence[Sight]) -> Iterator[SubjectRow]:
    """Rows that stood and were theirs when a copy was made, and under an id, or of a time, where it did not look."""
    for one in sights:
        counts = one.theirs and before(one.since, copy.row.entry["time"])
        if counts and _earlier(one.row, copy.row) and not _looked(one.row, copy.sealed or {}):
            yield one.row


def given_as(sights: Sequence[Sight], paper: bytes) -> SubjectRow | None:
    """The entry of the copy with exactly these bytes, or None: none was given so."""
    name = b64u(digest(paper))
    return next((one.row for one in _copies(sights) if one.sealed and one.sealed["copy"] == name), None)


def _copies(sights: Sequence[Sight]) -> list[Sight]:
    found = (one for one in sights if one.row.entry["kind"] == COPY)
    return sorted(found, key=lambda one: (one.row.entry["time"], one.row.log, one.row.index))


def _let_go(sights: Sequence[Sight]) -> dict[tuple[str, str], int]:
    """`case_of` -> up to which entry of that log it was let go."""
    rows = {(one.row.log, one.row.entry["event_id"]): one.row for one in sights}
    reach: dict[tuple[str, str], int] = {}
    for one in sights:
        if one.row.entry["kind"] == LET_GO:
            ref = one.row.entry["ref"]
            until = rows.get((ref["log"], ref["event_id"]))
            # Only the organisation that was given it lets go of it. By log: in an emergency it may stand in another.
            if until is not None and _asker(until) == _asker(one.row):
                reach[case_of(until)] = max(until.index, reach.get(case_of(until), -1))
    return reach


def case_of(row: SubjectRow) -> tuple[str, str]:
    """(log, keyed hash of the case) of a release: what is let go of together."""
    return row.log, str(row.entry.get("case_hash", ""))


def _asker(row: SubjectRow) -> str:
    return str(row.entry["asker"]["organisation"])


def _carried(given: Mapping[str, int], copy: Mapping[str, Any] | None) -> dict[str, int]:
    """Numbers as they stand after a copy: its own where it began anew."""
    rows = {str(event): int(number) for number, _, event in (copy or {}).get("rows", ())}
    return {**rows, **given} if given.keys() <= rows.keys() or copy is None else rows


def _looked(row: SubjectRow, copy: Mapping[str, Any]) -> bool:
    return row.under in copy["spans"] and within(copy["spans"][row.under], row.entry["time"])


def _seen(row: SubjectRow, copy: Mapping[str, Any]) -> int:
    return int(copy["seen"].get(row.under, {}).get(row.log, 0))


def _earlier(row: SubjectRow, copy: SubjectRow) -> bool:
    return before(row.entry["time"], copy.entry["time"])


def _fault(kind: str, row: SubjectRow, n: int | None = None) -> SubjectFault:
    return SubjectFault(kind, row.log, row.n if n is None else n, row.index)
