"""Names of the many cultures of the United Kingdom, and how each hands them on.

Promise: the lists (`names.json`, `variants.json`) are the project's own, written for it; they say which names are usual
somewhere, never who anybody is. `culture` is a label for measuring whether some are served worse, and reaches no record.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from services.index.synth.draw import Draw, Table, ranked

MALE, FEMALE = "male", "female"
MAJORITY = "english"
"""The label whose rates the others are set against."""
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Culture:
    """The names of one culture. `rule`: how a child comes by a family name."""

    label: str
    rule: str
    given: dict[str, Table[str]]
    family: Table[str]
    parts: tuple[tuple[str, ...], ...]
    share_of_parts: float
    given_parts: dict[str, tuple[tuple[str, ...], ...]]
    female_family: Table[str] | None

    def given_name(self, draw: Draw, sex: str) -> str:
        """A first name."""
        parts = self.given_parts.get(sex)
        if parts and draw.chance(0.7):
            return "".join(draw.pick(some) for some in parts)
        return draw.of(self.given[sex])

    def family_name(self, draw: Draw, sex: str) -> str:
        """The family name of somebody whose parents are unknown."""
        if self.rule == "own" and sex == FEMALE and self.female_family and draw.chance(0.6):
            return draw.of(self.female_family)
        if self.rule == "chain":
            return draw.of(self.given[MALE]) if draw.chance(0.6) else draw.of(self.family)
        if self.rule == "double":
            return f"{draw.of(self.family)} {draw.of(self.family)}"
        if self.parts and draw.chance(self.share_of_parts):
            return self._gendered("".join(draw.pick(some) for some in self.parts), sex)
        return self._gendered(draw.of(self.family), sex)

    def of_parents(self, draw: Draw, sex: str, father: tuple[str, str], mother: str) -> str:
        """A child's family name. `father`: his given and family name."""
        if self.rule == "chain":
            return father[0]
        if self.rule == "own":
            if sex == FEMALE and self.female_family and draw.chance(0.5):
                return draw.of(self.female_family)
            return father[1] if draw.chance(0.7) else father[0]
        if self.rule == "double":
            return f"{mother.rsplit(maxsplit=1)[-1]} {father[1].split()[-1]}"
        return self._gendered(father[1], sex)

    def middle_names(self, draw: Draw, sex: str) -> str:
        """Further given names."""
        if self.rule == "sikh":
            return "Singh" if sex == MALE else "Kaur"
        if not draw.chance(0.62 if self.rule == "shared" else 0.25):
            return ""
        names = self.given_name(draw, sex)
        return f"{names} {self.given_name(draw, sex)}" if draw.chance(0.08) else names

    def _gendered(self, family: str, sex: str) -> str:
        if self.rule != "gendered":
            return family
        if sex == FEMALE:
            if family.endswith(("ski", "cki", "dzki")):
                return family[:-1] + "a"
            return family + "a" if family.endswith(("ov", "ev", "in")) else family
        return family[:-1] + "i" if family.endswith(("ska", "cka")) else family.removesuffix("a") if (
            family.endswith(("ova", "eva", "ina"))
        ) else family  # fmt: skip


@cache
def cultures() -> Table[Culture]:
    """All of them, by their share of the population."""
    found = _read("names.json")
    return Table(
        [_culture(label, one) for label, one in found.items()], [one["weight"] for one in found.values()]
    )


def _culture(label: str, one: dict[str, Any]) -> Culture:
    given_parts = {sex: _parts(one.get(f"{sex}_parts", ())) for sex in (MALE, FEMALE)}
    return Culture(
        label=label,
        rule=one["rule"],
        given={sex: ranked(one[sex].split()) for sex in (MALE, FEMALE)},
        family=ranked(one["family"].split()),
        parts=_parts(one.get("parts", ())),
        share_of_parts=one.get("share_of_parts", 0.0),
        given_parts={sex: parts for sex, parts in given_parts.items() if parts},
        female_family=ranked(one["female_family"].split()) if "female_family" in one else None,
    )


def _parts(lists: Any) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(some.split()) for some in lists)


def _read(name: str) -> Any:
    return json.loads((_HERE / name).read_text(encoding="utf-8"))


@cache
def spellings() -> dict[str, tuple[str, ...]]:
    """A name to the other ways of writing it in Latin letters."""
    found: dict[str, tuple[str, ...]] = {}
    for line in _read("variants.json")["spellings"]:
        names = line.split()
        for name in names:
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), *(one for one in names if one != name))))
    return found


@cache
def nicknames() -> dict[str, tuple[str, ...]]:
    """A name to what its bearer is called."""
    return {name: tuple(line.split()) for name, line in _read("variants.json")["nicknames"].items()}


@cache
def twin_names() -> dict[str, tuple[tuple[str, str], ...]]:
    """Pairs of names, nearly alike, that parents give to twins; `_` stands between first and further names."""
    found = _read("variants.json")["twins"]
    return {sex: tuple((one.split()[0], one.split()[1]) for one in pairs) for sex, pairs in found.items()}
