"""Logs exported as tiles: others' programs accept them, and whatever is changed in them is found, by others and by us."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from services.cli.ledger import app
from services.contract.canonical import canonical
from services.ledger.auditing.check import Record
from services.ledger.auditing.verify_tiles import verify_tiles
from services.ledger.checkpoint import Checkpoint
from services.ledger.export import CannotExport, export
from services.ledger.tiles import Tile, bundle, hashes, tiles_of, unbundle
from services.ledger.tree import HASH, Tree, leaf_hash
from services.ledger.verify import read_checkpoints
from services.runtime.note import Signer, Verifier
from tests.real.outside import Programs
from tests.verification.ledger_world import Place, intent, refusal, trusted

MANY = 70_000
"""Six subtrees in three tiles: the size at which a verifier that does not look at every tile takes a forged entry."""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Verifier]]:
    """A small ledger's folder, and the keys of its logs."""
    place = Place(tmp_path_factory.mktemp("small"))
    with place.opened() as opened:
        for _ in range(300):
            opened.append_later(refusal())
        opened.append(intent(opened))
        opened.append(intent(opened, "nhs-trust"))
        return place.folder, trusted(opened)


@pytest.fixture
def exported(ledger: tuple[Path, list[Verifier]], tmp_path: Path) -> Path:
    folder = tmp_path / "export"
    ran = CliRunner().invoke(app, ["export", str(ledger[0]), str(folder)])
    assert (ran.exit_code, "Exported 3 logs" in ran.output) == (0, True), ran.output
    return folder


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Verifier]:
    """One log of 70,000 entries, signed with a key of its own and exported."""
    folder = tmp_path_factory.mktemp("large")
    signer = Signer("hub/council", Ed25519PrivateKey.generate())
    entry = b'{"chain":[],"entry":{"n":%d}}'
    leaves = [entry % n for n in range(MANY)]
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf_hash(leaf))
    note = signer.sign(Checkpoint("hub/council", MANY, tree.root()).text)
    export(
        (Record("council", at, leaf) for at, leaf in enumerate(leaves)),
        {"council": note}, folder, entries=True,
    )  # fmt: skip
    return folder, signer.verifier


def key_of(keys: list[Verifier], code: str) -> str:
    return next(key.vkey for key in keys if key.name.endswith(f"/{code}"))


def test_others_programs_accept_what_we_export(
    exported: Path, ledger: tuple[Path, list[Verifier]], outside_verifiers: Programs
) -> None:
    for code in ("council", "nhs-trust"):
        for accepted, said in (
            outside_verifiers.fsck(exported / code, key_of(ledger[1], code)),
            outside_verifiers.verify(exported / code, key_of(ledger[1], code)),
        ):
            assert accepted, said
    ran = CliRunner().invoke(app, ["verify", str(exported), "--trust", str(_trust(exported, ledger[1]))])
    assert ran.exit_code == 0, ran.output
    assert "301 entries as signed" in ran.output


def _trust(folder: Path, keys: list[Verifier]) -> Path:
    path = folder / "trust.vkeys"
    path.write_text("".join(f"{key.vkey}\n" for key in keys), encoding="utf-8")
    return path


def test_a_large_log_is_accepted_by_all_three(
    large: tuple[Path, Verifier], outside_verifiers: Programs
) -> None:
    folder, key = large
    assert outside_verifiers.fsck(folder / "council", key.vkey)[0]
    assert outside_verifiers.verify(folder / "council", key.vkey)[0]
    found = verify_tiles(folder, [key])
    # They are no entries of ours, and that is all that is wrong with them.
    assert {finding.kind for finding in found.findings} == {"schema"}


def test_the_forgery_that_older_verifiers_take_is_refused(
    large: tuple[Path, Verifier], tmp_path: Path, outside_verifiers: Programs
) -> None:
    """Entry 0 changed, its hash in tile/0/000 changed to match, nothing above touched."""
    folder, key = Path(shutil.copytree(large[0], tmp_path / "forged")), large[1]
    entries, level0 = folder / "council/tile/entries/000", folder / "council/tile/0/000"
    leaves = unbundle(entries.read_bytes(), 256)
    leaves[0] = b'{"chain":[],"entry":{"n":9}}'
    entries.write_bytes(bundle(leaves))
    level0.write_bytes(leaf_hash(leaves[0]) + level0.read_bytes()[HASH:])
    assert not outside_verifiers.fsck(folder / "council", key.vkey, seconds=5)[0]
    assert not outside_verifiers.verify(folder / "council", key.vkey)[0]
    kinds = {(finding.kind, finding.index) for finding in verify_tiles(folder, [key]).findings}
    assert ("tile", 0) in kinds
    assert any(kind == "root" for kind, _ in kinds)


def tampered(folder: Path, how: str) -> int:
    """Change something in the council's log; the first entry that it concerns, or -1."""
    log = folder / "council"
    bundles = sorted((log / "tile/entries").rglob("*[0-9]"))
    first, last = log / "tile/entries/000", next(path for path in bundles if path.parent.name.endswith(".p"))
    if how == "a byte of an entry":
        _rewrite(first, 7, lambda leaf: leaf.replace(b"council", b"cOuncil", 1))
        return 7
    if how == "a byte of a hash":
        data = bytearray((log / "tile/0/000").read_bytes())
        data[HASH * 9] ^= 1
        (log / "tile/0/000").write_bytes(data)
        return 9
    if how == "two entries exchanged":
        leaves = unbundle(first.read_bytes(), 256)
        leaves[3], leaves[4] = leaves[4], leaves[3]
        first.write_bytes(bundle(leaves))
        return 3
    if how == "the last entries gone":
        last.unlink()
        return 256
    if how == "a bundle cut short":
        first.write_bytes(first.read_bytes()[:-3])
        return 0
    if how == "an entry put in again":
        leaves = unbundle(first.read_bytes(), 256)
        first.write_bytes(bundle([*leaves, leaves[0]]))
        return 0
    # Another key signs another tree.
    (log / "checkpoint").write_bytes(_other_signature(log))
    return -1


def _rewrite(path: Path, place: int, change: Callable[[bytes], bytes]) -> None:
    leaves = unbundle(path.read_bytes(), 256)
    leaves[place] = change(leaves[place])
    path.write_bytes(bundle(leaves))


def _other_signature(log: Path) -> bytes:
    text = (log / "checkpoint").read_text(encoding="utf-8").split("\n\n")[0] + "\n"
    return Signer(text.split("\n", 1)[0], Ed25519PrivateKey.generate()).sign(text)


WAYS = [
    "a byte of an entry", "a byte of a hash", "two entries exchanged", "the last entries gone", "a bundle cut short",
    "an entry put in again", "the checkpoint signed by another key",
]  # fmt: skip


@pytest.mark.parametrize("how", WAYS)
def test_what_is_changed_is_found_with_the_first_bad_entry(
    exported: Path, ledger: tuple[Path, list[Verifier]], outside_verifiers: Programs, how: str
) -> None:
    index = tampered(exported, how)
    report = verify_tiles(exported, ledger[1])
    assert report.exit_code == 1
    mine = [finding for finding in report.findings if finding.log == "council"]
    assert len(mine) == len(report.findings), "the other log is sound"
    assert index in {finding.index for finding in mine}
    assert min((finding.index for finding in mine if finding.index >= 0), default=-1) == index
    key = key_of(ledger[1], "council")
    # fsck reads no further than a full bundle, and so does not see what follows in it.
    if how == "an entry put in again":
        assert not outside_verifiers.verify(exported / "council", key)[0]
    else:
        assert not outside_verifiers.fsck(exported / "council", key, seconds=5)[0]


def test_hashes_alone_are_incomplete_and_a_changed_one_is_found(
    ledger: tuple[Path, list[Verifier]], tmp_path: Path
) -> None:
    folder = tmp_path / "hashes"
    ran = CliRunner().invoke(app, ["export", str(ledger[0]), str(folder), "--no-entries"])
    assert ran.exit_code == 0
    assert not list(folder.rglob("entries"))
    report = verify_tiles(folder, ledger[1])
    assert report.exit_code == 5
    assert all("without its entries" in gap for gap in report.gaps)
    path = folder / "council/tile/0/000"
    path.write_bytes(bytes(HASH) + path.read_bytes()[HASH:])
    assert verify_tiles(folder, ledger[1]).exit_code == 1


def test_a_log_that_is_not_what_was_signed_is_not_exported(
    ledger: tuple[Path, list[Verifier]], tmp_path: Path
) -> None:
    """The reason is told, and no checkpoint stands over what is not its own."""
    notes = read_checkpoints(ledger[0])
    wrong = [Record("council", n, canonical({"n": n})) for n in range(400)]
    with pytest.raises(CannotExport, match="log council is not what was signed at size 301"):
        export(wrong, {"council": notes["council"]}, tmp_path, entries=True)
    assert not (tmp_path / "council/checkpoint").exists()


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (["export", "{nothing}", "{out}"], "no ledger in this folder", 2),
        (["export", "{ledger}", "{out}", "--log", "nobody"], "no log nobody here", 2),
        (["export", "{ledger}", "/proc/none"], "cannot be written", 2),
        (["export", "{elsewhere}", "{out}"], "holds no journal; name where the entries stand: --kafka", 2),
        (["verify", "{export}"], "an export holds no keys", 2),
    ],
)
def test_bad_input_is_one_line(
    ledger: tuple[Path, list[Verifier]], exported: Path, tmp_path: Path,
    arguments: list[str], said: str, code: int,
) -> None:  # fmt: skip
    places = {"nothing": tmp_path, "out": tmp_path / "out", "ledger": ledger[0], "export": exported}
    # As a hub on Kafka leaves it: checkpoints, and the entries elsewhere.
    (tmp_path / "kafka/ledger/checkpoints").mkdir(parents=True)
    places["elsewhere"] = tmp_path / "kafka"
    ran = CliRunner().invoke(app, [one.format(**places) for one in arguments], terminal_width=200)
    assert ran.exit_code == code
    assert said in " ".join(ran.output.replace("│", " ").split())
    assert "Traceback" not in ran.output


def test_json_report(exported: Path, ledger: tuple[Path, list[Verifier]]) -> None:
    trust = str(_trust(exported, ledger[1]))
    ran = CliRunner().invoke(app, ["verify", str(exported), "--trust", trust, "--json"])
    assert json.loads(ran.output)["result"] == "good"


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 70_000])
def test_tiles_of_a_size(size: int) -> None:
    """70,000 entries: 273 full tiles and one of 112 on level 0, one full and one of 17 on level 1, one of 1 on level 2."""
    found = list(tiles_of(size, entries=False))
    assert sum(tile.width for tile in found if tile.level == 0) == size
    assert all(tile.end <= size for tile in found)
    if size == 70_000:
        assert [(tile.level, tile.number, tile.width) for tile in found[-4:]] == [
            (0, 273, 112), (1, 0, 256), (1, 1, 17), (2, 0, 1),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(0, 0, 8), "tile/0/000.p/8"),
        (Tile(-1, 273, 112), "tile/entries/273.p/112"),
        (Tile(2, 1000), "tile/2/x001/000"),
    ],
)
def test_a_path_has_one_spelling(tile: Tile, path: str) -> None:
    assert (tile.path, Tile.read(path)) == (path, tile)


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/1", "tile/00/001", "tile/0/x000/001", "tile/64/000", "tile/0/000.p/0", "tile/0/000.p/256",
        "tile/0/000.p/08", "tile/8/0/000", "tile/data/000", "tile/0/../0/000", "tile/0/x1234/067", "tile/0/000/", "",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
    ],
)  # fmt: skip
def test_another_spelling_names_nothing(path: str) -> None:
    assert Tile.read(path) is None


def test_a_tile_beyond_the_tree_is_none() -> None:
    tree = Tree()
    for n in range(300):
        tree.append(leaf_hash(b"%d" % n))
    assert len(hashes(tree, Tile(0, 1, 44))) == 44 * HASH
    assert hashes(tree, Tile(1, 0, 1)) == tree.root(256)
    for beyond in (Tile(0, 1, 45), Tile(0, 1), Tile(1, 0, 2), Tile(5, 0, 1)):
        with pytest.raises(ValueError, match="not reached"):
            hashes(tree, beyond)
