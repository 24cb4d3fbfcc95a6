"""Old policies against new: what the report says of a change, and that it leaves nothing out."""

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.contract.decisions import Answer, Cell, Context
from services.contract.places import policies
from services.contract.vocabulary import codes
from services.gateway.trail import Trail
from services.policy.circumstances import (
    PLAIN,
    Asking,
    circumstances,
    in_circumstance,
    usual_context,
    usual_profile,
)
from services.policy.engine_rows import EngineRows
from services.policy.impact.compare import direction
from services.policy.impact.elsewhere import elsewhere
from services.policy.impact.impact import impact_of
from services.policy.impact.questions import alike
from services.policy.impact.report import NARROWER, OTHER, WIDER, Report, digest_of
from services.policy.paper import with_papers
from services.policy.recorded import Recorded
from services.policy.wasm import EmbeddedEngine
from services.runtime.book import Book, read_book
from tests.policy_world import embedded

ON = "2026-11-23"
Change = Callable[[Path], None]


@pytest.fixture(scope="module")
def engine() -> Iterator[EmbeddedEngine]:
    found = embedded()
    yield found
    found.close()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped folder, in which one ISA of four partners ends before every other."""
    folder = tmp_path_factory.mktemp("base") / "policies"
    shutil.copytree(policies(), folder)
    _edit(folder, "isa/commissioning.yaml", "last_day: 2031-03-31", "last_day: 2026-12-31")
    return folder


def _edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _changed(base: Path, tmp_path: Path, file: str, old: str, new: str) -> Book:
    folder = tmp_path / "changed"
    shutil.copytree(base, folder)
    _edit(folder, file, old, new)
    return read_book(folder)


def _report(engine: EmbeddedEngine, old: Book, new: Book, *records: Recorded) -> Report:
    for book in (old, new):
        engine.prepare(book)
    return impact_of(old, new, EngineRows(engine, old), EngineRows(engine, new), records, on=ON)


def test_a_role_taken_out_narrows_and_put_in_widens(
    engine: EmbeddedEngine, base: Path, tmp_path: Path
) -> None:
    old = read_book(base)
    new = _changed(base, tmp_path, "isa/commissioning.yaml", "[BROKER, CARE-MANAGER]", "[CARE-MANAGER]")
    less, more = _report(engine, old, new), _report(engine, new, old)
    assert (less.widens, less.narrows) == (False, True)
    assert (more.widens, more.narrows) == (True, False)
    assert more.lines[0].direction == WIDER
    first = next(
        line for line in more.lines if "of Northshire Council Adult Social Care would see" in line.sentence
    )
    assert first.roles == ("BROKER",)
    assert first.sentence.startswith("Care brokers of ")
    assert "today it is withheld (No information sharing agreement)" in first.sentence
    assert less.files == {"isa/commissioning.yaml": "changed"}
    assert {"DM1", "DM8"} <= {class_ for line in less.lines for class_ in line.classes}


def test_the_report_is_one_document_with_one_digest(
    engine: EmbeddedEngine, base: Path, tmp_path: Path
) -> None:
    old = read_book(base)
    new = _changed(base, tmp_path, "isa/commissioning.yaml", "[BROKER, CARE-MANAGER]", "[CARE-MANAGER]")
    first, second = _report(engine, old, new), _report(engine, old, new)
    document = first.as_json()
    assert document["digest"] == second.digest == digest_of(document)
    assert digest_of({**document, "widens": True}) != first.digest
    assert (document["base"]["digest"], document["new"]["digest"]) == (old.digest, new.digest)


def test_nothing_changed_changes_nothing(engine: EmbeddedEngine, base: Path) -> None:
    book = read_book(base)
    same = _report(engine, book, book)
    assert (same.lines, same.elsewhere, same.widens, same.questions) == ((), (), False, 0)


def test_what_no_cell_shows_is_a_widening_too(engine: EmbeddedEngine, base: Path, tmp_path: Path) -> None:
    old = read_book(base)
    path = next(path for path, row in old.fields["fields"].items() if "DM5" in str(row))
    text = (base / "catalogue/fields.yaml").read_text(encoding="utf-8")
    line = next(
        line for line in text.splitlines() if line.strip().startswith(f"{path}:") or f'"{path}":' in line
    )
    # Only what is told beside the cells is looked at here: both books have the same rows.
    new = _changed(base, tmp_path, "catalogue/fields.yaml", line, line.replace("DM5", "DM4"))
    (told,) = elsewhere(old, new)
    assert told.direction == WIDER
    assert path in told.sentence


def test_a_field_first_classed_is_a_widening_and_one_no_longer_classed_a_narrowing(base: Path) -> None:
    book = read_book(base)
    path = next(iter(book.fields["fields"]))
    fewer = {**book.fields, "fields": {one: at for one, at in book.fields["fields"].items() if one != path}}
    without = replace(book, fields=fewer)
    for old, new, which in ((without, book, WIDER), (book, without, NARROWER)):
        (told,) = elsewhere(old, new)
        assert (told.direction, path in told.sentence) == (which, True)


def test_the_next_date_is_named_with_what_then_changes(
    engine: EmbeddedEngine, base: Path, tmp_path: Path
) -> None:
    old = read_book(base)
    new = _changed(base, tmp_path, "isa/commissioning.yaml", "[BROKER, CARE-MANAGER]", "[CARE-MANAGER]")
    boundary = _report(engine, old, new).boundary
    assert boundary is not None
    assert boundary.on == "2027-01-01"
    assert boundary.events == ("ISA “Arranging and paying for care” is over",)
    assert any(line.direction == NARROWER for line in boundary.lines)
    assert {line.purposes for line in boundary.lines} == {("COMMISSION",)}


@pytest.mark.parametrize(
    ("before", "after", "which"),
    [
        (Cell("release"), Cell("withhold", "NO_AGREEMENT", "NO_AGREEMENT"), NARROWER),
        (
            Cell("withhold", "STATUTORY_BAR", "", "silent"),
            Cell("withhold", "MINIMISATION", "MINIMISATION"),
            WIDER,
        ),
        (Cell("ask-owner", "OWNER_APPROVAL"), Cell("withhold", "MINIMISATION"), NARROWER),
        (Cell("generalise", how={"date": "year"}), Cell("generalise", how={"date": "month"}), WIDER),
        (
            Cell("generalise", how={"date": "year"}),
            Cell("generalise", how={"date": "month", "code": "kind"}),
            WIDER,
        ),
        (Cell("release", obligations=("NORDSCLCD",)), Cell("release"), WIDER),
        (Cell("withhold", "MINIMISATION"), Cell("withhold", "COMMERCIAL"), OTHER),
        (Cell("release"), Cell("release"), ""),
    ],
)
def test_whatever_lets_more_through_is_a_widening(before: Cell, after: Cell, which: str) -> None:
    assert direction(before, after) == which


# --- Recorded decisions --------------------------------------------------------------------------------------


def _record(engine: EmbeddedEngine, book: Book, context: Context, event: str) -> Recorded:
    """A decision as the gateway seals it: the first call over every class, a second over what is held."""
    asking = Asking(context.organisation, context.role, context.purpose, context.on)
    profile = usual_profile(asking, book.sources["brook-hospice"])
    profiles = with_papers(book, context, (profile,))
    rows = tuple(EngineRows(engine, book).rows(context, profiles))
    order = codes("classes")
    trail = Trail(context)
    trail.keep(Answer(book.revision, book.digest, rows, (), profiles, order))
    held = ("DM0", "DM1", "DM8")
    cells = tuple(tuple(row[order.index(one)] for one in held) for row in rows)
    trail.keep(Answer(book.revision, book.digest, cells, (), profiles, held))
    return Recorded(event, book.digest, trail.sealed_form().whole())


def test_recorded_decisions_are_decided_again(engine: EmbeddedEngine, base: Path, tmp_path: Path) -> None:
    old = read_book(base)
    new = _changed(base, tmp_path, "isa/commissioning.yaml", "[BROKER, CARE-MANAGER]", "[CARE-MANAGER]")
    for book in (old, new):
        engine.prepare(book)
    asking = Asking("northshire-asc", "BROKER", "COMMISSION", ON)
    broker = _record(engine, new, usual_context(new, asking), "a")
    manager = _record(engine, new, usual_context(new, replace(asking, role="CARE-MANAGER")), "b")
    gone, damaged = Recorded("c", new.digest, None), Recorded("d", new.digest, b'{"calls":[],"cells":[1]}')
    found = _report(engine, new, old, broker, manager, gone, damaged)
    counts = found.recorded
    assert (counts.decisions, counts.wider, counts.narrower, counts.unchanged) == (4, 1, 0, 1)
    assert counts.not_replayed == {"record-gone": 1, "another-version": 1}
    assert max(line.recorded for line in found.lines if line.direction == WIDER) == 1


def test_a_record_of_a_missing_book_is_compared_and_said(
    engine: EmbeddedEngine, base: Path, tmp_path: Path
) -> None:
    old = read_book(base)
    new = _changed(base, tmp_path, "isa/commissioning.yaml", "[BROKER, CARE-MANAGER]", "[CARE-MANAGER]")
    engine.prepare(old)
    whole = _record(
        engine, old, usual_context(old, Asking("northshire-asc", "BROKER", "COMMISSION", ON)), "a"
    )
    assert whole.body is not None
    elsewhere = Recorded("a", "f" * 64, whole.body.replace(old.digest.encode(), b"f" * 64))
    found = _report(engine, old, new, elsewhere)
    assert found.recorded.not_replayed == {"book-missing": 1}
    assert found.recorded.narrower == 1


# --- Nothing is left out -------------------------------------------------------------------------------------

EDITS = (
    ("isa/panels.yaml", "obligations: [NORDSCLCD]", "obligations: []"),
    ("isa/housing.yaml", "last_day: 2026-03-31", "last_day: 2027-03-31"),
    ("isa/family-overview.yaml", "consent: agreement", "consent: as-purpose"),
    ("isa/direct-care.yaml", "classes: as-purpose", "classes: [DM0, DM1]"),
    ("gateways/care-42.yaml", "askers: [LA-ASC, LA-CSC]", "askers: [LA-ASC]"),
    ("frameworks/northshire.yaml", "day: 2024-02-19}", "day: 2026-12-19}"),
)


@pytest.mark.parametrize(("file", "was", "is_now"), EDITS)
def test_a_question_that_is_left_out_has_the_same_answer(
    engine: EmbeddedEngine, base: Path, tmp_path: Path, file: str, was: str, is_now: str
) -> None:
    old, new = read_book(base), _changed(base, tmp_path, file, was, is_now)
    for book in (old, new):
        engine.prepare(book)
    rows = [EngineRows(engine, book) for book in (old, new)]
    looked_at = {
        (asker, one.asking.role, one.asking.purpose, source): one
        for one in alike(old, new, ON)
        for asker, source in one.every
    }
    assert looked_at
    plain = next(one for one in circumstances(old) if one.code == PLAIN)
    draw = random.Random(file)
    for _ in range(60):
        asking = Asking(
            draw.choice([*old.organisations]), draw.choice(codes("roles")), draw.choice(codes("purposes")), ON
        )
        source = draw.choice([*old.sources.values()])
        put = [in_circumstance(book, asking, source, plain) for book in (old, new)]
        cells = [side.rows(context, [profile])[0] for side, (context, profile) in zip(rows, put, strict=True)]
        key = (asking.organisation, asking.role, asking.purpose, source.id)
        if key not in looked_at:
            assert cells[0] == cells[1], key
        else:
            # All that are put together are answered alike.
            first = looked_at[key]
            context, profile = in_circumstance(new, first.asking, first.source, plain)
            assert rows[1].rows(context, [profile])[0] == cells[1], key
