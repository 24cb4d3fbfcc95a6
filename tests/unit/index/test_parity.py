"""The score in Python against Splink itself, on the same records and the same model: to 0.001 bit, comparison by comparison.

Promise: a level that means one thing in SQL, where weights are trained, and another in Python, where they are applied, is
found here; so is another way of counting how common a name is.
"""

import math
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from splink import DuckDBAPI, Linker

from services.index.matching import levels, model
from services.index.matching.score import score
from services.index.read import Home, Name, Number, Summary
from services.index.training import rows
from services.index.training.settings import settings

RECORDS = 90
GIVEN = ["john", "jon", "jack", "ali", "mohammed", "muhammad", "j", "smith", "محمد", "محمود", "katarzyna", "catherine",
         "william", "bill", "oliver", "deon", "dion", "tomeka", "tomeeka", "michał", "zoë"]  # fmt: skip
FAMILY = [
    "smith",
    "smyth",
    "smithjones",
    "jones",
    "ali",
    "khan",
    "łukasz",
    "john",
    "okonkwo",
    "okonkwoo",
    "shaw",
    "shah",
]
BORN = ["", "2015-03-04", "2015-04-03", "2015-03-14", "2015-09-30", "1984-03-04", "2015-03-05", "1991-12-25"]
STREETS = ["", "highstreet", "northroad", "nofixedabode", "queenelizabethavenue"]
CODES = ["", "RG11AA", "RG11AB", "LS67ZZ", "ZZ993VZ"]


def _records() -> list[Summary]:
    draw = random.Random(6)
    return [_record(draw) for _ in range(RECORDS)]


def _record(draw: random.Random) -> Summary:
    names = tuple(
        Name(
            draw.choice([*FAMILY, ""]),
            draw.choice([*GIVEN, ""]),
            "",
            tuple(draw.sample(GIVEN, draw.choice([0, 0, 1, 2]))),
        )
        for _ in range(draw.choice([1, 1, 2]))
    )
    born = draw.choice(BORN)
    homes = tuple(_home(draw) for _ in range(draw.choice([0, 1, 1, 2])))
    return Summary(
        numbers=tuple(
            Number(one, True) for one in draw.sample(["9990000018", "9990000026"], draw.choice([0, 1, 1, 2]))
        ),
        names=names,
        birth_date=born,
        born=born or draw.choice(["", "2015", "1984-06", "1970-01-01"]),
        sex=draw.choice(["", "male", "female", "other"]),
        homes=homes,
        restricted=False,
        phones=tuple(draw.sample(["07700900001", "07700900002"], draw.choice([0, 1]))),
    )


def _home(draw: random.Random) -> Home:
    street, code = draw.choice(STREETS), draw.choice(CODES)
    return Home(
        draw.choice(["", "", "100012345678", "2"]),
        f"{draw.randint(1, 3)}{street}{code}",
        code,
        "",
        "",
        street,
    )


def _splink(records: list[Summary], known: model.Model) -> list[dict[str, Any]]:
    chance = 2**known.prior / (1 + 2**known.prior)
    api = DuckDBAPI()
    linker = Linker(api.register(rows.table(records), table_name="records"), settings(["1=1"], chance, known))
    for name, found in known.frequencies.items():
        shares = pa.table({name: list(found.shares), f"tf_{name}": list(found.shares.values())})
        table = api.register(shares, table_name=f"shares_of_{name}")
        linker.table_management.register_term_frequency_lookup(table, name)
    pairs: list[dict[str, Any]] = linker.inference.predict().as_record_list()
    return pairs


def _distinct(known: model.Model) -> model.Model:
    """The same with another weight for each level, so that two levels cannot be mistaken for one another."""
    apart = {
        name: {
            level: model.Level(found.m, found.u * 2 ** (place / 64), found.bits - place / 64)
            for place, (level, found) in enumerate(listed.items())
        }
        for name, listed in known.levels.items()
    }
    common = {
        name: model.Frequencies(
            apart[name][levels.SAME].u,
            0.004,
            {"john": 0.03, "ali": 0.01, "smith": 0.02, "khan": 0.0001},
            None,
        )
        for name in known.frequencies
    }
    return model.Model(known.digest, known.prior, known.made, apart, common)


def _compared() -> Iterator[tuple[dict[str, Any], Summary, Summary]]:
    records = _records()
    for pair in _splink(records, _distinct(model.shipped())):
        yield pair, records[pair["unique_id_l"]], records[pair["unique_id_r"]]


@pytest.mark.filterwarnings("default")
def test_every_pair_has_the_same_weight_here_and_in_splink() -> None:
    known = _distinct(model.shipped())
    seen: Counter[tuple[str, str]] = Counter()
    rare: Counter[str] = Counter()
    pairs = 0
    for pairs, (pair, one, other) in enumerate(_compared(), 1):  # noqa: B007 - the count is wanted after the loop
        scored = score(known, one, other)
        ours = {part.comparison: part for part in scored.evidence}
        for name in levels.LEVELS:
            part = ours.get(name)
            assert math.isclose(pair[f"mw_{name}"], part.bits if part else 0, abs_tol=0.001), (name, part)
            seen[name, part.level if part else ""] += 1
        for name in levels.FREQUENT:
            frequency = ours[name].frequency if name in ours else 0
            assert math.isclose(pair[f"mw_tf_adj_{name}"], frequency, abs_tol=0.001), name
            rare[name] += frequency != 0
        assert math.isclose(pair["match_weight"], scored.weight, abs_tol=0.001)
    assert pairs == RECORDS * (RECORDS - 1) // 2 >= 1000
    # A comparison of nothing would agree with anything.
    assert [
        (name, level)
        for name, listed in levels.LEVELS.items()
        for level in ("", *listed)
        if not seen[name, level]
    ] == []
    assert min(rare.values()) > 10
