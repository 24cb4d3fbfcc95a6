"""Signed notes and checkpoints: the specification's own example, and every way in which one is not right."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.ledger.checkpoint import Checkpoint, open_checkpoint
from services.runtime.note import BadKey, BadNote, Signer, Verifier, open_note, split_note

# C2SP signed-note.md, section "Example".
SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
# golang.org/x/mod, sumdb/note, the example of the package documentation.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()
KEY = Signer("hub/council", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = Signer("hub/nhs-trust", Ed25519PrivateKey.from_private_bytes(bytes(32)))
POINT = Checkpoint("hub/council", 7, bytes(range(32)))
NOTE = KEY.sign(POINT.text)


def test_the_specifications_key_is_read_and_written() -> None:
    key = Verifier.parse(SPEC_KEY)
    assert (key.name, key.id.hex(), key.vkey) == ("example.com/foo", "530d903a", SPEC_KEY)


def test_a_note_signed_elsewhere_opens() -> None:
    text, signed = open_note(GO_NOTE, [Verifier.parse(GO_KEY)])
    assert text.endswith("your problem is.\n")
    assert signed == (Verifier.parse(GO_KEY),)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "a+b",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
    ],
)
def test_a_key_that_is_not_one_is_refused(vkey: str) -> None:
    with pytest.raises(BadKey):
        Verifier.parse(vkey)


def test_the_name_of_a_key_has_no_space_and_no_plus() -> None:
    for name in ("", "a b", "a+b", "a\u2003b", "a\nb"):
        with pytest.raises(BadKey):
            Signer(name, Ed25519PrivateKey.generate())


def test_signing_again_gives_the_same_bytes() -> None:
    assert KEY.sign(POINT.text) == NOTE
    assert open_checkpoint(NOTE, [OTHER.verifier, KEY.verifier]) == POINT


def test_signatures_by_others_are_passed_over_but_not_a_bad_one_of_ours() -> None:
    foreign = OTHER.sign(POINT.text).rpartition(b"\n\n")[2]
    assert open_note(NOTE + foreign, [KEY.verifier])[1] == (KEY.verifier,)
    assert len(open_note(NOTE + foreign, [KEY.verifier, OTHER.verifier])[1]) == 2
    assert open_note(NOTE + NOTE.rpartition(b"\n\n")[2], [KEY.verifier])[1] == (KEY.verifier,)
    bad = OTHER.sign(POINT.text.replace("7", "8")).rpartition(b"\n\n")[2]
    with pytest.raises(BadNote, match="does not hold"):
        open_note(NOTE + bad, [KEY.verifier, OTHER.verifier])


def test_a_log_is_signed_by_its_own_key_alone() -> None:
    with pytest.raises(BadNote, match="another log"):
        open_checkpoint(OTHER.sign(POINT.text), [OTHER.verifier])
    with pytest.raises(BadNote, match="none of the keys"):
        open_checkpoint(OTHER.sign(POINT.text), [KEY.verifier])


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"\n",
        NOTE[:-1],
        NOTE.replace(b"\n\n", b"\n"),
        NOTE.replace(b"\n", b"\r\n"),
        NOTE + b"\n",
        NOTE.replace("—".encode(), b"-"),
        NOTE.replace(b" ", b"  "),
        NOTE + b"\0",
        b"\xff" + NOTE,
        NOTE[:-2] + b"B\n",
        bytes(2_000_000),
        NOTE + b"".join(b"\xe2\x80\x94 a%d AAAAAAAA\n" % n for n in range(100)),
    ],
)
def test_a_note_that_is_not_well_formed_is_refused(note: bytes) -> None:
    with pytest.raises(BadNote):
        open_note(note, [KEY.verifier])


@pytest.mark.parametrize(
    "text",
    [
        "hub/council\n7\n",
        "hub/council\n07\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "hub/council\n-1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "hub/council\n+7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "hub/council\n99999999999999999999\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "hub/council\n٧\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "hub/council\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n",
        "hub/council\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==\n",
        "hub/council\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\nextension\n",
        "\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
    ],
)
def test_a_checkpoint_that_is_not_one_is_refused_though_signed(text: str) -> None:
    with pytest.raises(BadNote):
        open_checkpoint(KEY.sign(text), [KEY.verifier])


def test_the_text_is_split_at_the_last_empty_line() -> None:
    assert split_note(b"a\n\nb\n\n\xe2\x80\x94 n AAAAAAAA\n")[0] == "a\n\nb\n"
