"""How far reviewers agree: raw, and as Cohen's kappa, by the month in which the second of two spoke.

Promise: only answers that two people gave without knowing of each other's are compared; nobody restricted is counted.
"""

from collections import Counter
from collections.abc import Sequence


def agreed(pairs: Sequence[tuple[str, str]]) -> int:
    """How many pairs of answers are the same."""
    return sum(one == other for one, other in pairs)


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa: (observed - by chance) / (1 - by chance), chance from how often each side gave each answer.

    None where it is undefined: no pairs, or chance alone would agree always. (Cohen, 1960.)
    """
    count = len(pairs)
    if not count:
        return None
    firsts, seconds = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    chance = sum(firsts[answer] * seconds[answer] for answer in firsts) / count**2
    return None if chance == 1 else (agreed(pairs) / count - chance) / (1 - chance)
