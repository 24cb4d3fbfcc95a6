"""What speaks for and against two records being of one person, in words.

Promise: no value of a person is in it.
"""

from services.contract.vocabulary import entry
from services.index.review.pairs import Pair


def of_pair(pair: Pair) -> tuple[str, ...]:
    """One sentence for each thing; first why it is in doubt."""
    return (str(entry("review-kinds", pair.kind)["sentence"]),)
