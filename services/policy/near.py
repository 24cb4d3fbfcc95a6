"""A word that is not known, answered with the nearest that is.

Promise: the message names the place, the word and what to write instead; it is for codes and ids, never for a person's value.
"""

from collections.abc import Collection

from services.contract.problems import BadInput
from services.contract.vocabulary import codes
from services.runtime.book_files import near


def known(name: str) -> Collection[str]:
    """The words of a list of the vocabulary."""
    return codes(name)


def one_of(place: str, word: str, words: Collection[str]) -> str:
    """The word, where it is one of them. Raises `BadInput`."""
    if word in words:
        return word
    step = f"Write one of: {', '.join(sorted(words)[:60])}"
    raise BadInput(f"{place}: '{word}' is not known.{near(word, list(words))}", next_step=step)
