"""Whom a privacy officer means: exactly one person, or nobody in words that are always the same.

Promise: a number with a second detail that agrees, or nothing; somebody connected to the reader is refused in neutral words;
that nobody was found is an entry like a refusal, and says nothing of who might have been. Somebody under witness protection is
found by the designated officer of whoever protects them, and by nobody else.
"""

from dataclasses import dataclass

from services.contract.cases import Asker
from services.contract.people import About, AskerIdentity, Candidates, Resolve
from services.contract.views import Refused
from services.gateway.cases.entries import refuse
from services.gateway.parts import Parts
from services.gateway.profiles import day
from services.gateway.protected.designated import is_officer
from services.gateway.tasks.opening import CONFLICT, connected

NOT_CONFIRMED = "IDENTITY_NOT_CONFIRMED"
_UNHEARD = frozenset({"L:ADOPT", "L:GRA", "L:PROTECTED"})
"""Of whom nobody learns here that the hub knows them; a restricted queue of two handles their requests."""


@dataclass(frozen=True, slots=True)
class Whom:
    """One person. `protected`: under witness protection, so that nobody but the asker may be told who it is."""

    person: str
    protected: bool = False


def settle(parts: Parts, asker: Asker, about: About) -> Whom | Refused:
    """The person meant. Raises `Unavailable`."""
    identity = AskerIdentity(asker.organisation, asker.user, asker.teams, asker.own)
    found = parts.index.resolve(Resolve(about, day(parts.now()), None, frozenset(), identity))
    exact = [one for one in found.people if one.grade == "exact" and not _UNHEARD & set(one.facts.labels)]
    kept = _protected(found, asker.organisation) if is_officer(parts.store, asker) else frozenset()
    meant = {one.person for one in exact} | kept
    if found.number_conflict or len(meant) != 1:
        return refuse(parts.ledger, asker, NOT_CONFIRMED, "")
    whom = Whom(meant.pop(), protected=bool(kept))
    if any(one.conflict for one in exact) or connected(parts, asker, whom.person):
        return refuse(parts.ledger, asker, CONFLICT, "")
    return whom


def _protected(found: Candidates, organisation: str) -> frozenset[str]:
    """Those whom the question means for certain and whom the organisation itself has under witness protection."""
    return frozenset(one.person for one in found.sought if one.certain and one.organisation == organisation)
