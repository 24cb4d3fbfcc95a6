"""Whether a change is of the kinds that only take away: an ISA ended or begun later, suspended, or with less in it.

Promise: it is a first look by which a dear comparison is made or spared; that nothing widens is never said by it alone.
"""

from collections.abc import Mapping
from typing import Any

from services.policy.lifecycle.proposals import Version

LISTS = ("parties", "purposes", "roles", "classes")


def takes_away(before: Version, after: Version) -> bool:
    """Whether nothing but ISAs differs, and each of them only in what takes away."""
    old, new = before.book, after.book
    differing = {
        name for name in old.files.keys() | new.files.keys() if old.files.get(name) != new.files.get(name)
    }
    if old.rules_digest != new.rules_digest or not all(name.startswith("isa/") for name in differing):
        return False
    was = {isa["id"]: isa for isa in old.isas}
    now = {isa["id"]: isa for isa in new.isas}
    return now.keys() <= was.keys() and all(_less(was[id], now[id]) for id in now)


def _less(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return all(_member(name, was.get(name), now.get(name)) for name in was.keys() | now.keys())


def _member(name: str, was: Any, now: Any) -> bool:
    if was == now:
        return True
    if name == "releases_without_asking":
        return all(row in (was or ()) for row in now or ())
    if not isinstance(was, type(now)):
        return False
    if name == "status":
        return bool(was == "signed")
    if name == "last_day":
        return bool(now < was)
    if name == "effective_from":
        return bool(now > was)
    return name in LISTS and isinstance(now, list) and set(now) <= set(was)
