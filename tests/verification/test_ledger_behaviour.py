"""One suite for both stores: what the ledger promises whatever keeps its entries."""

import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.contract.canonical import b64u, canonical, parse, unb64u
from services.contract.problems import LedgerUnavailable
from services.contract.releases import Receipt, SubjectCount
from services.ledger import derive
from services.ledger.auditing.check import Record
from services.ledger.auditing.report import Report
from services.ledger.checkpoint import open_checkpoint
from services.ledger.entry import EntryRefused
from services.ledger.open import Ledger
from services.ledger.proof import Proof
from services.ledger.tree import verify_consistency
from services.ledger.verify import read_checkpoints, verify_folder, verify_records
from tests.verification.ledger_world import PEOPLE, Place, intent, refusal, trusted


class Behaviour:
    """What holds on every store. A subclass gives `place`."""

    @pytest.fixture
    def place(self, tmp_path: Path) -> Place:
        raise NotImplementedError

    @pytest.fixture
    def ledger(self, place: Place) -> Iterator[Ledger]:
        with place.opened() as ledger:
            yield ledger

    def report(self, place: Place, ledger: Ledger) -> Report:
        raise NotImplementedError

    def test_an_acknowledged_entry_is_under_a_signed_checkpoint(self, ledger: Ledger) -> None:
        receipt = ledger.append(intent(ledger))
        note = ledger.checkpoint("council")
        assert note is not None
        found = open_checkpoint(note, trusted(ledger))
        assert (found.origin, found.size) == (receipt.origin, receipt.size) == (receipt.origin, 1)
        assert b64u(found.root) == receipt.root

    def test_a_receipt_holds_offline_and_carries_the_entry(self, ledger: Ledger) -> None:
        receipts = [ledger.append(intent(ledger)) for _ in range(7)]
        for receipt in receipts:
            raw = ledger.receipt(receipt.id)
            assert raw is not None
            proof = Proof.parse(raw)
            assert proof.verify(trusted(ledger)).size == 7
            assert proof.index == receipt.index
            assert parse(proof.leaf)["entry"]["event_id"] == receipt.id
            assert parse(proof.leaf)["entry"]["time"] == receipt.time

    def test_the_stored_leaf_is_canonical_and_names_nobody(self, ledger: Ledger) -> None:
        raw = ledger.receipt(ledger.append(intent(ledger)).id)
        assert raw is not None
        leaf = Proof.parse(raw).leaf
        assert canonical(parse(leaf)) == leaf
        for name in (*PEOPLE, "case-1", "a-worker"):
            assert name.encode() not in leaf

    def test_handles_and_salts_come_from_the_subjects_secret(self, ledger: Ledger) -> None:
        prepared = ledger.prepare([SubjectCount(PEOPLE[0], 5), SubjectCount(PEOPLE[1], 0)])
        event = unb64u(prepared.event_id)
        first, second = prepared.subjects
        assert [len(first.salts), len(second.salts)] == [8, 0]
        assert len({*first.salts}) == 8
        secret = ledger._vault.fetch(PEOPLE[0]).secret
        assert first.handle == derive.handle(secret, event)
        assert first.salts == derive.salts(secret, event, 8)
        again = ledger.prepare([SubjectCount(PEOPLE[0], 5)])
        assert again.subjects[0].handle != first.handle

    def test_chain_values_count_up_per_subject_and_log_and_go_on_after_a_restart(self, place: Place) -> None:
        with place.opened() as ledger:
            secret = ledger._vault.fetch(PEOPLE[0]).secret
            chains = [
                self.chain_of(ledger, ledger.append(intent(ledger, people=PEOPLE[:1]))) for _ in range(3)
            ]
            other = self.chain_of(ledger, ledger.append(intent(ledger, "nhs-trust", PEOPLE[:1])))
        with place.opened() as ledger:
            assert ledger._vault.fetch(PEOPLE[0]).secret == secret
            chains.append(self.chain_of(ledger, ledger.append(intent(ledger, people=PEOPLE[:1]))))
        origin = f"{place.hub}/council"
        assert chains == [[b64u(derive.chain(secret, origin, n))] for n in (1, 2, 3, 4)]
        assert other == [b64u(derive.chain(secret, f"{place.hub}/nhs-trust", 1))]

    def test_one_batch_gives_each_chain_value_once(self, ledger: Ledger) -> None:
        drafts = [intent(ledger, people=PEOPLE) for _ in range(40)]
        receipts = at_once(ledger, drafts)
        values = [value for receipt in receipts for value in self.chain_of(ledger, receipt)]
        assert len(set(values)) == 40 * len(PEOPLE)
        secret = ledger._vault.fetch(PEOPLE[0]).secret
        wanted = {b64u(derive.chain(secret, receipts[0].origin, n)) for n in range(1, 41)}
        assert wanted <= set(values)

    def test_many_callers_get_an_index_each_without_a_gap(self, place: Place, ledger: Ledger) -> None:
        logs = ("council", "nhs-trust", "hub")
        receipts = at_once(ledger, [intent(ledger, logs[n % 3]) for n in range(90)])
        indexes = {log: sorted(found.index for found in receipts if found.log == log) for log in logs}
        assert indexes["council"] == indexes["nhs-trust"] == list(range(30))
        # Between those of the hub's log it lists the three logs, each before its first entry: when, the batches say.
        assert len(set(indexes["hub"])) == 30
        assert set(range(33)) > set(indexes["hub"])
        assert ledger.health().sizes == {"council": 30, "nhs-trust": 30, "hub": 33}
        assert self.report(place, ledger).exit_code == 0

    def test_checkpoints_only_ever_grow_from_one_another(self, ledger: Ledger) -> None:
        notes = []
        for _ in range(9):
            ledger.append(refusal())
            notes.append(ledger.checkpoint("council") or b"")
        found = [open_checkpoint(note, trusted(ledger)) for note in notes]
        tree = ledger._sequencer.logs.by_code["council"].tree
        for old in found:
            for new in found[old.size - 1 :]:
                path = tree.consistency(old.size, new.size)
                assert verify_consistency(old.size, new.size, old.root, new.root, path)

    def test_receipts_openings_and_sizes_survive_a_restart(self, place: Place) -> None:
        with place.opened() as ledger:
            receipts = [ledger.append(intent(ledger, log)) for log in ("council", "hub", "council")]
            before = {found.id: Proof.parse(ledger.receipt(found.id) or b"").leaf for found in receipts}
            notes = {log: ledger.checkpoint(log) for log in ("council", "hub")}
        with place.opened() as ledger:
            assert ledger.health().ready
            assert ledger.health().sizes == {"council": 2, "hub": 3}
            assert {log: ledger.checkpoint(log) for log in notes} == notes
            for found in receipts:
                assert Proof.parse(ledger.receipt(found.id) or b"").leaf == before[found.id]
                assert ledger.opening(found.id) == b'{"salts":[]}'
                assert ledger.decision(found.id) == b'{"profiles":[]}'
            assert ledger.append(refusal()).index == 2
            assert self.report(place, ledger).exit_code == 0

    def test_a_repeat_of_an_event_id_takes_no_second_place(self, place: Place) -> None:
        with place.opened() as ledger:
            draft = intent(ledger)
            first = ledger.append(draft)
            assert ledger.append(draft) == first
            assert {found.index for found in at_once(ledger, [draft] * 8)} == {0}
        with place.opened() as ledger:
            assert ledger.append(draft) == first
            assert ledger.health().sizes == {"hub": 2, "council": 1}
            with pytest.raises(EntryRefused):
                ledger.append(replace(draft, purpose="TREAT"))
            # A hub that finishes what it began before a restart no longer has the client's key.
            assert ledger.append(replace(draft, asking=replace(draft.asking, client_key=""))) == first

    def test_an_outcome_is_queued_and_not_waited_for(self, place: Place) -> None:
        with place.opened() as ledger:
            receipt = ledger.append(intent(ledger))
            ledger.append_later(replace(refusal(), kind="release.outcome", ref=(receipt.log, receipt.id)))
        with place.opened() as ledger:
            assert ledger.health().sizes == {"hub": 2, "council": 2}
            assert self.report(place, ledger).exit_code == 0

    def test_a_vault_row_without_its_entry_is_swept_at_start(self, place: Place) -> None:
        with place.opened() as ledger:
            kept = ledger.append(intent(ledger))
            lost = intent(ledger, people=("person-9",))
            pending = ledger._pending(lost)
            ledger._vault.store(pending.names, pending.kept)
            count = rows(ledger)
        with place.opened() as ledger:
            assert rows(ledger) == {"kept": count["kept"] - 2, "subject": count["subject"] - 1}
            assert ledger.opening(kept.id) is not None

    def test_a_draft_that_is_no_entry_is_refused_alone(self, ledger: Ledger) -> None:
        facts = {"code": "PURPOSE_NOT_PERMITTED"}
        bads: list[dict[str, Any]] = [
            {"kind": "no.such"},
            {"facts": {}},
            {"facts": {**facts, "count": 1 << 70}},
        ]
        for bad in bads:
            with pytest.raises(EntryRefused):
                ledger.append(replace(refusal(), **bad))
        # Nor is a log listed for the sake of what it never took, and the sequencer goes on.
        assert ledger.health().sizes == {}
        assert ledger.append(refusal()).index == 0

    def test_a_handle_of_another_event_is_refused(self, ledger: Ledger) -> None:
        one, other = intent(ledger), intent(ledger)
        with pytest.raises(EntryRefused):
            ledger.append(replace(one, subjects=other.subjects))
        assert ledger.health().sizes == {}

    @staticmethod
    def chain_of(ledger: Ledger, receipt: Receipt) -> Any:
        return parse(Proof.parse(ledger.receipt(receipt.id) or b"").leaf)["chain"]


class TestFile(Behaviour):
    @pytest.fixture
    def place(self, tmp_path: Path) -> Place:
        return Place(tmp_path)

    def report(self, place: Place, ledger: Ledger) -> Report:
        return verify_folder(place.folder, trusted(ledger))


class TestKafka(Behaviour):
    @pytest.fixture
    def place(self, tmp_path: Path, kafka_broker: Any) -> Place:
        # A hub of its own for each test: topics are never deleted.
        return Place(tmp_path, f"kafka://{kafka_broker.address}", f"hub-{uuid.uuid4().hex[:12]}")

    def report(self, place: Place, ledger: Ledger) -> Report:
        from services.ledger.store.broker import Broker, log_of

        broker = Broker(place.store.removeprefix("kafka://").split(","))
        logs = {topic: log for topic in broker.topics() if (log := log_of(place.hub, topic))}
        records = [
            Record(log, row.at, row.leaf) for topic, log in logs.items() for row in broker.read(topic, 0)
        ]
        return verify_records(records, place.hub, lambda: read_checkpoints(place.folder), trusted(ledger))


def at_once(ledger: Ledger, drafts: list[Any]) -> list[Receipt]:
    """Each draft by a caller of its own, all at the same time."""
    found: list[Receipt] = []
    errors: list[LedgerUnavailable] = []

    def call(draft: Any) -> None:
        try:
            found.append(ledger.append(draft))
        except LedgerUnavailable as error:
            errors.append(error)

    threads = [threading.Thread(target=call, args=(draft,)) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    return found


def rows(ledger: Ledger) -> dict[str, int]:
    """How many rows each table of the vault has."""
    tables = ("kept", "subject")
    return {name: ledger._vault.base.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}
