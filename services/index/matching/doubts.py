"""What a record's newest version leaves in doubt, kept beside its edge.

Promise: the doubts of a version take the place of those before it; what one rests on is sealed, and says nothing of a place
where it touches an identity that the law or a protection keeps.
"""

from typing import Any

from sqlalchemy import delete, insert

from services.index.matching.verdict import Decision, Doubt, Evidence
from services.index.people import People
from services.index.schema import DOUBT


def keep(people: People, item: str, decision: Decision, at: str) -> None:
    """Write them; LINK and NEW leave none."""
    people.connection.execute(delete(DOUBT).where(DOUBT.c.item == item))
    rows = [
        {
            "item": item,
            "person": one.person,
            "other": one.item,
            "rule": one.verdict.rule,
            "restricted": one.restricted,
            "at": at,
            "evidence": people.store.seal(_plain(one), f"doubt:{item}:{one.person}"),
        }
        for one in decision.doubts
    ]
    if rows:
        people.connection.execute(insert(DOUBT), rows)


def _plain(doubt: Doubt) -> dict[str, Any]:
    scored = doubt.verdict.scored
    if doubt.restricted:
        # Levels alone: what is left of a known sum would tell of a place.
        return {"evidence": [_level(part) for part in scored.evidence if not part.place]}
    # Numbers as text: what is read back is the same to the last bit.
    parts = [[*_level(part), repr(part.bits), repr(part.frequency)] for part in scored.evidence]
    return {"weight": repr(scored.weight), "prior": repr(scored.prior), "evidence": parts}


def _level(part: Evidence) -> list[str]:
    return [part.comparison, part.level]
