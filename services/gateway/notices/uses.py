"""Past uses of broken glass, for a privacy officer: those of the own organisation, and those that reached its records.

Promise: a use is named by its reference alone, with when, by which role and organisation, and what came of the review; no
patient, no reason and no case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from services.contract.cases import Asker
from services.gateway.cases.break_glass import PURPOSE, USED, reference
from services.gateway.notices.keep import REACHED
from services.gateway.notices.tables import GivenRow, may_be_told
from services.gateway.parts import Parts
from services.gateway.store.tables import CaseRow
from services.gateway.tasks.tables import TaskRow

READERS = frozenset({"PRIVACY-OFFICER", "DPO"})
LISTED = 200


@dataclass(frozen=True, slots=True)
class Use:
    """One use. `outcome` is a code of task-answers.json, or empty while it waits for its review."""

    reference: str
    at: str
    organisation: str
    role: str
    task: str
    """The task by which it is reviewed."""
    outcome: str


def own_uses(parts: Parts, asker: Asker) -> Sequence[Use]:
    """Uses by the asker's own organisation, newest first; none for a role that does not read them."""
    if asker.role not in READERS:
        return ()
    query = select(CaseRow).where(CaseRow.purpose == PURPOSE, CaseRow.organisation == asker.organisation)
    with parts.store.begin() as session:
        rows = session.exec(query.order_by(col(CaseRow.opened_at).desc()).limit(LISTED)).all()
    tasks = _tasks(parts, asker.organisation, USED)
    found = [(reference(parts, row.id), row) for row in rows]
    return tuple(
        Use(name, row.opened_at, row.organisation, row.opened_as, *tasks.get(name, ("", "")))
        for name, row in found
    )


def reaching_uses(parts: Parts, asker: Asker) -> Sequence[Use]:
    """Uses by others that were given records of the asker's organisation, newest first; each once."""
    if asker.role not in READERS:
        return ()
    query = select(GivenRow).where(
        GivenRow.purpose == PURPOSE, GivenRow.holder == asker.organisation, may_be_told()
    )
    with parts.store.begin() as session:
        rows = session.exec(query.order_by(col(GivenRow.at).desc()).limit(LISTED)).all()
    tasks = _tasks(parts, asker.organisation, REACHED)
    found: dict[str, Use] = {}
    for row in rows:
        case = str(parts.store.open(row.sealed, f"given:{row.id}")["case"])
        name = reference(parts, case)
        found[name] = Use(name, row.at, row.organisation, row.role, *tasks.get(name, ("", "")))
    return tuple(found.values())


def _tasks(parts: Parts, organisation: str, kind: str) -> Mapping[str, tuple[str, str]]:
    """reference -> (task, answer) of every task of a kind at an organisation."""
    query = select(TaskRow).where(TaskRow.kind == kind, TaskRow.organisation == organisation)
    with parts.store.begin() as session:
        rows = session.exec(query.order_by(col(TaskRow.raised_at).desc()).limit(2 * LISTED)).all()
    named = [(parts.store.open(row.sealed, f"task:{row.id}")["facts"], row) for row in rows]
    return {str(facts["reference"]): (row.id, row.answer) for facts, row in reversed(named)}
