"""What a change does to what is released: the report that a proposal carries and that signers sign.

Promise: `widens` is false only where nobody sees anything that they did not see before; whoever cannot say so says true.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from services.contract.canonical import canonical
from services.policy.lifecycle.proposals import Version
from services.policy.lifecycle.signers import Signers


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a report: what changes, in words, whether it widens, and whom it concerns."""

    text: str
    widens: bool
    organisations: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As it stands in a report."""
        return {
            "text": self.text,
            "widens": self.widens,
            "organisations": list(self.organisations),
            "roles": list(self.roles),
        }


@dataclass(frozen=True, slots=True)
class Found:
    """What comparing two books gives."""

    widens: bool
    lines: tuple[Line, ...]
    detail: Mapping[str, Any] = field(default_factory=dict)
    """Anything more that the comparison reports, as JSON."""


class Compare(Protocol):
    """Compares two books cell by cell."""

    def __call__(self, before: Version, after: Version) -> Found: ...


def report_of(before: Version | None, after: Version, compare: Compare) -> dict[str, Any]:
    """The whole report: releases, then signers. A first book widens by definition."""
    if before is None:
        found = Found(True, (Line("The first book of this installation: everything in it is new.", True),))
        lines, base = [*found.lines], ""
    else:
        found = compare(before, after)
        lines, base = [*found.lines, *signer_lines(before.signers, after.signers)], before.book.digest
    return {
        "v": 1,
        "before": base,
        "after": after.book.digest,
        "widens": found.widens or any(line.widens for line in lines),
        "lines": [line.plain() for line in lines],
        "detail": dict(found.detail),
    }


def report_bytes(report: Mapping[str, Any]) -> bytes:
    """Canonical form; its SHA-256 is the report's digest."""
    return canonical(dict(report))


def signer_lines(before: Signers, after: Signers) -> list[Line]:
    """Who may sign from then on. Whoever is added, or has another key, role or organisation, widens."""
    found = []
    for id in sorted(before.rows.keys() | after.rows.keys()):
        old, new = before.rows.get(id), after.rows.get(id)
        if old == new:
            continue
        if old is not None and new is None:
            found.append(Line(f"{old.name} may no longer sign.", False, (old.organisation,)))
        elif old is None and new is not None:
            found.append(Line(f"{new.name} may sign from then on, as {new.role}.", True, (new.organisation,)))
        elif old is not None and new is not None:
            what = "key" if old.key != new.key else "row"
            found.append(Line(f"The {what} of the signer {new.name} is another.", True, (new.organisation,)))
    return found


def ordered(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lines of a report, widening ones first."""
    return sorted(report["lines"], key=lambda line: not line["widens"])


def texts(report: Mapping[str, Any]) -> Sequence[str]:
    """The lines in words, widening ones first, each marked."""
    return [f"{'WIDENS  ' if line['widens'] else 'narrows '} {line['text']}" for line in ordered(report)]
