"""Who answered, sorted for a glance: what failed first, then who holds something, then who holds nothing.

Promise: "nothing held", "no reply", "down" and "not asked" stay four different words; nobody is left out of the strip.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.contract.views import SourceEntry
from services.gateway.pages import words

NOT_ASKED = "NOT_ASKED"
_WORDS = {
    "SOURCE_DOWN": ("Could not be reached", "red"),
    "NO_RESPONSE": ("No reply", "red"),
    "HELD": ("Holds information", "green"),
    "NIL": ("Nothing held", "grey"),
    NOT_ASKED: ("Not asked", "blue"),
}
EVERYONE = "everyone here"


@dataclass(frozen=True, slots=True)
class Said:
    """What one source said, and of whom."""

    state: str
    word: str
    colour: str
    of: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One source of the strip."""

    source: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The strip. `silent` are the sources of which the same is to be said of everybody, grouped by what it is."""

    failed: tuple[Line, ...]
    holding: tuple[Line, ...]
    rest: tuple[tuple[Said, str], ...]
    """(what was said, the sources that said it of everybody)."""
    nobody_asked: str = field(repr=False)
    """The people about whom no source was asked."""
    sources: int


def answered(strip: Sequence[SourceEntry], names: Mapping[str, str]) -> Answered:
    """`names`: ref -> the name as the page shows it."""
    unasked = [
        ref
        for ref in names
        if strip and all(one.state == NOT_ASKED for line in strip for one in line.people if one.ref == ref)
        and any(one.ref == ref for line in strip for one in line.people)
    ]  # fmt: skip
    kept = {ref: name for ref, name in names.items() if ref not in unasked}
    lines = [_line(entry, kept or names) for entry in strip]
    failed = [line for line in lines if any(one.colour == "red" for one in line.said)]
    holding = [line for line in lines if line not in failed and any(one.state == "HELD" for one in line.said)]
    others = [line for line in lines if line not in failed and line not in holding]
    return Answered(
        failed=tuple(failed),
        holding=tuple(holding),
        rest=_together(others),
        nobody_asked=words.listed(names[ref] for ref in unasked) if kept else "",
        sources=len(lines),
    )


def _line(entry: SourceEntry, names: Mapping[str, str]) -> Line:
    said: dict[str, list[str]] = {}
    for one in entry.people:
        if one.ref in names:
            said.setdefault(one.state, []).append(names[one.ref])
    whole = sum(map(len, said.values()))
    return Line(
        entry.source[:1].upper() + entry.source[1:],
        tuple(
            Said(
                state,
                *_WORDS[state],
                EVERYONE if len(said[state]) == whole > 1 else words.listed(said[state]),
            )
            for state in _WORDS
            if state in said
        ),
    )


def _together(lines: Sequence[Line]) -> tuple[tuple[Said, str], ...]:
    """Lines that say the same, put into one row."""
    found: dict[tuple[Said, ...], list[str]] = {}
    for line in lines:
        found.setdefault(line.said, []).append(line.source)
    return tuple((one, words.listed(sources)) for said, sources in found.items() for one in said)
