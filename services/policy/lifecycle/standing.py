"""What those who answer for the policies are told of them: what is in force, what waits for signatures, what is wrong.

Promise: it is read from the records and proposals as they are now; a proposal that cannot be read is left out, never
shown as more than it is; no person of a record is in it.
"""

from dataclasses import dataclass, field

from services.contract.problems import Problem
from services.policy.lifecycle.activated import Activated
from services.policy.lifecycle.impact import ordered
from services.policy.lifecycle.proposals import Proposal, Version
from services.policy.lifecycle.take_up import Lifecycle
from services.runtime.book import Shelf

SHOWN = 12
"""Newest proposals and activations that are told."""


@dataclass(frozen=True, slots=True)
class InForce:
    """One activation. People as their names stand in the signers file of now, else by id."""

    revision: str
    since: str
    kind: str
    proposer: str
    signed_by: tuple[str, ...]
    index: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """One proposal over the book in force. `lines`: (text, whether it widens), widening first."""

    id: str
    revision: str
    kind: str
    proposer: str
    proposed: str
    widens: bool
    lines: tuple[tuple[str, bool], ...]
    signed_by: tuple[str, ...]
    checks_not_run: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that the page tells."""

    revision: str
    signed_only: bool
    in_force: InForce | None
    earlier: tuple[InForce, ...]
    waiting: tuple[Waiting, ...]
    signers: tuple[tuple[str, str, str], ...]
    """(name, organisation, role)"""
    trouble: tuple[str, ...]


@dataclass(frozen=True)
class Standings:
    """Satisfies the gateway's port `Policies`."""

    lifecycle: Lifecycle
    shelf: Shelf
    signed_only: bool
    _names: dict[str, str] = field(default_factory=dict)

    def standing(self) -> Standing:
        """As it is now."""
        if not self.signed_only:
            return Standing(self.shelf.current().revision, False, None, (), (), (), self._trouble())
        version = self.lifecycle.in_force()
        names = {id: one.name for id, one in version.signers.rows.items()} if version else {}
        records = [_told(one, names) for one in self.lifecycle.activated.all()]
        return Standing(
            revision=self.shelf.current().revision,
            signed_only=True,
            in_force=records[-1] if records else None,
            earlier=tuple(reversed(records[:-1]))[:SHOWN],
            waiting=self._waiting(version, names) if version else (),
            signers=tuple((one.name, one.organisation, one.role) for one in version.signers.rows.values())
            if version
            else (),
            trouble=(),
        )

    def _trouble(self) -> tuple[str, ...]:
        return tuple(str(finding) for finding in self.shelf.trouble())

    def _waiting(self, version: Version, names: dict[str, str]) -> tuple[Waiting, ...]:
        found = []
        base = (version.book.digest, version.signers.digest)
        for proposal in reversed(self.lifecycle.proposals.all()):
            if (proposal.statement.base_policy, proposal.statement.base_signers) != base:
                continue
            try:
                found.append(_proposed(proposal, version, names))
            except Problem:
                continue
        return tuple(found[:SHOWN])


def _told(record: Activated, names: dict[str, str]) -> InForce:
    return InForce(
        revision=record.policy[:16],
        since=record.since,
        kind=record.kind,
        proposer=names.get(record.proposer, record.proposer),
        signed_by=tuple(names.get(one, one) for one in record.signed_by),
        index=record.index,
    )


def _proposed(proposal: Proposal, version: Version, names: dict[str, str]) -> Waiting:
    statement, report = proposal.statement, proposal.report
    return Waiting(
        id=proposal.id[:16],
        revision=statement.policy[:16],
        kind=statement.kind,
        proposer=names.get(statement.proposer, statement.proposer),
        proposed=statement.proposed,
        widens=report["widens"] is not False,
        lines=tuple((line["text"], line["widens"] is not False) for line in ordered(report)),
        signed_by=tuple(names.get(id, id) for id in proposal.signed_by(version.signers)),
        checks_not_run=proposal.checks_not_run(),
    )
