"""The impact report: what a change of the policies would change, as one document that can be signed.

Promise: one report has one digest, over everything it says; `widens` is true wherever anything, looked at or not, might
let more through; no person is in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from services.contract.canonical import canonical, digest

VERSION = 1
WIDER, NARROWER, OTHER = "widening", "narrowing", "other"
ORDER = (WIDER, NARROWER, OTHER)


@dataclass(frozen=True, slots=True)
class Line:
    """One change in words, and for whom it holds. Lists hold codes and ids of the book, sorted."""

    direction: str
    sentence: str
    organisations: tuple[str, ...]
    """Askers'."""
    roles: tuple[str, ...]
    purposes: tuple[str, ...]
    holders: tuple[str, ...]
    """Organisations that hold the records."""
    classes: tuple[str, ...]
    circumstances: tuple[str, ...]
    before: str
    after: str
    usual: bool = True
    """Whether any of the roles is usual at any of the organisations; the others come last."""
    recorded: int = 0
    """Recorded decisions that this line would have changed."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A change of what the gateway or the index reads, which no cell shows: a field's class, a code's labels, a source."""

    direction: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RecordedImpact:
    """The ledger's recorded decisions, decided again."""

    decisions: int
    wider: int
    narrower: int
    other: int
    unchanged: int
    not_replayed: Mapping[str, int]
    """Reason -> how many. Reasons: record-gone | book-missing | another-version | decided-otherwise."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """The next day on which an ISA or a gateway begins or is over, and what the new book then changes by itself."""

    on: str
    events: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Old book against new, on one day."""

    on: str
    base: Mapping[str, str]
    """{digest, revision} of the old book."""
    new: Mapping[str, str]
    widens: bool
    files: Mapping[str, str]
    """File -> added | removed | changed."""
    lines: tuple[Line, ...]
    """Widening first."""
    elsewhere: tuple[Elsewhere, ...]
    factors: tuple[Elsewhere, ...]
    """What single rules would let through or take away, whether or not another rule hides it in every question."""
    questions: int
    """Questions looked at: organisation x role x purpose x holder x circumstance."""
    recorded: RecordedImpact
    boundary: Boundary | None
    v: int = VERSION

    @property
    def digest(self) -> str:
        """64 hex digits: SHA-256 of the canonical JSON of everything else."""
        return digest(canonical(plain(self))).hex()

    @property
    def narrows(self) -> bool:
        """Whether anything at all is taken away."""
        return NARROWER in directions(self.lines, self.elsewhere, self.factors)

    def as_json(self) -> dict[str, Any]:
        """The document, its digest in it."""
        return {**plain(self), "digest": self.digest}


def directions(lines: Sequence[Line], *others: Sequence[Elsewhere]) -> set[str]:
    """Every direction that any of them names."""
    return {one.direction for one in lines} | {one.direction for other in others for one in other}


def plain(report: Report) -> dict[str, Any]:
    """The report as JSON values, without its digest."""
    return {name: _lists(value) for name, value in asdict(report).items()}


def digest_of(document: Mapping[str, Any]) -> str:
    """The digest that a report's document should have: whoever signs works it out again and compares."""
    return digest(canonical({name: value for name, value in document.items() if name != "digest"})).hex()


def revision(digest_of_book: str) -> Mapping[str, str]:
    """A book as a report names it."""
    return {"digest": digest_of_book, "revision": digest_of_book[:16]}


def sorted_lines(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Widening first; what was recorded often first; what is unusual last."""
    return tuple(
        sorted(
            lines, key=lambda one: (ORDER.index(one.direction), not one.usual, -one.recorded, one.sentence)
        )
    )


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _lists(member) for name, member in value.items()}
    return [_lists(member) for member in value] if isinstance(value, list | tuple) else value
