"""Ways to spoil what an auditor has: each makes one thing wrong, and gives the words of the command that must say so."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.contract.canonical import canonical, parse
from services.ledger.auditing.check import Record
from services.ledger.checkpoint import Checkpoint
from services.ledger.export import export
from services.ledger.tiles import bundle, tiles_of, unbundle
from services.ledger.tree import Tree, leaf_hash
from services.runtime.keys import KeyFolder
from services.runtime.note import Signer, split_note
from tests.hub.audited import Audited, run
from tests.verification.ledger_world import Place, intent, trusted

LOG = "northshire-csc"


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
