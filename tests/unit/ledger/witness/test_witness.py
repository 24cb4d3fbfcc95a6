"""A witness's answers, status by status, as C2SP tlog-witness gives them; and what it keeps of a log with two pasts."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from services.ledger.add_checkpoint import LONGEST, AddCheckpoint
from services.ledger.auditing.misbehaviour import Contradiction
from services.ledger.checkpoint import Checkpoint, open_checkpoint
from services.ledger.cosignature import cosigned_by
from services.ledger.tree import EMPTY_ROOT
from services.ledger.witness.app import make_witness_app
from services.ledger.witness.state import REMEMBERED
from services.ledger.witness.witness import Witness
from services.runtime.note import BadNote
from tests.witnessing import ORIGIN, GrownLog, Said, a_cosigner, a_signer, a_witness


@pytest.fixture
def made(tmp_path: Path) -> Iterator[tuple[Witness, Said]]:
    witness, said, state = a_witness(tmp_path)
    yield witness, said
    state.close()


@pytest.fixture
def log() -> GrownLog:
    return GrownLog().grow(13)


def test_a_log_that_grows_is_cosigned_step_by_step(made: tuple[Witness, Said], log: GrownLog) -> None:
    witness, said = made
    for old, new in ((0, 1), (1, 6), (6, 6), (6, 8), (8, 13)):
        answer = witness.add_checkpoint(log.request(old, new))
        assert answer.status == 200
        assert list(cosigned_by(log.note(new) + answer.body, [a_cosigner().cosigner])) == [
            a_cosigner().cosigner
        ]
        latest = witness.latest(sha256(ORIGIN.encode()).hexdigest()).body
        assert open_checkpoint(latest, [log.signer.verifier]) == log.point(new)
        assert latest.endswith(answer.body)
    assert said.lines == []


def junk(log: GrownLog, old: int, *proof: bytes, size: int = 13) -> bytes:
    return AddCheckpoint(old, proof, log.note(size)).emit()


def test_each_refusal_has_the_status_of_the_specification(made: tuple[Witness, Said], log: GrownLog) -> None:
    witness, _ = made
    assert witness.add_checkpoint(log.request(0, 6)).status == 200
    stranger, forger = GrownLog(a_signer("other/log")).grow(13), GrownLog(a_signer(seed=3)).grow(13)
    fork = log.fork(5).grow(8, "other")
    wrong_empty = log.signer.sign(Checkpoint(ORIGIN, 0, bytes(32)).text)
    known_line_fails = log.note(13).replace(b"\n13\n", b"\n12\n")
    cases = {
        "unknown origin": (404, stranger.request(0)),
        "not signed by the log": (403, forger.request(6)),
        "the log's line does not hold": (403, AddCheckpoint(6, (), known_line_fails).emit()),
        "old beyond the checkpoint": (400, AddCheckpoint(14, (), log.note(13)).emit()),
        "an empty log with another root": (422, AddCheckpoint(0, (), wrong_empty).emit()),
        "old is not the size stored": (409, log.request(5)),
        "old is 0": (409, log.request(0)),
        "no proof": (422, junk(log, 6)),
        "another proof": (422, junk(log, 6, bytes(32))),
        "a fork's proof": (422, fork.request(6)),
        "the same size with a proof": (422, junk(log, 6, bytes(32), size=6)),
        "the same size, another root": (422, AddCheckpoint(6, (), fork.note(6)).emit()),
    }
    for what, (status, body) in cases.items():
        answer = witness.add_checkpoint(body)
        assert answer.status == status, what
        conflict = status == 409
        assert (answer.body, answer.type == "text/x.tlog.size") == (b"6\n" if conflict else b"", conflict), (
            what
        )
    assert witness.add_checkpoint(log.request(6)).status == 200, "none of it has moved the log"


def test_a_proof_with_old_0_is_refused(made: tuple[Witness, Said], log: GrownLog) -> None:
    witness, _ = made
    assert witness.add_checkpoint(junk(log, 0, bytes(32))).status == 422
    empty = log.signer.sign(Checkpoint(ORIGIN, 0, EMPTY_ROOT).text)
    assert witness.add_checkpoint(AddCheckpoint(0, (), empty).emit()).status == 200
    assert witness.add_checkpoint(junk(log, 0, bytes(32))).status == 422
    assert witness.add_checkpoint(log.request(0)).status == 200


@pytest.mark.parametrize(
    "change",
    [
        lambda body: b"",
        lambda body: body.replace(b"old 0", b"old 00"),
        lambda body: body.replace(b"old 0", b"old -0"),
        lambda body: body.replace(b"old 0", b"old +0"),
        lambda body: body.replace(b"old 0", b"Old 0"),
        lambda body: body.replace(b"old 0\n", b"old 0\r\n"),
        lambda body: body.replace(b"old 0\n", b"old 0\nAAAA\n"),
        lambda body: body.replace(b"old 0\n", b"old 0\n" + b"A" * 43 + b"\n"),
        lambda body: body.replace(b"old 0\n", b"old 0\n" + (b"A" * 43 + b"=\n") * 64),
        lambda body: body.replace(b"old 0\n\n", b"old 0\n"),
        lambda body: body[:-1],
        lambda body: body.replace(b"\n13\n", b"\n013\n"),
        lambda body: body.replace(b"\n13\n", b"\n-13\n"),
        lambda body: body + b"\xff",
        lambda body: body + b"\0",
        lambda body: body + "— x y\n".encode(),
        lambda body: body + b"A" * LONGEST,
        lambda body: b"\xff" + body,
    ],
)
def test_what_cannot_be_read_is_400(made: tuple[Witness, Said], log: GrownLog, change: object) -> None:
    assert made[0].add_checkpoint(change(log.request(0))).status == 400  # type: ignore[operator]


def test_cosignatures_of_others_are_passed_over_and_not_vouched_for(
    made: tuple[Witness, Said], log: GrownLog
) -> None:
    witness, _ = made
    other = a_cosigner("other.example/witness", seed=5)
    body = log.request(0) + other.cosign(log.point().text, 3).encode()
    assert witness.add_checkpoint(body).status == 200
    assert b"other.example" not in witness.latest(sha256(ORIGIN.encode()).hexdigest()).body


def test_extension_lines_are_covered_and_kept(made: tuple[Witness, Said], log: GrownLog) -> None:
    """Our logs have none; another's may."""
    note = log.signer.sign(log.point().text + "an extension\n")
    answer = made[0].add_checkpoint(AddCheckpoint(0, (), note).emit())
    assert answer.status == 200
    assert cosigned_by(note + answer.body, [a_cosigner().cosigner])


def test_over_http(made: tuple[Witness, Said], log: GrownLog) -> None:
    client = TestClient(make_witness_app(made[0]))
    assert client.get(f"/{sha256(ORIGIN.encode()).hexdigest()}/checkpoint").status_code == 404
    assert client.post("/add-checkpoint", content=log.request(0, 6)).text.startswith(
        "— agency.example/witness "
    )
    conflict = client.post("/add-checkpoint", content=log.request(0))
    assert (conflict.status_code, conflict.content) == (409, b"6\n")
    assert conflict.headers["content-type"] == "text/x.tlog.size"
    assert client.get(f"/{sha256(ORIGIN.encode()).hexdigest()}/checkpoint").content.startswith(log.note(6))
    assert client.get(f"/{sha256(b'other').hexdigest()}/checkpoint").status_code == 404
    assert client.post("/add-checkpoint", content=b"x" * (LONGEST + 1)).status_code == 400
    assert client.get("/add-checkpoint").status_code == 405
    assert client.get("/").status_code == 404


def proofs(folder: Path) -> list[Contradiction]:
    return [Contradiction.parse(path.read_bytes()) for path in sorted((folder / "proofs").glob("*.json"))]


def test_a_fork_of_equal_size_is_kept_once_as_a_proof(
    made: tuple[Witness, Said], log: GrownLog, tmp_path: Path
) -> None:
    witness, said = made
    witness.add_checkpoint(log.request(0))
    fork = log.fork(9).grow(4, "other")
    for _ in range(3):
        assert witness.add_checkpoint(fork.request(13)).status == 422
    (proof,) = proofs(tmp_path)
    assert proof.judge([log.signer.verifier]).proved
    (line,) = said.lines
    assert line.startswith(f"SPLIT VIEW  {ORIGIN} signed two contradicting checkpoints: size 13 root")


@pytest.mark.parametrize(("size", "proved"), [(5, True), (6, True), (7, True), (8, False), (11, True)])
def test_a_fork_that_grew_proves_itself_by_its_own_consistency_proof(
    made: tuple[Witness, Said], log: GrownLog, tmp_path: Path, size: int, proved: bool
) -> None:
    """But for a power of two: there the proof leaves the older root out, so it does not say what it was."""
    witness, said = made
    witness.add_checkpoint(log.request(0, size))
    fork = log.fork(3).grow(12, "other")
    assert witness.add_checkpoint(fork.request(size, 15)).status == 422
    (found,) = proofs(tmp_path)
    assert found.judge([log.signer.verifier]).proved is proved
    assert said.lines[0].startswith("SPLIT VIEW" if proved else "SUSPECT")


def test_junk_for_a_proof_accuses_nobody(made: tuple[Witness, Said], log: GrownLog, tmp_path: Path) -> None:
    """Anybody who has seen a signed checkpoint can send it with a proof of his own."""
    witness, said = made
    witness.add_checkpoint(log.request(0, 6))
    witness.add_checkpoint(junk(log, 6, *[bytes(32)] * 4))
    assert not proofs(tmp_path)[0].judge([log.signer.verifier]).proved
    assert said.lines[0].startswith("SUSPECT")


def test_what_a_peer_was_shown_counts_when_the_log_comes_to_that_size(
    made: tuple[Witness, Said], log: GrownLog, tmp_path: Path
) -> None:
    witness, said = made
    witness.add_checkpoint(log.request(0, 6))
    fork = log.fork(6).grow(4, "other")
    assert witness.compare(fork.note(), "a peer") is None
    assert witness.add_checkpoint(log.request(6, 10)).status == 200
    assert proofs(tmp_path)[0].judge([log.signer.verifier]).proved
    assert "shown by a log that asked" in said.lines[0]


def test_what_a_peer_shows_counts_only_where_the_log_signed_it(
    made: tuple[Witness, Said], log: GrownLog
) -> None:
    witness, _ = made
    witness.add_checkpoint(log.request(0))
    for note in (
        GrownLog(a_signer(seed=3)).grow(13, "x").note(),
        GrownLog(a_signer("o/l")).grow(1).note(),
        b"junk",
    ):
        with pytest.raises(BadNote):
            witness.compare(note, "a peer")
    assert witness.compare(log.note(), "a peer") is None


def test_what_is_remembered_is_bounded(tmp_path: Path) -> None:
    witness, _, state = a_witness(tmp_path)
    log = GrownLog().grow(REMEMBERED + 300)
    for size in range(1, REMEMBERED + 300):
        witness.compare(log.note(size), "a peer")
    count = state._base.execute("SELECT count(*), max(size) FROM seen").fetchone()
    assert count[0] < REMEMBERED + 130
    assert count[1] == REMEMBERED + 299
    state.close()


def test_a_store_that_does_not_answer_cosigns_nothing(
    made: tuple[Witness, Said], log: GrownLog, tmp_path: Path
) -> None:
    witness, said, state = a_witness(tmp_path / "closed")
    state.close()
    answer = witness.add_checkpoint(log.request(0))
    assert (answer.status, answer.body) == (503, b"")
    assert "witness.db" in said.lines[0]
    assert witness.latest(sha256(ORIGIN.encode()).hexdigest()).status == 503
