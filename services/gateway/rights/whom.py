"""Whom a privacy officer means: exactly one person, or nobody in words that are always the same.

Promise: a number with a second detail that agrees, or nothing; somebody connected to the reader is refused in neutral words;
that nobody was found is an entry like a refusal, and says nothing of who might have been.
"""

from services.contract.cases import Asker
from services.contract.people import About, AskerIdentity, Resolve
from services.contract.views import Refused
from services.gateway.cases.entries import refuse
from services.gateway.parts import Parts
from services.gateway.profiles import day
from services.gateway.tasks.opening import CONFLICT, connected

NOT_CONFIRMED = "IDENTITY_NOT_CONFIRMED"
_UNHEARD = frozenset({"L:ADOPT", "L:GRA", "L:PROTECTED"})
"""Of whom nobody learns here that the hub knows them; a restricted queue of two handles their requests."""


def settle(parts: Parts, asker: Asker, about: About) -> str | Refused:
    """The person's opaque id. Raises `Unavailable`."""
    identity = AskerIdentity(asker.organisation, asker.user, asker.teams, asker.own)
    found = parts.index.resolve(Resolve(about, day(parts.now()), None, frozenset(), identity))
    exact = [one for one in found.people if one.grade == "exact" and not _UNHEARD & set(one.facts.labels)]
    if found.number_conflict or len(exact) != 1:
        return refuse(parts.ledger, asker, NOT_CONFIRMED, "")
    if exact[0].conflict or connected(parts, asker, exact[0].person):
        return refuse(parts.ledger, asker, CONFLICT, "")
    return exact[0].person
