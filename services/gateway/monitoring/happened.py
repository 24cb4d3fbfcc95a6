"""One entry of the ledger, and what its decision record says of it, boiled down to what may be counted.

Promise: codes and ids of organisations only; what cannot be read is counted as such, never guessed at.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

SHARED, IN_PART, NOTHING, REFUSED, NOBODY = "shared", "in-part", "nothing", "refused", "nobody-found"
OUTCOMES: Mapping[str, str] = {
    SHARED: "Everything that was held was shared",
    IN_PART: "Shared in part",
    NOTHING: "Nothing was shared",
    REFUSED: "The request was refused",
    NOBODY: "The search settled on nobody",
}
"""What became of a request -> in words."""
_ITEMS = 2
"""The first call asks whether the question may be put, the second whom to ask; from here on records are decided."""
_RELEASED, _EFFECT, _CODE, _VISIBILITY = ("release", "generalise"), 0, 1, 2


@dataclass(frozen=True, slots=True)
class Held:
    """What one holder's records came to in one request."""

    holder: str
    paper: str
    isa: str
    own: bool
    released: bool
    reasons: frozenset[str]
    """Given aloud for what was not released."""
    silent: frozenset[str]


@dataclass(frozen=True, slots=True)
class Happened:
    """One request, or one case that was closed."""

    kind: str
    day: str
    organisation: str
    role: str
    purpose: str
    outcome: str = ""
    held: tuple[Held, ...] = ()
    changed: str = ""
    """The answer at the close of a case: did it change the decision?"""
    unread: bool = False
    """Its decision record is gone."""


def happened(entries: Iterable[tuple[Mapping[str, Any], bytes | None]]) -> Iterator[Happened]:
    """Every request and every closed case among the entries, each with its decision record or None."""
    for entry, record in entries:
        kind = entry["kind"]
        if kind in ("release.intent", "release.refused") or kind.startswith("search."):
            yield _request(entry, record)
        elif kind == "case.closed":
            yield _plain(entry, changed=str(entry.get("facts", {}).get("changed", "")))


def _plain(entry: Mapping[str, Any], **more: Any) -> Happened:
    asker = entry["asker"]
    return Happened(
        entry["kind"],
        entry["time"][:10],
        asker["organisation"],
        asker.get("role", ""),
        entry.get("purpose", ""),
        **more,
    )


def _request(entry: Mapping[str, Any], record: bytes | None) -> Happened:
    if entry["kind"] == "release.refused":
        return _plain(entry, outcome=REFUSED, held=tuple(_refusal(entry)))
    if entry["kind"].startswith("search."):
        return _plain(entry, outcome=NOBODY)
    if record is None:
        return _plain(entry, unread=True)
    try:
        held = tuple(_held(orjson.loads(record)))
    except (KeyError, TypeError, ValueError, IndexError):
        return _plain(entry, unread=True)
    released, kept_back = any(one.released for one in held), any(one.reasons for one in held)
    outcome = NOTHING if not released else IN_PART if kept_back else SHARED
    return _plain(entry, outcome=outcome, held=held)


def _refusal(entry: Mapping[str, Any]) -> Iterator[Held]:
    code = str(entry.get("facts", {}).get("code", ""))
    if code:
        yield Held("", "", "", own=False, released=False, reasons=frozenset({code}), silent=frozenset())


def _held(record: Mapping[str, Any]) -> Iterator[Held]:
    """Per holder and paper: the records that were decided, and the refusals to ask at all."""
    found: dict[tuple[str, str, str, bool], tuple[set[int], set[int]]] = {}
    cells = record["cells"]
    for number, call in enumerate(record["calls"]):
        if number == 0:
            continue
        asked = [place for place, class_ in enumerate(call["classes"]) if number >= _ITEMS or class_ == "ASK"]
        for profile, row in zip(call["profiles"], call["cells"], strict=True):
            key = (profile["source_organisation"], profile["paper"], profile["isa"], profile["own"])
            items, asks = found.setdefault(key, (set(), set()))
            (items if number >= _ITEMS else asks).update(row[place] for place in asked)
    for (holder, paper, isa, own), (items, asks) in found.items():
        kept_back = [cells[place] for place in items | asks if cells[place][_EFFECT] not in _RELEASED]
        yield Held(
            holder,
            paper,
            isa,
            own,
            any(cells[place][_EFFECT] in _RELEASED for place in items),
            frozenset(cell[_CODE] for cell in kept_back if cell[_VISIBILITY] != "silent"),
            frozenset(cell[_CODE] for cell in kept_back if cell[_VISIBILITY] == "silent"),
        )
