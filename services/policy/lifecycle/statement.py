"""What a signer signs: a few lines of text that name the book, the impact report, the signers and the book before it.

Promise: two proposals that differ in anything have different texts, and the text alone says what the signature is for.
The id of a proposal is the SHA-256 of its text.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from services.contract.canonical import digest

HEAD = "mash policy proposal, version 1"
NONE = "none"
KINDS = ("activate", "rollback")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MEMBERS = ("kind", "policy", "signers", "impact", "base-policy", "base-signers", "proposer", "proposed")
_PROPOSER = re.compile(r"[a-z0-9][a-z0-9.-]{1,63}")


class NoStatement(ValueError):
    """The text is not a statement of this version."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Digests are 64 hex digits; `base_policy` and `base_signers` are `none` for an installation's first book."""

    kind: str
    policy: str
    signers: str
    impact: str
    base_policy: str
    base_signers: str
    proposer: str
    """Id of the row in the signers file."""
    proposed: str
    """UTC, to the second."""

    @property
    def text(self) -> str:
        """The text that is signed, byte for byte."""
        values = (self.kind, self.policy, self.signers, self.impact, self.base_policy, self.base_signers,
                  self.proposer, self.proposed)  # fmt: skip
        lines = [f"{name} {value}" for name, value in zip(_MEMBERS, values, strict=True)]
        return "\n".join([HEAD, *lines]) + "\n"

    @property
    def id(self) -> str:
        """64 hex digits."""
        return digest(self.text.encode()).hex()

    @property
    def first(self) -> bool:
        """Whether it is an installation's first book."""
        return self.base_policy == NONE

    @classmethod
    def parse(cls, text: str) -> Self:
        """From its text. Raises `NoStatement`."""
        lines = text.split("\n")
        if len(lines) != len(_MEMBERS) + 2 or lines[0] != HEAD or lines[-1]:
            raise NoStatement("is not a proposal of this version")
        values = [line.removeprefix(f"{name} ") for name, line in zip(_MEMBERS, lines[1:-1], strict=True)]
        made = cls(*values)
        _check(made)
        if made.text != text:
            raise NoStatement("is not written as a proposal is")
        return made


def _check(made: Statement) -> None:
    if made.kind not in KINDS or not _PROPOSER.fullmatch(made.proposer):
        raise NoStatement("names a kind or a proposer that is none")
    if not all(_DIGEST.fullmatch(one) for one in (made.policy, made.signers, made.impact)):
        raise NoStatement("a digest is not 64 hex digits")
    bases = (made.base_policy, made.base_signers)
    if bases != (NONE, NONE) and not all(_DIGEST.fullmatch(one) for one in bases):
        raise NoStatement("the base is neither a digest nor none")
    try:
        datetime.strptime(made.proposed, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 - only its form is asked
    except ValueError:
        raise NoStatement("the moment of the proposal is none") from None
