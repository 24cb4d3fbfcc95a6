"""The auditor's tree: the same roots as the ledger's own, and never one that was not kept."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ledger.auditing.blocks import WIDTH, Blocks
from services.ledger.tree import Tree

LEAVES = [hashlib.sha256(n.to_bytes(4, "big")).digest() for n in range(1400)]
TREE = Tree()
for leaf in LEAVES:
    TREE.append(leaf)


def grown(size: int, *wanted: int, onward: int = 10**9) -> Blocks:
    blocks = Blocks(wanted, onward)
    for one in LEAVES[:size]:
        blocks.append(one)
    return blocks


@given(st.integers(0, 1400), st.lists(st.integers(0, 1400), max_size=4), st.integers(0, 1400))
def test_every_root_that_is_told_is_the_trees(size: int, wanted: list[int], onward: int) -> None:
    blocks = grown(size, *wanted, onward=onward)
    assert blocks.size == size
    for at in {*wanted, onward, size, size - 1, *range(0, size, WIDTH)}:
        if blocks.knows(at):
            assert blocks.root(at) == TREE.root(at)
        else:
            with pytest.raises(ValueError, match="not kept"):
                blocks.root(at)
    assert all(blocks.knows(at) for at in (*wanted, onward) if at <= size)


@given(st.integers(1, 1400), st.data())
def test_what_two_kept_sizes_prove_is_what_the_tree_proves(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    assert grown(1400, old, new).consistency(old, new) == TREE.consistency(old, new)


def test_what_nobody_will_ask_about_takes_no_room() -> None:
    blocks = grown(1400, 700)
    assert [at for at in range(1401) if blocks.knows(at) and at % WIDTH] == [
        *range(513, 768),
        *range(1281, 1401),
    ]
