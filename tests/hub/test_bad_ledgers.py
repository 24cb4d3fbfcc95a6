"""Bad input to `mash ledger`: each is named in one line with where it is, ends with its code, and never with a traceback."""

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.contract.canonical import canonical, parse
from services.ledger.auditing.check import Record
from services.ledger.checkpoint import Checkpoint
from services.ledger.export import export
from services.ledger.tiles import bundle, tiles_of, unbundle
from services.ledger.tree import Tree, leaf_hash
from services.runtime.keys import KeyFolder
from services.runtime.note import Signer, split_note
from tests.hub.audited import Audited, an_audited, run
from tests.verification.ledger_world import Place, intent, trusted

LOG = "northshire-csc"


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    with an_audited(tmp_path_factory.mktemp("bad")) as world:
        world.trust()
        assert world.fetch(world.desk / "audit").exit_code == 0
        yield world


@dataclass
class Desk:
    """What an auditor has, fit to be spoiled: a download, the keys, a receipt with its answer."""

    world: Audited
    tmp: Path

    @property
    def folder(self) -> Path:
        return self.tmp / "audit"

    @property
    def trust(self) -> Path:
        return self.tmp / "trust.vkeys"

    def log_key(self) -> Ed25519PrivateKey:
        """The very key of the log: whoever has it can sign anew whatever they like."""
        return KeyFolder(self.world.served.world.home / "keys").signing(f"log-{LOG}")

    def leaves(self) -> list[bytes]:
        head = Checkpoint.parse(split_note((self.folder / LOG / "checkpoint").read_bytes())[0])
        tiles = [tile for tile in tiles_of(head.size) if tile.level < 0]
        return [
            leaf
            for tile in tiles
            for leaf in unbundle((self.folder / LOG / tile.path).read_bytes(), tile.width)
        ]

    def rewrite(self, leaves: list[bytes], signer: Signer, origin: str = "") -> None:
        """The log's folder anew, every hash right, signed by `signer`."""
        tree = Tree()
        for leaf in leaves:
            tree.append(leaf_hash(leaf))
        head = Checkpoint(origin or signer.verifier.name, len(leaves), tree.root())
        shutil.rmtree(self.folder / LOG)
        rows = [Record(LOG, at, leaf) for at, leaf in enumerate(leaves)]
        export(rows, {LOG: signer.sign(head.text)}, self.folder, entries=True)

    def own_signer(self) -> Signer:
        return Signer(f"northshire-hub/{LOG}", self.log_key())


@pytest.fixture
def desk(audited: Audited, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    # A proof of misbehaviour is saved where the command runs.
    monkeypatch.chdir(tmp_path)
    shutil.copytree(audited.desk / "audit", tmp_path / "audit")
    shutil.copy(audited.desk / "trust.vkeys", tmp_path / "trust.vkeys")
    return Desk(audited, tmp_path)


Words = tuple[str, ...]


def _verify(desk: Desk, *more: str) -> Words:
    return ("verify", str(desk.folder), "--trust", str(desk.trust), *more)


def another_hubs_folder(desk: Desk) -> Words:
    place = Place(desk.tmp / "other", hub="southshire-hub")
    with place.opened() as ledger:
        ledger.append(intent(ledger))
        trusted(ledger)
    return ("verify", str(place.folder), "--trust", str(desk.trust))


def another_hubs_log_in_the_export(desk: Desk) -> Words:
    desk.rewrite(desk.leaves(), Signer(f"southshire-hub/{LOG}", Ed25519PrivateKey.generate()))
    return _verify(desk)


def a_swapped_key(desk: Desk) -> Words:
    other = Signer(f"northshire-hub/{LOG}", Ed25519PrivateKey.generate()).verifier.vkey
    lines = desk.trust.read_text(encoding="utf-8").splitlines()
    desk.trust.write_text(
        "".join(f"{other if f'/{LOG}+' in line else line}\n" for line in lines), encoding="utf-8"
    )
    return _verify(desk)


def a_key_that_is_none(desk: Desk) -> Words:
    desk.trust.write_text("northshire-hub/hub+0000+nothing\n", encoding="utf-8")
    return _verify(desk)


def a_truncated_export(desk: Desk) -> Words:
    bundle_file = next(path for path in (desk.folder / LOG / "tile/entries").rglob("*") if path.is_file())
    bundle_file.write_bytes(bundle_file.read_bytes()[:-10])
    return _verify(desk)


def a_tile_that_is_gone(desk: Desk) -> Words:
    next(path for path in (desk.folder / LOG / "tile/entries").rglob("*") if path.is_file()).unlink()
    return _verify(desk)


def a_reordered_export(desk: Desk) -> Words:
    leaves = desk.leaves()
    tile = next(tile for tile in tiles_of(len(leaves)) if tile.level < 0)
    (desk.folder / LOG / tile.path).write_bytes(bundle([leaves[1], leaves[0], *leaves[2:]]))
    return _verify(desk)


def an_export_signed_anew_after_a_change(desk: Desk) -> Words:
    """With the log's own key: only a checkpoint from before tells."""
    shutil.copy(desk.folder / LOG / "checkpoint", desk.tmp / "before")
    leaves = desk.leaves()
    stored = parse(leaves[0])
    stored["entry"]["asker"]["role"] = "SW-EDT"
    desk.rewrite([canonical(stored), *leaves[1:], leaves[-1]], desk.own_signer())
    return _verify(desk, "--from", str(desk.tmp / "before"))


def an_end_taken_away_and_signed_anew(desk: Desk) -> Words:
    shutil.copy(desk.folder / LOG / "checkpoint", desk.tmp / "before")
    desk.rewrite(desk.leaves()[:-1], desk.own_signer())
    return _verify(desk, "--from", str(desk.tmp / "before"))


def two_logs_of_one_size(desk: Desk) -> Words:
    shutil.copy(desk.folder / LOG / "checkpoint", desk.tmp / "before")
    leaves = desk.leaves()
    stored = parse(leaves[-1])
    stored["entry"]["asker"]["role"] = "SW-EDT"
    desk.rewrite([*leaves[:-1], canonical(stored)], desk.own_signer())
    return _verify(desk, "--from", str(desk.tmp / "before"))


def a_mixed_up_export(desk: Desk) -> Words:
    (desk.folder / LOG).rename(desk.folder / "northshire-nhs")
    return _verify(desk)


def a_checkpoint_of_another_origin(desk: Desk) -> Words:
    """Signed by the log's own key, over another log's name."""
    desk.rewrite(desk.leaves(), desk.own_signer(), origin="northshire-hub/hub")
    return _verify(desk)


def a_date_to_come_in_an_entry(desk: Desk) -> Words:
    stored = parse(desk.leaves()[0])
    stored["entry"]["time"] = "2999-01-01T00:00:00.000Z"
    desk.rewrite([canonical(stored), *desk.leaves()[1:]], desk.own_signer())
    return _verify(desk)


def a_date_to_come_as_option(desk: Desk) -> Words:
    return ("replay", str(desk.folder), "--key", str(desk.world.key), "--since", "2999-01-01")


def a_receipt(desk: Desk, *, other_answer: bool) -> Words:
    """Of the release that the world made; with an answer in which one letter is another's."""
    answer = desk.tmp / "answer.json"
    entry = next(one for one in desk.world.served.world.entries(LOG) if one["kind"] == "release.intent")
    proof = run("prove", str(desk.folder), entry["event_id"], "--out", str(desk.tmp / "receipt.tlog-proof"))
    assert proof.exit_code == 0
    sealed = desk.world.served.world.parts.ledger.opening(entry["event_id"])
    (desk.tmp / "opening.json").write_bytes(sealed or b"")
    answer.write_text(json.dumps({"match": "NONE", "view": {"entry": []}}), encoding="utf-8")
    words = ("check-receipt", str(desk.tmp / "receipt.tlog-proof"), "--trust", str(desk.trust))
    return (
        (*words, "--answer", str(answer), "--opening", str(desk.tmp / "opening.json"))
        if other_answer
        else words
    )


def a_receipt_for_another_body(desk: Desk) -> Words:
    return a_receipt(desk, other_answer=True)


def a_receipt_of_another_place(desk: Desk) -> Words:
    words = a_receipt(desk, other_answer=False)
    file = desk.tmp / "receipt.tlog-proof"
    file.write_bytes(file.read_bytes().replace(b"\nindex 1\n", b"\nindex 0\n", 1))
    return words


def a_replay_without_its_book(desk: Desk) -> Words:
    shutil.rmtree(desk.folder / "books")
    return ("replay", str(desk.folder), "--key", str(desk.world.key))


def a_book_with_another_word(desk: Desk) -> Words:
    """The same name, other bytes: the revision is only a name."""
    matrix = next((desk.folder / "books").glob("*/catalogue/matrix.yaml"))
    matrix.write_text(matrix.read_text(encoding="utf-8").replace("DM4: R", "DM4: G"), encoding="utf-8")
    return ("replay", str(desk.folder), "--key", str(desk.world.key))


def a_record_put_beside_another_entry(desk: Desk) -> Words:
    """Sealed to the right key, for another decision."""
    from services.cli.ledger.auditor import Auditor
    from services.gateway.access.sealing import seal

    auditor = Auditor.read(desk.world.key)
    file = next((desk.folder / "records").rglob("*.ndjson"))
    row = json.loads(file.read_bytes().splitlines()[0])
    record = json.loads(auditor.unseal(row["sealed"]))
    record["plain"] = canonical(json.loads(record["plain"]) | {"salt": "another"}).decode()
    row["sealed"] = seal(auditor.opening, canonical(record))
    file.write_text(json.dumps(row) + "\n", encoding="utf-8")
    return ("replay", str(desk.folder), "--key", str(desk.world.key))


def a_damaged_record(desk: Desk) -> Words:
    file = next((desk.folder / "records").rglob("*.ndjson"))
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)
    return ("replay", str(desk.folder), "--key", str(desk.world.key))


def a_key_file_that_is_none(desk: Desk) -> Words:
    return ("replay", str(desk.folder), "--key", str(desk.trust))


def a_folder_that_is_no_ledger(desk: Desk) -> Words:
    return ("show", str(desk.tmp), "A" * 22)


def a_checkpoint_from_before_that_is_none(desk: Desk) -> Words:
    return _verify(desk, "--from", str(desk.trust))


def a_hub_that_is_away(desk: Desk) -> Words:
    return ("fetch", "http://127.0.0.1:1", str(desk.tmp / "new"), "--key", str(desk.world.key))


def an_address_in_the_clear(desk: Desk) -> Words:
    return ("fetch", "http://hub.example", str(desk.tmp / "new"), "--key", str(desk.world.key))


def a_folder_that_holds_another_hubs_log(desk: Desk) -> Words:
    desk.rewrite(desk.leaves(), Signer(f"southshire-hub/{LOG}", Ed25519PrivateKey.generate()))
    return ("fetch", desk.world.address, str(desk.folder), "--key", str(desk.world.key))


CASES: list[tuple[Callable[[Desk], Words], int, str]] = [
    (another_hubs_folder, 1, "this is the ledger of southshire-hub, and every key given is of another hub"),
    (another_hubs_log_in_the_export, 1, "logs of several hubs in one folder: northshire-hub, southshire-hub"),
    (a_swapped_key, 1, f"log {LOG}: signature: the checkpoint does not hold: none of the keys given"),
    (a_key_that_is_none, 2, "line 1: a key line has the form"),
    (a_truncated_export, 1, "the last entry is cut off"),
    (a_tile_that_is_gone, 1, "tile/entries/000.p/3 is not here"),
    (a_reordered_export, 1, f"log {LOG} entry 0: tile: tile/0/000.p/3 does not hold the hashes"),
    (an_export_signed_anew_after_a_change, 1, f"log {LOG}: rewritten: the first 3 entries are not those"),
    (
        an_end_taken_away_and_signed_anew,
        1,
        f"log {LOG} entry 2: rolled-back: 3 entries were signed earlier, and 2",
    ),
    (two_logs_of_one_size, 1, f"log {LOG}: split-view: two trees of 3 entries were signed"),
    (a_mixed_up_export, 1, f"the folder northshire-nhs holds the log northshire-hub/{LOG}"),
    (a_checkpoint_of_another_origin, 1, f"the folder {LOG} holds the log northshire-hub/hub"),
    (
        a_date_to_come_in_an_entry,
        1,
        f"log {LOG} entry 0: time: dated 2999-01-01T00:00:00.000Z, which is still to come",
    ),
    (a_date_to_come_as_option, 2, "--since: 2999-01-01 is still to come"),
    (a_receipt_for_another_body, 1, "WRONG  the answer as a whole is not the one that was entered"),
    (a_receipt_of_another_place, 1, "WRONG  the receipt does not hold: the entry is not in the tree"),
    (a_replay_without_its_book, 5, "the book that decided is not kept here"),
    (a_book_with_another_word, 5, "the book that decided is not kept here"),
    (a_record_put_beside_another_entry, 1, "the record kept is not the one whose digest was entered"),
    (a_damaged_record, 1, "does not open"),
    (a_key_file_that_is_none, 2, "trust.vkeys is no key file of an auditor"),
    (a_folder_that_is_no_ledger, 2, "no ledger here; name MASH_HOME, a download, or a hub's address"),
    (a_checkpoint_from_before_that_is_none, 2, "trust.vkeys is no checkpoint"),
    (a_hub_that_is_away, 3, "The hub does not answer: http://127.0.0.1:1: ConnectError"),
    (an_address_in_the_clear, 2, "http:// would send your token in the clear"),
    (
        a_folder_that_holds_another_hubs_log,
        1,
        f"holds southshire-hub/{LOG}, and this is northshire-hub/{LOG}",
    ),
]


@pytest.mark.parametrize(("spoil", "code", "line"), CASES, ids=[case[0].__name__ for case in CASES])
def test_what_is_wrong_is_named_with_its_place(
    desk: Desk, spoil: Callable[[Desk], Words], code: int, line: str
) -> None:
    ran = run(*spoil(desk))
    assert ran.exit_code == code, ran.output
    told = " ".join(ran.output.replace("│", " ").split())
    assert " ".join(line.split()) in told, ran.output


def test_both_checkpoints_that_contradict_are_given_word_for_word(desk: Desk) -> None:
    words = two_logs_of_one_size(desk)
    before = (desk.tmp / "before").read_text(encoding="utf-8")
    now = (desk.folder / LOG / "checkpoint").read_text(encoding="utf-8")
    (pair,) = json.loads(run(*words, "--json").stdout)["contradictions"]
    assert (pair["kind"], pair["earlier"], pair["now"]) == ("split-view", before, now)


@pytest.mark.parametrize("command", ["export", "fetch", "evidence", "report"])
def test_a_full_disk(desk: Desk, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    def full(file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    event = next(one for one in desk.world.served.world.entries(LOG) if one["kind"] == "release.intent")[
        "event_id"
    ]
    out, key = str(desk.tmp / "out"), ("--key", str(desk.world.key))
    trust = ("--trust", str(desk.trust))
    words = {
        "export": ("export", str(desk.world.served.world.home), out),
        "fetch": ("fetch", desk.world.address, out, *key),
        "evidence": ("evidence", str(desk.folder), "--event", event, *trust, "--out", out),
        "report": ("report", str(desk.folder), *trust, *key, "--out", out),
    }[command]
    # The hub writes too, in this very process: only the auditor's own files meet the full disk.
    monkeypatch.setattr("services.ledger.export.os", SimpleNamespace(fsync=full))
    ran = run(*words)
    assert ran.exit_code == 3
    assert "cannot be written (No space left on device); make room and run it again" in ran.output
