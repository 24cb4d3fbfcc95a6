"""What verifying a ledger came to.

Promise: what could not be checked makes the result incomplete, never good.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from services.ledger.auditing.audit import Finding


@dataclass
class Report:
    """What was found. `logs`: a row per log; `findings`: what is wrong; `gaps`: what could not be checked."""

    logs: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    contradictions: list[Mapping[str, str]] = field(default_factory=list)
    """Pairs of signed checkpoints that cannot both be true: `{log, kind, earlier, now}`."""
    listed: Mapping[str, int] | None = None
    """Log -> the entry of the hub's log that lists it; None where the entries of that log were not read."""
    stood: int = 0
    """Entries of the hub's log that were signed when reading began."""
    apart: list[str] = field(default_factory=list)
    """Logs that are here as hashes alone."""
    bridges: list[Mapping[str, Any]] = field(default_factory=list)
    """What the hub's log commits to of emergency logs (bridges.py holds it): `{at, log, size, root, key}`."""

    @property
    def exit_code(self) -> int:
        """0 good, 1 findings, 5 incomplete (MODEL section 8)."""
        return 1 if self.findings else 5 if self.gaps else 0

    def as_json(self) -> dict[str, Any]:
        """For `--json`: `{result, logs, findings, gaps, notes, contradictions, listed, stood,
        apart, bridges}`."""
        words = {0: "good", 1: "findings", 5: "incomplete"}
        return {"result": words[self.exit_code], **asdict(self)}
