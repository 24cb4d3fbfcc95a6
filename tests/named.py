"""Which words stand in what was written, as words.

Promise: a word is found wherever a reader or a program could read it, and never where three letters of a
digest or of a sealed value happen to spell it: base64 spells any three given letters once in 262,144 places,
which a long answer reaches.
"""

import re
from collections.abc import Iterable

_INSIDE = (
    "A-Za-z0-9"  # what base64 (RFC 4648) is nearly all made of: with both neighbours others, chance ends
)


def named(written: str | bytes, words: Iterable[str]) -> list[str]:
    """Those of `words` (no word of them a part of a longer one) that stand in `written`."""
    text = written.decode("utf-8", "replace") if isinstance(written, bytes) else written
    return [word for word in words if re.search(f"(?<![{_INSIDE}]){re.escape(word)}(?![{_INSIDE}])", text)]
