"""A receipt proves the release to whoever got it, and to nobody else; the opening matches every resource that left."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.demo.cast import STAFF
from services.cli.ledger import app
from services.contract.canonical import b64u, canonical, digest, emit, parse, unb64u
from services.contract.merkle import leaf_hash, root_of
from services.ledger.proof import Proof
from services.ledger.verify import keys_beside
from tests.hub.served import MANAGER, SOCIAL_WORKER, Served, a_served
from tests.named import named
from tests.real.outside import Programs

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


@pytest.fixture
def files(served: Served, got: tuple[dict[str, Any], str], tmp_path: Path) -> dict[str, Path]:
    """What whoever got the answer keeps: receipt, opening, the answer byte for byte, and the keys from elsewhere."""
    answer, token = got
    receipt = f"/ledger/receipts/{answer['receipt']['id']}"
    kept = {
        "receipt": _split(served.raw("GET", receipt, token))[1],
        "opening": _split(served.raw("GET", f"{receipt}/opening", token))[1],
        "answer": emit(answer),
        "trust": "".join(f"{key.vkey}\n" for key in keys_beside(served.world.home / "ledger")).encode(),
    }
    for name, body in kept.items():
        (tmp_path / name).write_bytes(body)
    return {name: tmp_path / name for name in kept}


def _checked(files: dict[str, Path], *, whole: bool = True) -> tuple[int, str]:
    more = ["--answer", str(files["answer"]), "--opening", str(files["opening"])] if whole else []
    ran = CliRunner().invoke(
        app, ["check-receipt", str(files["receipt"]), "--trust", str(files["trust"]), *more]
    )
    assert "Traceback" not in ran.output
    return ran.exit_code, ran.output


def test_the_command_proves_the_answer_to_whoever_has_it(
    files: dict[str, Path], got: tuple[dict[str, Any], str]
) -> None:
    code, said = _checked(files)
    assert code == 0, said
    assert f"{len(got[0]['view']['entry'])} resources" in said
    assert _checked(files, whole=False)[0] == 5
    assert "9991" not in said and not named(said, ("Mia", "Reid"))


def test_a_program_that_shares_no_code_with_the_hub_accepts_it_and_nothing_that_was_changed(
    files: dict[str, Path], outside_verifiers: Programs
) -> None:
    proof = Proof.parse(files["receipt"].read_bytes())
    named = proof.checkpoint.partition(b"\n")[0].decode()
    key, other = (
        next(one for one in files["trust"].read_text().splitlines() if one.startswith(f"{name}+"))
        for name in (named, f"{named.partition('/')[0]}/hub")
    )
    accepted, said = outside_verifiers.receipt(files["receipt"], key)
    assert accepted, said
    assert said == f"OK {named} {proof.index} of {said.split()[-1]}\n"
    changed = (
        replace(proof, leaf=proof.leaf[:-1] + b" "),
        replace(proof, index=proof.index - 1),
        replace(proof, path=proof.path[::-1]),
        replace(proof, checkpoint=proof.checkpoint.replace(b"\n", b"\n1", 1)),
    )
    for one in changed:
        files["receipt"].write_bytes(one.emit())
        assert outside_verifiers.receipt(files["receipt"], key)[1].startswith("WRONG:")
    files["receipt"].write_bytes(proof.emit())
    assert outside_verifiers.receipt(files["receipt"], other)[1].startswith("WRONG:")


def _tampered(files: dict[str, Path], how: str) -> None:
    answer = json.loads(files["answer"].read_bytes())
    if how == "a value changed":
        answer["view"]["entry"][0]["resource"]["active"] = "changed"
    elif how == "a resource taken out":
        del answer["view"]["entry"][0]
    elif how == "a resource put in":
        answer["view"]["entry"].append(answer["view"]["entry"][0])
    elif how == "a marker taken out":
        answer["withheld"] = answer["withheld"][1:]
    elif how == "another release's opening":
        opening = json.loads(files["opening"].read_bytes())
        files["opening"].write_bytes(canonical(opening | {"event_id": "A" * 22}))
    elif how == "no answer at all":
        answer = [1]
    files["answer"].write_bytes(emit(answer))
    if how == "the entry changed":
        proof = Proof.parse(files["receipt"].read_bytes())
        forged = replace(proof, leaf=proof.leaf.replace(b"C-S47", b"C-S17"))
        files["receipt"].write_bytes(forged.emit())
    elif how == "another log's key":
        lines = files["trust"].read_text(encoding="utf-8").splitlines()
        files["trust"].write_text(next(one for one in lines if "/hub+" in one) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    "how",
    [
        "a value changed", "a resource taken out", "a resource put in", "a marker taken out", "no answer at all",
        "another release's opening", "the entry changed", "another log's key",
    ],
)  # fmt: skip
def test_whatever_is_changed_does_not_hold(files: dict[str, Path], how: str) -> None:
    _tampered(files, how)
    code, said = _checked(files)
    assert (code, "WRONG" in said, "It does not hold." in said) == (1, True, True), said


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
