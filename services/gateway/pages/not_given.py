"""What was not given as it is, as a page tells it: of which sources, why, who can change it, and the way to do so.

Promise: no row of the answer is left out; rows that say the same of several sources are told once, each with its own way
to ask. What the worker can do is a link to where it is done, and is offered only where this worker can do it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from services.contract.views import Lacking, Withheld
from services.gateway.pages import words

EFFECTS = {"generalise": "Made less exact", "ask-owner": "The owner decides", "withhold": "Withheld"}
_COARSER = EFFECTS["generalise"]
ACTS: Mapping[str, tuple[str, str]] = {
    "perceived-risk": ("Record the risk", "perceived-risk"),
    "agreement": ("Record the agreement", "agreement"),
    "ground": ("Record a ground to go on", "stated-ground"),
    "identity": ("Find and confirm the person", ""),
}
"""What is missing -> what the worker can do about it, and the kind of evidence that is recorded by it (none: it is done by
finding the person). The safest first: nobody is sent to the family."""
_SAID = frozenset({"owner-approval", "isa-current", "partner-resumed", "relationship", "case", "break-glass"})
"""What is missing, where the reason has said so in its own sentence, or the notes above have: to ask the patient comes before
breaking the glass, and both stand there, in this order."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One line."""

    effect: str
    what: str
    sources: str
    sentence: str
    who_can_change: str
    hints: tuple[str, ...] = ()
    """What is missing beyond what the reason says: for whoever is asked to change it."""
    acts: tuple[tuple[str, str], ...] = ()
    """(what the worker can do, the kind of evidence that is recorded by it; none: by finding the person)."""
    asks: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """(source, the token by which its owner may be asked)."""


def missing_of(rows: Sequence[Withheld], kinds: Collection[str] = ()) -> tuple[Missing, ...]:
    """Rows that say the same of several sources are told once. `kinds`: evidence that this worker can record here."""
    said: dict[tuple[str, str, str, str, tuple[Lacking, ...]], list[Withheld]] = {}
    for row in rows:
        key = (row.effect, row.class_, row.sentence, row.who_can_change, row.missing)
        said.setdefault(key, []).append(row)
    found = [
        Missing(
            EFFECTS.get(effect, effect),
            words.first_up(what),
            words.listed(words.first_up(row.source) for row in alike),
            sentence,
            change,
            tuple(one.sentence for one in missing if one.code not in {*_SAID, *ACTS}),
            _acts({one.code for one in missing}, kinds),
            tuple((words.first_up(row.source), row.ask) for row in alike if row.ask),
        )
        for (effect, what, sentence, change, missing), alike in said.items()
    ]
    # First what the worker can do something about, last what was given in coarser form.
    return tuple(
        sorted(
            found, key=lambda one: (not (one.acts or one.asks), one.effect == _COARSER, one.effect, one.what)
        )
    )


def _acts(lacking: Collection[str], kinds: Collection[str]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (label, kind)
        for code, (label, kind) in ACTS.items()
        if code in lacking and (not kind or kind in kinds)
    )
