"""RFC 6962's tree against its published vectors, and every proof of every small tree, right and wrong."""

import pytest

from services.ledger.tree import EMPTY_ROOT, Tree, leaf_hash, node_hash, verify_consistency, verify_inclusion

# Leaves and roots of certificate-transparency's reference tests (transparency-dev/merkle, testonly/constants.go).
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def tree_of(count: int) -> Tree:
    tree = Tree()
    for number in range(count):
        tree.append(leaf_hash(number.to_bytes(4, "big")))
    return tree


def test_the_empty_tree_is_the_hash_of_nothing() -> None:
    expected = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert Tree().root() == EMPTY_ROOT == bytes.fromhex(expected)


def test_the_published_roots() -> None:
    tree = Tree()
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        tree.append(leaf_hash(leaf))
        assert tree.root().hex() == root
    assert [tree.root(size).hex() for size in range(1, 9)] == ROOTS


def test_a_leaf_is_never_taken_for_a_node() -> None:
    assert leaf_hash(bytes(64)) != node_hash(bytes(32), bytes(32))


def test_every_inclusion_proof_holds_and_no_other_place_or_leaf_does() -> None:
    tree = tree_of(33)
    for size in range(1, 34):
        root = tree.root(size)
        for index in range(size):
            path, leaf = tree.inclusion(index, size), tree.leaf(index)
            assert verify_inclusion(leaf, index, size, path, root)
            assert not verify_inclusion(leaf_hash(b"other"), index, size, path, root)
            assert not verify_inclusion(leaf, index, size, [*path, bytes(32)], root)
            assert not verify_inclusion(leaf, size, size, path, root)
            assert not verify_inclusion(leaf, index + 1, size, path, root)
            if path:
                assert not verify_inclusion(leaf, index, size, path[:-1], root)
                assert not verify_inclusion(leaf, index, size, [path[0][:-1], *path[1:]], root)


def test_every_consistency_proof_holds_and_none_for_a_fork() -> None:
    tree, fork = tree_of(33), tree_of(4)
    for number in range(4, 33):
        fork.append(leaf_hash(b"fork" + bytes([number])))
    for new in range(1, 34):
        for old in range(1, new + 1):
            path = tree.consistency(old, new)
            assert verify_consistency(old, new, tree.root(old), tree.root(new), path)
            assert not verify_consistency(old, new, leaf_hash(b""), tree.root(new), path)
            assert not verify_consistency(old, new, tree.root(old), leaf_hash(b""), path)
            if old > 4:
                assert not verify_consistency(old, new, fork.root(old), tree.root(new), path)
            assert not verify_consistency(old, new, tree.root(old), tree.root(new), [*path, bytes(32)])
    assert not verify_consistency(0, 5, EMPTY_ROOT, tree.root(5), [])
    assert not verify_consistency(6, 5, tree.root(6), tree.root(5), [])


def test_a_size_not_reached_has_no_root_and_no_proof() -> None:
    tree = tree_of(5)
    for ask in (lambda: tree.root(6), lambda: tree.inclusion(5, 5), lambda: tree.inclusion(0, 6),
                lambda: tree.consistency(3, 6), lambda: tree.root(-1)):  # fmt: skip
        with pytest.raises(ValueError, match="tree"):
            ask()
