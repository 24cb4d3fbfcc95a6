"""Cosignatures: lines made by transparency-dev's witness hold here, and nothing that was changed in one does."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.ledger.checkpoint import Checkpoint, open_checkpoint
from services.ledger.cosignature import (
    ED25519,
    MLDSA44,
    SEED,
    Cosigner,
    CosigningKey,
    cosigned_by,
    message,
    subtree_message,
)
from services.runtime.note import (
    BadKey,
    BadNote,
    Signer,
    Verifier,
    decode64,
    encode64,
    key_id,
    signature_line,
)

STOCK = json.loads((Path(__file__).parent / "vectors/stock_witness.json").read_text(encoding="utf-8"))
NOTE, LINES = STOCK["note"].encode(), STOCK["lines"].splitlines(keepends=True)
WITNESSES = [Cosigner.parse(vkey) for vkey in STOCK["witnesses"]]
TEXT = NOTE.decode().split("\n\n")[0] + "\n"
# transparency-dev/formats, note/note_cosigv1_test.go, TestCoSigV1NewVerifier and TestCosignatureTimestamp.
NATIVE = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
PLAIN = "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6"


def a_key(kind: bytes = ED25519, name: str = "agency.example/witness", seed: int = 1) -> CosigningKey:
    return CosigningKey(name, kind, bytes([seed]) * SEED)


def test_what_the_stock_witness_cosigned_holds() -> None:
    times = cosigned_by(NOTE + "".join(LINES).encode(), WITNESSES)
    assert list(times) == WITNESSES
    assert {one.kind for one in times} == {ED25519, MLDSA44}
    assert set(times.values()) == {1796046030}
    # And nobody but the log signs for the log.
    assert open_checkpoint(NOTE + "".join(LINES).encode(), [Verifier.parse(STOCK["log"])]).size == 7


@pytest.mark.parametrize("line", LINES, ids=["ed25519", "ml-dsa-44"])
@pytest.mark.parametrize("at", [0, 4, 11, 12, 40, -1])
def test_a_changed_byte_of_a_cosignature_is_found(line: str, at: int) -> None:
    _, name, blob = line.split(" ")
    raw = bytearray(decode64(blob.strip()))
    raw[at] ^= 1
    note = NOTE + signature_line(name, bytes(raw)).encode()
    if at == 0:
        # Another key id is another key: nobody that we know.
        assert cosigned_by(note, WITNESSES) == {}
        return
    with pytest.raises(BadNote, match="does not hold"):
        cosigned_by(note, WITNESSES)


@pytest.mark.parametrize("kind", [ED25519, MLDSA44])
def test_a_cosignature_covers_origin_size_root_and_time(kind: bytes) -> None:
    key = a_key(kind)
    text = Checkpoint("hub/council", 7, bytes(32)).text
    line = key.cosign(text, 5)
    blob = decode64(line.split(" ")[2].strip())[4:]
    assert key.cosigner.holds(text.encode(), blob)
    for other in (
        Checkpoint("hub/councit", 7, bytes(32)), Checkpoint("hub/council", 8, bytes(32)),
        Checkpoint("hub/council", 7, bytes(31) + b"\1"),
    ):  # fmt: skip
        assert not key.cosigner.holds(other.text.encode(), blob)
    assert not key.cosigner.holds(text.encode(), (6).to_bytes(8, "big") + blob[8:])
    assert not key.cosigner.holds(text.encode(), blob[:8])
    assert not key.cosigner.holds(b"\xff", blob)
    assert not a_key(kind, seed=2).cosigner.holds(text.encode(), blob)


def test_the_signed_messages_are_the_specifications() -> None:
    # C2SP tlog-cosignature.md, "Ed25519 signed message".
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    assert message(ED25519, "any", 1679315147, text) == (
        b"cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
        b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )
    assert message(MLDSA44, "w", 2, text) == (
        b"subtree/v1\n\0" + b"\1w" + (2).to_bytes(8, "big") + b"\x1bexample.com/behind-the-sofa"
        + bytes(8) + (20852163).to_bytes(8, "big") + decode64("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    )  # fmt: skip


@pytest.mark.parametrize(("name", "origin"), [("w" * 256, "log"), ("w", "l" * 256), ("", "log")])
def test_names_too_long_for_the_message_are_refused(name: str, origin: str) -> None:
    with pytest.raises(BadNote, match="1 to 255 bytes"):
        subtree_message(name, 0, origin, 0, 0, bytes(32))


def test_extension_lines_are_covered_by_ed25519_and_not_by_mldsa() -> None:
    text = Checkpoint("hub/council", 7, bytes(32)).text
    for kind, same in ((ED25519, False), (MLDSA44, True)):
        key = a_key(kind)
        blob = decode64(key.cosign(text + "extension\n", 5).split(" ")[2].strip())[4:]
        assert key.cosigner.holds((text + "extensio@\n").encode(), blob) is same


def test_keys_of_both_kinds_are_read_and_written() -> None:
    for vkey in (NATIVE, *STOCK["witnesses"], a_key(MLDSA44).cosigner.vkey):
        assert Cosigner.parse(vkey).vkey == vkey


@pytest.mark.parametrize(
    "vkey",
    [
        PLAIN,
        NATIVE.replace("da77ade7", "00000000"),
        "bananas.sigstore.dev+12344556",
        "rekor.sigstore.dev+12345678+THIS_IS_NOT_BASE64!",
        "rekor.sigstore.dev+12345678+AwEB",
        f"w+{key_id('w', bytes(32), MLDSA44).hex()}+{encode64(MLDSA44 + bytes(32))}",
        f"w+{key_id('w', bytes(31), ED25519).hex()}+{encode64(ED25519 + bytes(31))}",
        "",
    ],
)
def test_what_is_no_witness_key_is_refused(vkey: str) -> None:
    with pytest.raises(BadKey):
        Cosigner.parse(vkey)


def test_a_colliding_key_id_is_found_out_and_a_wrong_type_byte_is_nobody() -> None:
    """The id is 4 bytes: anybody can make a key that has it. The signature then fails, and so does the note."""
    key = a_key()
    text = Checkpoint("hub/council", 7, bytes(32)).text
    mallory = Ed25519PrivateKey.generate()
    forged = key.cosigner.id + bytes(8) + mallory.sign(message(ED25519, key.cosigner.name, 0, text))
    signed = Signer("hub/council", Ed25519PrivateKey.generate()).sign(text)
    with pytest.raises(BadNote, match="does not hold"):
        cosigned_by(signed + signature_line(key.cosigner.name, forged).encode(), [key.cosigner])
    # The same key, name and signature under type 1 (a log's) or 6 has another id.
    for kind in (b"\x01", MLDSA44):
        other = key_id(key.cosigner.name, key.cosigner.public, kind)
        line = signature_line(
            key.cosigner.name, other + decode64(key.cosign(text, 1).split(" ")[2].strip())[4:]
        )
        assert cosigned_by(signed + line.encode(), [key.cosigner]) == {}


def test_lines_twice_count_once_with_the_later_time_and_sixteen_and_more_are_read() -> None:
    key = a_key()
    text = Checkpoint("hub/council", 7, bytes(32)).text
    signed = Signer("hub/council", Ed25519PrivateKey.generate()).sign(text)
    assert cosigned_by(signed + (key.cosign(text, 9) + key.cosign(text, 4)).encode(), [key.cosigner]) == {
        key.cosigner: 9
    }
    many = [a_key(name=f"w{n}", seed=n + 1) for n in range(40)]
    crowd = signed + "".join(one.cosign(text, 1) for one in many).encode()
    assert len(cosigned_by(crowd, [one.cosigner for one in many])) == 40
    with pytest.raises(BadNote, match="more signatures"):
        cosigned_by(signed + key.cosign(text, 1).encode() * 64, [key.cosigner])


def test_a_name_that_no_note_may_bear_is_refused() -> None:
    for name in ("", "a b", "a+b", "w" * 256, "a\ud800"):
        with pytest.raises(BadKey):
            a_key(name=name)


def test_a_time_beyond_the_specifications_last_is_refused() -> None:
    key = a_key()
    text = Checkpoint("hub/council", 7, bytes(32)).text
    blob = (2**63).to_bytes(8, "big") + Ed25519PrivateKey.from_private_bytes(b"\1" * 32).sign(
        message(ED25519, key.cosigner.name, 2**63, text)
    )
    assert not key.cosigner.holds(text.encode(), blob)
