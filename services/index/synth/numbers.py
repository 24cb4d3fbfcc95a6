"""NHS numbers that belong to nobody: the range 999, which is kept for tests, with their check digits.

Promise: each is given once, and every one passes Modulus 11 (NHS Data Dictionary); the range holds 909,091.
"""

from collections.abc import Iterator

from services.index.synth.draw import Draw

HELD = 909_091
"""Numbers of the range 999 that have a check digit."""
_PREFIXES = 1_000_000
_STEP = 618_033
"""Prime to 1,000,000: by this step every prefix comes once before any comes again."""


def numbers(*name: object) -> Iterator[str]:
    """Every number of the range once, in an order that follows from the name of the draw."""
    place = Draw(*name).below(_PREFIXES)
    for _ in range(_PREFIXES):
        place = (place + _STEP) % _PREFIXES
        digits = f"999{place:06d}"
        check = check_digit(digits)
        if check:
            yield digits + check


def check_digit(digits: str) -> str:
    """Of the nine digits before it; empty where there is none and the number is never given."""
    left = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
    return {0: "0", 1: ""}.get(left, str(11 - left))


def broken(number: str, draw: Draw) -> str:
    """The number with another check digit, as a slip of the pen leaves it: never valid."""
    return number[:9] + str((int(number[9]) + draw.between(1, 9)) % 10)
