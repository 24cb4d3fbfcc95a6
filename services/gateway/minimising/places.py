"""Text that would place a protected person: whether a string names an address, postcode, telephone or school of theirs.

Promise: however it is written (case, accents, punctuation, spacing, "Rd" for "Road", +44 for 0, a postcode in one piece),
a known place is found; what is too short to place anybody is passed over. No word is ever shown.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

_SHORT = {
    "rd": "road", "st": "street", "ave": "avenue", "av": "avenue", "ln": "lane", "dr": "drive", "cl": "close",
    "ct": "court", "cres": "crescent", "pl": "place", "sq": "square", "gdns": "gardens", "gr": "grove", "tce": "terrace",
    "terr": "terrace", "pk": "park", "hse": "house", "apt": "flat", "sch": "school", "pri": "primary", "saint": "street",
}  # fmt: skip
_POSTCODE = re.compile(r"[a-z]{1,2}\d[a-z\d]?\d[a-z]{2}")
_NO_DIGIT = re.compile(r"\D+")
_PLAIN = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)} | {ord("'"): None}
_LEADING = re.compile(r"^(?:(?:flat|unit|room|floor|house|no|number|\d+[a-z]?) )+")
_LEAST_LETTERS = 5
_LEAST_DIGITS = 7
# An email address of one's own, or a house name, may be a single word; a single short one is nobody's place.


class Places:
    """Everything known that places the people across a harm link, of one answer. Scan every string with `found_in`."""

    def __init__(self, words: Iterable[str]) -> None:
        phrases: set[str] = set()
        joined: set[str] = set()
        numbers: set[str] = set()
        for word in words:
            text = _words(word)
            squeezed = text.replace(" ", "")
            if squeezed.isdigit():
                if len(squeezed) >= _LEAST_DIGITS:
                    numbers.add(_national(squeezed))
                continue
            if _POSTCODE.fullmatch(squeezed):
                joined.add(squeezed)
                continue
            phrases |= set(_phrases(text))
        self._joined = frozenset(
            joined | {phrase.replace(" ", "") for phrase in phrases if len(phrase) > 2 * _LEAST_LETTERS}
        )
        self._phrases = frozenset(f" {phrase} " for phrase in phrases)
        self._numbers = frozenset(numbers)
        self._read: dict[str, bool] = {}

    @classmethod
    def of(cls, words: Iterable[str]) -> "Places | None":
        """The places, or None where nothing is to be looked for, so that nothing is scanned."""
        made = cls(words)
        return made or None

    def __bool__(self) -> bool:
        return bool(self._joined or self._phrases or self._numbers)

    def found_in(self, text: str) -> bool:
        """Whether the text holds any known place. Remembered: in one answer the same words stand in many records."""
        known = self._read.get(text)
        if known is None:
            known = self._read[text] = self._found(text)
        return known

    def _found(self, text: str) -> bool:
        plain = _words(text)
        padded = f" {plain} "
        if any(phrase in padded for phrase in self._phrases):
            return True
        squeezed = plain.replace(" ", "")
        if any(word in squeezed for word in self._joined):
            return True
        if not self._numbers:
            return False
        digits = _NO_DIGIT.sub("", text) if text.isascii() else "".join(_digits(text))
        return len(digits) >= _LEAST_DIGITS and any(number in digits for number in self._numbers)


def _words(text: str) -> str:
    """Words in lower case with single spaces, without accents, punctuation and invisible characters."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        text = "".join(c for c in text if unicodedata.category(c) != "Cf").casefold()
        text = "".join(c if c.isascii() else " " for c in text.replace("\u2019", ""))
    return " ".join([_SHORT.get(word, word) for word in text.translate(_PLAIN).split()])


def _phrases(text: str) -> Iterator[str]:
    """The line itself, and its street without flat and house number, which text often leaves out."""
    if sum(c.isalpha() for c in text) < _LEAST_LETTERS:
        return
    yield text
    street = _LEADING.sub("", text)
    if street != text and " " in street:
        yield street


def _national(digits: str) -> str:
    """The part of a United Kingdom number that is the same in every way of writing it."""
    digits = digits.removeprefix("0044").removeprefix("44") if len(digits) > 10 else digits
    return digits.removeprefix("0")


def _digits(text: str) -> Iterator[str]:
    for character in text:
        if character.isdigit():
            yield str(unicodedata.digit(character, 0))
