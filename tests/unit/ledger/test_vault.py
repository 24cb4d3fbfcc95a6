"""The vault: sealed, agreed on by all callers, unreadable once a subject is forgotten."""

import sqlite3
import threading
from pathlib import Path

import pytest

from services.contract.problems import LedgerUnavailable
from services.ledger.vault import DECISION, OPENING, Kept, Subject, Vault
from services.runtime.keys import KeyFolder

EVENT, OTHER = bytes(16), bytes(range(16))


@pytest.fixture
def keys(tmp_path: Path) -> KeyFolder:
    return KeyFolder(tmp_path / "keys")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vault.db"


def test_all_callers_of_a_new_subject_agree_before_it_is_durable(path: Path, keys: KeyFolder) -> None:
    vault = Vault(path, keys)
    found: list[Subject] = []
    threads = [threading.Thread(target=lambda: found.append(vault.fetch("p-1"))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({subject.secret for subject in found}) == 1
    vault.store(["p-1"], [])
    assert vault.fetch("p-1") == found[0]
    vault.close()
    again = Vault(path, keys)
    assert again.fetch("p-1") == found[0]
    assert again.fetch("p-2") != found[0]
    again.close()


def test_what_is_kept_opens_in_its_own_place_only(path: Path, keys: KeyFolder) -> None:
    vault = Vault(path, keys)
    both = (vault.fetch("p-1"), vault.fetch("p-2"))
    vault.store(
        ["p-1", "p-2"], [Kept(EVENT, DECISION, both, b"decision"), Kept(EVENT, OPENING, (), b"opening")]
    )
    assert vault.open(EVENT, DECISION) == b"decision"
    assert vault.open(EVENT, OPENING) == b"opening"
    assert vault.open(OTHER, DECISION) is None
    vault.base.execute("UPDATE kept SET event=? WHERE what='decision'", (OTHER,))
    assert vault.open(OTHER, DECISION) is None
    vault.close()


def test_forgetting_one_subject_makes_all_about_them_unreadable(path: Path, keys: KeyFolder) -> None:
    vault = Vault(path, keys)
    one, two = vault.fetch("p-1"), vault.fetch("p-2")
    kept = [Kept(EVENT, DECISION, (one, two), b"of both"), Kept(OTHER, DECISION, (two,), b"of one")]
    vault.store(["p-1", "p-2"], kept)
    vault.base.execute("DELETE FROM subject WHERE id=?", (one.id,))
    assert vault.open(EVENT, DECISION) is None
    assert vault.open(OTHER, DECISION) == b"of one"
    vault.close()


def test_the_file_shows_neither_a_name_nor_a_value_nor_who_stands_together(
    path: Path, keys: KeyFolder
) -> None:
    vault = Vault(path, keys)
    subject = vault.fetch("person-Ada")
    vault.store(["person-Ada"], [Kept(EVENT, DECISION, (subject,), b"Kingfisher Close")])
    rows = vault.base.execute("SELECT body FROM kept").fetchall()
    vault.close()
    raw = b"".join(found.read_bytes() for found in path.parent.glob("vault.db*"))
    for value in (b"person-Ada", b"Kingfisher", subject.secret, subject.key):
        assert value not in raw
    assert all(subject.id not in row[0] for row in rows)


def test_another_key_folder_opens_nothing_and_is_said(path: Path, keys: KeyFolder, tmp_path: Path) -> None:
    vault = Vault(path, keys)
    vault.fetch("p-1")
    vault.store(["p-1"], [])
    vault.close()
    strange = KeyFolder(tmp_path / "strange")
    (strange.folder / "ledger-subjects.1.key").write_bytes(keys.secret("ledger-subjects"))
    other = Vault(path, strange)
    with pytest.raises(LedgerUnavailable, match="key folder"):
        other.fetch("p-1")
    other.close()


def test_a_failed_transaction_leaves_the_subject_new(path: Path, keys: KeyFolder) -> None:
    vault = Vault(path, keys)
    subject = vault.fetch("p-1")
    vault.base.execute("PRAGMA query_only=ON")
    with pytest.raises(LedgerUnavailable, match="vault"):
        vault.store(["p-1"], [])
    vault.base.execute("PRAGMA query_only=OFF")
    vault.store(["p-1"], [])
    assert vault.fetch("p-1") == subject
    count = sqlite3.connect(path)
    assert count.execute("SELECT count(*) FROM subject").fetchone() == (1,)
    count.close()
    vault.close()


def test_the_sweep_keeps_what_has_an_entry(path: Path, keys: KeyFolder) -> None:
    vault = Vault(path, keys)
    kept, lost = vault.fetch("p-kept"), vault.fetch("p-lost")
    vault.store(
        ["p-kept", "p-lost"], [Kept(EVENT, DECISION, (kept,), b"a"), Kept(OTHER, DECISION, (lost,), b"b")]
    )
    assert vault.sweep(lambda event: event == EVENT, lambda secret: secret == kept.secret) == 2
    assert vault.open(EVENT, DECISION) == b"a"
    assert vault.open(OTHER, DECISION) is None
    # Once seen in a log a subject is not looked for again: its first entry is there for good.
    assert vault.sweep(lambda event: event == EVENT, lambda _: False) == 0
    vault.close()
