"""Every way by which a class of facts about somebody left: views, searches, questions to live sources, tasks, prints, notices,
repeats, and receipts that were opened since.

Promise: over-reported, never under-reported. An answer without outcome counts as given; one whose record cannot be opened
counts as having shown it, and is marked; what no entry ties to a person is counted apart, not left out.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from services.cli.ledger.days import within
from services.cli.ledger.in_words import who
from services.cli.ledger.left import SEARCHES, NotTold, left_by
from services.cli.ledger.opened import Source
from services.ledger.reading import SHREDDED, Entry

OwnPart = Callable[[str], bytes | None]
QUERY, TASK, OUTCOME, READBACK = "query.sent", "task.opened", "release.outcome", "publish.readback"
FOLLOWS = ("receipt.read", "release.repeat")
ASKED_WITH = "DM1"
"""A live source is sent the NHS number and the date of birth, and nothing else."""
OWN = "whole, of the asker's own records only"
NOT_RULED_OUT = "not ruled out: its record does not open"
CHANNELS: Mapping[str, str] = {
    "view": "a view",
    "print": "a print",
    "notice": "a notice",
    "product": "a document",
}
OTHER_WAYS: Mapping[str, str] = {
    QUERY: "a question to live sources",
    TASK: "a task, with the organisation's own records",
    "receipt.read": "a receipt opened later",
    "release.repeat": "the same answer given again",
}


@dataclass
class Way:
    """One answer, or one question, by which it left."""

    log: str
    index: int
    event: str
    time: str
    kind: str
    way: str
    organisation: str
    role: str
    user: str
    who: str
    purpose: str
    classes: Mapping[str, str]
    """Class -> its form in words."""
    certain: bool = True
    """False: the decision record does not open, so that it cannot be ruled out."""
    outcome: str = "given, as far as is known"
    since: list[str] = field(default_factory=list)
    """What was done with it later, in words."""
    of_person: Mapping[str, str] | None = None
    """The classes that left in records which are about the person or name them, and their form; None: not to be told here."""


@dataclass
class Ways:
    """All of them, in the order of the logs."""

    rows: list[Way] = field(default_factory=list)
    not_by_person: Counter[str] = field(default_factory=Counter)
    """Organisation -> how often its systems read back their own records: no entry says whose."""
    read: int = 0
    erased: int = 0
    """Persons who were erased here, and (`erased_parts`) how many sealed parts went with them: whose, nobody can say."""
    erased_parts: int = 0

    @property
    def unopened(self) -> int:
        """How many could not be ruled out."""
        return sum(not row.certain for row in self.rows)


def find_ways(
    source: Source,
    among: Callable[[Mapping[str, Any]], bool],
    classes: AbstractSet[str],
    since: str,
    until: str,
    own: OwnPart = lambda _: None,
) -> Ways:
    """`among`: whether an entry is about the person; `classes`: empty for all; days as entries' times begin; `own`: the
    person's own part of an answer's record, by its event id."""
    found, by_event = Ways(), dict[str, Way]()
    later: list[Entry] = []
    for one in source.entries():
        found.read += 1
        entry = one.entry
        if entry["kind"] == OUTCOME and entry["ref"]["event_id"] in by_event:
            by_event[entry["ref"]["event_id"]].outcome = str(entry.get("facts", {}).get("result", "ended"))
        elif entry["kind"] in FOLLOWS:
            later.append(one)
        elif entry["kind"] == SHREDDED:
            found.erased += 1
            found.erased_parts += int(entry["facts"]["count"])
        elif entry["kind"] == READBACK:
            found.not_by_person[str(entry["asker"]["organisation"])] += within(
                str(entry["time"]), since, until
            )
        # Whether it is the person is asked of every entry, so that a trace knows which of its own it has met.
        elif among(entry) and within(str(entry["time"]), since, until):
            way = _way(source, one, classes)
            if way is not None:
                way.of_person = _of_person(way.kind, own(way.event), classes)
                found.rows.append(way)
                by_event[way.event] = way
    for one in later:
        _follow(found, by_event, one)
    found.not_by_person = +found.not_by_person
    return found


def _way(source: Source, one: Entry, classes: AbstractSet[str]) -> Way | None:
    entry = one.entry
    channel, forms, certain = _forms(source, entry, classes)
    if not forms:
        return None
    return _row(one, channel, forms, certain)


def _of_person(kind: str, record: bytes | None, classes: AbstractSet[str]) -> Mapping[str, str] | None:
    # What a search weighs stands in one piece with the question; a question to a live source has no record.
    if record is None or kind.startswith(SEARCHES):
        return None
    try:
        left = left_by(kind, record)
    except NotTold:
        return None
    return {one: form.words() for one, form in left.classes.items() if not classes or one in classes}


def _row(one: Entry, way: str, forms: Mapping[str, str], certain: bool) -> Way:
    entry, asker = one.entry, one.entry["asker"]
    recipient = who(entry)
    if entry["kind"] == QUERY:
        recipient = "live sources " + ", ".join(entry.get("facts", {}).get("sources", ()))
    return Way(
        one.log,
        one.at,
        str(entry["event_id"]),
        str(entry["time"]),
        str(entry["kind"]),
        way,
        str(asker["organisation"]),
        str(asker.get("role", "")),
        str(asker["user"]),
        recipient,
        str(entry.get("purpose", "")),
        forms,
        certain,
    )


def _forms(
    source: Source, entry: Mapping[str, Any], classes: AbstractSet[str]
) -> tuple[str, dict[str, str], bool]:
    """The way, the classes asked about that left by it with their form, and whether that is certain."""
    kind = str(entry["kind"])
    if kind == QUERY:
        told = {ASKED_WITH: "NHS number and date of birth"}
        return (
            OTHER_WAYS[kind],
            {one: how for one, how in told.items() if not classes or one in classes},
            True,
        )
    if kind == TASK:
        return OTHER_WAYS[kind], dict.fromkeys(sorted(classes) or ["all"], OWN), True
    record = source.record(str(entry["event_id"])) if "decision_digest" in entry else None
    try:
        left = left_by(kind, record.body) if record is not None and record.body is not None else None
    except NotTold:
        left = None
    if record is None or left is None:
        return f"an answer ({kind})", dict.fromkeys(sorted(classes) or ["all"], NOT_RULED_OUT), False
    way = "a search" if kind.startswith("search.") else CHANNELS.get(left.channel, left.channel)
    shown = {one: form.words() for one, form in left.classes.items() if not classes or one in classes}
    if record.shredded or record.lost:
        # What was about somebody since shredded is gone: another class may have left with it.
        return way, dict.fromkeys(sorted(classes) or ["all"], NOT_RULED_OUT) | shown, False
    return way, shown, True


def _follow(found: Ways, by_event: Mapping[str, Way], one: Entry) -> None:
    """A receipt opened, or an answer repeated, of one of those found."""
    way = by_event.get(str(one.entry["ref"]["event_id"])) if "ref" in one.entry else None
    if way is None:
        return
    if one.entry["kind"] == "release.repeat":
        found.rows.append(_row(one, OTHER_WAYS["release.repeat"], way.classes, way.certain))
    else:
        way.since.append(f"receipt opened by {who(one.entry)}, {one.entry['time']}")
