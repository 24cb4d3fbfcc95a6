"""What was gathered for one checkpoint: who cosigned it, who failed, and whether that is a quorum.

Promise: a quorum is of one and the same checkpoint; what was gathered for another never counts toward it.
"""

from dataclasses import dataclass, field

from services.ledger.log import Signed
from services.ledger.trust_policy import TrustPolicy


@dataclass(slots=True)
class Round:
    """One checkpoint on its way to a quorum. `begun`, `ended`: monotonic seconds; `ended` 0 while it is under way."""

    signed: Signed
    begun: float
    lines: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    """Witness -> in one word why not."""
    met: bool = False
    ended: float = 0.0

    def waits_for(self, witness: str) -> bool:
        """Whether this witness has yet to be heard."""
        return witness not in self.lines and witness not in self.failed

    def settle(self, policy: TrustPolicy, now: float) -> None:
        """Find out, after somebody was heard, whether there is a quorum or can be none any more."""
        self.met = policy.met(self.lines.keys())
        if not self.ended and (self.met or not policy.possible(self.failed.keys())):
            self.ended = now

    def cosigned(self, policy: TrustPolicy) -> Signed:
        """The checkpoint with its cosignatures, in the order of the policy."""
        lines = "".join(self.lines[name] for name in policy.witnesses if name in self.lines)
        return Signed(self.signed.head, self.signed.note + lines.encode())
