"""The keyed hash: HMAC-SHA256 (RFC 2104) over framed words, however many ask at once."""

import hmac
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from services.runtime.keys import Mac

KEY = bytes(range(32))
WORDS = st.lists(st.text(), max_size=4)


def plainly(parts: list[str]) -> bytes:
    """The same, said at length."""
    framed = b""
    for part in parts:
        framed += len(part.encode()).to_bytes(4, "big") + part.encode()
    return hmac.digest(KEY, framed, "sha256")


@given(st.lists(WORDS, min_size=1, max_size=5))
def test_it_is_hmac_and_nothing_is_left_of_what_was_hashed_before(asked: list[list[str]]) -> None:
    mac = Mac(KEY)
    for parts in asked:
        assert mac.of(*parts) == plainly(parts)
        assert mac.number(*parts) == int.from_bytes(plainly(parts)[:8], "big", signed=True)


def test_many_at_once_come_to_what_each_comes_to_alone() -> None:
    mac = Mac(KEY)
    asked = [["match-number", str(number)] for number in range(2_000)]
    with ThreadPoolExecutor(8) as pool:
        found = [*pool.map(lambda parts: mac.of(*parts), asked)]
    assert found == [plainly(parts) for parts in asked]
