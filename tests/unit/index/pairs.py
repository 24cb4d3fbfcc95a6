"""Pairs of records for tests of the guards: a summary said in a few words, and a score typed by hand."""

from typing import Any

from services.index.matching.levels import PLACES
from services.index.matching.verdict import Evidence, Scored
from services.index.read import Home, Name, Number, Summary

PRIOR = -20.0
AGREED = {"given": "same", "family": "same", "born": "same", "place": "home"}


def summary(
    name: str = "Mia Reid",
    born: str = "2019-05-07",
    *,
    nhs: str | tuple[str, ...] = (),
    old: tuple[str, ...] = (),
    unverified: tuple[str, ...] = (),
    **more: Any,
) -> Summary:
    """A record; `nhs`: its verified numbers."""
    verified = (nhs,) if isinstance(nhs, str) else nhs
    numbers = (
        *(Number(value, verified=True) for value in verified),
        *(Number(value, verified=False, old=True) for value in old),
        *(Number(value, verified=False) for value in unverified),
    )
    said: dict[str, Any] = {"sex": "", "homes": (), "restricted": False, **more}
    return Summary(
        numbers, tuple(map(named, name.split(" / "))), born if len(born) == 10 else "", born, **said
    )


def named(text: str) -> Name:
    """`Mia Reid`; an underscore stands for a part that is missing or a placeholder."""
    given, _, family = text.partition(" ")
    return Name(
        family.strip("_").lower(), "" if given in ("_", "Baby") else given.lower(), text.replace("_", "")
    )


def lives_at(text: str) -> tuple[Home, ...]:
    """One home."""
    return (Home("", text, "", "", ""),)


def scored(weight: float = 25.0, /, *, personal: float = 20.0, **levels: str) -> Scored:
    """A score of this weight, at these levels; `personal`: what given name and date of birth bring together.

    What is left of the weight stands at the family name, so that the parts add up.
    """
    said = AGREED | levels
    bits = {"given": personal / 2, "born": personal / 2}
    parts = [
        Evidence(name, level, bits.get(name, 0.0), place=name in PLACES)
        for name, level in said.items()
        if level and name != "family"
    ]
    rest = weight - PRIOR - sum(part.bits for part in parts)
    return Scored(weight, PRIOR, (*parts, Evidence("family", said["family"] or "different", rest)))
