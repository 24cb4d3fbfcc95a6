"""Partners' systems and staff put into the hub's registers, as `mash partner` and `mash staff` do.

Promise: doing it again changes nothing, save that a sign-in follows its provider to another port.
"""

from datetime import datetime
from pathlib import Path
from typing import Protocol

from services.cli.demo.cast import STAFF, Member, roles_of
from services.cli.demo.partner import PartnerKey
from services.contract.problems import BadSetting
from services.gateway.access.clients import COUNTS_SCOPE, ENTRIES_SCOPE, PERSON_SCOPES, Client, Clients
from services.gateway.access.staff import NewWorker, Staff
from services.gateway.parts import stamp
from services.gateway.store.opened import Store
from services.runtime.keys import KeyFolder

PUBLISHING = ("system/*.cru",)


class Registry(Protocol):
    """What the registers stand in: of a hub in this process, or of one beside it."""

    @property
    def store(self) -> Store: ...
    @property
    def keys(self) -> KeyFolder: ...
    def now(self) -> datetime: ...


RESEARCHER = "RESEARCHER"


def client_id(organisation: str) -> str:
    """The client id of an organisation's system."""
    return f"{organisation}.demo"


def enrol_system(parts: Registry, organisation: str, sources: tuple[str, ...], folder: Path) -> PartnerKey:
    """Register the organisation's system by its public key; the private one stays in its folder."""
    key = PartnerKey.at(folder / f"{organisation}.json")
    register = Clients(parts.store)
    id = client_id(organisation)
    known = register.find(id)
    if known is not None and key.thumbprint not in {one.thumbprint() for one in known.keys().keys}:
        raise BadSetting("--home: the partners' keys of this folder were lost; choose another folder")
    if known is None:
        roles = roles_of(organisation)
        scopes = (*(PUBLISHING if sources else ()), *(sorted(PERSON_SCOPES) if roles else ()), ENTRIES_SCOPE)
        scopes += (COUNTS_SCOPE,) if RESEARCHER in roles else ()
        client = Client(id, organisation, roles, scopes, sources, key.public_set())
        register.add(client, stamp(parts.now()))
    return key


def enrol_staff(parts: Registry, issuer: str) -> int:
    """Register everybody of the cast; how many there are."""
    register = Staff(parts.store, parts.keys)
    for member in STAFF:
        _enrol(register, member, issuer, stamp(parts.now()))
    return len(STAFF)


def _enrol(register: Staff, member: Member, issuer: str, when: str) -> None:
    known = register.by_partner(member.organisation, member.user)
    if known is not None:
        if any(worker.id == known.id for worker in register.by_sign_in(issuer, member.sign_in)):
            return
        # The provider moved to another port: the row of the old sign-in gives way to one of the new.
        register.end(known.id, when)
    register.add(
        NewWorker(
            organisation=member.organisation,
            roles=(member.role,),
            teams=(member.team,) if member.team else (),
            issuer=issuer,
            subject=member.sign_in,
            partner_user=member.user,
            name=member.name,
        ),
        when,
    )
