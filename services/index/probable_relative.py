"""Whether two people at one address are probably relatives: one telephone number, one family name, and not one person.

Promise: it is a remark beside an address and nothing else: it joins nobody, opens nothing, and counts for no identity.
Source: a household of one name behind one telephone is the commonest way in which agencies hold a family without saying so.
"""

from collections.abc import Iterable

from services.index.read import Summary


def probable_relative(own: Iterable[Summary], other: Summary) -> bool:
    """`own`: what every record of the one says; `other`: one record of somebody at the same address."""
    return any(_alike(one, other) for one in own)


def _alike(one: Summary, other: Summary) -> bool:
    families = {name.family for name in one.names} & {name.family for name in other.names} - {""}
    return bool(families) and bool(set(one.phones) & set(other.phones)) and _two_people(one, other)


def _two_people(one: Summary, other: Summary) -> bool:
    """Another given name or another date of birth, where both records say one."""
    mine, theirs = ({name.given for name in summary.names} - {""} for summary in (one, other))
    renamed = bool(mine) and bool(theirs) and not mine & theirs
    return renamed or "" != one.birth_date != other.birth_date != ""
