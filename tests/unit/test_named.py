"""What is looked for in what was written is found as a word, and not where base64 spells it."""

import pytest

from tests.named import named


@pytest.mark.parametrize(
    "written", ['{"given":"Mia"}', "/people/Mia?x=1", "name=Mia\n", b"\x00Mia\xff", "Mia", "_Mia-"]
)
def test_a_word_is_found_wherever_it_can_be_read(written: str | bytes) -> None:
    assert named(written, ("Mia", "Leo")) == ["Mia"]


def test_three_letters_of_a_digest_are_no_name() -> None:
    assert named("9tMiaQ0x Miara 7Mia8", ("Mia",)) == []
