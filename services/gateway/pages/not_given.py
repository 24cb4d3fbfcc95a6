"""What was not given as it is, as a page tells it: of which sources, why, who can change it, and the way to ask the owner.

Promise: no row of the answer is left out; rows that say the same of several sources are told once, each with its own way
to ask.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.contract.views import Lacking, Withheld
from services.gateway.pages import words

EFFECTS = {"generalise": "Made less exact", "ask-owner": "The owner decides", "withhold": "Withheld"}


@dataclass(frozen=True, slots=True)
class Missing:
    """One line."""

    effect: str
    what: str
    sources: str
    sentence: str
    who_can_change: str
    missing: tuple[tuple[str, str], ...] = ()
    """(what is missing, whom to ask)."""
    asks: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """(source, the token by which its owner may be asked)."""


def missing_of(rows: Sequence[Withheld]) -> tuple[Missing, ...]:
    """Rows that say the same of several sources are told once."""
    said: dict[tuple[str, str, str, str, tuple[Lacking, ...]], list[Withheld]] = {}
    for row in rows:
        key = (row.effect, row.class_, row.sentence, row.who_can_change, row.missing)
        said.setdefault(key, []).append(row)
    return tuple(
        Missing(
            EFFECTS.get(effect, effect),
            words.first_up(what),
            words.listed(words.first_up(row.source) for row in alike),
            sentence,
            change,
            tuple((one.sentence, one.who_can_change) for one in missing if one.sentence != sentence),
            tuple((words.first_up(row.source), row.ask) for row in alike if row.ask),
        )
        for (effect, what, sentence, change, missing), alike in said.items()
    )
