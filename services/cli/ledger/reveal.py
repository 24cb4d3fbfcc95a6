"""`mash ledger reveal`: who could have known a fact about a person, such as an address or a school, between two days.

Promise: that somebody asked is entered first, without whom it was about; the answer errs towards too many, and says where; it
repeats no value, for it has none.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.exits import Exit
from services.cli.ledger.auditor import Auditor
from services.cli.ledger.days import span_given
from services.cli.ledger.facts import classes_given
from services.cli.ledger.in_words import counted, titled
from services.cli.ledger.opened import Opened, Source, home_of, installation, opened
from services.cli.ledger.options import AsJson, By, Key, Person, Since, Until
from services.cli.ledger.person import Among, among, no_more, of_several, person_given
from services.cli.ledger.traces import Trace, traced
from services.cli.ledger.ways import OwnPart, Way, Ways, find_ways
from services.contract.reviews import KnownAs
from services.ledger.reading import Reading

MANY = (
    "Everybody in an answer counts, and every class is of the whole answer: text of one may tell of another.",
    "What stood in this person's own records, or in one that names them, is told beside it where the hub has the keys.",
)
ERASED = (
    "nothing is kept under this person's key: they stand in no entry, or they were erased, and what was about them can be "
    "told from nothing"
)


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash ledger`."""
    app.command()(reveal)


def reveal(
    place: Annotated[
        str, typer.Argument(help="MASH_HOME of the hub; or a download, with --key and --trace.")
    ],
    person: Person = "",
    class_: Annotated[
        list[str] | None,
        typer.Option("--class", help="Class of facts, such as DM2 (Location); may be repeated."),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(help="Field of the catalogue, such as Patient.address; may be repeated."),
    ] = None,
    since: Since = "",
    until: Until = "",
    key: Key = None,
    trace: Annotated[
        Path | None, typer.Option(help="For a download: where the person stands (mash ledger trace).")
    ] = None,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Every way by which a fact about a person left, and to whom: who could have known her address?

    Example: mash ledger reveal home --field Patient.address --since 2026-09-01 --until 2026-11-30

    Exit: 0 answered, 2 usage, 3 it could not be entered, 5 answered, and something could not be ruled out.
    """
    days = span_given(since, until)
    whom = None if trace else person_given(installation(home_of(Path(place))), person)
    asked = sorted({*(class_ or ()), *(("by-field",) if field else ())}) or ["all"]
    named = {name: day for name, day in zip(("since", "until"), days, strict=True) if day}
    with opened(place, key, {"command": "reveal", "classes": asked} | named, by) as ledger:
        about = _among(ledger, whom, trace, key)
        classes = classes_given(class_ or (), field or (), ledger.home)
        found = find_ways(ledger.source, about, classes, *days, _own_part(ledger.source, whom))
        notes = _lost(ledger.source, found, whom), of_several(whom) if whom else ""
    raise typer.Exit(_answered(found, about, classes, days, *notes, as_json=as_json))


def _own_part(source: Source, whom: KnownAs | None) -> OwnPart:
    """A download does not say whose part of a record is whose."""
    if whom is None or not isinstance(source, Reading):
        return lambda _: None
    return partial(source.record_of, whom=whom)


def _lost(source: Source, found: Ways, whom: KnownAs | None) -> list[str]:
    """Whoever was erased can be looked up by nothing: an empty answer about them would say that nobody knew."""
    if whom is None or not isinstance(source, Reading):
        return []
    return no_more(source, whom) or ([ERASED] if found.erased and not source.knows(whom) else [])


def _answered(
    found: Ways,
    about: Among | Trace,
    classes: frozenset[str],
    days: tuple[str, str],
    lost: list[str],
    several: str,
    *,
    as_json: bool,
) -> Exit:
    missing = len(about.missing) if isinstance(about, Trace) else 0
    if as_json:
        told = as_told(found, classes) | {"not_here": missing, "may_be_erased": bool(lost)}
        print(json.dumps(told, indent=2))
    else:
        tell(found, classes, days, missing)
        for line in lost:
            print(f"NOT RULED OUT  {line}")
        if several:
            print(several)
    return Exit.INCOMPLETE if found.unopened or missing or lost else Exit.OK


def _among(ledger: Opened, whom: KnownAs | None, trace: Path | None, key: Path | None) -> Among | Trace:
    if whom is not None and isinstance(ledger.source, Reading):
        return among(ledger.source, whom)
    if trace is None or key is None:
        raise typer.BadParameter("a download says nothing of persons: give --key and --trace")
    return traced(trace, Auditor.read(key))


def as_told(found: Ways, classes: frozenset[str]) -> dict[str, Any]:
    """`{classes, people, ways, not_by_person, read, erased: {people, parts}, errs_towards}`."""
    return {
        "classes": sorted(classes) or ["all"],
        "people": people(found),
        "ways": [asdict(row) for row in found.rows],
        "not_by_person": dict(found.not_by_person),
        "read": found.read,
        "erased": {"people": found.erased, "parts": found.erased_parts},
        "errs_towards": list(MANY),
    }


def people(found: Ways) -> list[dict[str, Any]]:
    """Whoever could have known, one row each: `{who, organisation, role, user, first, last, ways}`."""
    rows: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    for way in found.rows:
        name = (way.who, way.organisation, way.role, way.user)
        row = rows.setdefault(
            name,
            dict(zip(("who", "organisation", "role", "user"), name, strict=True))
            | {"first": way.time, "ways": 0},
        )
        row |= {
            "first": min(row["first"], way.time),
            "last": max(row.get("last", ""), way.time),
            "ways": row["ways"] + 1,
        }
    return sorted(rows.values(), key=lambda row: str(row["first"]))


def tell(found: Ways, classes: frozenset[str], days: tuple[str, str], missing: int) -> None:
    """First who, then by which way, then what cannot be told."""
    of = ", ".join(titled("classes", one) for one in sorted(classes)) or "any class"
    span = f"from {days[0] or 'the beginning'} to {days[1] or 'today'}"
    told = people(found)
    ways = counted(len(found.rows), "way")
    print(f"{counted(len(told), 'reader')} could have known {of} of this person, {span}, by {ways}.")
    for row in told:
        print(f"  {row['who']}, pseudonym {row['user']}: {counted(row['ways'], 'time')}, {_times(row)}")
    for way in found.rows:
        print(f"{way.time}  {way.way}, log {way.log} entry {way.index}, {_purpose(way)}")
        print(f"    to {way.who}; {way.outcome}")
        for one, how in way.classes.items():
            print(f"    {titled('classes', one)}: {how}{_of_person(way, one)}")
        for later in way.since:
            print(f"    then: {later}")
    for organisation, count in sorted(found.not_by_person.items()):
        print(
            f"NOT TOLD BY PERSON  {organisation} read back records of its own, {counted(count, 'time')}; no entry says whose"
        )
    if found.erased:
        print(
            f"ERASED  {counted(found.erased, 'person')}, with {counted(found.erased_parts, 'sealed part')} of answers: "
            "counted, and no longer to be read"
        )
    if found.unopened:
        print(f"NOT RULED OUT  {found.unopened} answers whose decision record does not open here")
    if missing:
        print(
            f"NOT HERE  {missing} entries that the trace names; fetch the rest, or ask why the logs have them not"
        )
    print(" ".join(MANY))


def _of_person(way: Way, one: str) -> str:
    if way.of_person is None:
        return ""
    return (
        f"; of this person: {way.of_person.get(one, 'nothing in a record that is about them or names them')}"
    )


def _purpose(way: Way) -> str:
    return titled("purposes", way.purpose) if way.purpose else "no purpose"


def _times(row: Mapping[str, Any]) -> str:
    return str(row["first"]) if row["first"] == row["last"] else f"{row['first']} to {row['last']}"
