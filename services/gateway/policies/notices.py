"""Telling the organisations concerned that the policies have changed: a notice in the inbox of each one's IG lead.

Promise: each organisation that a line of the report names is told that line in words, once; a change that names nobody is
told to all.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from services.contract.vocabulary import code_list
from services.gateway.parts import Parts
from services.gateway.tasks.post import Post, post

KIND = "policy-changed"
MOST = 10
"""Lines in one notice; the page has them all."""


class Record(Protocol):
    """An activation (services/policy/lifecycle/activated.py)."""

    @property
    def policy(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def since(self) -> str: ...
    @property
    def event_id(self) -> str: ...


class Change(Protocol):
    """What came into force, with its impact report."""

    @property
    def record(self) -> Record: ...
    @property
    def report(self) -> Mapping[str, Any]: ...


def tell_of_policies(parts: Parts, change: Change) -> None:
    """Post the notices. Told again of the same change, nobody gets a second one. Raises `StoreUnavailable`."""
    lines = sorted(change.report["lines"], key=lambda line: not line["widens"])
    named = {id for line in lines for id in line["organisations"]}
    everybody = [id for id in sorted(parts.shelf.current().organisations) if not named or id in named]
    notices = [_notice(change, id, [line for line in lines if _concerns(line, id)]) for id in everybody]
    post(parts, *notices, once=f"policies/{change.record.event_id}")


def _concerns(line: Mapping[str, Any], organisation: str) -> bool:
    return not line["organisations"] or organisation in line["organisations"]


def _notice(change: Change, organisation: str, lines: list[Mapping[str, Any]]) -> Post:
    roles = sorted({role for line in lines for role in line["roles"]})
    facts: dict[str, Any] = {
        "revision": change.record.policy[:16],
        "in_force_since": change.record.since,
        "rolled_back": change.record.kind == "rollback",
    }
    if roles:
        facts["roles_concerned"] = [
            str(code_list("roles")[role]["title"]) for role in roles if role in code_list("roles")
        ]
    facts |= {f"change_{number}": line["text"] for number, line in enumerate(lines[:MOST], 1)}
    if len(lines) > MOST:
        facts["further_changes"] = len(lines) - MOST
    return Post(KIND, organisation, facts=facts, key=change.record.event_id)
