"""Notes, checkpoints, cosignatures, requests, policies and proofs of misbehaviour as a hostile sender would write them.

Each is accepted only in its one spelling; whatever was changed is refused in the reader's own words, or is somebody
unknown's and passed over, just as the specifications say; and no reader ends otherwise.
"""

import base64
import os
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ledger.add_checkpoint import AddCheckpoint, BadRequest, read_size
from services.ledger.auditing.misbehaviour import Contradiction, NotAProof
from services.ledger.checkpoint import Checkpoint, claimed, open_checkpoint
from services.ledger.cosignature import ED25519, MLDSA44, Cosigner, CosigningKey, cosigned_by
from services.ledger.trust_policy import BadPolicy, TrustPolicy
from services.ledger.witness.decide import Opened, Refused, judge, open_request
from services.runtime.note import BadKey, BadNote, decode64, encode64, signature_line
from tests.witnessing import GrownLog, a_cosigner, a_signer

SIGNER = a_signer()
KEYS = {SIGNER.verifier.name: [SIGNER.verifier]}
LOG = GrownLog(SIGNER).grow(20)
WITNESSES = [a_cosigner("w1", seed=1), a_cosigner("w2", MLDSA44, seed=2)]
COSIGNERS = [key.cosigner for key in WITNESSES]
TEXT = LOG.point().text
NOTE = LOG.note() + "".join(key.cosign(TEXT, 7) for key in WITNESSES).encode()
HEAD = LOG.point()

some = settings(deadline=None, max_examples=2000 if os.environ.get("LONG") else 50)
sizes = st.sampled_from(["007", "-0", "+7", " 7", "7 ", "0x7", "７", "1e3", "", "00", "7.0", "9" * 25])
controls = st.sampled_from(["\r", "\0", "\t", "\x1b", "\x7f", "\u0085", "\u2028"])


def opens(note: bytes) -> bool:
    """Whether log and both witnesses are found to have signed it; anything but a refusal in words is an error."""
    try:
        found = open_checkpoint(note, [SIGNER.verifier])
        times = cosigned_by(note, COSIGNERS)
    except BadNote:
        return False
    assert found == HEAD, "another checkpoint was accepted"
    return times == dict.fromkeys(COSIGNERS, 7)


def test_what_they_are_made_of_holds() -> None:
    assert opens(NOTE)


@some
@given(st.integers(0, len(NOTE) - 1), st.integers(1, 255))
def test_no_changed_byte_is_accepted(at: int, flip: int) -> None:
    assert not opens(NOTE[:at] + bytes([NOTE[at] ^ flip]) + NOTE[at + 1 :])


@some
@given(st.integers(0, len(NOTE)), st.binary(min_size=1, max_size=8))
def test_nothing_put_in_is_accepted(at: int, more: bytes) -> None:
    changed = NOTE[:at] + more + NOTE[at:]
    assert changed == NOTE or not opens(changed)


@some
@given(st.integers(0, len(NOTE) - 1), st.integers(1, 40))
def test_nothing_left_out_is_accepted(at: int, count: int) -> None:
    assert not opens(NOTE[:at] + NOTE[at + count :])


@some
@given(sizes)
def test_a_size_has_one_spelling_though_the_log_signed_another(size: str) -> None:
    text = TEXT.replace("\n20\n", f"\n{size}\n")
    note = SIGNER.sign(text)
    with pytest.raises(BadNote):
        open_checkpoint(note, [SIGNER.verifier])
    refused = open_request(AddCheckpoint(0, (), note), KEYS)
    assert isinstance(refused, Refused)
    assert refused.answer.status == 400
    assert read_size(f"{size}\n".encode()) is None
    with pytest.raises(BadRequest):
        AddCheckpoint.parse(f"old {size}\n\n".encode() + LOG.note())


@some
@given(controls, st.integers(0, len(TEXT) - 1))
def test_controls_and_other_line_ends_are_refused_though_signed(control: str, at: int) -> None:
    text = TEXT[:at] + control + TEXT[at:]
    try:
        found = open_checkpoint(SIGNER.sign(text), [SIGNER.verifier])
    except BadNote:
        return
    raise AssertionError(f"accepted: {found}")


@some
@given(st.lists(st.text("abc=+/ ", min_size=1, max_size=20), min_size=1, max_size=5))
def test_extension_lines_are_refused_of_our_logs_and_read_over_of_others(lines: list[str]) -> None:
    note = SIGNER.sign(TEXT + "".join(f"{line}\n" for line in lines))
    with pytest.raises(BadNote):
        open_checkpoint(note, [SIGNER.verifier])
    assert open_checkpoint(note, [SIGNER.verifier], extended=True) == HEAD


@some
@given(st.integers(0, 63), st.booleans())
def test_base64_has_one_spelling(at: int, padding: bool) -> None:
    """Without padding, with bits that count for nothing set, in the other alphabet, or broken over lines."""
    raw = bytes([(at * 37 + n) % 256 for n in range(31 + at % 3)])
    right = encode64(raw)
    assert decode64(right) == raw
    wrong = {right.rstrip("="), right + "=", right[:4] + "\n" + right[4:], " " + right, right + " "}
    wrong |= {base64.urlsafe_b64encode(raw).decode()} if padding else set()
    if right.endswith("="):
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        last = len(right.rstrip("=")) - 1
        wrong.add(right[:last] + alphabet[alphabet.index(right[last]) ^ 1] + right[last + 1 :])
    for text in wrong - {right}:
        with pytest.raises(ValueError, match=re.compile("", re.DOTALL)):
            decode64(text)


@some
@given(st.integers(0, 70), st.sampled_from([ED25519, MLDSA44, b"\x01", b"\x02", b"\xff"]), st.randoms())
def test_lines_of_strangers_change_nothing_up_to_the_limit(count: int, kind: bytes, chance: object) -> None:
    """Sixteen and more signatures, of any type, in any order, twice: up to 64 lines, and never one that counts."""
    strangers = [signature_line(f"s{n}", bytes([n, 1, 2, 3]) + kind * 64) for n in range(count)]
    head, _, own = NOTE.decode().rpartition("\n\n")
    lines = [*own.splitlines(keepends=True), *strangers]
    chance.shuffle(lines)  # type: ignore[attr-defined]
    note = f"{head}\n\n{''.join(lines)}".encode()
    assert opens(note) is (len(lines) <= 64)


@some
@given(st.binary(min_size=65, max_size=80), st.integers(0, 1))
def test_a_line_with_the_name_and_id_of_a_known_key_must_hold(junk: bytes, whose: int) -> None:
    """A key that collides in its 4 bytes of id is soon made; all that it gets is a refusal of the whole note."""
    key = COSIGNERS[whose]
    note = NOTE + signature_line(key.name, key.id + junk).encode()
    with pytest.raises(BadNote, match="does not hold"):
        cosigned_by(note, COSIGNERS)
    # The same id under another name, or the same name under another id, is a stranger.
    for line in (signature_line("other", key.id + junk), signature_line(key.name, bytes(4) + junk)):
        assert opens(NOTE + line.encode())


@some
@given(st.sampled_from([ED25519, MLDSA44]), st.binary(min_size=32, max_size=32), st.text(max_size=12))
def test_keys_are_read_as_they_were_written_or_not_at_all(kind: bytes, seed: bytes, name: str) -> None:
    try:
        key = CosigningKey(name, kind, seed).cosigner
    except BadKey:
        return
    assert Cosigner.parse(key.vkey) == key
    for wrong in (key.vkey[:-1], key.vkey + "=", key.vkey.replace("+", "++", 1), key.vkey.upper()):
        if wrong != key.vkey:
            with pytest.raises(BadKey):
                Cosigner.parse(wrong)


@some
@given(st.binary(max_size=300))
def test_anything_at_all_is_answered(raw: bytes) -> None:
    for read, refusal in (
        (AddCheckpoint.parse, BadRequest), (TrustPolicy.parse, BadPolicy), (Contradiction.parse, NotAProof),
        (claimed, BadNote),
    ):  # fmt: skip
        with pytest.raises(refusal):
            read(raw)
    assert cosigned_or_refused(raw)


def cosigned_or_refused(raw: bytes) -> bool:
    try:
        return cosigned_by(raw, COSIGNERS) == {}
    except BadNote:
        return True


@some
@given(st.integers(0, 20), st.integers(0, 20), st.lists(st.binary(min_size=32, max_size=32), max_size=6))
def test_no_proof_but_the_right_one_moves_a_log_on(old: int, new: int, proof: list[bytes]) -> None:
    asked = AddCheckpoint(old, tuple(proof), LOG.note(new))
    opened = open_request(asked, KEYS)
    right = LOG.tree.consistency(old, new) if 0 < old <= new else []
    if isinstance(opened, Opened):
        seen = LOG.point(old) if old else None
        assert (judge(opened, seen) is None) is (list(proof) == right)
    else:
        assert old > new


@some
@given(st.integers(1, 19), st.integers(0, 12), st.integers(1, 12), st.binary(min_size=32, max_size=32))
def test_only_two_pasts_are_a_proof_of_misbehaviour(older: int, fork: int, more: int, junk: bytes) -> None:
    """Of an honest log there is none, whatever is offered for its other past; of a forked one there always is."""
    other = LOG.fork(min(fork, older - 1)).grow(20 + more, "other")
    path = tuple(other.tree.consistency(older, other.tree.size))
    proof = Contradiction(LOG.note(older), other.note(), other.tree.root(older), path)
    assert proof.judge([SIGNER.verifier]).proved
    assert Contradiction.parse(proof.emit()) == proof
    honest = tuple(LOG.tree.consistency(older, 20))
    for past, way in (
        (junk, honest),
        (LOG.tree.root(older), honest),
        (junk, ()),
        (other.tree.root(older), path),
    ):
        assert not Contradiction(LOG.note(older), LOG.note(), past, way).judge([SIGNER.verifier]).proved
    with pytest.raises(NotAProof):
        proof.judge([a_signer(seed=4).verifier])


@some
@given(st.sampled_from(sorted({*"lwgq# \t\n"})), st.integers(0, 300))
def test_a_policy_is_refused_or_still_says_what_it_said(more: str, at: int) -> None:
    lines = [f"log {SIGNER.verifier.vkey}", f"witness w1 {COSIGNERS[0].vkey} http://127.0.0.1:1"]
    text = "\n".join([*lines, "group g all w1", "quorum g"]) + "\n"
    changed = text[:at] + more + text[at:]
    try:
        policy = TrustPolicy.parse(changed.encode())
    except BadPolicy:
        return
    assert not policy.met(set()), "a quorum that nobody is needed for"
    assert policy.log_keys in ([SIGNER.verifier], [])


def test_a_huge_note_is_refused_before_it_is_read() -> None:
    huge = b"a\n" * 600_000 + NOTE
    for read in (claimed, lambda note: cosigned_by(note, COSIGNERS)):
        with pytest.raises(BadNote, match="longer"):
            read(huge)
    assert Checkpoint.parse(TEXT) == HEAD
