"""The designated officer: one privacy officer of each organisation who is told when somebody under its witness protection is
asked for, and who alone finds them.

Promise: one for each organisation, by the table's own key; whoever is not theirs learns of no inbox, task, queue or page of it;
an officer whose row in the staff register has ended is one no more.
"""

from sqlmodel import Field, col, delete

from services.contract.cases import Asker
from services.contract.problems import BadInput, NotFound
from services.contract.vocabulary import code_list
from services.gateway.access.staff import Staff
from services.gateway.store.opened import Store
from services.gateway.store.tables import Table

ROLE = "PRIVACY-OFFICER"
"""In which an officer acts: the role of those who look after protections."""


class DesignatedRow(Table, table=True):
    """Who it is, by opaque id of the staff register."""

    __tablename__ = "gateway_designated"
    organisation: str = Field(primary_key=True)
    user: str
    since: str


def organisation_of(staff: Staff, id: str) -> str:
    """The organisation whose officer somebody may be. Raises `NotFound`, `BadInput`."""
    worker = staff.by_id(id)
    if worker is None:
        raise NotFound(
            "no member of staff has this id, or the row has ended", next_step="Take it from mash staff list."
        )
    if ROLE not in worker.roles:
        raise BadInput(f"the designated officer is a {ROLE}; register the person in that role first")
    return worker.organisation


def designate(store: Store, staff: Staff, id: str, when: str) -> str:
    """Make somebody their organisation's officer, in the place of whoever it was; the organisation. Whoever calls it has entered
    it before.

    Raises `NotFound`, `BadInput`.
    """
    organisation = organisation_of(staff, id)
    with store.begin() as session:
        session.exec(delete(DesignatedRow).where(col(DesignatedRow.organisation) == organisation))
        session.add(DesignatedRow(organisation=organisation, user=id, since=when))
    return organisation


def officer_of(store: Store, organisation: str) -> str:
    """Their opaque id; empty where nobody is designated."""
    with store.begin() as session:
        row = session.get(DesignatedRow, organisation)
    return row.user if row else ""


def is_officer(store: Store, asker: Asker) -> bool:
    """Whether the asker is the officer of their organisation, and acts as one."""
    return asker.role == ROLE and officer_of(store, asker.organisation) == asker.user


def inboxes_of(store: Store, asker: Asker) -> tuple[str, ...]:
    """The inboxes that somebody reads at their own organisation: by role, and the designated officer's."""
    officer = is_officer(store, asker)
    return tuple(
        code
        for code, row in code_list("inboxes").items()
        if asker.role in row["roles"] and (officer or not row.get("designated"))
    )
