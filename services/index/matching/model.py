"""The model by which two records are compared: weights trained offline, read from a JSON file and checked.

Promise: a model that cannot be trusted to score is refused with the place in the file and the remedy: another version,
a digest that does not fit, a level missing, without a weight or with another than log2(m/u), a comparison in which
agreeing less would weigh more. What is loaded cannot be changed.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

from services.contract import canonical
from services.contract.problems import BadSetting
from services.index.matching import levels
from services.index.matching.verdict import Evidence

VERSION = 1
FILE = Path(__file__).with_name("model.json")
REMEDY = "Train it again with `mash index train DATA --out FILE`, or take MASH_INDEX_MODEL away to use the model that ships."
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Level:
    """`m`: how often records of one person are at this level; `u`: of two people; `bits` = log2(m/u)."""

    m: float
    u: float
    bits: float


@dataclass(frozen=True, slots=True)
class Frequencies:
    """What share of people have each value; `unlisted` is taken for any other, None = nothing is known of it."""

    base: float
    """The u of the level SAME: what the weight takes every value's share to be."""
    floor: float
    """No value counts as rarer than this."""
    shares: Mapping[str, float]
    unlisted: float | None

    def bits(self, value: str) -> float:
        """What a value rarer or commoner than the average adds: log2(base / its share)."""
        share = self.shares.get(value, self.unlisted)
        return 0.0 if share is None else math.log2(self.base / max(share, self.floor))


@dataclass(frozen=True, slots=True)
class Model:
    """`prior`: log2 of the odds that two records taken at random are about one person."""

    digest: str
    """SHA-256 of the file without this member (canonical JSON), in hexadecimal."""
    prior: float
    made: Mapping[str, Any]
    """Of what and how it was trained, in words and counts."""
    levels: Mapping[str, Mapping[str, Level]]
    frequencies: Mapping[str, Frequencies]
    evidence: Mapping[str, Mapping[str, Evidence]] = field(init=False, repr=False, compare=False)
    """What each level of each comparison adds, whatever agreed: made once, for it is said of every pair."""

    def __post_init__(self) -> None:
        """Make the evidence of the levels."""
        made = {
            name: {
                level: Evidence(name, level, of.bits, place=name in levels.PLACES)
                for level, of in found.items()
            }
            for name, found in self.levels.items()
        }
        object.__setattr__(self, "evidence", MappingProxyType(made))


def in_force(path: Path | None) -> Model:
    """The model of the setting MASH_INDEX_MODEL, else the one that ships. Raises as `load` does."""
    return load(path) if path else shipped()


@cache
def shipped() -> Model:
    """The model that comes with the hub; trained on invented people, as the file says."""
    return load(FILE)


def load(path: Path) -> Model:
    """The model of a file. Raises `BadSetting` with the place and the remedy where it cannot be trusted."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise _refused(path.name, "", f"cannot be read ({error.strerror})") from None
    return parse(text, path.name)


def parse(text: bytes | str, name: str) -> Model:
    """The model of a file's text; `name` is what the file is called in a refusal. Raises as `load` does."""
    try:
        return _read(canonical.parse(text))
    except canonical.NotJson as error:
        raise _refused(name, "", str(error)) from None
    except _Fault as fault:
        raise _refused(name, fault.place, fault.what) from None


def digest_of(document: Mapping[str, Any]) -> str:
    """The digest of a model as parsed, its own member `digest` left out."""
    rest = {name: value for name, value in document.items() if name != "digest"}
    return canonical.digest(canonical.canonical(rest)).hex()


def seal(document: Mapping[str, Any]) -> str:
    """The text of a model file: the document with its digest."""
    parsed = canonical.parse(json.dumps(document, allow_nan=False))
    whole = {**document, "digest": digest_of(parsed)}
    return json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


class _Fault(Exception):
    def __init__(self, place: str, what: str) -> None:
        super().__init__(place)
        self.place, self.what = place, what


def _refused(name: str, place: str, what: str) -> BadSetting:
    where = f"{name}: {place}: " if place else f"{name}: "
    return BadSetting(f"{where}{what}", places=(place,) if place else (), next_step=REMEDY)


def _read(document: Any) -> Model:
    if not isinstance(document, dict):
        raise _Fault("", "holds no object")
    if document.get("version") != VERSION:
        raise _Fault("version", f"this hub reads version {VERSION}")
    if document.get("digest") != digest_of(document):
        raise _Fault("digest", "does not fit the rest: the file was changed after it was trained")
    comparisons = _object(document, "comparisons", "")
    if set(comparisons) != set(levels.LEVELS):
        odd = sorted(set(comparisons) ^ set(levels.LEVELS))
        raise _Fault("comparisons", f"missing, or not known to this hub: {', '.join(odd)}")
    found = {name: _levels(_object(comparisons, name, "comparisons"), name) for name in levels.LEVELS}
    frequencies = {name: _frequencies(comparisons[name], name, found[name]) for name in levels.FREQUENT}
    return Model(
        digest=document["digest"],
        prior=_number(document, "prior", ""),
        made=MappingProxyType(_object(document, "made", "")),
        levels=MappingProxyType(found),
        frequencies=MappingProxyType(frequencies),
    )


def _levels(comparison: Mapping[str, Any], name: str) -> Mapping[str, Level]:
    place = f"comparisons.{name}.levels"
    listed = _object(comparison, "levels", f"comparisons.{name}")
    wanted = levels.LEVELS[name]
    if tuple(listed) != wanted:
        raise _Fault(place, f"must be, in this order: {', '.join(wanted)}")
    found = {level: _level(_object(listed, level, place), f"{place}.{level}") for level in wanted}
    for better, worse in pairwise(wanted):
        if found[worse].bits > found[better].bits + ROUNDING:
            raise _Fault(f"{place}.{worse}", f"weighs more than {better}, which agrees further")
    return MappingProxyType(found)


def _level(listed: Mapping[str, Any], place: str) -> Level:
    m, u, bits = (_number(listed, name, place) for name in ("m", "u", "weight"))
    if not (0 < m <= 1 and 0 < u <= 1):
        raise _Fault(place, "m and u are shares above 0 and up to 1")
    if abs(bits - math.log2(m / u)) > ROUNDING:
        raise _Fault(f"{place}.weight", "is not log2(m/u)")
    return Level(m, u, bits)


def _frequencies(comparison: Mapping[str, Any], name: str, found: Mapping[str, Level]) -> Frequencies:
    place = f"comparisons.{name}.frequencies"
    listed = _object(comparison, "frequencies", f"comparisons.{name}")
    shares = _object(listed, "shares", place)
    if not shares:
        raise _Fault(f"{place}.shares", "names no value")
    values = {value: _share(shares, value, place) for value in shares}
    unlisted = None if listed.get("unlisted", "") is None else _share(listed, "unlisted", place)
    return Frequencies(
        base=found[levels.SAME].u,
        floor=_share(listed, "floor", place),
        shares=MappingProxyType(values),
        unlisted=unlisted,
    )


def _share(listed: Mapping[str, Any], name: str, place: str) -> float:
    share = listed.get(name)
    # A name is not repeated in the message: a table trained on a deployment's own people holds theirs.
    where = f"{place}.{name}" if name in ("floor", "unlisted") else f"{place}.shares"
    if isinstance(share, bool) or not isinstance(share, int | canonical.Lexical) or not 0 < share <= 1:
        raise _Fault(where, "a share is above 0 and up to 1")
    return float(share)


def _object(parent: Mapping[str, Any], name: str, place: str) -> dict[str, Any]:
    found = parent.get(name)
    if not isinstance(found, dict):
        raise _Fault(f"{place}.{name}".lstrip("."), "is missing, or no object")
    return found


def _number(parent: Mapping[str, Any], name: str, place: str) -> float:
    found = parent.get(name)
    where = f"{place}.{name}".lstrip(".")
    if found is None:
        raise _Fault(where, "has no value: this was never seen in training")
    if isinstance(found, bool) or not isinstance(found, int | canonical.Lexical):
        raise _Fault(where, "is no number")
    return float(found)
