"""Every question that two books could answer differently: shipped organisations x roles x purposes x holders x circumstances.

Promise: questions are put together only where the rules have the same to read in all of them, and one is left out only
where both books give them the same: neither lets the role use the purpose, or only paper was changed, and not its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from services.contract.canonical import canonical, digest
from services.contract.decisions import Context, Profile
from services.contract.directory import Source
from services.contract.vocabulary import codes
from services.policy.circumstances import (
    Asking,
    Circumstance,
    circumstances,
    in_circumstances,
    that_apply,
    usual_context,
)
from services.policy.clauses import documents, gateways
from services.policy.paper import paper_between
from services.runtime.book import Book

PAPER_FOLDERS = ("isa/", "gateways/", "framework")
"""Where paper stands: of these files the rules read what `Papers.told` says, and nothing else."""

_NOT_OF_ONE = ("askers", "holders", "purposes", "title", "effective_from", "last_day", "review_by")


@dataclass(frozen=True, slots=True)
class Alike:
    """Questions that every rule reads alike: the first stands for all."""

    asking: Asking
    source: Source
    every: tuple[tuple[str, str], ...]
    """(asker, source id) of all of them, with the role and purpose of `asking`."""


def alike(old: Book, new: Book, on: str) -> Iterator[Alike]:
    """The questions whose answers may differ on one day, put together."""
    return _alike(old, new, (Papers(old, on), Papers(new, on)), on)


def alike_on(book: Book, on: str, later: str) -> Iterator[Alike]:
    """The questions whose answers may differ between two days under one book."""
    return _alike(book, book, (Papers(book, on), Papers(book, later)), on)


def _alike(old: Book, new: Book, papers: "tuple[Papers, Papers]", on: str) -> Iterator[Alike]:
    only_paper = _only_paper(old, new)
    touched = _touched(papers) if only_paper else frozenset(codes("purposes"))
    organisations = tuple(dict.fromkeys((*old.organisations, *new.organisations)))
    sources = {**old.sources, **new.sources}
    pairs = [(asker, source) for asker in organisations for source in sources.values()]
    for purpose in (one for one in codes("purposes") if one in touched):
        roles = [role for role in codes("roles") if _may(old, role, purpose) or _may(new, role, purpose)]
        # Of a role `told` says only which ISAs name it: roles that the same ones name are put together alike.
        known: dict[tuple[frozenset[str], ...], list[tuple[tuple[str, str], ...]]] = {}
        for role in roles:
            named = tuple(one.naming("roles", role) for one in papers)
            if named not in known:
                found: dict[tuple[str, ...], list[tuple[str, str]]] = {}
                for asker, source in pairs:
                    told = tuple(one.told(asker, role, purpose, source) for one in papers)
                    if not only_paper or told[0] != told[1]:
                        found.setdefault(told, []).append((asker, source.id))
                known[named] = [tuple(every) for every in found.values()]
            for every in known[named]:
                asker, source_id = every[0]
                yield Alike(Asking(asker, role, purpose, on), sources[source_id], every)


def put(
    book: Book, one: Alike, every: Sequence[Circumstance], on: str = ""
) -> list[tuple[str, Context, Profile]]:
    """The question in each of the circumstances, on its own day or another: code, context, profile."""
    asking = replace(one.asking, on=on or one.asking.on)
    return in_circumstances(book, asking, one.source, that_apply(one.asking, one.source, every))


def of_both(old: Book, new: Book) -> tuple[Circumstance, ...]:
    """The circumstances of either book: labels may be read alike in one and not in the other."""
    known = {one.code: one for one in (*circumstances(old), *circumstances(new))}
    return tuple(known.values())


def changed_files(old: Book, new: Book) -> Mapping[str, str]:
    """File -> added | removed | changed."""
    words = {(False, True): "added", (True, False): "removed", (True, True): "changed"}
    return {
        name: words[(name in old.files, name in new.files)]
        for name in sorted(old.files.keys() | new.files.keys())
        if old.files.get(name) != new.files.get(name)
    }


def _may(book: Book, role: str, purpose: str) -> bool:
    return purpose in book.role_purposes.get(role, ())


def _only_paper(old: Book, new: Book) -> bool:
    return all(name.startswith(PAPER_FOLDERS) for name in changed_files(old, new))


def _touched(papers: "tuple[Papers, Papers]") -> frozenset[str]:
    """The purposes of which any paper differs, where only paper does."""
    before, after = (one.by_file() for one in papers)
    differing = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    named = [side[name][0] for side in (before, after) for name in differing if name in side]
    return (
        frozenset(codes("purposes"))
        if any(one is None for one in named)
        else frozenset().union(*filter(None, named))
    )


class Papers:
    """What the rules can read, in one book on one day, of who asks and who holds."""

    def __init__(self, book: Book, on: str) -> None:
        self.book, self.on = book, on
        self._known: dict[tuple[object, ...], str] = {}
        self._named: dict[tuple[str, str], frozenset[str]] = {}
        self._both: dict[tuple[str, str], frozenset[str]] = {}
        self._papers: dict[tuple[object, ...], tuple[str, str]] = {}

    def told(self, asker: str, role: str, purpose: str, source: Source) -> str:
        """The same words for two questions only where every rule reads the same of both."""
        organisation, holder = (
            self.book.organisations.get(asker),
            self.book.organisations.get(source.organisation),
        )
        known_source = self.book.sources.get(source.id)
        if organisation is None or holder is None or known_source is None:
            return "not in this book"
        kinds = f"{known_source.kind} {self._only_for(purpose, organisation.type)}"
        if asker == source.organisation:
            return f"own {kinds} {organisation.suspended}"
        isa = self._isa(asker, role, purpose, source.organisation)
        return f"{kinds} {isa} {self._gateways(purpose, organisation.type, holder.type)}"

    def by_file(self) -> dict[str, tuple[frozenset[str] | None, object]]:
        """File -> its purposes (None: not a paper of purposes), and what of it counts today."""
        found: dict[str, tuple[frozenset[str] | None, object]] = {}
        for name, document in documents(self.book).items():
            if name.startswith(PAPER_FOLDERS):
                told = document.data
                purposes = frozenset(told["purposes"]) if "purposes" in told else None
                found[name] = (purposes, (told, self._stands(told)) if "effective_from" in told else told)
        return found

    def _isa(self, asker: str, role: str, purpose: str, holder: str) -> str:
        # Of role and purpose paper is told nothing but which ISAs of these two name them.
        between = self._between(asker, holder)
        key = (
            asker,
            holder,
            between & self.naming("roles", role),
            between & self.naming("purposes", purpose),
        )
        if key not in self._papers:
            context = usual_context(self.book, Asking(asker, role, purpose, self.on))
            paper = paper_between(self.book, context, holder)
            self._papers[key] = (paper.isa, str(paper))
        isa, told = self._papers[key]
        return f"{told} {self._read_of(isa, role, holder, purpose)}"

    def _between(self, asker: str, holder: str) -> frozenset[str]:
        """The ISAs that name both."""
        if (asker, holder) not in self._both:
            found = (isa["id"] for isa in self.book.isas if {asker, holder} <= set(isa["parties"]))
            self._both[asker, holder] = frozenset(found)
        return self._both[asker, holder]

    def naming(self, member: str, word: str) -> frozenset[str]:
        """The ISAs that name the role or purpose."""
        if (member, word) not in self._named:
            self._named[member, word] = frozenset(isa["id"] for isa in self.book.isas if word in isa[member])
        return self._named[member, word]

    def _read_of(self, isa: str, role: str, holder: str, purpose: str) -> str:
        compiled = self.book.data["isas"].get(isa)
        if not compiled:
            return ""
        key = (isa, role in compiled["roles"], holder, purpose)
        if key not in self._known:
            told = {
                name: value for name, value in compiled.items() if name not in ("roles", "without_asking")
            }
            named = self.book.data["beforehand"].get(compiled["without_asking"].get(holder, ""), {})
            self._known[key] = f"{key[1]} {digest(canonical([told, named.get(purpose)])).hex()}"
        return self._known[key]

    def _gateways(self, purpose: str, asker: str, holder: str) -> str:
        key = (purpose, asker, holder)
        if key not in self._known:
            fit = [
                one
                for one in self._every_gateway
                if purpose in one["purposes"]
                and (one["askers"] == "any" or asker in one["askers"])
                and (one["holders"] == "any" or holder in one["holders"])
            ]
            # Whom it names beyond these two, and for what else, is nothing to this question; nor are its dates but today.
            read = [
                {name: one[name] for name in one if name not in _NOT_OF_ONE} | {"today": self._stands(one)}
                for one in fit
            ]
            self._known[key] = digest(canonical(read)).hex()
        return self._known[key]

    def _stands(self, gateway: Mapping[str, Any]) -> bool:
        first, last = gateway["effective_from"], gateway.get("last_day")
        return first is not None and str(first) <= self.on <= str(last or "9999-12-31")

    @cached_property
    def _every_gateway(self) -> list[Mapping[str, Any]]:
        return [dict(one) for one in gateways(self.book)]

    def _only_for(self, purpose: str, kind: str) -> bool:
        allowed = self.book.data["only_for"].get(purpose)
        return allowed is None or kind in allowed
