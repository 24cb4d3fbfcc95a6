"""The tree against RFC 6962's definition written out naively, and its proofs against changed ones."""

from hypothesis import given
from hypothesis import strategies as st

from services.ledger.tree import Tree, leaf_hash, node_hash, verify_consistency, verify_inclusion

leaves = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


def mth(data: list[bytes]) -> bytes:
    """MTH(D[n]), RFC 6962 section 2.1, word for word."""
    if len(data) == 1:
        return leaf_hash(data[0])
    k = 1
    while k * 2 < len(data):
        k *= 2
    return node_hash(mth(data[:k]), mth(data[k:]))


def tree_of(data: list[bytes]) -> Tree:
    tree = Tree()
    for leaf in data:
        tree.append(leaf_hash(leaf))
    return tree


@given(leaves)
def test_roots_of_every_size_are_the_definitions(data: list[bytes]) -> None:
    tree = tree_of(data)
    assert all(tree.root(size) == mth(data[:size]) for size in range(1, len(data) + 1))


@given(leaves, st.data())
def test_a_proof_holds_and_holds_no_more_once_a_bit_is_changed(
    data: list[bytes], draw: st.DataObject
) -> None:
    tree = tree_of(data)
    size = draw.draw(st.integers(1, len(data)))
    index = draw.draw(st.integers(0, size - 1))
    path = tree.inclusion(index, size)
    assert verify_inclusion(leaf_hash(data[index]), index, size, path, mth(data[:size]))
    if path:
        at = draw.draw(st.integers(0, len(path) - 1))
        bit = draw.draw(st.integers(0, 255))
        changed = bytearray(path[at])
        changed[bit // 8] ^= 1 << bit % 8
        wrong = [*path[:at], bytes(changed), *path[at + 1 :]]
        assert not verify_inclusion(leaf_hash(data[index]), index, size, wrong, tree.root(size))


@given(leaves, st.data())
def test_growth_is_proved_and_a_rewritten_past_is_not(data: list[bytes], draw: st.DataObject) -> None:
    tree = tree_of(data)
    new = draw.draw(st.integers(1, len(data)))
    old = draw.draw(st.integers(1, new))
    path = tree.consistency(old, new)
    assert verify_consistency(old, new, mth(data[:old]), mth(data[:new]), path)
    at = draw.draw(st.integers(0, old - 1))
    rewritten = [*data[:at], data[at] + b"!", *data[at + 1 :]]
    assert not verify_consistency(old, new, mth(data[:old]), mth(rewritten[:new]), path)
    forged = tree_of(rewritten).consistency(old, new)
    assert not verify_consistency(old, new, mth(data[:old]), mth(rewritten[:new]), forged)


@given(st.binary(max_size=40), st.integers(-3, 9), st.integers(-3, 9), st.lists(st.binary(max_size=33)))
def test_whatever_an_outsider_sends_is_answered(
    leaf: bytes, index: int, size: int, path: list[bytes]
) -> None:
    assert not verify_inclusion(leaf, index, size, path, b"no root")
    assert verify_consistency(index, size, leaf, b"no root", path) is False
