"""What speaks for and against two records being of one person, in words.

Promise: no value of a person is in it, and no figure: what is left of a known sum would tell what was left out. Where
anybody is protected or restricted nothing of a place or telephone is said, nor that there was something to say.
"""

from collections.abc import Iterator

from services.contract.vocabulary import code_list, entry
from services.index.matching.levels import PLACES
from services.index.review.pairs import Pair

JOINED, HELD_APART = "joined_sentence", "apart_sentence"
"""What the hub takes two records for, of which somebody asks."""


def of_pair(pair: Pair, *, placeless: bool, now: str = "") -> tuple[str, ...]:
    """One sentence for each thing; first why it is in doubt. `now`: JOINED, HELD_APART, or neither."""
    standing = entry("review-kinds", pair.kind).get(now) if now else None
    first, *rest = _sentences(pair, placeless)
    return (first, str(standing), *rest) if standing else (first, *rest)


def _sentences(pair: Pair, placeless: bool) -> Iterator[str]:
    rules, levels = code_list("link-rules"), code_list("evidence")
    yield str(
        rules[pair.rule]["sentence"] if pair.rule in rules else entry("review-kinds", pair.kind)["sentence"]
    )
    for comparison, level in pair.levels:
        code = f"{comparison}-{level}"
        if code in levels and not (placeless and comparison in PLACES):
            yield str(levels[code]["sentence"])
