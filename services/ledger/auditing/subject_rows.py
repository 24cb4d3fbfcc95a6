"""Every entry about one person, log by log, by the chain values that only the person's secret makes.

Promise: an entry about the person is found whatever log it stands in; a value that is missing, out of order, or stands twice
where the log does not say that two gateways wrote at once, is named by log and number; a log that the hub's log does not list is
named, and so is one that it lists and that is not here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from services.contract.canonical import b64u
from services.contract.releases import SubjectFault, SubjectRow, SubjectRows
from services.ledger import derive
from services.ledger.auditing.audit import OVERLAP
from services.ledger.begun import HUB, KIND

AHEAD = 1024
"""So many values in a row may be missing and the next is still found."""
_Key = tuple[str, int, str]
"""Log, n, and the id under which it was entered."""
_Place = tuple[int, str]
"""Index and event id."""
_HEAD = b'{"chain":["'


@dataclass
class _Chain:
    """The values of one log, as far ahead as they may come."""

    secret: bytes = field(repr=False)
    origin: str
    numbers: dict[str, int] = field(default_factory=dict)
    found: dict[int, int] = field(default_factory=dict)
    """n -> index of its first entry."""
    seen: set[bytes] = field(default_factory=set, repr=False)
    """The entries themselves, so that a copy is known from another entry with the same number."""
    explained: set[int] = field(default_factory=set)
    """Entries of which the log says that another gateway wrote meanwhile."""

    def number(self, values: Iterable[str]) -> int:
        """Which of the person's values is among these; 0 for none."""
        reach = max(self.found, default=0) + AHEAD
        for n in range(len(self.numbers) + 1, reach + 1):
            self.numbers[b64u(derive.chain(self.secret, self.origin, n))] = n
        return next((self.numbers[value] for value in values if value in self.numbers), 0)


def rows_about(secret: bytes, hub: str, leaves: Iterable[tuple[str, int, bytes]]) -> SubjectRows:
    """`leaves`: (log, index, stored leaf), each log's in order, the hub's own among them."""
    chains: dict[str, _Chain] = {}
    rows: list[SubjectRow] = []
    faults: list[SubjectFault] = []
    listed: set[str] = set()
    for log, index, leaf in leaves:
        chain = chains.setdefault(log, _Chain(secret, f"{hub}/{log}"))
        if log == HUB and KIND.encode() in leaf:
            listed |= {str(facts["log"]) for facts in _facts(leaf, KIND)}
        if OVERLAP.encode() in leaf:
            chain.explained |= {int(facts["index"]) for facts in _facts(leaf, OVERLAP)}
        if not leaf.startswith(_HEAD):
            continue
        n = chain.number(_values(leaf))
        # A late copy of an entry, byte for byte, takes a place of its own and says nothing new.
        if not n or leaf in chain.seen:
            continue
        if n in chain.found:
            faults.append(SubjectFault("twice", log, n, index))
        elif n < max(chain.found, default=0):
            faults.append(SubjectFault("order", log, n, index))
        chain.found.setdefault(n, index)
        chain.seen.add(leaf)
        rows.append(SubjectRow(log, index, n, orjson.loads(leaf)["entry"]))
    faults = [one for one in faults if one.kind != "twice" or one.index not in chains[one.log].explained]
    for log, chain in chains.items():
        missing = sorted(set(range(1, max(chain.found, default=0) + 1)) - chain.found.keys())
        faults += [SubjectFault("gap", log, n, -1) for n in missing]
    faults += [SubjectFault("unlisted", log, 0, -1) for log in sorted(chains.keys() - listed)]
    faults += [SubjectFault("log-missing", log, 0, -1) for log in sorted(listed - chains.keys())]
    return SubjectRows(tuple(sorted(listed)), tuple(rows), tuple(faults))


def _values(leaf: bytes) -> list[str]:
    return leaf[len(_HEAD) : leaf.index(b'"]', len(_HEAD))].decode().split('","')


def _facts(leaf: bytes, kind: str) -> Iterator[Mapping[str, Any]]:
    entry: Mapping[str, Any] = orjson.loads(leaf)["entry"]
    if entry["kind"] == kind:
        yield entry["facts"]


def compare(told: Iterable[Mapping[str, Any]], found: SubjectRows) -> list[SubjectFault]:
    """The rows of an auditor's report (`{log, index, n, event_id, under}`) held against what the logs themselves say."""
    stands: dict[_Key, set[_Place]] = {}
    for one in found.rows:
        stands.setdefault((one.log, one.n, one.under), set()).add((one.index, str(one.entry["event_id"])))
    left = {key: set(places) for key, places in stands.items()}
    faults = list(found.faults)
    for row in told:
        key = (str(row["log"]), int(row["n"]), str(row["under"]))
        said = (int(row["index"]), str(row["event_id"]))
        if said in left.get(key, ()):
            left[key].remove(said)
            continue
        kind = "added" if key not in stands else "twice" if not left[key] else "changed"
        if kind == "changed":
            left[key].pop()
        faults.append(SubjectFault(kind, *key[:2], said[0]))
    faults += [
        SubjectFault("dropped", *key[:2], index)
        for key, places in left.items()
        for index, _ in sorted(places)
    ]
    return faults
