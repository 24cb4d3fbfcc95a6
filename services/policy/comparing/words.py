"""A change of one rule in plain words: of what it lets more or less through, where, and from what to what.

Promise: what widens and what narrows are told with the same words as a matrix; what holds everywhere is not spelt out, and what
is not spelt out is counted.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from services.contract.decisions import EFFECTS, Cell
from services.contract.vocabulary import code_list
from services.policy.comparing.beside import OF_SHIFT, SHIFT, Where
from services.policy.comparing.order import NOTHING, Said
from services.policy.comparing.papers import Shift
from services.policy.comparing.shifts import Change, Compared, Found
from services.policy.impact.compare import words_of
from services.policy.impact.report import NARROWER, WIDER, Elsewhere
from services.policy.plain_words import listed
from services.runtime.book import Book

SPELT_OUT = 3
LISTS = (
    ("purpose", "purposes", "for"),
    ("role", "roles", "to"),
    ("label", "sensitivity", "of what is labelled"),
)
"""Members whose words are told, each with the list that has the titles and what stands before them."""
_TITLE = re.compile(r"^# title: (.*)$", re.MULTILINE)


def told(found: Compared, book: Book) -> tuple[Elsewhere, ...]:
    """Every change as a sentence, widening first. `book`: the one by whose names organisations and ISAs are called."""
    by_place: dict[tuple[Change, str], set[str]] = {}
    for change, there in found.changes.items():
        by_place.setdefault((change, _where(found, there, book)), set()).update(there.classes)
    sentences = {
        Elsewhere(WIDER if change.widens else NARROWER, _sentence(book, change, classes, where))
        for (change, where), classes in by_place.items()
    }
    return tuple(sorted(sentences, key=lambda one: (one.direction != WIDER, one.sentence)))


def _sentence(book: Book, change: Change, classes: Collection[str], where: str) -> str:
    rule = f"The rule “{_title(book, change.rule)}”"
    if isinstance(change.before, Said) and isinstance(change.after, Said):
        what = "keep back less" if change.widens else "keep back more"
        return (
            f"{rule} would {what} of {_classes(classes)}{where}: {_said(change.before)} before, "
            f"{_said(change.after)} afterwards."
        )
    before, after = _listed(change.before), _listed(change.after)
    gone, new = before - after, after - before
    lost = f"no longer oblige whoever receives to {_duties(gone)}"
    return f"{rule} would {lost if gone else f'oblige whoever receives to {_duties(new)}'}{where}."


def _listed(one: Said | tuple[str, ...]) -> frozenset[str]:
    return frozenset(one if isinstance(one, tuple) else ())


def _said(one: Said) -> str:
    if one == NOTHING:
        return "nothing is kept back"
    return words_of(
        Cell(EFFECTS[one.effect], one.code, "", "silent" if one.silent else "shown", dict(one.how))
    )


def _duties(codes: Collection[str]) -> str:
    titles = code_list("obligations")
    return listed(f"“{titles[code]['title']}” ({code})" if code in titles else code for code in sorted(codes))


def _title(book: Book, package: str) -> str:
    match = _TITLE.search(book.rego.get(f"{package}/{package}.rego", ""))
    return match[1] if match else package


def _classes(classes: Collection[str]) -> str:
    titles = code_list("classes")
    known = [code for code in titles if code in classes and not titles[code]["question"]]
    if len(known) == sum(not row["question"] for row in titles.values()):
        return "everything"
    named = [f"{str(titles[code]['title']).lower()} ({code})" for code in known]
    if not named:
        return "the answer to being asked at all" if set(classes) <= set(titles) else "what is in no class"
    return listed(named)


# --- Where --------------------------------------------------------------------------------------------------


def _where(found: Compared, there: Found, book: Book) -> str:
    where = there.where or {}
    shifts = [found.papers[number] for number in where.get(SHIFT, ())]
    # Of paper it is the states that are other than before which say where.
    moved = [shift for shift in shifts if shift.before != shift.after] or shifts
    return "".join([*_members(found.words, _within(where, moved), book), *_paper(moved, book)])


def _within(where: Where, shifts: Sequence[Shift]) -> Where:
    """The same, no wider than where these states of paper arise."""
    if not shifts:
        return where
    found = dict(where)
    for member, named in OF_SHIFT:
        there = frozenset().union(*(getattr(shift, named) for shift in shifts))
        found[member] = found[member] & there if member in found else there
    return found


def _members(words: Mapping[str, int], where: Where, book: Book) -> Iterator[str]:
    for member, vocabulary, before in LISTS:
        if member in where and len(where[member]) < words[member]:
            titles = {code: str(row["title"]) for code, row in code_list(vocabulary).items()}
            named = [titles[code] for code in titles if code in where[member]]
            yield f" {before} {_some(named, len(where[member]))}"
    holders = where.get("source_organisation", frozenset())
    if holders and len(holders) < words["source_organisation"]:
        named = [one.name for id, one in book.organisations.items() if id in holders]
        yield f", held by {_some(named, len(holders))}"


def _paper(shifts: Sequence[Shift], book: Book) -> Iterator[str]:
    """The ISAs whose state is another, or by which it arises."""
    ids = {shift.after.isa or shift.before.isa for shift in shifts}
    named = [f"“{isa['title']}”" for isa in book.isas if isa["id"] in ids]
    if named and len(named) == len(ids) <= SPELT_OUT:
        yield f", under the ISA {listed(named, 'or')}"


def _some(named: Sequence[str], every: int) -> str:
    """The first few, and how many more; who stands in no list is counted."""
    if len(named) == every <= SPELT_OUT + 1:
        return listed(named)
    shown = named[:SPELT_OUT]
    return listed([*shown, f"{every - len(shown)} others"])
