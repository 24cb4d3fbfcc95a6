"""Kept and read again, an answer renders to the same bytes; two keys, clients or requests are never taken for one."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contract.canonical import Lexical
from services.contract.cases import Asker
from services.contract.people import About
from services.contract.problems import Unreadable
from services.contract.releases import Once
from services.contract.views import FamilyView, ReceiptEntry, Stub, ViewRequest, Withheld
from services.gateway.answer import as_bundle, as_json
from services.gateway.once import keeping
from services.gateway.once.key import once_of, read_key
from services.gateway.once.rehearsal import Rehearsed, Repeatable
from services.runtime.keys import KeyFolder

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
WORDS = st.text(st.characters(codec="utf-8"), max_size=20)
NAMES = st.text("abcxyz", min_size=1, max_size=6)
DECIMALS = st.from_regex(r"-?(0|[1-9][0-9]{0,5})\.[0-9]{1,8}(E[+-]?[0-9]{1,2})?", fullmatch=True).map(Lexical)
LEAVES = WORDS | DECIMALS | st.booleans() | st.integers(-(2**53), 2**53)
JSON = st.recursive(LEAVES, lambda one: st.lists(one, max_size=3) | st.dictionaries(NAMES, one, max_size=3))
STUBS = st.builds(Stub, candidate=WORDS, name=WORDS, birth_year=WORDS)
ROWS = st.fixed_dictionaries(
    dict.fromkeys(("person", "source", "class", "code", "sentence", "who_can_change"), WORDS)
    | {"ask": st.none() | WORDS}
).map(Withheld.model_validate)
VIEWS = st.builds(
    FamilyView,
    match=st.sampled_from(["MATCH", "POTENTIAL", "MANY", "NONE"]),
    view=st.dictionaries(NAMES, JSON, max_size=4),
    candidates=st.lists(STUBS, max_size=3).map(tuple),
    complete=st.booleans(),
    withheld=st.lists(ROWS, max_size=3).map(tuple),
    notes=st.lists(WORDS, max_size=3).map(tuple),
)
RECEIPT = ReceiptEntry(id="r", log="l", index=1, time="t")
PROMISED = Repeatable(Once("00", "00", 0), "standing")


@given(VIEWS)
def test_what_is_kept_renders_to_the_same_bytes(view: FamilyView) -> None:
    body = view.model_dump(mode="python", by_alias=True, exclude={"receipt"}, exclude_none=True)
    kept = keeping.read(keeping.of_view(PROMISED, body))
    assert kept.view is not None
    first, again = (one.model_copy(update={"receipt": RECEIPT}) for one in (view, kept.view))
    assert as_json(first) == as_json(again)
    assert as_bundle(first, "/r") == as_bundle(again, "/r")
    assert kept.standing == "standing"


@given(VIEWS)
def test_without_a_key_nothing_is_kept(view: FamilyView) -> None:
    assert keeping.of_view(None, view.model_dump()) == keeping.of_refusal(None, "X") == b""


@given(VIEWS, VIEWS)
def test_two_rehearsals_are_equal_exactly_where_their_answers_are(one: FamilyView, other: FamilyView) -> None:
    same = as_json(one) == as_json(other)
    assert (Rehearsed.view(one) == Rehearsed.view(other)) == same
    assert Rehearsed.view(one, ("gp",)) != Rehearsed.view(one)
    assert Rehearsed.view(one) != Rehearsed.refusal("NO_RELATIONSHIP")


@given(
    st.text(
        st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='"\\'),
        min_size=16,
        max_size=128,
    )
)
def test_every_key_in_its_form_is_read_as_it_is(key: str) -> None:
    assert read_key([f'"{key}"']) == key


@given(st.text(max_size=200).filter(lambda text: not (text.startswith('"') and text.endswith('"'))))
def test_whatever_is_no_string_of_the_form_is_refused(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_key([text])
    assert not text or len(text) < 8 or text not in refused.value.detail


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyFolder:
    return KeyFolder(Path(tmp_path_factory.mktemp("once")) / "keys")


ASKER = Asker("council", "LA-CSC", "SW-CHILD", "u-1", client="system-1")
BODY = ViewRequest(about=About(nhs_number="9991000011", birth_date="2019-05-07"), case="case-0001")


@pytest.mark.parametrize(
    ("change", "same_key"),
    [
        ({"asker": replace(ASKER, client="system-2")}, False),
        ({"key": "another-key-of-16"}, False),
        ({"asker": replace(ASKER, user="u-2")}, True),
        ({"asker": replace(ASKER, role="SW-EDT")}, True),
        ({"form": "application/fhir+json"}, True),
        ({"body": BODY.model_copy(update={"scope": "person"})}, True),
        ({"body": BODY.model_copy(update={"case": "case-0002"})}, True),
        (
            {
                "body": BODY.model_copy(
                    update={"about": About(nhs_number="9991000011", birth_date="2019-05-08")}
                )
            },
            True,
        ),
    ],
)
def test_what_differs_is_another_request_and_a_client_has_keys_of_its_own(
    keys: KeyFolder, change: dict[str, Any], same_key: bool
) -> None:
    told: dict[str, Any] = {"asker": ASKER, "body": BODY, "form": "", "key": "a-key-of-16-chars", "now": NOW}
    first, other = once_of(keys, **told), once_of(keys, **{**told, **change})
    assert first == once_of(keys, **told)
    assert (first.key == other.key) == same_key
    if same_key:
        assert first.request != other.request
