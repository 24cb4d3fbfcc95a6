"""The ledger's recorded decisions under two books: what each would have released more, or less, had it been asked today.

Promise: both books are asked the same question on the same day, so that a difference is the change's and not the
calendar's; what cannot be read again is counted with its reason, and what its own book decides otherwise is said.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from services.contract.decisions import Cell, Context, Profile
from services.contract.vocabulary import codes
from services.policy.impact.compare import direction, words_of
from services.policy.impact.report import NARROWER, OTHER, WIDER, Line, RecordedImpact
from services.policy.impact.tables import Side
from services.policy.paper import with_papers
from services.policy.ports import Rows
from services.policy.recorded import AnotherShape, Call, Decision, Recorded, read_record
from services.policy.replay import ANOTHER_SHAPE, BOOK_MISSING, OTHERWISE, RECORD_GONE, Replayer

Change = tuple[str, str, str, str, str, str, str, str]
"""(direction, asker, role, purpose, holder, class, before, after)."""


@dataclass(slots=True)
class Again:
    """What came of all records."""

    counts: Counter[str] = field(default_factory=Counter)
    decisions: int = 0
    not_replayed: Counter[str] = field(default_factory=Counter)
    changes: Counter[Change] = field(default_factory=Counter)
    """Change -> in how many decisions."""
    of_decision: list[frozenset[Change]] = field(default_factory=list)

    def as_counts(self) -> RecordedImpact:
        """As the report gives it."""
        told = dict(sorted(self.not_replayed.items()))
        found = self.counts
        return RecordedImpact(self.decisions, found[WIDER], found[NARROWER], found[OTHER], found[""], told)


def decide_again(
    records: Iterable[Recorded], old: Side, new: Side, kept: Mapping[str, Rows], on: str
) -> Again:
    """Every record under both books on the day `on`. `kept`: rows of the books that decided, by digest."""
    found, replayer = Again(), Replayer(kept)
    memory: dict[tuple[Context, Profile], list[tuple[str, str, str, str]]] = {}
    for record in records:
        found.decisions += 1
        decision = _decision(record, replayer, found.not_replayed)
        if decision is None:
            continue
        changes = frozenset(_changes(decision, old, new, on, memory))
        directions = {change[0] for change in changes}
        worst = next((one for one in (WIDER, NARROWER, OTHER) if one in directions), "")
        found.counts[worst] += 1
        found.changes.update(changes)
        if changes:
            found.of_decision.append(changes)
    return found


def _decision(record: Recorded, replayer: Replayer, failed: Counter[str]) -> Decision | None:
    """The decision, or None and why. One whose own book is missing, or decides otherwise, is compared all the same."""
    if record.body is None:
        failed[RECORD_GONE] += 1
        return None
    try:
        decision = read_record(record.body)
    except AnotherShape:
        failed[ANOTHER_SHAPE] += 1
        return None
    for why in replayer.replay([record]).failed:
        if why in (BOOK_MISSING, OTHERWISE):
            failed[why] += 1
    return decision


def _changes(
    decision: Decision,
    old: Side,
    new: Side,
    on: str,
    memory: dict[tuple[Context, Profile], list[tuple[str, str, str, str]]],
) -> Iterable[Change]:
    context = replace(decision.context, on=on)
    for number, call in enumerate(decision.calls):
        profiles = call.profiles[:1] if number == 0 else call.profiles
        fresh = [profile for profile in dict.fromkeys(profiles) if (context, profile) not in memory]
        if fresh:
            memory |= zip(((context, one) for one in fresh), _compared(context, fresh, old, new), strict=True)
        for profile in profiles:
            for which, class_, before, after in memory[context, profile]:
                if _counts(number, call, class_):
                    yield (
                        which, context.organisation, context.role, context.purpose, profile.source_organisation,
                        class_, before, after,
                    )  # fmt: skip


def _counts(number: int, call: Call, class_: str) -> bool:
    """The first call asks whether the question may be put at all: its pointer tells. Later ones ask of what is held."""
    return class_ == "DM0" if number == 0 else class_ in call.classes


def _compared(
    context: Context, profiles: Sequence[Profile], old: Side, new: Side
) -> list[list[tuple[str, str, str, str]]]:
    rows = [_rows(side, context, profiles) for side in (old, new)]
    return [
        [
            (which, class_, words_of(was), words_of(is_now))
            for class_, was, is_now in zip(codes("classes"), before, after, strict=True)
            if (which := direction(was, is_now))
        ]
        for before, after in zip(*rows, strict=True)
    ]


def _rows(side: Side, context: Context, profiles: Sequence[Profile]) -> Sequence[tuple[Cell, ...]]:
    return side.rows.rows(context, with_papers(side.book, context, tuple(profiles)))


def counted(lines: Sequence[Line], again: Again) -> tuple[tuple[Line, ...], frozenset[Change]]:
    """The lines with how many decisions each would have changed, and the changes that no line tells."""
    places: dict[Change, list[int]] = {change: _telling(lines, change) for change in again.changes}
    counts: Counter[int] = Counter()
    for changes in again.of_decision:
        counts.update({place for change in changes for place in places[change]})
    told = tuple(replace(line, recorded=counts[place]) for place, line in enumerate(lines))
    return told, frozenset(change for change, where in places.items() if not where)


def _telling(lines: Sequence[Line], change: Change) -> list[int]:
    """The lines that tell it; one of unusual roles, whose lists are wide, only where no other does."""
    found = [place for place, line in enumerate(lines) if _tells(line, change)]
    return [place for place in found if lines[place].usual] or found


def _tells(line: Line, change: Change) -> bool:
    which, asker, role, purpose, holder, class_, _, _ = change
    return (
        line.direction == which
        and class_ in line.classes
        and holder in line.holders
        and purpose in line.purposes
        and role in line.roles
        and asker in line.organisations
    )
