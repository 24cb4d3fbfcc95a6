"""What others published to check a verifier with: transparency-dev's inclusion and consistency proofs, good and spoiled, and
Tessera's golden log with every checkpoint that it ever had.
"""

import json
from base64 import b64decode
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import pytest

from services.ledger.checkpoint import Checkpoint, open_checkpoint
from services.ledger.tiles import Tile, hashes, unbundle
from services.ledger.tree import Tree, leaf_hash, verify_consistency, verify_inclusion
from services.runtime.note import BadNote, Verifier

VECTORS = Path(__file__).parent / "vectors"
MERKLE = json.loads((VECTORS / "merkle.json").read_text(encoding="utf-8"))
GOLDEN = json.loads((VECTORS / "golden_log.json").read_text(encoding="utf-8"))
KEY = Verifier.parse(GOLDEN["vkey"])
SIZE = 15


def path_of(case: dict[str, Any]) -> list[bytes]:
    return [b64decode(part) for part in case["proof"] or ()]


def test_all_of_them_are_here() -> None:
    assert [(len(MERKLE[kind]), sum(case["wantErr"] for case in MERKLE[kind])) for kind in ("inclusion", "consistency")] == [
        (98, 92), (98, 92)]  # fmt: skip


@pytest.mark.parametrize("case", MERKLE["inclusion"], ids=lambda case: case["name"])
def test_an_inclusion_proof_of_others(case: dict[str, Any]) -> None:
    leaf, root = b64decode(case["leafHash"]), b64decode(case["root"])
    held = verify_inclusion(leaf, case["leafIdx"], case["treeSize"], path_of(case), root)
    assert held is not case["wantErr"]


@pytest.mark.parametrize("case", MERKLE["consistency"], ids=lambda case: case["name"])
def test_a_consistency_proof_of_others(case: dict[str, Any]) -> None:
    older, newer = b64decode(case["root1"]), b64decode(case["root2"])
    held = verify_consistency(case["size1"], case["size2"], older, newer, path_of(case))
    assert held is not case["wantErr"]


def golden_points() -> list[Checkpoint]:
    return [open_checkpoint(note.encode(), [KEY]) for note in GOLDEN["checkpoints"]]


def golden_tree() -> Tree:
    tree = Tree()
    tree.extend(leaf_hash(leaf) for leaf in golden_leaves())
    return tree


def golden_leaves() -> list[bytes]:
    return unbundle(b64decode(GOLDEN["files"][Tile(-1, 0, SIZE).path]), SIZE)


def test_every_checkpoint_of_the_golden_log_holds_and_is_of_its_entries() -> None:
    assert golden_leaves()[:3] == [b"one", b"two", b"three"]
    tree = golden_tree()
    for size, point in enumerate(golden_points()):
        assert (point.origin, point.size, point.root) == ("example.com/log/testdata", size, tree.root(size))


def test_each_golden_checkpoint_adds_to_those_before_it() -> None:
    tree, points = golden_tree(), golden_points()[1:]
    for older, newer in combinations_with_replacement(points, 2):
        path = tree.consistency(older.size, newer.size)
        assert verify_consistency(older.size, newer.size, older.root, newer.root, path)
        if older != newer:
            assert not verify_consistency(newer.size, older.size, newer.root, older.root, path)


@pytest.mark.parametrize("path", GOLDEN["files"])
def test_its_tiles_are_those_that_we_would_write(path: str) -> None:
    tile = Tile.read(path)
    assert tile is not None
    data = b64decode(GOLDEN["files"][path])
    if tile.level < 0:
        assert unbundle(data, tile.width) == golden_leaves()[: tile.width]
    else:
        assert hashes(golden_tree(), tile) == data


def test_no_other_size_or_root_is_signed() -> None:
    note = GOLDEN["checkpoints"][7]
    for changed in (note.replace("\n7\n", "\n8\n"), note.replace("testdata\n7", "testdatb\n7")):
        assert changed != note
        with pytest.raises(BadNote):
            open_checkpoint(changed.encode(), [KEY])
