"""Bad input to `mash ledger`: each is named in one line with where it is, ends with its code, and never with a traceback."""

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.hub.audited import Audited, an_audited, run
from tests.hub.spoilt_ledgers import (
    LOG,
    Desk,
    Words,
    a_book_with_another_word,
    a_checkpoint_from_before_that_is_none,
    a_checkpoint_of_another_origin,
    a_damaged_record,
    a_date_to_come_as_option,
    a_date_to_come_in_an_entry,
    a_folder_that_holds_another_hubs_log,
    a_folder_that_is_no_ledger,
    a_hub_that_is_away,
    a_key_file_that_is_none,
    a_key_that_is_none,
    a_mixed_up_export,
    a_receipt_for_another_body,
    a_receipt_of_another_place,
    a_record_put_beside_another_entry,
    a_reordered_export,
    a_replay_without_its_book,
    a_swapped_key,
    a_tile_that_is_gone,
    a_truncated_export,
    an_address_in_the_clear,
    an_end_taken_away_and_signed_anew,
    an_export_signed_anew_after_a_change,
    another_hubs_folder,
    another_hubs_log_in_the_export,
    two_logs_of_one_size,
)


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    with an_audited(tmp_path_factory.mktemp("bad")) as world:
        world.trust()
        assert world.fetch(world.desk / "audit").exit_code == 0
        yield world


@pytest.fixture
def desk(audited: Audited, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    # A proof of misbehaviour is saved where the command runs.
    monkeypatch.chdir(tmp_path)
    shutil.copytree(audited.desk / "audit", tmp_path / "audit")
    shutil.copy(audited.desk / "trust.vkeys", tmp_path / "trust.vkeys")
    return Desk(audited, tmp_path)


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
