"""Names, numbers, dates and addresses brought to one form, so that the same thing compares as the same.

Promise: what cannot be brought to a form compares as nothing, never as equal: a number that fails its check digit, a
placeholder name ("Baby", "Unknown"), a placeholder date. Nothing here raises on what a source may write.
"""

import unicodedata
from collections.abc import Sequence
from datetime import date

import jellyfish
import nhs_number

PLACEHOLDERS = frozenset(
    [
        *(
            "baby",
            "babyboy",
            "babygirl",
            "boy",
            "girl",
            "infant",
            "child",
            "twin",
            "unborn",
            "male",
            "female",
        ),
        *("unknown", "notknown", "none", "na", "nn", "test", "mr", "mrs", "miss"),
    ]
)
PLACEHOLDER_DATES = frozenset({"1900-01-01", "1901-01-01", "1970-01-01", "9999-12-31"})
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ð": "d", "ı": "i"}
)

_ASCII = bytes(range(256)).lower()
_NO_SIGN = bytes(code for code in range(128) if not chr(code).isalnum())


def squeeze(text: str) -> str:
    """Letters and digits only, lower case, without accents: `12, High St.` and `12 HIGH ST` are both `12highst`."""
    if text.isascii():
        # The same, shortly: nothing in it has an accent or another form.
        return text.encode().translate(_ASCII, _NO_SIGN).decode()
    # Taken apart before case is folded, and again after: a mathematical "A" becomes a letter only then, a German "ß" two.
    folded = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", folded)
    return "".join(ch for ch in plain.translate(_LETTERS) if ch.isalnum())


def name_key(text: str) -> str:
    """A name for comparing; empty for none and for a placeholder."""
    key = squeeze(text)
    return "" if key in PLACEHOLDERS else key


def first_given(text: str) -> str:
    """The first of several given names, for comparing."""
    return name_key((text.split() or [""])[0])


def sounds(key: str) -> frozenset[str]:
    """Phonetic codes of a normalised name; the name itself where its script has none."""
    found = sound(key)
    return frozenset(filter(None, (found, f"s{jellyfish.soundex(key)}" if key and key.isascii() else "")))


def sound(key: str) -> str:
    """The code by metaphone alone, which puts fewer different names together than soundex; the name itself where its script has
    none, and empty for a name in Latin letters without one."""
    if not key:
        return ""
    code = jellyfish.metaphone(key)
    return f"m{code}" if code.strip() else "" if key.isascii() else f"={key}"


def alike(one: str, other: str) -> bool:
    """Whether two normalised names are the same, sound alike or nearly agree in writing."""
    if not one or not other:
        return False
    return (
        one == other
        or bool(sounds(one) & sounds(other))
        or jellyfish.jaro_winkler_similarity(one, other) >= 0.88
    )


def number(text: str) -> str:
    """An NHS number of ten digits with its check digit right, else empty (NHS Data Dictionary, Modulus 11)."""
    digits = "".join(text.split()).replace("-", "")
    if len(digits) != 10 or not digits.isascii() or not digits.isdigit():
        return ""
    return digits if nhs_number.validate.is_valid(digits) else ""


def birth_date(text: str) -> str:
    """A whole date that exists and is no placeholder, `YYYY-MM-DD`, else empty."""
    try:
        return "" if text in PLACEHOLDER_DATES else date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def swapped(iso: str) -> str:
    """The same date with day and month changed about; empty where that is no other date."""
    if not iso:
        return ""
    year, month, day = iso.split("-")
    other = birth_date(f"{year}-{day}-{month}")
    return "" if other == iso else other


def postcode(text: str) -> str:
    """A postcode without its space, in capitals."""
    return squeeze(text).upper()


def phone(text: str) -> str:
    """The digits of a telephone number, `+44` and `0044` as `0`; empty for what is too short to be one."""
    digits = "".join(ch for ch in text if ch.isascii() and ch.isdigit())
    international = text.strip().startswith("+") or digits.startswith("00")
    bare = digits.removeprefix("00") if international else digits
    national = "0" + bare.removeprefix("44").lstrip("0") if international and bare.startswith("44") else bare
    return national if len(national) >= 7 else ""


def street(lines: Sequence[str]) -> str:
    """The street of an address: the first line that holds a house number and a word, without the number; squeezed.

    `["Flat 2", "12 High Street"]` gives `highstreet`; where no line has a number, the first line with a word.
    """
    numbered = [line for line in lines if any(ch.isdigit() for ch in line) and len(line.split()) > 2]
    for line in [*numbered, *lines]:
        words = [word for word in line.split() if not any(ch.isdigit() for ch in word)]
        found = squeeze("".join(words))
        if found and found not in _NO_STREET:
            return found
    return ""


_NO_STREET = frozenset({"flat", "apartment", "unit", "room", "house"})
