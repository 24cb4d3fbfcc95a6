"""The salted commitment: what is released can be proved, and nothing can be guessed without the salts."""

import json

from services.contract.canonical import b64u, canonical, digest, unb64u
from services.contract.merkle import leaf_hash, root_of
from services.contract.releases import Prepared, PreparedSubject
from services.gateway.commit import commit, counts

SALTS = tuple(bytes([number]) * 32 for number in range(4))
PREPARED = Prepared("event", (PreparedSubject("p1", "handle", SALTS),), b"b" * 32, b"d" * 32)
RESOURCES = [{"resourceType": "Patient", "id": str(number)} for number in range(3)]


def test_the_opening_proves_every_released_resource() -> None:
    made = commit(PREPARED, {"p1": RESOURCES}, {"match": "MATCH"})
    opening = json.loads(made.opening_parts[0].body)
    leaves = [
        leaf_hash(canonical([salt, one])) for salt, one in zip(opening["salts"], RESOURCES, strict=True)
    ]
    assert b64u(root_of([*leaves, *map(unb64u, opening["padding"])])) == made.subjects[0].fields_root
    assert made.subjects[0].leaves == 4


def test_one_changed_value_changes_the_root() -> None:
    changed = [*RESOURCES[:2], {"resourceType": "Patient", "id": "other"}]
    opening = json.loads(commit(PREPARED, {"p1": RESOURCES}, {}).opening_parts[0].body)
    leaves = [leaf_hash(canonical([salt, one])) for salt, one in zip(opening["salts"], changed, strict=True)]
    committed = commit(PREPARED, {"p1": RESOURCES}, {}).subjects[0].fields_root
    assert b64u(root_of([*leaves, *map(unb64u, opening["padding"])])) != committed


def test_the_padding_is_random_so_two_equal_answers_have_different_roots() -> None:
    first, second = (commit(PREPARED, {"p1": RESOURCES}, {}).subjects[0].fields_root for _ in range(2))
    assert first != second


def test_a_person_shown_as_refused_has_no_leaves() -> None:
    none = Prepared("event", (PreparedSubject("p1", "handle", ()),), b"b" * 32, b"d" * 32)
    made = commit(none, {}, {})
    assert made.subjects[0].leaves == 0
    assert [row.leaves for row in counts(["p1", "p2"], {"p2": RESOURCES})] == [0, 3]


def test_the_body_digest_is_salted_and_over_the_whole_answer() -> None:
    answer = {"match": "MATCH", "sources": []}
    made = commit(PREPARED, {}, answer)
    assert made.body_digest == b64u(digest(PREPARED.body_salt + canonical(answer)))
    assert commit(PREPARED, {}, answer | {"match": "NONE"}).body_digest != made.body_digest


def test_the_length_is_known_to_a_power_of_two_only() -> None:
    small, longer = (commit(PREPARED, {}, {"a": "x" * length}).body_bucket for length in (600, 900))
    assert small == longer == 1024
