"""A doubt about identity as a reviewer meets it: what waits, one doubt opened, and what a reviewer says of it.

Promise: these shapes cross between index and gateway in memory only, and their `repr` shows no value of a person; what
another reviewer said is in none of them before one has spoken oneself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.contract.people import AskerIdentity, Item, PersonFacts, Related

Span = tuple[str, str]
"""From and until, UTC, both counted in; "" where it is open."""

GENERAL, PROTECTED, ADOPTED, SILENT, WITNESS = "general", "protected", "adopted", "silent", "witness"
"""Queues of review-queues.json. All but the first are restricted; `silent`: policy is silent about somebody in it."""
SAME, APART, UNSURE = "same", "apart", "unsure"
"""What a reviewer says (review-answers.json)."""
FIRST, DIFFER = "first", "differ"
"""What an answer may do besides: it waits for a second one, or two do not agree and nothing is done."""
OPEN, DECIDED, UNDONE, GONE = "OPEN", "DECIDED", "UNDONE", "GONE"
"""State of a task; GONE: the doubt went by itself."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who reviews, and as what."""

    asker: AskerIdentity
    role: str
    designated: bool = False
    """The officer for people under witness protection of their organisation."""


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One task as a list names it: kinds, times and counts, and nobody."""

    id: str
    kind: str
    """A code of review-kinds.json."""
    queue: str
    since: str
    state: str
    two: bool
    """Two people have to say the same."""
    given: int
    """Answers that count now; not whose, nor what they were."""
    mine: bool
    """The reviewer's own is among them."""
    outcome: str = ""
    decided: str = ""


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """One of the records side by side. `ref` names it within the task; the first one is the record in doubt."""

    ref: str
    item: Item = field(repr=False)
    evidence: tuple[str, ...] = field(default=(), repr=False)
    """What speaks for and against its being the first one's person, in words; nothing of a place where one is protected."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer that was given, with its reason: shown once it was counted, or to whoever gave it."""

    answer: str
    chosen: str
    reason: str = field(repr=False)
    by: str
    """Opaque id in the staff register."""
    role: str
    at: str


@dataclass(frozen=True, slots=True)
class ReviewTask:
    """One task opened."""

    line: ReviewLine
    records: tuple[ReviewRecord, ...]
    related: tuple[Related, ...]
    facts: Mapping[str, PersonFacts]
    others: tuple[Item, ...] = field(default=(), repr=False)
    """The further records that introduce these people: never shown, and a join rests on them too."""
    beside: tuple[Related, ...] = ()
    """Those in whose files such a record of a relative stands: nobody decides about them, and policy has to know of them."""
    said: tuple[Said, ...] = ()
    """Of earlier rounds and of a decided task; of the present round one's own alone."""


@dataclass(frozen=True, slots=True)
class ReviewAnswer:
    """What a reviewer says of a task, and why."""

    task: str
    answer: str
    chosen: str = ""
    """With `same`: the `ref` of the record that is the same person's."""
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an answer would do: FIRST, DIFFER, or one of the answers taking effect. It holds for this round only."""

    effect: str
    round: int
    people: tuple[str, ...]
    """Everybody it is about."""
    parts: "Joined | None" = None
    """Whom it takes apart; None where it takes nobody apart."""


@dataclass(frozen=True, slots=True)
class MonthOfReviews:
    """One month of the general queue in numbers."""

    month: str
    raised: int
    decided: Mapping[str, int]
    """Answer -> tasks decided so."""
    undone: int
    pairs: int
    """Tasks on which two people spoke without knowing of each other."""
    agreed: int
    kappa: float | None
    """Cohen's kappa of those; None where it is undefined: no pairs, or everybody always said the same."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Two records that the index takes for one person's."""

    person: str
    since: str
    """When the two were joined, UTC; empty where the edges of before do not tell."""
    records: int
    """How many records speak of the person."""
    restricted: bool = False
    """Two designated people decide about it, for it touches somebody adopted, gender-recognised or protected."""


@dataclass(frozen=True, slots=True)
class Parted:
    """What came of withdrawing a link."""

    persons: tuple[str, ...]
    """Who there is now in place of the one."""
    moved: int
    """Records that are of another person now."""


@dataclass(frozen=True, slots=True)
class Stood:
    """An id under which a person's records stand or stood: what was said under it is said of them."""

    id: str
    spans: tuple[Span, ...] = (("", ""),)
    """When records of theirs stood under it: what was said of it at another time was said of somebody else alone."""
    mixed: tuple[Span, ...] = ()
    """When records stood under it with theirs that are somebody else's now: what was said then was said of both."""
    since: str = ""
    """From when what was said under it counts under the id that they have now; "" always."""


@dataclass(frozen=True, slots=True)
class KnownAs:
    """Every id under which a person's records ever stood, the one that they have now first."""

    ids: tuple[Stood, ...]
    beside: frozenset[str] = frozenset()
    """Ids of everybody else whose records ever stood under one of these."""

    @property
    def id(self) -> str:
        """The one that they have now."""
        return self.ids[0].id


def known_alone(id: str) -> KnownAs:
    """Somebody whose records never stood under another id."""
    return KnownAs((Stood(id),))


@dataclass(frozen=True, slots=True)
class Undoable:
    """What a decision came to, by code, and whom it joined: None where nothing that it joined stands any more."""

    outcome: str
    joined: Joined | None
    first: bool = False
    """It takes a second person to say so: nothing is undone by this one."""
