"""Tables as a thing made: which nodes, which values, the same bytes, only what changed, and what is refused."""

import random
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.contract.places import policies
from services.policy.ports import EngineFailed
from services.policy.tables import build
from services.policy.tables.artefact import as_bytes, from_bytes, read_tables, write_tables
from services.policy.tables.build import build_tables
from services.policy.tables.compose import Composing
from services.policy.tables.domains import ANY_OTHER, Days, days_of, place_of_day, slot, slots
from services.policy.tables.shape import CannotTabulate, shape_of
from services.policy.tables.walk import Walk
from services.policy.wasm import EmbeddedEngine
from services.runtime.book import Book, read_book
from tests.policy_world import context, embedded, profile, shipped_book
from tests.tables_world import shipped_tables

# --- Days ---------------------------------------------------------------------------------------------------


def test_every_text_falls_in_the_interval_in_which_the_rules_put_it() -> None:
    days = Days(("2026-03-31", "2026-04-01", "2026-04-30"))
    values, places = days.values(), days.places()
    draw = random.Random(1)
    texts = ["2026-03-30", "2026-03-31", "2026-03-99", "2026-04-01", "2026-04-02", "2026-04-30", "2026-05-01"]
    texts += [
        f"{draw.randrange(1900, 9999)}-{draw.randrange(100):02}-{draw.randrange(100):02}" for _ in range(500)
    ]
    for text in texts:
        found = values[place_of_day(text, days.boundaries, places, len(values) - 1)]
        signature = [(text < day, text == day) for day in days.boundaries]
        assert signature == [(found < day, found == day) for day in days.boundaries], text


@pytest.mark.parametrize(
    "value", [None, 20260401, "", "2026-04-01T", "1899-12-31", "9999-01-01", ["2026-04-01"]]
)
def test_what_is_no_day_is_any_other(value: Any) -> None:
    days = Days(("2026-04-01",))
    values = days.values()
    assert values[place_of_day(value, days.boundaries, days.places(), len(values) - 1)] == ANY_OTHER


def test_the_days_of_the_book_and_of_its_rules_are_boundaries() -> None:
    found = set(days_of(shipped_book()).boundaries)
    named = {gateway[end] for gateway in shipped_book().data["gateways"].values() for end in ("from", "last")}
    assert {day for day in named if day < "9999"} <= found


def test_a_class_in_no_list_has_a_place_of_its_own() -> None:
    assert slots()[slot("NEW")] == slots()[slot(None)] == slots()[slot(["DM0"])] == ANY_OTHER
    assert slots()[slot("DM4")] == "DM4"


# --- The file -----------------------------------------------------------------------------------------------


def test_one_book_gives_one_file_byte_for_byte_and_it_reads_back(tmp_path: Path) -> None:
    engine = embedded()
    again = build_tables(shipped_book(), engine)
    engine.close()
    raw = as_bytes(again)
    assert raw == as_bytes(shipped_tables())
    assert write_tables(again, tmp_path / "tables.bin") == len(raw)
    assert read_tables(tmp_path / "tables.bin") == again == from_bytes(raw)
    assert again.book == shipped_book().digest


@pytest.mark.parametrize("at", [0, 40, 200, -10])
def test_a_file_that_is_damaged_is_no_tables(at: int) -> None:
    raw = bytearray(as_bytes(shipped_tables()))
    raw[at] ^= 1
    assert from_bytes(bytes(raw)) is None
    assert from_bytes(b"") is None
    assert read_tables(Path("/nowhere/tables.bin")) is None


# --- Only what changed --------------------------------------------------------------------------------------


class Counting:
    """An engine that counts by name what it is asked."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        self.engine, self.asked = engine, dict[str, int]()

    def tabulate(self, book: Book, name: str, keys: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        self.asked[name] = self.asked.get(name, 0) + len(keys)
        found: Mapping[str, Any] = self.engine.tabulate(book, name, keys)
        return found


def edited(tmp_path: Path, file: str, old: str, new: str) -> Book:
    folder = tmp_path / "policies"
    shutil.copytree(policies(), folder)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return read_book(folder)


def test_only_factors_whose_rules_or_data_changed_are_asked_again(tmp_path: Path) -> None:
    book = edited(tmp_path, "catalogue/lookback.yaml", "months: 12", "months: 13")
    assert book.digest != shipped_book().digest
    engine = Counting(embedded())
    engine.engine.prepare(book)
    assert build_tables(book, engine, shipped_tables()).book == book.digest
    # A bucket's months are the index's business: no rule reads them.
    assert set(engine.asked) == {""}


def test_an_isa_edited_makes_what_reads_isas_anew_and_the_result_is_that_of_a_whole_build(
    tmp_path: Path,
) -> None:
    book = edited(tmp_path, "isa/family-overview.yaml", "  - SW-ADULT\n", "")
    engine = Counting(embedded())
    engine.engine.prepare(book)
    after = build_tables(book, engine, shipped_tables())
    assert "isa_reach" in engine.asked
    # The matrix reads what ISAs say of sharing beforehand; of these nothing does.
    assert not {"sensitivity", "ceiling", "harm", "held", "currency", "identity"} & set(engine.asked)
    assert as_bytes(after) == as_bytes(build_tables(book, engine.engine))
    engine.engine.close()


# --- What is refused ----------------------------------------------------------------------------------------


class Odd(Counting):
    """One factor is answered as it is told."""

    def __init__(self, engine: EmbeddedEngine, name: str, answer: Any) -> None:
        super().__init__(engine)
        self.name, self.answer = name, answer

    def tabulate(self, book: Book, name: str, keys: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        found = super().tabulate(book, name, keys)
        return {**found, **self.answer(len(keys))} if name == self.name else found


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda count: {"found": [None] * count}, "harm has no answer"),
        (lambda count: {"found": [{}]}, "harm was not answered"),
        (lambda _: {"revision": "0" * 16}, "harm was not answered"),
    ],
)
def test_an_answer_that_is_none_or_of_another_book_is_no_table(answer: Any, words: str) -> None:
    engine = embedded()
    with pytest.raises(CannotTabulate, match=words):
        build_tables(shipped_book(), Odd(engine, "harm", answer))
    engine.close()


def test_a_rule_that_reads_too_much_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "MOST", 1_000)
    engine = embedded()
    with pytest.raises(CannotTabulate, match="split what it reads into groups"):
        build_tables(shipped_book(), engine)
    engine.close()


HEAD = "package odd\n\n# METADATA\n# custom:\n"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (f"{HEAD}#   factor: odd\nof(key) := {{}}\n", "say one of"),
        (f"{HEAD}#   reads: [own]\nof(key) := {{}}\n", "say one of"),
        (f"{HEAD}#   factor: odd\n#   each: dogs\n#   reads: [own]\nof(key) := {{}}\n", "names one of"),
        (f"{HEAD}#   factor: [odd\nof(key) := {{}}\n", "odd/odd.rego line 3: the METADATA is no YAML"),
        (f"{HEAD}#   group: risk\n#   reads: [own]\nrisk(key) := 1\n", "one name"),
        (f"{HEAD}#   group: odd\n#   reads: [odd]\nodd(key) := 1\n", "circle"),
        (f"{HEAD}#   factor: odd\n#   reads: [held]\nof(key) := {{}}\n", "by itself"),
    ],
)
def test_metadata_that_cannot_be_understood_is_told_with_its_place(source: str, words: str) -> None:
    with pytest.raises(CannotTabulate, match=words):
        shape_of({**shipped_book().rego, "odd/odd.rego": source})


def test_a_member_of_nobodys_is_told() -> None:
    source = f"{HEAD}#   factor: odd\n#   reads: [shoe_size]\nof(key) := {{}}\n"
    book = replace(shipped_book(), rego={**shipped_book().rego, "odd/odd.rego": source})
    engine = embedded()
    with pytest.raises(CannotTabulate, match="odd reads shoe_size, which is no member"):
        build_tables(book, engine)
    engine.close()


def test_a_finding_that_could_not_be_put_in_order_is_refused_when_it_is_read() -> None:
    composing = Composing(shipped_tables().composing)
    whole = {"rule": "harm", "effect": 3, "silent": False, "code": "HARM_LOCATION", "how": {}, "missing": []}
    composing.refuse_unknown(whole)
    for odd in ({"rule": "nobody"}, {"effect": 4}, {"code": "NOTHING"}, {"how": {"date": "century"}}):
        with pytest.raises(CannotTabulate):
            composing.refuse_unknown({**whole, **odd})


def test_a_factor_outside_mains_order_is_no_table() -> None:
    tables = shipped_tables()
    order = [name for name in tables.composing["order"] if name != "harm"]
    with pytest.raises(CannotTabulate, match="harm is a factor or stands in main's order"):
        Walk(replace(tables, composing={**tables.composing, "order": order}))


def test_a_table_that_is_too_short_is_refused() -> None:
    tables = shipped_tables()
    short = [replace(table, cells=table.cells[1:]) for table in tables.tables]
    with pytest.raises(ValueError, match="has not a row for each key"):
        Walk(replace(tables, tables=tuple(short)))


def test_memories_are_begun_anew_and_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [
        profile(labels=labels, harm_link=harm)
        for labels in ((), ("HIV",), ("PRS",))
        for harm in (True, False)
    ]
    wanted = Walk(shipped_tables()).rows(context(), asked)
    for name in ("CONTEXTS", "SEEN", "COMPOSED"):
        monkeypatch.setattr(f"services.policy.tables.walk.{name}", 1)
    small = Walk(shipped_tables())
    for _ in range(2):
        assert small.rows(context(), asked) == wanted
        assert small.rows(context(purpose="C-S17"), asked) != wanted


def test_an_engine_that_fails_fails_the_build() -> None:
    class Silent:
        def tabulate(self, book: Book, name: str, keys: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
            raise EngineFailed("Timeout")

    with pytest.raises(EngineFailed):
        build_tables(shipped_book(), Silent())
