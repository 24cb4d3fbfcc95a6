"""Trust policies: the cases of the specification and of transparency-dev/formats, and quorums that are and are not met."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.ledger.checkpoint import Checkpoint
from services.ledger.cosignature import ED25519, MLDSA44, CosigningKey
from services.ledger.trust_policy import BadPolicy, Group, TrustPolicy, printable
from services.runtime.note import BadNote, Signer, encode64, key_id

LOG = Signer("example.com/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
OTHER = Signer("other.example.com/log", Ed25519PrivateKey.from_private_bytes(b"\7" * 32))
KEYS = [CosigningKey(f"Wit{n}", ED25519, bytes([n]) * 32) for n in range(1, 7)]
W = [key.cosigner.vkey for key in KEYS]
POINT = Checkpoint("example.com/log", 42, bytes(32)).text


def parsed(text: str) -> TrustPolicy:
    return TrustPolicy.parse(text.encode("utf-8", "surrogateescape"))


def note(*keys: int, log: Signer = LOG) -> bytes:
    """The checkpoint, signed by the log and cosigned by these of KEYS (from 1)."""
    return log.sign(POINT) + "".join(KEYS[n - 1].cosign(POINT, n) for n in keys).encode()


def test_the_specifications_example() -> None:
    policy = parsed(
        f"log {LOG.verifier.vkey}\n\nwitness X1 {W[0]}\nwitness X2 {W[1]}\nwitness X3 {W[2]}\n"
        f"group X-witnesses 2 X1 X2 X3\n\nwitness Y1 {W[3]}\nwitness Y2 {W[4]}\nwitness Y3 {W[5]}\n"
        "group Y-witnesses any Y1 Y2 Y3\n\ngroup X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n"
    )
    assert policy.groups["X-witnesses"] == Group(2, ("X1", "X2", "X3"))
    assert policy.groups["X-and-Y"].least == 2
    assert policy.hold(note(1, 3, 6)).times == {"X1": 1, "X3": 3, "Y3": 6}
    for few in ((), (1, 2, 3), (4, 5, 6), (1, 4, 5, 6)):
        with pytest.raises(BadNote, match="no quorum"):
            policy.hold(note(*few))
    assert policy.possible({"X1", "Y1", "Y2"})
    assert not policy.possible({"X1", "X2"})


@pytest.mark.parametrize(
    ("text", "quorum"),
    [
        ("quorum none\n", "none"),
        (
            f"\n# comment\n\t # another\n\twitness \t w1  {W[0]}   https://w1.example.com/  \n\n  quorum\tw1",
            "w1",
        ),
        (f"witness KKlvin-w\udc80 {W[0]}\nquorum KKlvin-w\udc80\n", "KKlvin-w\udc80"),
        (f"witness all {W[0]}\nwitness any {W[1]}\ngroup group 2 all any\nquorum group\n", "group"),
    ],
)
def test_other_policies_that_are_right(text: str, quorum: str) -> None:
    assert parsed(text).quorum == quorum


def test_addresses_are_read() -> None:
    policy = parsed(
        f"log {LOG.verifier.vkey} https://log.example.com/\nwitness w {W[0]} https://w.example/\nquorum w\n"
    )
    assert (policy.logs[0][1], policy.witnesses["w"].url) == ("https://log.example.com/", "https://w.example")
    assert printable("w\udc80") == "w\ufffd"


def test_mldsa_witnesses_are_taken() -> None:
    key = CosigningKey("pq", MLDSA44, bytes(32))
    policy = parsed(f"log {LOG.verifier.vkey}\nwitness w {key.cosigner.vkey}\nquorum w\n")
    assert policy.hold(note() + key.cosign(POINT, 8).encode()).times == {"w": 8}


ECDSA = f"e+{key_id('e', bytes(3), bytes([2])).hex()}+{encode64(bytes([2, 0, 0, 0]))}"
SAME_KEY = CosigningKey("impostor", ED25519, bytes([1]) * 32).cosigner.vkey


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("quorum none\n\x01", "line 2: a control"),
        ("quorum none\r\n", "line 1: a control"),
        ("quorum none\n\x7f\n", "control"),
        ("quibble w1\nquorum none\n", "begins with none"),
        (f"witness w1 {W[0]} https://w # comment\nquorum w1\n", "a witness is"),
        ("log\nquorum none\n", "a log is"),
        ("log garbage\nquorum none\n", "form name"),
        (f"log {W[0]}\nquorum none\n", "only Ed25519 log keys"),
        (f"log {LOG.verifier.vkey}\nlog {LOG.verifier.vkey} https://x\nquorum none\n", "another line"),
        ("witness w1\nquorum none\n", "a witness is"),
        (f"witness w1 {ECDSA}\nquorum w1\n", "not the key of a witness"),
        (f"witness w1 {LOG.verifier.vkey}\nquorum w1\n", "not the key of a witness"),
        (f"witness none {W[0]}\nquorum none\n", "reserved"),
        (f"witness w1 {W[0]}\nwitness w1 {W[1]}\nquorum w1\n", "another line"),
        (f"witness w1 {W[0]}\nwitness w2 {SAME_KEY}\nquorum w1\n", "public key stands on another"),
        (f"witness w1 {W[0]}\ngroup w1 any w1\nquorum w1\n", "another line"),
        (f"witness w1 {W[0]}\ngroup g1 1\nquorum w1\n", "a group is"),
        (f"witness w1 {W[0]}\ngroup none any w1\nquorum none\n", "reserved"),
        (f"witness w1 {W[0]}\ngroup g1 0 w1\nquorum g1\n", "0 of a group of 1"),
        (f"witness w1 {W[0]}\ngroup g1 -1 w1\nquorum g1\n", "all, any or a number"),
        (f"witness w1 {W[0]}\ngroup g1 01 w1\nquorum g1\n", "all, any or a number"),
        (f"witness w1 {W[0]}\ngroup g1 2 w1\nquorum g1\n", "2 of a group of 1"),
        (f"witness w1 {W[0]}\ngroup g1 any w2\nquorum g1\n", "no witness or group w2"),
        (f"group g1 any w1\nwitness w1 {W[0]}\nquorum g1\n", "no witness or group w1"),
        (f"witness w1 {W[0]}\ngroup g1 any none w1\nquorum g1\n", "no witness or group none"),
        (f"witness w1 {W[0]}\ngroup g1 all w1 w1\nquorum g1\n", "member of a group already"),
        (f"witness w1 {W[0]}\nwitness w2 {W[1]}\ngroup g any w1 w2\ngroup h any w1\nquorum g\n", "already"),
        (f"witness w1 {W[0]}\n", "exactly one quorum"),
        (f"witness w1 {W[0]}\nquorum w1\nquorum w1\n", "second quorum"),
        ("quorum unknown\n", "no witness or group unknown"),
        (f"quorum w1\nwitness w1 {W[0]}\n", "no witness or group w1"),
        ("quorum\n", "a quorum is"),
        ("#" * (1 << 20) + "\n", "1 MiB"),
        (f"witness w1 b\udc80+00000000+{encode64(bytes([4]) + bytes(32))}\nquorum w1\n", "form name"),
    ],
)
def test_what_is_no_policy_is_refused_with_its_line(text: str, why: str) -> None:
    with pytest.raises(BadPolicy, match=why):
        parsed(text)


@pytest.mark.parametrize(
    ("policy", "cosigned", "log", "why"),
    [
        (f"log {LOG.verifier.vkey}\nwitness w {W[0]}\nquorum w\n", [1], LOG, ""),
        (f"log {OTHER.verifier.vkey}\nlog {LOG.verifier.vkey}\nwitness w {W[0]}\nquorum w\n", [1], LOG, ""),
        (f"log {LOG.verifier.vkey}\nwitness w {W[0]}\nquorum none\n", [], LOG, ""),
        (f"log {LOG.verifier.vkey}\nwitness w {W[0]}\nquorum w\n", [], LOG, "0 of 1 witnesses"),
        (f"log {LOG.verifier.vkey}\nwitness w {W[0]}\nquorum w\n", [2], LOG, "w did not"),
        (f"log {LOG.verifier.vkey}\nwitness w {W[0]}\nquorum w\n", [1], OTHER, "none of the keys"),
        (f"log {OTHER.verifier.vkey}\nwitness w {W[0]}\nquorum w\n", [1], OTHER, "key of another log"),
        (f"witness w {W[0]}\nquorum w\n", [1], LOG, "names no logs"),
    ],
)
def test_a_checkpoint_under_a_policy(policy: str, cosigned: list[int], log: Signer, why: str) -> None:
    held = parsed(policy)
    if not why:
        assert held.hold(note(*cosigned, log=log)).checkpoint.size == 42
        return
    with pytest.raises(BadNote, match=why):
        held.hold(note(*cosigned, log=log))


def test_a_policy_of_the_least_size_that_the_specification_asks_for() -> None:
    lines = [f"log {Signer(f'l{n}', Ed25519PrivateKey.generate()).verifier.vkey}" for n in range(40)]
    lines += [
        f"witness w{n} {CosigningKey(f'w{n}', ED25519, bytes([n]) * 32).cosigner.vkey}" for n in range(40)
    ]
    lines += [f"group g{n} any w{n}" for n in range(40)]
    lines += ["group all all " + " ".join(f"g{n}" for n in range(40)), "quorum all"]
    policy = parsed("\n".join(lines) + "\n")
    assert policy.met({f"w{n}" for n in range(40)})
    assert not policy.met({f"w{n}" for n in range(39)})
