"""The cautious comparison: which files of the book differ, and for want of knowing more, that it widens.

Promise: it says that nothing widens only where the two books are the same, byte for byte.
"""

from services.policy.lifecycle.impact import Found, Line
from services.policy.lifecycle.proposals import Version


def by_file(before: Version, after: Version) -> Found:
    """A line for each file that differs."""
    old, new = before.book.files, after.book.files
    lines = []
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            what = "is new" if name not in old else "is gone" if name not in new else "is changed"
            lines.append(
                Line(f"{name} {what}. It was not compared field by field, so it counts as widening.", True)
            )
    same = before.book.digest == after.book.digest
    return Found(not same, tuple(lines))
