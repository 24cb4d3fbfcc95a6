"""Building the tables of a book: each factor and group is given every key that it can have, and the engine answers.

Promise: nothing is decided here; a rule whose text, data and inputs are those of a table that is at hand is not asked again;
a rule that has no answer for some key is refused by name.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import mul
from typing import Any, Protocol

import orjson

from services.contract.canonical import canonical, digest
from services.policy.tables.artefact import Table, Tables
from services.policy.tables.domains import days_of, domains_of
from services.policy.tables.shape import CannotTabulate, Node, shape_of
from services.runtime.book import Book

BATCH = 200
"""Keys in one call: what an engine answers well within its wait."""
MOST = 200_000
"""Rows of one table: a rule that has more reads too much at once, and is to be split into groups."""
_IMPORT = re.compile(r"^import data\.mash\.([a-z_]+)", re.MULTILINE)
_DATA = re.compile(r"\bdata\.book(?:\.([a-z_]+))?")


class Tabulates(Protocol):
    """An engine that answers one factor or group for many keys (`data.mash.tables.answer`)."""

    def tabulate(self, book: Book, name: str, keys: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """{revision, found, composing}; `found` by position. Raises `EngineFailed`."""
        ...


def build_tables(book: Book, engine: Tabulates, before: Tables | None = None) -> Tables:
    """The tables of the book, those of `before` reused where nothing that they depend on has changed.

    Raises `CannotTabulate`, or `EngineFailed` where the engine does not answer.
    """
    days = days_of(book)
    domains = domains_of(book, days)
    members = dict(domains)
    kept = {table.digest: table for table in before.tables} if before else {}
    tables, parts = [], _Parts(book)
    for node in shape_of(book.rego):
        unknown = [name for name in node.reads if name not in domains]
        if unknown:
            raise CannotTabulate(f"{node.name} reads {unknown[0]}, which is no member of a key and no group")
        wanted = digest(canonical([parts.of(node), [list(domains[name]) for name in node.reads]])).hex()
        table = kept.get(wanted) or _table(book, engine, node, wanted, domains)
        tables.append(table)
        if node.kind == "group":
            domains[node.name] = (False, True) if node.any else table.values
    return Tables(
        book=book.digest,
        revision=book.revision,
        days=days,
        composing=engine.tabulate(book, "", [])["composing"],
        members=_members(book),
        domains=members,
        tables=tuple(tables),
    )


def _members(book: Book) -> dict[str, dict[str, tuple[str, ...]]]:
    return {
        part: {kind: tuple(sorted(names)) for kind, names in kinds.items()}
        for part, kinds in book.data["members"].items()
    }


class _Parts:
    """What a node depends on beside its inputs: its rule's sources and the data that these name."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._sources = {
            path.rpartition("/")[2].removesuffix(".rego"): source for path, source in book.rego.items()
        }
        self._digests: dict[str, str] = {}

    def of(self, node: Node) -> list[Any]:
        """The same list, the same answers."""
        packages, waiting = set[str](), [node.package]
        while waiting:
            package = waiting.pop()
            if package not in packages:
                packages.add(package)
                waiting += _IMPORT.findall(self._sources[package])
        sources = {package: self._sources[package] for package in sorted(packages)}
        names = {name for source in sources.values() for name in _DATA.findall(source)}
        read = sorted(self._book.data) if "" in names else sorted(names)
        return [node.name, node.kind, list(node.reads), sources, {name: self._of(name) for name in read}]

    def _of(self, name: str) -> str:
        if name not in self._digests:
            self._digests[name] = digest(canonical(self._book.data.get(name))).hex()
        return self._digests[name]


def _table(
    book: Book, engine: Tabulates, node: Node, wanted: str, domains: Mapping[str, tuple[Any, ...]]
) -> Table:
    axes = [domains[name] for name in node.reads]
    rows = reduce(mul, (len(axis) for axis in axes), 1)
    if rows > MOST:
        raise CannotTabulate(
            f"{node.name} has {rows} rows, more than {MOST}; split what it reads into groups"
        )
    places: dict[bytes, int] = {}
    cells: list[int] = []
    for answer in _answers(book, engine, node, itertools.product(*axes)):
        if node.any:
            # It holds or it does not; a rule that has no answer does not hold.
            cells.append(int(answer is True))
            continue
        if answer is None:
            raise CannotTabulate(
                f"{node.name} has no answer for some of its keys; give it a default, and a line in tables.rego"
            )
        cells.append(places.setdefault(orjson.dumps(answer, option=orjson.OPT_SORT_KEYS), len(places)))
    values = (False, True) if node.any else tuple(orjson.loads(value) for value in places)
    return Table(node, wanted, values, tuple(cells))


def _answers(book: Book, engine: Tabulates, node: Node, keys: Iterator[tuple[Any, ...]]) -> Iterator[Any]:
    while batch := [dict(zip(node.reads, key, strict=True)) for key in itertools.islice(keys, BATCH)]:
        answer = engine.tabulate(book, node.name, batch)
        found = answer.get("found")
        if answer.get("revision") != book.revision or not isinstance(found, list) or len(found) != len(batch):
            raise CannotTabulate(f"{node.name} was not answered under this book")
        yield from found
