"""The strip of who answered: which sources stand in it, and each one's state for each person.

Promise: "nothing held", "no reply", "source down" and "not asked" are four different answers; and a state is computed
from what is left after silence, so that a source all of whose records are silent shows what an empty one shows.
The list of sources depends on the purpose and the asker alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.contract.decisions import Context
from services.contract.directory import Source
from services.contract.views import PersonState, SourceEntry
from services.contract.vocabulary import entry

ADULT_HEALTH = "adult health services"
A_PARTNER = "a partner"
RISK = ("perceived-risk",)
_WORST_FIRST = ("SOURCE_DOWN", "NO_RESPONSE", "NOT_ASKED", "NIL")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the strip: a source by name, or the constant line that stands for every adult health service."""

    name: str
    sources: tuple[str, ...]
    speaking: tuple[str, ...]
    """The sources whose failures show in this line; a provider whose name reveals is never among them in the constant line."""


def column(context: Context) -> str:
    """The sensitivity column (A, B or C) of a purpose; screening is A once a risk is recorded."""
    stated = str(entry("purposes", context.purpose)["sensitivity_column"])
    if stated != "A_IF_RISK":
        return stated
    return "A" if any(kind in context.evidence for kind in RISK) else "C"


def lines_for(context: Context, sources: Mapping[str, Source]) -> tuple[Line, ...]:
    """Every source of the hub, by name where the purpose lets a revealing name be said, else behind one constant line."""
    if column(context) in ("A", "B"):
        return tuple(Line(source.name, (id_,), (id_,)) for id_, source in sources.items())
    adult = tuple(
        id_ for id_, source in sources.items() if entry("source-kinds", source.kind)["adult_health"]
    )
    named = tuple(Line(source.name, (id_,), (id_,)) for id_, source in sources.items() if id_ not in adult)
    speaking = tuple(id_ for id_ in adult if not _reveals(sources[id_]))
    return (*named, Line(ADULT_HEALTH, adult, speaking))


def _reveals(source: Source) -> bool:
    return source.reveals or bool(entry("source-kinds", source.kind)["reveals"])


def strip_of(
    lines: Iterable[Line],
    people: Mapping[str, str],
    states: Mapping[tuple[str, str], str],
    held: set[tuple[str, str]],
) -> tuple[SourceEntry, ...]:
    """`people`: person id -> ref, those across a harm link left out (no state is given by source for them).

    `states`: what each source answered or NOT_ASKED; `held`: the (source, person) pairs of which a record is left.
    """
    entries = []
    for line in lines:
        rows = tuple(
            PersonState(ref=ref, state=_state(line, person, states, held)) for person, ref in people.items()
        )
        entries.append(SourceEntry(source=line.name, people=rows))
    return tuple(entries)


def _state(line: Line, person: str, states: Mapping[tuple[str, str], str], held: set[tuple[str, str]]) -> str:
    if any((source, person) in held for source in line.sources):
        return "HELD"
    # HELD is no word of the list below: a source that holds only silent records answers as one that holds none.
    said = {states.get((source, person), "NOT_ASKED") for source in line.speaking}
    return next((state for state in _WORST_FIRST if state in said), "NIL")


def complete(strip: Iterable[SourceEntry]) -> bool:
    """Whether every source that was asked answered."""
    return not any(row.state in ("SOURCE_DOWN", "NO_RESPONSE") for line in strip for row in line.people)


def line_names(lines: Iterable[Line]) -> Mapping[str, str]:
    """Source id -> the name under which it stands in the answer."""
    return {source: line.name for line in lines for source in line.sources}
