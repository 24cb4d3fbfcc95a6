"""Making a proposal: a copy of the folder, held against the book in force, reported on, and signed by whoever proposes it.

Promise: what is proposed is the copy that was checked and compared, whatever happens to the folder meanwhile.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from services.contract.canonical import digest
from services.policy.lifecycle.impact import Compare, report_bytes, report_of
from services.policy.lifecycle.proposals import BOOK, NOTE, Proposal, Version, refused, version_in
from services.policy.lifecycle.refused import Fault, ProposalRefused
from services.policy.lifecycle.signers import Signers, few
from services.policy.lifecycle.statement import NONE, Statement
from services.policy.lifecycle.take_up import Lifecycle
from services.runtime.book import Book
from services.runtime.note import Signer

Checks = Callable[[Path, Book], Mapping[str, Sequence[str]]]
"""Run on the copy; raises where a check fails. Gives `{"run": [...], "not_run": [...]}`."""


def propose(lifecycle: Lifecycle, source: Path, key: Signer, compare: Compare, checks: Checks) -> Proposal:
    """Propose the folder as the next book. Raises `ProposalRefused`, and what `checks` raises."""
    before = lifecycle.in_force()
    with lifecycle.proposals.drafted(source) as draft:
        after = version_in(draft / BOOK)
        _new(before, after)
        known(key, before.signers if before else after.signers)
        ran = checks(draft / BOOK, after.book)
        return _kept(lifecycle, draft, "activate", before, after, key, compare, ran)


def propose_rollback(lifecycle: Lifecycle, policy: str, key: Signer, compare: Compare) -> Proposal:
    """Propose an earlier book, by its policy digest, as it was put in force then. Raises `ProposalRefused`."""
    records = [one for one in lifecycle.activated.all() if one.policy == policy]
    before = lifecycle.in_force()
    if not records or before is None:
        raise refused("NEVER_ACTIVATED", "--to", "was never in force here; propose it instead")
    source = lifecycle.proposals.folder / records[-1].proposal / BOOK
    with lifecycle.proposals.drafted(source) as draft:
        # Who may sign is not rolled back: somebody removed since would be in again.
        _signers_of(lifecycle, draft)
        after = version_in(draft / BOOK)
        if after.book.digest != policy:
            raise refused(
                "BOOK_CHANGED",
                f"policy/proposals/{records[-1].proposal[:16]}/book",
                "restore it from its backup",
            )
        _new(before, after)
        known(key, before.signers)
        return _kept(lifecycle, draft, "rollback", before, after, key, compare, {"run": [], "not_run": []})


def known(key: Signer, trusted: Signers) -> None:
    """Whether the key is that of a signer. Raises `ProposalRefused`."""
    row = trusted.rows.get(key.verifier.name)
    if row is None:
        what = f"'{key.verifier.name}' is not a signer of the book in force; have two signers sign your row in first"
        raise refused("UNKNOWN_SIGNER", "signers.yaml", what)
    if row.key != key.verifier:
        what = (
            f"the row of '{row.id}' has another key; use that one, or have two signers sign your new row in"
        )
        raise refused("UNKNOWN_SIGNER", "signers.yaml", what)


def _new(before: Version | None, after: Version) -> None:
    faults = [Fault("BAD_SIGNERS", f"{one.file} line {one.line}", one.what) for one in few(after.signers)]
    if faults:
        raise ProposalRefused(faults)
    if before and (before.book.digest, before.signers.digest) == (after.book.digest, after.signers.digest):
        raise refused(
            "UNREADABLE", "policies", "nothing differs from the book in force; save your change first"
        )


def _signers_of(lifecycle: Lifecycle, draft: Path) -> None:
    """The signers file of the book in force, in the draft."""
    folder, file = lifecycle.folder(), draft / BOOK / "signers.yaml"
    file.unlink(missing_ok=True)
    if folder is not None and (folder / "signers.yaml").is_file():
        file.write_bytes((folder / "signers.yaml").read_bytes())


def _kept(
    lifecycle: Lifecycle,
    draft: Path,
    kind: str,
    before: Version | None,
    after: Version,
    key: Signer,
    compare: Compare,
    ran: Mapping[str, Sequence[str]],
) -> Proposal:
    report = report_bytes(report_of(before, after, compare))
    statement = Statement(
        kind=kind,
        policy=after.book.digest,
        signers=after.signers.digest,
        impact=digest(report).hex(),
        base_policy=before.book.digest if before else NONE,
        base_signers=before.signers.digest if before else NONE,
        proposer=key.verifier.name,
        proposed=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    return lifecycle.proposals.keep(draft, key.sign(statement.text), report, ran)


def sign(lifecycle: Lifecycle, proposal: Proposal, key: Signer) -> Path:
    """Sign a proposal; the signature's file. Raises `ProposalRefused` where the signature would not count."""
    after, report = proposal.version(), proposal.report
    before = lifecycle.in_force()
    known(key, before.signers if before else after.signers)
    if report.get("widens") is not False and key.verifier.name == proposal.statement.proposer:
        what = f"{key.verifier.name} proposed this and cannot sign a widening; ask two other signers"
        raise refused("SIGNER_IS_PROPOSER", NOTE, what)
    return proposal.sign(key.verifier.name, key.sign(proposal.statement.text))
