"""One field at a time withheld, from every record there is: what leaves is valid R4, and holds nothing of the field.

The project's own records always; those under MASH_CORPUS as well where it is set (docs/reference/measured.md says with
which set and what came out). The counts are printed with `pytest -s`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pytest

from services.contract.decisions import Cell
from services.gateway.minimise import Minimised, minimise
from services.runtime.fhir import is_valid
from tests.made_records import each_element, whole
from tests.minimising import (
    CLASSES,
    PERSON,
    SHOWN,
    SILENT,
    book,
    catalogue,
    cells,
    corpus,
    demo,
    item,
    rewrite,
    texts_at,
)  # fmt: skip

TYPES = sorted({path.partition(".")[0].partition("[")[0] for path in book()["fields"]} - {"*"})
NEVER_WITHHELD = {"resourceType", "id", "meta", "text", "contained", "language", "implicitRules"}


@cache
def own() -> tuple[dict[str, Any], ...]:
    made = [record for name in TYPES for record in (whole(name), *(made for _, made in each_element(name)))]
    return (*demo(), *made)


def brought() -> list[dict[str, Any]]:
    return [one for _, one in corpus() if one["resourceType"] in TYPES and is_valid(one)]


def without_each(resource: dict[str, Any], cell: Cell) -> Iterator[tuple[str, Minimised]]:
    leads = dict.fromkeys(texts_at(resource, "reference"), "record:r2")
    leads |= {written: f"person:{PERSON}" for written in leads if written.startswith("Patient/")}
    ids = rewrite({"r2": "urn:uuid:00000000-0000-4000-8000-000000000099"})
    given = item(resource, leads)
    for key in resource.keys() - NEVER_WITHHELD:
        withheld = {
            f"{resource['resourceType']}.{key.lstrip('_')}": dict.fromkeys((*CLASSES, "UNCLASSIFIED"), cell)
        }
        yield key, minimise(given, cells(), withheld, catalogue=catalogue(), places=None, rewrite=ids)


def tally(records: Iterable[dict[str, Any]], cell: Cell) -> Counter[str]:
    counts: Counter[str] = Counter()
    for resource in records:
        for key, done in without_each(resource, cell):
            if done.resource is None:
                counts[f"does not leave: {done.dropped}"] += 1
            else:
                counts["valid" if is_valid(done.resource) else "NOT VALID"] += 1
                left = done.resource.get(key.lstrip("_"))
                assert left is None or "masked" in str(left), key
    return counts


@pytest.mark.parametrize("cell", [SHOWN, SILENT], ids=["shown", "silent"])
def test_own_records(cell: Cell) -> None:
    counts = tally(own(), cell)
    print(f"\nown records, {'silent' if cell is SILENT else 'shown'}: {dict(counts)}")  # noqa: T201
    assert counts["NOT VALID"] == 0
    assert counts["valid"] > 1000
    # Appointment.participant: R4 wants a type or an actor in it, and a mask has neither (app-1).
    assert cell is SILENT or counts["does not leave: invalid"] <= counts["valid"] / 50


if corpus():

    @pytest.mark.parametrize("cell", [SHOWN, SILENT], ids=["shown", "silent"])
    def test_the_corpus(cell: Cell) -> None:
        counts = tally(brought(), cell)
        word = "silent" if cell is SILENT else "shown"
        print(f"\ncorpus, {len(brought())} records, {word}: {dict(counts)}")  # noqa: T201
        assert counts["NOT VALID"] == 0
