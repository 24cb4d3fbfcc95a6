"""Whether a proposal may be put in force: held against the book in force, its signers, the calendar and the comparison.

Promise: nothing that the proposal says of itself is believed. Signers are those of the book in force; the report must be
of these two books, and its verdict is worked out again; one fault is enough.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.policy.lifecycle.impact import Compare, signer_lines
from services.policy.lifecycle.proposals import NOTE, REPORT, Proposal, Version
from services.policy.lifecycle.refused import Fault, ProposalRefused
from services.policy.lifecycle.signers import Signer, Signers, few
from services.policy.lifecycle.statement import Statement
from services.runtime.note import BadNote, Verifier, open_note, signer_names

LIFE = timedelta(days=30)
"""How long a proposal may wait: signers answer for what they know now."""
SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a proposal is held against."""

    in_force: Version | None
    """None: nothing was ever put in force here."""
    earlier: Collection[str]
    """Policy digests that were in force before."""
    now: datetime
    confirmed: str = ""
    """For a first book: the digest of the signers file that the operator has confirmed by its digest."""


@dataclass(frozen=True, slots=True)
class Approved:
    """It may be put in force, and by whom."""

    after: Version
    widens: bool
    signed_by: tuple[Signer, ...]
    proposer: Signer


def judge(proposal: Proposal, ground: Ground, compare: Compare) -> Approved:
    """Everything holds, or `ProposalRefused` with each fault."""
    after = proposal.version()
    report = proposal.report
    trusted = ground.in_force.signers if ground.in_force else after.signers
    faults = [
        *_base(proposal.statement, ground),
        *_dates(proposal.statement, ground.now),
        *(Fault("BAD_SIGNERS", f"book/{one.file} line {one.line}", one.what) for one in few(after.signers)),
    ]
    base = "" if proposal.statement.first else proposal.statement.base_policy
    if (report.get("before"), report.get("after")) != (base, after.book.digest):
        faults.append(Fault("REPORT_OF_ANOTHER", REPORT, "compares two other books; propose again"))
    if faults:
        raise ProposalRefused(faults)
    widens = _widens(ground.in_force, after, compare)
    if widens and report.get("widens") is not True:
        raise ProposalRefused(
            [Fault("REPORT_WRONG", REPORT, "says that nothing widens, and something does; propose again")]
        )
    proposer, signed = signatures(proposal, trusted)
    return Approved(after, widens, enough(proposal, proposer, signed, widens=widens), proposer)


def _base(statement: Statement, ground: Ground) -> list[Fault]:
    found = []
    if ground.in_force is None:
        if not statement.first:
            found.append(
                Fault("BASE_NOT_IN_FORCE", NOTE, "has a base, and no book is in force here; propose again")
            )
        elif statement.signers != ground.confirmed:
            what = (
                f"the signers file has the digest {statement.signers}; compare it with the people named, then activate "
                f"with --first {statement.signers[:16]}"
            )
            found.append(Fault("NOT_CONFIRMED", "book/signers.yaml", what))
    elif (statement.base_policy, statement.base_signers) != (
        ground.in_force.book.digest,
        ground.in_force.signers.digest,
    ):
        what = f"was made against another book than the one in force ({ground.in_force.book.revision}); propose again"
        found.append(Fault("BASE_NOT_IN_FORCE", NOTE, what))
    if statement.kind == "rollback" and statement.policy not in ground.earlier:
        what = "would roll back to a book that was never in force here; propose it instead"
        found.append(Fault("NEVER_ACTIVATED", NOTE, what))
    return found


def _dates(statement: Statement, now: datetime) -> list[Fault]:
    proposed = datetime.strptime(statement.proposed, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    if proposed > now + SKEW:
        return [Fault("NOT_YET", NOTE, "was proposed after now; set the clock right and propose again")]
    if proposed < now - LIFE:
        return [Fault("TOO_OLD", NOTE, f"is older than {LIFE.days} days; propose again")]
    return []


def _widens(before: Version | None, after: Version, compare: Compare) -> bool:
    if before is None:
        return True
    added = any(line.widens for line in signer_lines(before.signers, after.signers))
    return added or compare(before, after).widens


def signatures(proposal: Proposal, trusted: Signers) -> tuple[Signer, tuple[Signer, ...]]:
    """The proposer, and everybody who has signed, the proposer among them. Raises `ProposalRefused`: every bad file."""
    faults, signed = list[Fault](), dict[str, Signer]()
    by_key: dict[Verifier, Signer] = {one.key: one for one in trusted.rows.values()}
    for file, note in proposal.signatures().items():
        try:
            unknown = [name for name in signer_names(note) if name not in trusted.rows]
            if unknown:
                what = f"'{unknown[0]}' is not a signer of the book in force; remove the file"
                faults.append(Fault("UNKNOWN_SIGNER", file, what))
                continue
            text, keys = open_note(note, trusted.verifiers())
        except BadNote as bad:
            faults.append(Fault("BAD_SIGNATURE", file, f"{bad}; sign again"))
            continue
        if text != proposal.statement.text:
            faults.append(Fault("BAD_SIGNATURE", file, "signs another proposal; sign this one"))
            continue
        signed |= {by_key[key].id: by_key[key] for key in keys}
    proposer = trusted.rows.get(proposal.statement.proposer)
    if not faults and (proposer is None or proposer.id not in signed):
        faults.append(
            Fault("BAD_SIGNATURE", NOTE, "is not signed by the proposer that it names; propose again")
        )
    if faults or proposer is None:
        raise ProposalRefused(faults)
    return proposer, tuple(signed.values())


def enough(
    proposal: Proposal, proposer: Signer, signed: tuple[Signer, ...], *, widens: bool
) -> tuple[Signer, ...]:
    """Those whose signatures count. Raises `ProposalRefused` where they are too few.

    A widening needs two, neither the proposer; one information governance lead alone may narrow.
    """
    if not widens:
        leads = tuple(one for one in signed if one.role == "ig-lead")
        if leads:
            return leads
        what = "narrows, which needs the signature of one IG lead; have one sign: mash policy sign"
        raise ProposalRefused([Fault("TOO_FEW_SIGNERS", "signatures/", what)])
    others = tuple(one for one in signed if one.id != proposer.id)
    if len(others) >= 2:
        return others
    own = f"signatures/{proposer.id}.note"
    if own in proposal.signatures():
        what = f"{proposer.name} proposed this and cannot sign a widening; two others must: mash policy sign"
        raise ProposalRefused([Fault("SIGNER_IS_PROPOSER", own, what)])
    have = f"only {others[0].name} has" if others else "nobody has"
    what = f"widens, which needs two signers beside its proposer {proposer.name}; {have} signed: mash policy sign"
    raise ProposalRefused([Fault("TOO_FEW_SIGNERS", "signatures/", what)])
