"""What one request put to policy and was answered, kept for the sealed decision record, and what it leaves to be done.

Promise: all of one request is decided under one revision, or nothing of it is; the record holds what decides it again, each
decision in the part of the people whom it is about, so that forgetting one of them leaves those of the others.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.contract.canonical import b64u, canonical, digest, parse
from services.contract.decisions import Answer, Cell, Context, as_input, joined
from services.contract.problems import PolicyUnavailable
from services.contract.releases import Part
from services.gateway.tasks.note import Note

NOT_RECORDED = "NOT-RECORDED"
People = frozenset[str]
"""Opaque ids of whom a decision is about; nobody for one about the context alone."""
NOBODY: People = frozenset()


class PolicyMoved(PolicyUnavailable):
    """The policy changed between two calls of one request. Nothing has left: it can be asked again."""


@dataclass(frozen=True, slots=True)
class Record:
    """A decision record in parts: what is about nobody, with the digest of every part; and the parts."""

    common: bytes = field(repr=False)
    parts: tuple[Part, ...] = ()

    def whole(self) -> bytes:
        """In one piece, as whoever may open all of it reads it."""
        return canonical(joined(parse(self.common), [parse(part.body) for part in self.parts]))


@dataclass
class Trail:
    """Both calls to policy as they were put and answered, for the sealed decision record."""

    context: Context
    answers: list[Answer] = field(default_factory=list)
    about: list[tuple[frozenset[People], ...]] = field(default_factory=list, repr=False)
    """For each answer and each of its profiles: the groups of people of whom it was asked."""
    stated_ground: str = ""
    """The code of the ground on which the case goes on; empty where none is stated."""
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    note: Note = field(default_factory=Note, repr=False)

    def keep(self, answer: Answer, about: Sequence[Iterable[People]] = ()) -> Answer:
        """Note one answer; all of one request must be under one revision, or they are not one decision.

        `about`: by position of the profiles; without it all of it is about nobody.
        """
        if self.answers and self.answers[0].revision != answer.revision:
            raise PolicyMoved("the policy changed within one request; ask again")
        self.answers.append(answer)
        self.about.append(tuple(map(frozenset, about)) or (frozenset((NOBODY,)),) * len(answer.profiles))
        return answer

    @property
    def objection(self) -> bool:
        """Whether somebody of this answer has objected to sharing, by any source's word."""
        return any(profile.objection != NOT_RECORDED for one in self.answers for profile in one.profiles)

    def sealed_form(self, own: Sequence[Part] = ()) -> Record:
        """Canonical JSON, as `contract/decisions.py`, `joined`, says. `noted`: that there was an objection, and the ground
        on which it was gone over (Caldicott principle 7). `own`: further parts, `notices/own_note.py`.
        """
        groups = {group for call in self.about for found in call for group in found} - {NOBODY}
        decided = (
            Part(tuple(sorted(group)), canonical(self._part(group))) for group in sorted(groups, key=sorted)
        )
        parts = (*decided, *own)
        calls, cells, objection = self._of(NOBODY)
        heads = [
            {"revision": answer.revision, "digest": answer.digest, "classes": answer.classes}
            for answer in self.answers
        ]
        told = {
            "context": as_input(self.context),
            "noted": {"objection": objection, "ground": self.stated_ground},
            "calls": [head | call for head, call in zip(heads, calls, strict=True)],
            "cells": cells,
            # Sorted: the order tells nothing of whose part is which.
            "part_digests": sorted(b64u(digest(part.body)) for part in parts),
            "salt": b64u(self.salt),
        }
        return Record(canonical(told), parts)

    def _part(self, group: People) -> dict[str, Any]:
        calls, cells, objection = self._of(group)
        told = [{"call": number, **call} for number, call in enumerate(calls) if call["profiles"]]
        # A salt of its own: once the part is gone its digest must not confirm a guess at what it said.
        salt = b64u(secrets.token_bytes(32))
        return {"calls": told, "cells": cells, "objection": objection, "salt": salt}

    def _of(self, group: People) -> tuple[list[dict[str, Any]], list[Any], bool]:
        """The rows of each call that are about one group, their distinct cells, and whether one of them objected."""
        seen: dict[int, int] = {}
        distinct: list[Cell] = []
        calls = []
        objection = False
        for answer, about in zip(self.answers, self.about, strict=True):
            rows = [
                (profile, row)
                for profile, row, groups in zip(answer.profiles, answer.cells, about, strict=True)
                if group in groups
            ]
            objection |= any(profile.objection != NOT_RECORDED for profile, _ in rows)
            calls.append(
                {
                    "profiles": [as_input(profile) for profile, _ in rows],
                    "cells": [[_number(cell, seen, distinct) for cell in row] for _, row in rows],
                }
            )
        return calls, [_cell(cell) for cell in distinct], objection


def _number(cell: Cell, seen: dict[int, int], distinct: list[Cell]) -> int:
    """The place of a cell in the record's list of distinct cells; the policy service hands out equal cells as one."""
    if id(cell) not in seen:
        seen[id(cell)] = len(distinct)
        distinct.append(cell)
    return seen[id(cell)]


def _cell(cell: Cell) -> list[Any]:
    return [cell.effect, cell.code, cell.visibility, dict(cell.how), list(cell.obligations), list(cell.tasks)]
