"""contract.canonical on its profile: the bytes of RFC 8785, and every decimal's own text."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contract.canonical import Lexical, canonical, emit, parse

NAMES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=12)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
WHOLE = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
DIGITS = st.text("0123456789", min_size=1, max_size=20)
EXPONENTS = st.sampled_from(["", "e5", "E+07", "e-12"])
LEXEMES = st.builds(
    lambda whole, digits, power: f"{whole}.{digits}{power}", st.integers(-(10**20), 10**20), DIGITS, EXPONENTS
)
DECIMALS = LEXEMES.map(Lexical)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXTS | DECIMALS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=30,
)


def as_text(value: Any) -> Any:
    """The same value with each decimal as its text, for a library that has no such type."""
    if isinstance(value, Lexical):
        return value.text
    if isinstance(value, dict):
        return {name: as_text(member) for name, member in value.items()}
    return [as_text(item) for item in value] if isinstance(value, list) else value


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_canonical_bytes_are_those_of_rfc_8785(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(as_text(value))


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_canonical_bytes_do_not_depend_on_the_order_of_members(value: Any) -> None:
    def turned(part: Any) -> Any:
        if isinstance(part, dict):
            return {name: turned(part[name]) for name in reversed(part)}
        return [turned(item) for item in part] if isinstance(part, list) else part

    assert canonical(turned(value)) == canonical(value)


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_what_is_parsed_and_emitted_has_every_decimal_as_it_was_written(value: Any) -> None:
    once = emit(value)
    again = parse(once)
    assert emit(again) == once
    assert as_text(again) == as_text(value)
    assert canonical(again) == canonical(value)


@pytest.mark.parametrize(
    "text", ["6.30", "6.3", "1.0", "0.10e2", "1E5", "100.00000000000000000000000001", "-0.0"]
)
def test_a_decimal_keeps_its_digits(text: str) -> None:
    assert emit(parse(f'{{"value":{text}}}')) == f'{{"value":{text}}}'.encode()
    assert canonical(parse(text)) == json.dumps(text).encode()


def test_two_ways_of_writing_a_number_are_two_messages() -> None:
    assert canonical(parse("6.30")) != canonical(parse("6.3"))


@pytest.mark.parametrize("value", [{"a": 2**64}, [-(2**63) - 1]])
def test_an_integer_that_others_could_not_hold_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical(value)
