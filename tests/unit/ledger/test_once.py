"""Idempotency keys in the ledger: taken with the entry or not at all, by one entry only, and the answer for a time."""

from pathlib import Path

import pytest

from services.contract.problems import KeyTaken, LedgerUnavailable
from services.contract.releases import Draft, Once
from services.ledger.open import Ledger
from services.ledger.pending import Pending
from services.ledger.vault import Kept, Vault
from services.runtime.keys import KeyFolder
from tests.verification.ledger_world import Place, intent, refusal

ONCE = Once("ab" * 16, "cd" * 16, 1_000)


def draft(ledger: Ledger, once: Once = ONCE, answer: bytes = b"the answer") -> Draft:
    return intent(ledger, once=once, answer=answer)


def test_a_key_is_found_with_its_receipt_and_answer_and_after_a_restart(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with place.opened() as ledger:
        assert ledger.answered_once(ONCE.key) is None
        receipt = ledger.append(draft(ledger))
        found = ledger.answered_once(ONCE.key)
        assert found is not None
        assert (found.once, found.answer, found.receipt) == (ONCE, b"the answer", receipt)
    with place.opened() as ledger:
        assert ledger.answered_once(ONCE.key) == found


def test_a_second_entry_under_a_key_is_not_appended_and_the_first_may_be_said_again(tmp_path: Path) -> None:
    with Place(tmp_path).opened() as ledger:
        first = draft(ledger)
        receipt = ledger.append(first)
        with pytest.raises(KeyTaken):
            ledger.append(draft(ledger))
        assert ledger.health().ready
        assert ledger.append(first) == receipt
        assert ledger.health().sizes == {"hub": 2, "council": 1}


def test_two_of_one_batch_under_a_key_are_one(tmp_path: Path) -> None:
    with Place(tmp_path).opened() as ledger:
        ledger.append(intent(ledger))
        both: list[Pending] = [ledger._pending(draft(ledger)) for _ in range(2)]
        ledger._sequencer._commit(both)
        assert [one.head is not None for one in both] == [True, False]
        assert isinstance(both[1].error, KeyTaken)
        assert ledger.health().sizes == {"hub": 2, "council": 2}


def test_a_key_whose_entry_never_came_to_stand_is_free_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a crash between the vault and the journal: the sweep at the start gives it back."""
    place = Place(tmp_path)
    with place.opened() as ledger:
        # So that the logs are listed, and the next to be stored is the entry itself.
        ledger.append(refusal())

        def dies(_: object) -> None:
            raise RuntimeError

        monkeypatch.setattr(ledger._sequencer.store, "append", dies)
        with pytest.raises(LedgerUnavailable):
            ledger.append(draft(ledger))
        assert ledger._vault.onces.find(ONCE.key) is not None
        assert ledger.answered_once(ONCE.key) is None
    with place.opened() as ledger:
        assert ledger._vault.onces.find(ONCE.key) is None
        ledger.append(draft(ledger))


def test_answers_are_forgotten_by_their_time_and_keys_are_not(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with place.opened() as ledger:
        ledger.append(draft(ledger))
        later = Once("ef" * 16, "cd" * 16, 1_500)
        ledger.append(draft(ledger, later))
        assert ledger.forget_answers(1_000) == 0
        assert ledger.forget_answers(1_001) == 1
        assert ledger.forget_answers(1_001) == 0
        gone, kept = ledger.answered_once(ONCE.key), ledger.answered_once(later.key)
        assert gone is not None
        assert kept is not None
        assert (gone.answer, kept.answer) == (None, b"the answer")
        # The decision record and the opening stay with their entry.
        assert ledger.opening(gone.receipt.id) is not None
        with pytest.raises(KeyTaken):
            ledger.append(draft(ledger))


def test_an_answer_opens_no_longer_once_anybody_in_it_is_forgotten(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault.db", KeyFolder(tmp_path / "keys"))
    event = bytes(16)
    both = (vault.fetch("p-1"), vault.fetch("p-2"))
    vault.store(["p-1", "p-2"], [Kept(event, "answer", both, b"the answer")], [(event, ONCE)])
    assert vault.open(event, "answer") == b"the answer"
    vault.base.execute("DELETE FROM subject WHERE id=?", (both[1].id,))
    assert vault.open(event, "answer") is None
    assert vault.onces.find(ONCE.key) == (event, ONCE)
    vault.close()
