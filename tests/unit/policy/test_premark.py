"""The reviewer's draft: marks are what the rules say for the subject, whoever reviews, and no way round the reviewer."""

from collections.abc import Iterator, Sequence

import pytest

from services.contract.decisions import Cell, Context, Profile
from services.contract.vocabulary import codes
from services.policy.engine_rows import EngineRows
from services.policy.premark import premarked
from services.policy.wasm import EmbeddedEngine
from tests.policy_world import context, embedded, profile, shipped_book

CLASSES = codes("classes")
REQUEST = context(role="DPO", purpose="PATRQT", case="NONE", evidence=(), ground="none")


@pytest.fixture(scope="module")
def rows() -> Iterator[EngineRows]:
    engine: EmbeddedEngine = embedded()
    yield EngineRows(engine, shipped_book())
    engine.close()


def marks(rows: EngineRows, about: Context, *profiles: Profile) -> list[dict[str, Cell]]:
    found: Sequence[tuple[Cell, ...]] = premarked(rows, about, profiles)
    return [dict(zip(CLASSES, row, strict=True)) for row in found]


def his(**over: object) -> Profile:
    return profile(**{"own": True, "relationship": "none", "subject": "case-adult", **over})


def test_his_own_details_are_marked_to_be_given_and_others_to_be_kept_back(rows: EngineRows) -> None:
    own, other = marks(rows, REQUEST, his(), his(subject="other"))
    assert {own[code].effect for code in ("DM0", "DM0p", "DM1", "DM2", "DM3", "DM4", "DM5")} == {"release"}
    assert {cell.shown_as for code, cell in other.items() if code.startswith("DM")} == {"THIRD_PARTY"}


def test_nobodys_record_is_the_readers_own(rows: EngineRows) -> None:
    """The controller holds it; the labels count all the same, since the answer goes to the subject."""
    for label in ("L:INTEL", "L:INFORMANT", "HIV"):
        (found,) = marks(rows, REQUEST, his(labels=(label,)))
        assert found["DM4"].silent, label


def test_without_the_draft_everything_is_put_before_the_reviewer(rows: EngineRows) -> None:
    plain = rows.rows(REQUEST, [his(), his(labels=("L:THIRDPARTY",))])
    # To be counted is a question of research alone, and no field of anybody's.
    told = {
        cell.effect
        for row in plain
        for name, cell in zip(codes("classes"), row, strict=True)
        if name != "COUNT"
    }
    assert told == {"ask-owner"}


def test_a_purpose_that_is_nobodys_request_has_no_draft(rows: EngineRows) -> None:
    with pytest.raises(ValueError, match="C-S47"):
        premarked(rows, context(), [his()])


def test_the_way_of_a_draft_opens_no_other_purpose(rows: EngineRows) -> None:
    viewed = rows.rows(context(), [profile()])
    drafted = rows.rows(context(channel="review"), [profile()])
    for first, second in zip(viewed[0], drafted[0], strict=True):
        assert first.effect == second.effect
    refused = rows.rows(context(purpose="PATRQT", case="NONE", channel="review"), [profile()])
    assert {cell.shown_as for cell in refused[0]} == {"PURPOSE_NOT_PERMITTED"}
