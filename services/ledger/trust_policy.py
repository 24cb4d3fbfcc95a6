"""Trust policies (C2SP tlog-policy): which logs, which witnesses, and how many of them must have cosigned.

Promise: a policy says one thing or is refused with its line; a checkpoint holds under it only where one of its
logs signed it and a quorum of its witnesses cosigned it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from services.ledger.checkpoint import Checkpoint, open_checkpoint
from services.ledger.cosignature import Cosigner, cosigned_by
from services.runtime.note import BadKey, BadNote, Verifier

NONE = "none"
_LONGEST = 1 << 20
_DIGITS = re.compile(r"0|[1-9][0-9]{0,8}")


class BadPolicy(ValueError):
    """Not a policy. Says which line and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class NamedWitness:
    """One witness as a policy names it; `url` is its submission prefix, "" where none is given."""

    name: str
    key: Cosigner
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Has cosigned where at least `least` of its members (witnesses or groups) have."""

    least: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A checkpoint that a policy accepts, and when each witness cosigned it (POSIX seconds, by its name there)."""

    checkpoint: Checkpoint
    times: Mapping[str, int]


@dataclass(slots=True)
class TrustPolicy:
    """One policy file as read."""

    logs: list[tuple[Verifier, str]] = field(default_factory=list)
    witnesses: dict[str, NamedWitness] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = ""

    @classmethod
    def parse(cls, raw: bytes) -> "TrustPolicy":
        """From the file's bytes. Raises `BadPolicy`."""
        if len(raw) > _LONGEST:
            raise BadPolicy("a policy file is at most 1 MiB long")
        policy, taken = cls(), set[str]()
        # Octets above 0x7F are opaque: equal names are equal octets, whether they are UTF-8 or not.
        for number, line in enumerate(raw.decode("utf-8", "surrogateescape").split("\n"), 1):
            if any(octet for octet in line if octet != "\t" and (octet < " " or octet == "\x7f")):
                raise BadPolicy(f"line {number}: a control character")
            words = [word for word in re.split("[ \t]+", line) if word]
            if not words or words[0].startswith("#"):
                continue
            try:
                _KEYWORDS.get(words[0], _unknown)(policy, words[1:], taken)
            except (BadPolicy, BadKey) as error:
                raise BadPolicy(f"line {number}: {error}") from None
        if not policy.quorum:
            raise BadPolicy("a policy has exactly one quorum line, and this has none")
        return policy

    @property
    def cosigners(self) -> tuple[Cosigner, ...]:
        """Every witness's key, in the order of the file."""
        return tuple(witness.key for witness in self.witnesses.values())

    @property
    def log_keys(self) -> list[Verifier]:
        """The key of every log."""
        return [key for key, _ in self.logs]

    def met(self, cosigned: AbstractSet[str]) -> bool:
        """Whether these witnesses (names of the file) are a quorum."""
        return self.quorum == NONE or self._has(self.quorum, cosigned)

    def possible(self, failed: AbstractSet[str]) -> bool:
        """Whether a quorum can still be had without these witnesses."""
        return self.met(self.witnesses.keys() - failed)

    def times(self, note: bytes) -> Mapping[str, int]:
        """When each witness of the policy cosigned the note. Raises `BadNote` where one's line does not hold."""
        found = cosigned_by(note, self.cosigners)
        return {name: found[one.key] for name, one in self.witnesses.items() if one.key in found}

    def hold_quorum(self, note: bytes) -> Mapping[str, int]:
        """`times`, of a quorum. Raises `BadNote` that names who has not cosigned."""
        times = self.times(note)
        if not self.met(times.keys()):
            absent = ", ".join(printable(name) for name in self.witnesses if name not in times)
            raise BadNote(
                f"cosigned by {len(times)} of {len(self.witnesses)} witnesses, which is no quorum ({absent} did not)"
            )
        return times

    def hold(self, note: bytes) -> Held:
        """The checkpoint, signed by one of the policy's logs and cosigned by a quorum. Raises `BadNote`."""
        if not self.logs:
            raise BadNote("the policy names no logs")
        return Held(open_checkpoint(note, self.log_keys), self.hold_quorum(note))

    def _has(self, name: str, cosigned: AbstractSet[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in cosigned
        return sum(self._has(member, cosigned) for member in group.members) >= group.least


def printable(name: str) -> str:
    """A name of a policy, fit for a terminal."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _unknown(_: TrustPolicy, __: Sequence[str], ___: set[str]) -> None:
    raise BadPolicy("begins with none of log, witness, group, quorum")


def _log(policy: TrustPolicy, words: Sequence[str], _: set[str]) -> None:
    if len(words) not in (1, 2):
        raise BadPolicy("a log is: log <vkey> [<url>]")
    key = Verifier.parse(words[0])
    if any(key.public == other.public for other, _ in policy.logs):
        raise BadPolicy("this log's public key stands on another line")
    policy.logs.append((key, "".join(words[1:])))


def _witness(policy: TrustPolicy, words: Sequence[str], _: set[str]) -> None:
    if len(words) not in (2, 3):
        raise BadPolicy("a witness is: witness <name> <vkey> [<url>]")
    name, key = words[0], Cosigner.parse(words[1])
    _free(policy, name)
    if any(key.public == other.key.public for other in policy.witnesses.values()):
        raise BadPolicy("this witness's public key stands on another line")
    policy.witnesses[name] = NamedWitness(name, key, "".join(words[2:]).rstrip("/"))


def _group(policy: TrustPolicy, words: Sequence[str], taken: set[str]) -> None:
    if len(words) < 3:
        raise BadPolicy("a group is: group <name> all|any|<k> <member>...")
    name, least, members = words[0], words[1], words[2:]
    _free(policy, name)
    count = {"any": 1, "all": len(members)}.get(least)
    if count is None:
        if not _DIGITS.fullmatch(least):
            raise BadPolicy("how many of a group must cosign is all, any or a number")
        count = int(least)
    if not 1 <= count <= len(members):
        raise BadPolicy(f"{count} of a group of {len(members)}")
    for member in members:
        _defined(policy, member)
        if member in taken:
            raise BadPolicy(f"{printable(member)} is a member of a group already")
        taken.add(member)
    policy.groups[name] = Group(count, tuple(members))


def _quorum(policy: TrustPolicy, words: Sequence[str], _: set[str]) -> None:
    if policy.quorum:
        raise BadPolicy("a second quorum line")
    if len(words) != 1:
        raise BadPolicy("a quorum is: quorum <name of a witness or group>, or quorum none")
    if words[0] != NONE:
        _defined(policy, words[0])
    policy.quorum = words[0]


def _free(policy: TrustPolicy, name: str) -> None:
    if name == NONE:
        raise BadPolicy("the name none is reserved")
    if name in policy.witnesses or name in policy.groups:
        raise BadPolicy(f"the name {printable(name)} stands on another line")


def _defined(policy: TrustPolicy, name: str) -> None:
    if name not in policy.witnesses and name not in policy.groups:
        raise BadPolicy(f"no witness or group {printable(name)} on an earlier line")


_KEYWORDS: Mapping[str, Callable[[TrustPolicy, Sequence[str], set[str]], None]] = {
    "log": _log,
    "witness": _witness,
    "group": _group,
    "quorum": _quorum,
}
