"""The salted commitment to what is released: one root per subject, and the digest of the whole answer.

Promise: every resource that leaves is a leaf under its subject's root, in the order of the answer; nothing withheld is
committed or listed; without the salts nobody can guess a value from a root (salt: 32 bytes, known to the vault only).
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.contract.canonical import b64u, canonical, digest, emit
from services.contract.merkle import EMPTY_ROOT, leaf_hash, root_of
from services.contract.releases import CommittedSubject, Part, Prepared, SubjectCount


@dataclass(frozen=True, slots=True)
class Commitment:
    """What goes into the entry, and the opening that proves it to whoever holds the answer."""

    subjects: tuple[CommittedSubject, ...]
    body_digest: str
    body_bucket: int
    opening: bytes = field(repr=False)
    """What is about nobody, with a place for each subject."""
    opening_parts: tuple[Part, ...] = ()
    """The salts of each subject; and the salt of the whole answer, which goes with any of them."""


def counts(
    people: Sequence[str], released: Mapping[str, Sequence[Mapping[str, Any]]]
) -> tuple[SubjectCount, ...]:
    """One row per person of the answer, with the number of resources that belong to them."""
    return tuple(SubjectCount(person, len(released.get(person, ()))) for person in people)


def commit(
    prepared: Prepared, released: Mapping[str, Sequence[Mapping[str, Any]]], answer: Mapping[str, Any]
) -> Commitment:
    """Roots per subject and the digest of `answer` (the JSON answer without its receipt)."""
    subjects, parts = [], []
    for at, subject in enumerate(prepared.subjects):
        resources = released.get(subject.subject, ())
        leaves = [
            leaf_hash(canonical([b64u(salt), resource]))
            for salt, resource in zip(subject.salts, resources, strict=False)
        ]
        # Random padding hides how many resources there were between one power of two and the next.
        padding = [secrets.token_bytes(32) for _ in range(len(subject.salts) - len(leaves))]
        root = root_of([*leaves, *padding]) if subject.salts else EMPTY_ROOT
        subjects.append(CommittedSubject(subject.subject, subject.handle, b64u(root), len(subject.salts)))
        opening = {
            "at": at,
            "handle": subject.handle,
            "salts": [b64u(salt) for salt in subject.salts[: len(leaves)]],
            "padding": [b64u(value) for value in padding],
        }
        parts.append(Part((subject.subject,), canonical(opening)))
    body = canonical(answer)
    told: dict[str, Any] = {"event_id": prepared.event_id, "subjects": [None] * len(subjects)}
    salt = {"body_salt": b64u(prepared.body_salt)}
    if subjects:
        # The answer as a whole is about everybody in it.
        parts.append(Part(tuple(one.subject for one in subjects), canonical(salt)))
    else:
        told |= salt
    return Commitment(
        subjects=tuple(subjects),
        body_digest=b64u(digest(prepared.body_salt + body)),
        body_bucket=1 << max(len(emit(answer)) - 1, 0).bit_length(),
        opening=canonical(told),
        opening_parts=tuple(parts),
    )
