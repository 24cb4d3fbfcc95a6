"""A proposal in a terminal, in the words that its signers sign.

Promise: what is shown is what the proposal's own files say now, held against its digests.
"""

from collections.abc import Mapping
from typing import Any

from services.policy.lifecycle.impact import texts
from services.policy.lifecycle.proposals import REPORT, Proposal, Version

SHOWN = 20
"""Lines in a terminal; the report has them all."""


def show(proposal: Proposal, after: Version) -> None:
    """What it would change, and who must sign."""
    statement, report = proposal.statement, proposal.report
    what = "Roll back to" if statement.kind == "rollback" else "Put in force"
    print(f"{what} revision {after.book.revision}, proposed by {statement.proposer} at {statement.proposed}")
    base = "nothing" if statement.first else f"revision {statement.base_policy[:16]}"
    print(f"Instead of {base}. What changes:")
    lines = texts(report)
    for line in lines[:SHOWN] or ["nothing that anybody is shown"]:
        print(f"  {line}")
    if len(lines) > SHOWN:
        print(f"  … and {len(lines) - SHOWN} lines more: {proposal.folder / REPORT}")
    print(needed(report))
    if statement.first:
        print("These people may sign from then on:")
        for one in after.signers.rows.values():
            print(f"  {one.id:<24}{one.name}, {one.organisation}, {one.role}")
        print(f"Digest of that list: {after.signers.digest}")


def needed(report: Mapping[str, Any]) -> str:
    """Who must sign."""
    if report["widens"]:
        return "It widens: two signers who did not propose it must sign."
    return "It only narrows: the signature of one IG lead is enough, the proposer's too."
