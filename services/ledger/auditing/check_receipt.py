"""Checking one receipt offline: the entry stands in the signed log; and, with the opening, the answer is the one entered.

Promise: needs files and a public key from elsewhere; what is accepted was signed; what does not match is named by its place
in the answer, and no value of it is repeated.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.contract.canonical import NotJson, b64u, canonical, digest, parse, unb64u
from services.contract.merkle import EMPTY_ROOT, leaf_hash, root_of
from services.ledger.auditing.verify_quorum import in_words
from services.ledger.proof import BadProof, Proof
from services.ledger.trust_policy import TrustPolicy
from services.runtime.note import BadNote, Verifier


@dataclass
class Checked:
    """What came of it. `entry`: what was entered, without the commitments; `findings`: what does not hold."""

    origin: str = ""
    index: int = -1
    size: int = 0
    entry: Mapping[str, Any] = field(default_factory=dict)
    resources: int = 0
    """How many resources of the answer were shown to be those that were entered."""
    cosigned: str = ""
    """Which witnesses of the policy cosigned the checkpoint, and when."""
    findings: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 holds, 1 does not, 5 something was not at hand."""
        return 1 if self.findings else 5 if self.gaps else 0


def check_receipt(
    proof: bytes,
    keys: Sequence[Verifier],
    answer: bytes | None = None,
    opening: bytes | None = None,
    *,
    policy: TrustPolicy | None = None,
) -> Checked:
    """Hold a `.tlog-proof` against the log's key; and the JSON answer against it, where answer and opening are given.

    `policy`: its quorum of witnesses must have cosigned the checkpoint.
    """
    found = Checked()
    try:
        parsed = Proof.parse(proof)
        head = parsed.verify(keys)
        entry = parse(parsed.leaf)["entry"]
    except (BadProof, NotJson, KeyError, TypeError) as error:
        found.findings.append(f"the receipt does not hold: {error}")
        return found
    found.origin, found.index, found.size, found.entry = head.origin, parsed.index, head.size, entry
    if policy:
        try:
            found.cosigned = in_words(policy.hold_quorum(parsed.checkpoint))
        except BadNote as error:
            found.findings.append(f"the receipt does not hold under the policy: {error}")
    if entry["origin"] != head.origin:
        found.findings.append(f"the entry says that it is of {entry['origin']}")
    if answer is None or opening is None:
        found.gaps.append("no answer and opening were given: what was released is not held against the entry")
        return found
    try:
        _hold(found, entry, parse(answer), parse(opening))
    except (NotJson, KeyError, TypeError, ValueError, AttributeError):
        found.findings.append("the answer or its opening is not one of this hub's")
    return found


def _hold(found: Checked, entry: Mapping[str, Any], answer: Any, opening: Any) -> None:
    if opening["event_id"] != entry["event_id"]:
        found.findings.append("the opening is that of another release")
        return
    body = {name: member for name, member in answer.items() if name != "receipt"}
    if entry["body"]["digest"] != b64u(digest(unb64u(opening["body_salt"]) + canonical(body))):
        found.findings.append("the answer as a whole is not the one that was entered")
    resources = iter([one["resource"] for one in answer["view"].get("entry", ())])
    place = 0
    for number, (subject, opened) in enumerate(zip(entry["subjects"], opening["subjects"], strict=True), 1):
        theirs = [resource for _, resource in zip(opened["salts"], resources, strict=False)]
        if _root(theirs, opened) != subject["fields_root"] or subject["handle"] != opened["handle"]:
            span = f"entries {place} to {place + len(opened['salts']) - 1} of the view"
            found.findings.append(f"person {number}: {span} are not those that were entered")
        else:
            found.resources += len(theirs)
        place += len(theirs)
    if next(resources, None) is not None:
        found.findings.append(f"the view goes on after entry {place - 1}, and no more was entered")


def _root(resources: Iterable[Mapping[str, Any]], opened: Mapping[str, Any]) -> str:
    leaves = [
        leaf_hash(canonical([salt, resource]))
        for salt, resource in zip(opened["salts"], resources, strict=False)
    ]
    whole = [*leaves, *map(unb64u, opened["padding"])]
    return b64u(root_of(whole) if whole else EMPTY_ROOT)
