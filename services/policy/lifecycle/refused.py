"""Why a proposal is not put in force: a code for the ledger, and the place and remedy for people.

Promise: every fault has a code of this closed list; a fault names a file, a line or a person's id in the signers file,
and never a value of a record.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.contract.problems import Conflict

CODES = (
    "UNREADABLE", "BOOK_CHANGED", "BAD_BOOK", "SIGNERS_CHANGED", "BAD_SIGNERS", "REPORT_OF_ANOTHER", "REPORT_WRONG",
    "BAD_SIGNATURE", "UNKNOWN_SIGNER", "SIGNER_IS_PROPOSER", "TOO_FEW_SIGNERS", "BASE_NOT_IN_FORCE", "TOO_OLD",
    "NOT_YET", "NEVER_ACTIVATED", "NOT_CONFIRMED", "ENGINE_REFUSED",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason. `place`: a file of the proposal, with its line where it has one; `what`: what is wrong and the remedy."""

    code: str
    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


class ProposalRefused(Conflict):
    """The proposal may not be put in force, or may not be signed."""

    kind = "proposal-refused"
    title = "The policies were not put in force"
    next_step = "Mend the places named, or propose again; the hub goes on under the book in force."

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults[:1]), places=tuple(map(str, faults[1:])))
        self.faults = tuple(faults)
