"""A receipt proves the release to whoever got it, and to nobody else; the opening matches every resource that left."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from services.cli.demo.cast import STAFF
from services.contract.canonical import b64u, canonical, digest, parse, unb64u
from services.contract.merkle import leaf_hash, root_of
from services.ledger.proof import Proof
from services.ledger.verify import keys_beside
from tests.hub.served import MANAGER, SOCIAL_WORKER, Served, a_served

EAST = next(member for member in STAFF if member.organisation == "eastshire-csc")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with a_served(tmp_path_factory.mktemp("receipts")) as hub:
        yield hub


@pytest.fixture(scope="module")
def got(served: Served) -> tuple[dict[str, Any], str]:
    """An answer, and the token that got it."""
    token = served.token(SOCIAL_WORKER)
    status, body = _split(served.view(served.case(), token))
    assert status == 200
    return parse(body), token


def _split(answer: bytes) -> tuple[int, bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def test_the_proof_holds_under_the_logs_key(served: Served, got: tuple[dict[str, Any], str]) -> None:
    answer, token = got
    status, proof = _split(served.raw("GET", f"/ledger/receipts/{answer['receipt']['id']}", token))
    assert status == 200
    found = Proof.parse(proof)
    keys = [key for key in keys_beside(served.world.home / "ledger") if key.name.endswith("/northshire-csc")]
    assert found.verify(keys).size > found.index == answer["receipt"]["index"]
    entry = json.loads(found.leaf)["entry"]
    assert entry["kind"] == "release.intent"


def test_the_opening_matches_the_answer_leaf_by_leaf(served: Served, got: tuple[dict[str, Any], str]) -> None:
    answer, token = got
    id = answer["receipt"]["id"]
    status, told = _split(served.raw("GET", f"/ledger/receipts/{id}/opening", token))
    assert status == 200
    opening = json.loads(told)
    _, proof = _split(served.raw("GET", f"/ledger/receipts/{id}", token))
    entry = json.loads(Proof.parse(proof).leaf)["entry"]
    body = {name: member for name, member in answer.items() if name != "receipt"}
    assert entry["body"]["digest"] == b64u(digest(unb64u(opening["body_salt"]) + canonical(body)))
    resources = iter([one["resource"] for one in answer["view"]["entry"]])
    for subject, opened in zip(entry["subjects"], opening["subjects"], strict=True):
        assert subject["handle"] == opened["handle"]
        leaves = [leaf_hash(canonical([salt, next(resources)])) for salt in opened["salts"]]
        whole = [*leaves, *map(unb64u, opened["padding"])]
        assert subject["leaves"] == len(whole)
        assert b64u(root_of(whole)) == subject["fields_root"]
    assert next(resources, None) is None


def test_another_token_gets_no_opening_and_another_organisation_no_receipt(
    served: Served, got: tuple[dict[str, Any], str]
) -> None:
    answer, _ = got
    id = answer["receipt"]["id"]
    for member in (SOCIAL_WORKER, MANAGER, EAST):
        status, body = _split(served.raw("GET", f"/ledger/receipts/{id}/opening", served.token(member)))
        assert status == 404
        assert b"salt" not in body
    stranger = served.token(EAST)
    assert _split(served.raw("GET", f"/ledger/receipts/{id}", stranger))[0] == 404
    none = served.raw("GET", f"/ledger/receipts/{'A' * 22}", stranger)
    assert none == served.raw("GET", f"/ledger/receipts/{id}", stranger)


def test_a_checkpoint_is_read_by_its_own_organisation_only(
    served: Served, got: tuple[dict[str, Any], str]
) -> None:
    _, token = got
    status, note = _split(served.raw("GET", "/ledger/northshire-csc/checkpoint", token))
    assert status == 200
    assert note.startswith(b"northshire-hub/northshire-csc\n")
    assert _split(served.raw("GET", "/ledger/northshire-csc/checkpoint", served.token(EAST)))[0] == 404
    assert _split(served.raw("GET", "/ledger/northshire-csc/checkpoint", ""))[0] == 401
