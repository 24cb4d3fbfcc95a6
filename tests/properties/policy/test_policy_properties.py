"""What must hold of every question: more protection never shows more, and what is not known withholds."""

import random
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contract.vocabulary import codes
from services.policy.wasm import EmbeddedEngine
from tests.policy_world import CLASSES, embedded, random_context, random_profile, shipped_book

ORDER = {"release": 0, "generalise": 1, "ask-owner": 2, "withhold": 3}
AXES: Mapping[str, Mapping[str, int]] = shipped_book().data["axes"]
FEW = settings(max_examples=120, deadline=None)
SEEDS = st.integers(0, 2**32)


@pytest.fixture(scope="module")
def engine() -> Iterator[EmbeddedEngine]:
    found = embedded()
    yield found
    found.close()


def cells(engine: EmbeddedEngine, context: Mapping[str, Any], *profiles: Mapping[str, Any]) -> Any:
    asked = {"context": context, "profiles": list(profiles), "classes": list(CLASSES)}
    return engine.ask(shipped_book(), asked)["cells"]


def shows_more(after: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether the second cell lets through anything that the first did not."""
    if ORDER[after["effect"]] != ORDER[before["effect"]]:
        return ORDER[after["effect"]] < ORDER[before["effect"]]
    if before.get("visibility") == "silent" and after.get("visibility") != "silent":
        return True
    finer = after.get("how", {})
    return any(
        AXES[axis][finer.get(axis, first(axis))] < AXES[axis][level]
        for axis, level in before.get("how", {}).items()
    )


def first(axis: str) -> str:
    return min(AXES[axis], key=lambda level: AXES[axis][level])


def stricter_never_shows_more(engine: EmbeddedEngine, seed: int, change: Mapping[str, Any]) -> None:
    draw = random.Random(seed)
    context = random_context(draw)
    before = random_profile(draw, context)
    rows = cells(engine, context, before, {**before, **change})
    wrong = [code for code, old, new in zip(CLASSES, *rows, strict=True) if shows_more(new, old)]
    assert wrong == [], (context, before, change)


@FEW
@given(seed=SEEDS, label=st.sampled_from([*codes("sensitivity"), "NEW-LABEL"]))
def test_adding_a_label_never_shows_more(engine: EmbeddedEngine, seed: int, label: str) -> None:
    draw = random.Random(seed)
    context = random_context(draw)
    before = random_profile(draw, context)
    after = {**before, "labels": sorted({*before["labels"], label})}
    rows = cells(engine, context, before, after)
    assert [code for code, old, new in zip(CLASSES, *rows, strict=True) if shows_more(new, old)] == []


@FEW
@given(seed=SEEDS, objection=st.sampled_from(["OBJECTED", "OBJECTED-EXCEPT", "CHILD-OWN-VIEW"]))
def test_an_objection_never_shows_more(engine: EmbeddedEngine, seed: int, objection: str) -> None:
    stricter_never_shows_more(engine, seed, {"objection": objection})


@FEW
@given(seed=SEEDS, agreement=st.sampled_from(["WITHDRAWN", "REFUSED", "NOT-RECORDED"]))
def test_withdrawing_agreement_never_shows_more(engine: EmbeddedEngine, seed: int, agreement: str) -> None:
    stricter_never_shows_more(engine, seed, {"agreement": agreement})


@FEW
@given(
    seed=SEEDS,
    change=st.sampled_from(
        [{"harm_link": True}, {"conflict": True}, {"relationship": "none"},
         {"paper": "SUSPENDED"}, {"confidentiality": "V"}, {"source_concern": True},
         {"currency": "ENTERED_IN_ERROR"}, {"value": "unknown-code"}, {"owner_decision": "refused"},
         {"item_share": "WITHDRAWN"}, {"agreed_to": []}]
    ),
)  # fmt: skip
def test_nothing_that_speaks_against_a_release_shows_more(
    engine: EmbeddedEngine, seed: int, change: dict[str, Any]
) -> None:
    stricter_never_shows_more(engine, seed, change)


MEANS_MOST = (
    "own",
    "identity",
    "relationship",
    "conflict",
    "harm_link",
    "confidentiality",
    "labels",
    "currency",
    "event_age",
)


@FEW
@given(
    seed=SEEDS, name=st.sampled_from(MEANS_MOST), word=st.sampled_from(["ANY_OTHER", None, 7, [], {"a": 1}])
)
def test_a_word_of_nobodys_never_shows_more_than_the_word_it_replaced(
    engine: EmbeddedEngine, seed: int, name: str, word: Any
) -> None:
    if (name, word) != ("labels", []):
        stricter_never_shows_more(engine, seed, {name: word})


@FEW
@given(
    seed=SEEDS,
    name=st.sampled_from(["role", "purpose", "case"]),
    word=st.sampled_from(["ANY_OTHER", None, 7, ""]),
)
def test_a_role_purpose_or_case_of_nobodys_gives_nothing(
    engine: EmbeddedEngine, seed: int, name: str, word: Any
) -> None:
    draw = random.Random(seed)
    context = random_context(draw)
    (row,) = cells(engine, {**context, name: word}, random_profile(draw, context))
    assert {cell["effect"] for cell in row} == {"withhold"}


@FEW
@given(
    seed=SEEDS,
    name=st.sampled_from(sorted(random_profile(random.Random(1), random_context(random.Random(1))))),
)
def test_a_missing_input_gives_nothing_that_was_not_given_with_it(
    engine: EmbeddedEngine, seed: int, name: str
) -> None:
    draw = random.Random(seed)
    context = random_context(draw)
    whole = random_profile(draw, context)
    less = {member: value for member, value in whole.items() if member != name}
    old_row, new_row = cells(engine, context, whole, less)
    for code, old, new in zip(
        CLASSES, old_row, new_row or [{"effect": "withhold"}] * len(CLASSES), strict=True
    ):
        # What a label, an approval or the owner's refusal said is gone with it; nobody else's word is.
        if name not in (
            "labels",
            "owner_decision",
            "subject_age",
            "family_child",
            "subject",
            "same_place",
            "source_kind",
        ):
            assert not (new["effect"] == "release" and old["effect"] == "withhold"), (name, code)


@FEW
@given(seed=SEEDS)
def test_bars_are_silent_for_every_class_and_asker(engine: EmbeddedEngine, seed: int) -> None:
    draw = random.Random(seed)
    context = random_context(draw)
    barred = {
        **random_profile(draw, context),
        "labels": [draw.choice(["L:GRA", "L:HFEA", "L:PRIVILEGE", "L:PROTECTED"])],
    }
    (row,) = cells(engine, context, barred)
    assert {(cell["effect"], cell["visibility"]) for cell in row} == {("withhold", "silent")}


@FEW
@given(seed=SEEDS)
def test_what_is_kept_back_has_a_reason_and_owes_nothing(engine: EmbeddedEngine, seed: int) -> None:
    draw = random.Random(seed)
    context = random_context(draw)
    (row,) = cells(engine, context, random_profile(draw, context))
    for cell in row:
        if cell["effect"] in ("ask-owner", "withhold"):
            assert cell["code"] in codes("reasons")
            assert "obligations" not in cell
            assert ("shown_as" in cell) == (cell["visibility"] == "shown")
