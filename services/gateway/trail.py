"""What one request put to policy and was answered, kept for the sealed decision record, and what it leaves to be done.

Promise: all of one request is decided under one revision, or nothing of it is; the record holds what decides it again.
"""

import secrets
from dataclasses import dataclass, field
from typing import Any

from services.contract.canonical import b64u, canonical
from services.contract.decisions import Answer, Cell, Context, as_input
from services.contract.problems import PolicyUnavailable
from services.gateway.tasks.note import Note

NOT_RECORDED = "NOT-RECORDED"


class PolicyMoved(PolicyUnavailable):
    """The policy changed between two calls of one request. Nothing has left: it can be asked again."""


@dataclass
class Trail:
    """Both calls to policy as they were put and answered, for the sealed decision record."""

    context: Context
    answers: list[Answer] = field(default_factory=list)
    stated_ground: str = ""
    """The code of the ground on which the case goes on; empty where none is stated."""
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    note: Note = field(default_factory=Note, repr=False)

    def keep(self, answer: Answer) -> Answer:
        """Note one answer; all of one request must be under one revision, or they are not one decision."""
        if self.answers and self.answers[0].revision != answer.revision:
            raise PolicyMoved("the policy changed within one request; ask again")
        self.answers.append(answer)
        return answer

    @property
    def objection(self) -> bool:
        """Whether somebody of this answer has objected to sharing, by any source's word."""
        return any(profile.objection != NOT_RECORDED for one in self.answers for profile in one.profiles)

    def sealed_form(self) -> bytes:
        """Canonical JSON {salt, context, noted, cells: [cell], calls: [{revision, classes, profiles, cells: [[place]]}]}.

        `noted`: that there was an objection, and the ground on which it was gone over (Caldicott principle 7).
        """
        seen: dict[int, int] = {}
        distinct: list[Cell] = []
        calls = [
            {
                "revision": answer.revision,
                "digest": answer.digest,
                "classes": answer.classes,
                "profiles": [as_input(profile) for profile in answer.profiles],
                "cells": [[_number(cell, seen, distinct) for cell in row] for row in answer.cells],
            }
            for answer in self.answers
        ]
        noted = {"objection": self.objection, "ground": self.stated_ground}
        told = {"salt": b64u(self.salt), "context": as_input(self.context), "noted": noted, "calls": calls}
        return canonical({**told, "cells": [_cell(cell) for cell in distinct]})


def _number(cell: Cell, seen: dict[int, int], distinct: list[Cell]) -> int:
    """The place of a cell in the record's list of distinct cells; the policy service hands out equal cells as one."""
    if id(cell) not in seen:
        seen[id(cell)] = len(distinct)
        distinct.append(cell)
    return seen[id(cell)]


def _cell(cell: Cell) -> list[Any]:
    return [cell.effect, cell.code, cell.visibility, dict(cell.how), list(cell.obligations), list(cell.tasks)]
