"""How long what the ledger keeps about somebody must be kept: a floor in years for each kind of record.

Promise: of all records about a person the one that must be kept longest decides; a record of no known kind is kept as long
as the longest. The figures are data (schemas/vocabulary/retention.json), and a partnership's own go before them.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from services.contract.problems import BadSetting
from services.contract.vocabulary import code_list


def floors(own: str) -> dict[str, int]:
    """Years by kind of record; `own` is `kind=years,...` of MASH_RETENTION. Raises `BadSetting`."""
    found = {code: int(row["years"]) for code, row in code_list("retention").items()}
    for part in filter(None, (one.strip() for one in own.split(","))):
        kind, _, years = part.partition("=")
        if kind not in found or not years.isdigit():
            raise BadSetting(f"MASH_RETENTION: write kind=years,...; the kinds are {', '.join(found)}")
        found[kind] = int(years)
    return found


def kept_until(entries: Iterable[Mapping[str, Any]], years: Mapping[str, int]) -> date:
    """The first day on which nothing must be kept any more."""
    days = [_after(date.fromisoformat(one["time"][:10]), years[kind_of(one)]) for one in entries]
    return max(days, default=date.min)


def kind_of(entry: Mapping[str, Any]) -> str:
    """The kind of record that an entry is, a code of retention.json."""
    kinds = code_list("retention")
    purpose, kind = entry.get("purpose", ""), entry["kind"]
    for code, row in kinds.items():
        if purpose in row["purposes"] or (not purpose and kind in row["entries"]):
            return code
    return max(kinds, key=lambda code: int(kinds[code]["years"]))


def _after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
