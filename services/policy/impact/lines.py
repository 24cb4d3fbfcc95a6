"""Differences put together into lines that a person can read.

Promise: every difference is in a line of its own direction; a line's sentence tells its leading circumstance, and its
lists name every class and circumstance; who is not usual where they ask stands in lines that say so, last.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from services.contract.vocabulary import codes
from services.policy.circumstances import CHILD, PLAIN
from services.policy.impact.merge import Group, Question, merged
from services.policy.impact.report import ORDER, Line, sorted_lines
from services.policy.impact.sentence import sentence, unusual_sentence
from services.policy.impact.tables import Difference, Found
from services.runtime.book import Book

QUESTIONS = ("ASK", "QUERY")


@dataclass(frozen=True, slots=True)
class Head:
    """What a line says: the classes that go from `before` to `after` in the circumstance that leads."""

    direction: str
    before: str
    after: str
    leading: str
    classes: frozenset[str]


@dataclass(slots=True)
class Tail:
    """Where else, and of what else, the same direction holds in the questions of one head."""

    questions: list[Question] = field(default_factory=list)
    classes: set[str] = field(default_factory=set)
    circumstances: set[str] = field(default_factory=set)


def lines_of(found: Found, book: Book) -> tuple[Line, ...]:
    """The lines, widening first. `book`: the one by whose names organisations are called."""
    told = [_told(differences) for differences in found.sets]
    tails: dict[Head, Tail] = {}
    for question, place in found.of.items():
        for head, classes, circumstances in told[place]:
            tail = tails.setdefault(head, Tail())
            tail.questions.append(question)
            tail.classes |= classes
            tail.circumstances |= circumstances
    lines: list[Line] = []
    unusual: dict[str, tuple[list[Group], Tail]] = {}
    for head, tail in tails.items():
        for group in merged(tail.questions, book):
            if group.usual:
                lines.append(_line(book, group, head, tail))
                continue
            groups, whole = unusual.setdefault(head.direction, ([], Tail()))
            groups.append(group)
            whole.classes |= tail.classes
            whole.circumstances |= tail.circumstances
    lines += [_unusual(direction, *rest) for direction, rest in unusual.items()]
    return sorted_lines(lines)


def _told(differences: Iterable[Difference]) -> list[tuple[Head, set[str], set[str]]]:
    """For each direction: a head for each pair of before and after in the circumstance that leads, and the rest."""
    found: list[tuple[Head, set[str], set[str]]] = []
    for direction in ORDER:
        those = [one for one in differences if one[0] == direction]
        if not those:
            continue
        where = {one[2] for one in those}
        leading = PLAIN if PLAIN in where else CHILD if CHILD in where else min(where)
        pairs: dict[tuple[str, str], set[str]] = {}
        for _, class_, circumstance, before, after in sorted(those):
            if circumstance == leading:
                pairs.setdefault((before, after), set()).add(class_)
        if any(classes - set(QUESTIONS) for classes in pairs.values()):
            # Whether to ask follows from what may come of it.
            pairs = {
                pair: classes - set(QUESTIONS) for pair, classes in pairs.items() if classes - set(QUESTIONS)
            }
        every = {one[1] for one in those}
        found += [
            (Head(direction, *pair, leading, frozenset(classes)), every, where)
            for pair, classes in pairs.items()
        ]
    return found


def _line(book: Book, group: Group, head: Head, tail: Tail) -> Line:
    askers, holders = tuple(sorted(group.askers)), tuple(sorted(group.holders))
    roles, purposes = in_order("roles", group.roles), in_order("purposes", group.purposes)
    words = sentence(
        book,
        head.direction,
        (head.before, head.after),
        (askers, roles, purposes, holders),
        in_order("classes", head.classes),
        (head.leading, len(tail.circumstances) - 1),
    )
    return Line(
        head.direction, words, askers, roles, purposes, holders, in_order("classes", tail.classes),
        tuple(sorted(tail.circumstances)), head.before, head.after,
    )  # fmt: skip


def _unusual(direction: str, groups: list[Group], tail: Tail) -> Line:
    def every(name: str) -> frozenset[str]:
        return frozenset(one for group in groups for one in getattr(group, name))

    combinations = {(asker, role) for group in groups for asker in group.askers for role in group.roles}
    return Line(
        direction,
        unusual_sentence(direction, len(combinations)),
        tuple(sorted(every("askers"))),
        in_order("roles", every("roles")),
        in_order("purposes", every("purposes")),
        tuple(sorted(every("holders"))),
        in_order("classes", tail.classes),
        tuple(sorted(tail.circumstances)),
        "",
        "",
        usual=False,
    )


def in_order(name: str, words: AbstractSet[str]) -> tuple[str, ...]:
    """In the order of the vocabulary, so that a line is the same on every machine."""
    return tuple(code for code in codes(name) if code in words)
