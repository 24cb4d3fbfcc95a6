"""Legal holds and erasure, as a privacy officer asks for them and a second person decides in their tasks.

Promise: every act is an entry of the ledger before it holds; the second person is somebody else; once it is done nothing that
the gateway keeps of the request, or of who was given what, names the person any more.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from sqlmodel import select

from services.contract.cases import Asker
from services.contract.people import About
from services.contract.releases import Denied, Erasure, Hold
from services.contract.views import Refused
from services.contract.vocabulary import entry
from services.gateway.cases.entries import asking, refuse
from services.gateway.notices.tables import GivenRow
from services.gateway.pages import words
from services.gateway.parts import Parts
from services.gateway.rights.whom import settle
from services.gateway.tasks.inbox import Task
from services.gateway.tasks.opening import CONFLICT, connected
from services.gateway.tasks.post import Post, post
from services.gateway.tasks.tables import TaskRow

AGREE_ERASURE, AGREE_RELEASE = "erasure-agree", "hold-release-agree"
READERS = frozenset({"PRIVACY-OFFICER", "DPO", "CALDICOTT", "IG-LEAD"})
AGREED = "agree"
WITH_ANOTHER = (
    "What was told of this person together with somebody else, whose records had counted as theirs: for both"
)
NOT_NAMED = "Not named here. Ask the designated officer of your organisation who it is"
_NOT_FOUND = "NOT_FOUND"


def set_hold(parts: Parts, asker: Asker, about: About, kind: str) -> Hold | Refused:
    """Nothing about the person is destroyed from now on. Raises `Unavailable`."""
    whom = settle(parts, asker, about)
    if isinstance(whom, Refused):
        return whom
    found = parts.ledger.holds.set(asking(asker), whom.person, kind)
    return denied(found) if isinstance(found, Denied) else found


def ask_release(parts: Parts, asker: Asker, id: str) -> Hold | Refused:
    """Ask that a hold be released; a second person finds it in their tasks."""
    found = parts.ledger.holds.ask_release(asking(asker), id)
    if isinstance(found, Denied):
        return denied(found)
    facts = {
        "_hold": id,
        "_asked_by": asker.user,
        "hold": entry("hold-kinds", found.kind)["title"],
        "set": found.at,
    }
    post(parts, Post(AGREE_RELEASE, asker.organisation, facts=facts, key=id))
    return found


def ask_erasure(parts: Parts, asker: Asker, about: About, reason: str) -> Erasure | Refused:
    """Ask that everything the ledger holds about a person be destroyed; a second person finds it in their tasks."""
    whom = settle(parts, asker, about)
    if isinstance(whom, Refused):
        return whom
    known = parts.index.links.known_as(whom.person)
    found = parts.ledger.erasing.ask(asking(asker), known, reason)
    if isinstance(found, Denied):
        return denied(found)
    who = " ".join(filter(None, (about.given, about.family)))
    told = {"name": who, "born": about.birth_date, "nhs_number": about.nhs_number}
    if whom.protected:
        # The colleague is told by the officer, by word of mouth, and by no task.
        told = {"name": NOT_NAMED}
    facts = {name: value for name, value in told.items() if value} | {
        "reason": entry("erasure-reasons", reason)["title"],
        "_request": found.id,
        "_person": whom.person,
        "_asked_by": asker.user,
    }
    facts |= {"goes_with_it": WITH_ANOTHER} if any(one.mixed for one in known.ids) else {}
    post(parts, Post(AGREE_ERASURE, asker.organisation, facts=facts, key=found.id))
    return found


def carry_out(parts: Parts, asker: Asker, task: Task, answer: str) -> Refused | None:
    """What a second person's answer does, before the task is closed; a refusal, and nothing was done. Raises `Unavailable`.

    Told again after a kill, what was done stays done and the task is closed.
    """
    agree = answer == AGREED
    if task.row.kind == AGREE_RELEASE:
        found: Any = parts.ledger.holds.decide_release(asking(asker), task.facts["_hold"], agree=agree)
    elif task.row.kind == AGREE_ERASURE:
        person = str(task.facts["_person"])
        if person and connected(parts, asker, person):
            return refuse(parts.ledger, asker, CONFLICT, "")
        known = parts.index.links.known_as(person) if person and agree else None
        found = parts.ledger.erasing.decide(asking(asker), task.facts["_request"], agree=agree, whom=known)
        if not isinstance(found, Denied) or found.code == _NOT_FOUND:
            _forget(parts, task, {one.id for one in known.ids} if known else frozenset())
    else:
        return None
    return denied(found) if isinstance(found, Denied) and found.code != _NOT_FOUND else None


def denied(found: Denied) -> Refused:
    """What the ledger does not do, in words."""
    row = entry("erasure-refusals", found.code)
    until = f" Not before {words.day(found.allowed_from)}." if found.allowed_from else ""
    return Refused(found.code, str(row["sentence"]) + until, str(row["who_can_change"]))


def _forget(parts: Parts, task: Task, persons: AbstractSet[str]) -> None:
    """Take who it was about out of the task, and, of somebody erased, out of what was given to whom."""
    plain = {name: task.facts[name] for name in ("reason", "_request", "_asked_by")}
    told = {"case": "", "person": "", "source": "", "records": [], "facts": plain | {"_person": ""}}
    with parts.store.begin() as session:
        session.get_one(TaskRow, task.row.id).sealed = parts.store.seal(told, f"task:{task.row.id}")
    if not persons:
        return
    with parts.store.begin() as session:
        for row in session.exec(select(GivenRow)):
            kept = parts.store.open(row.sealed, f"given:{row.id}")
            if not persons.isdisjoint(kept["people"]):
                row.sealed = parts.store.seal(_without(kept, persons), f"given:{row.id}")
                session.add(row)


def _without(kept: Mapping[str, Any], persons: AbstractSet[str]) -> dict[str, Any]:
    """The holder's references of this answer go as a whole: nobody can tell any more which of them were whose."""
    plan = [pair for pair in kept["plan"] if pair[0] not in persons]
    people = [one for one in kept["people"] if one not in persons]
    return dict(kept) | {"people": people, "records": [], "plan": plan}
