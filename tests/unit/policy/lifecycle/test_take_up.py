"""What the hub puts in force: who signed, what, and against which book; the first book, each start after, and the log first."""

import pytest

from services.contract.canonical import digest
from services.contract.problems import BadSetting, LedgerUnavailable, PolicyUnavailable
from services.policy.lifecycle import take_up as taking_up
from services.policy.lifecycle.refused import ProposalRefused
from services.runtime.book import Book, Shelf
from tests.signing_world import Installation, end_isa, key, refused_for, row, widen

# --- The rule ----------------------------------------------------------------------------------------------


def test_a_widening_is_put_in_force_by_two_who_did_not_propose_it(
    running: tuple[Installation, Shelf],
) -> None:
    hub, shelf = running
    before = shelf.current()
    widen(hub)
    request = hub.ask(hub.propose(signed=("idris.bell", "joan.mercer")))
    hub.activation(shelf).look()
    answer = hub.answer(request)
    assert answer["outcome"] == "in-force"
    assert sorted(answer["signed_by"]) == ["idris.bell", "joan.mercer"]
    assert shelf.current().digest == answer["policy"] != before.digest
    assert shelf.accepted() == {before.revision, shelf.current().revision}
    assert hub.log.kinds() == ["policy.activated"] * 2
    assert hub.log.drafts[-1].policy_digest == shelf.current().digest
    assert hub.told[0].record.policy == shelf.current().digest
    assert hub.start().current().digest == shelf.current().digest


def test_one_ig_lead_alone_narrows_at_once(running: tuple[Installation, Shelf]) -> None:
    hub, shelf = running
    end_isa(hub.folder)
    request = hub.ask(hub.propose("carys.holt"))
    hub.activation(shelf).look()
    assert hub.answer(request)["outcome"] == "in-force"
    assert hub.answer(request)["signed_by"] == ["carys.holt"]


def test_a_caldicott_guardian_alone_does_not_narrow(running: tuple[Installation, Shelf]) -> None:
    hub, shelf = running
    end_isa(hub.folder)
    proposal = hub.propose("idris.bell")
    refused = hub.ask(proposal)
    hub.activation(shelf).look()
    assert refused_for(hub, refused) == ["TOO_FEW_SIGNERS"]
    hub.sign(proposal, "amina.shah")
    granted = hub.ask(proposal)
    hub.activation(shelf).look()
    assert hub.answer(granted)["outcome"] == "in-force"


def test_whoever_adds_a_signer_widens(running: tuple[Installation, Shelf]) -> None:
    hub, shelf = running
    new = key("new.person")
    with (hub.folder / "signers.yaml").open("a", encoding="utf-8") as file:
        file.write(row(new))
    hub.people["new.person"] = new
    proposal = hub.propose(signed=("idris.bell",))
    # The one who is to be added does not count yet.
    with pytest.raises(ProposalRefused, match="not a signer of the book in force"):
        hub.sign(proposal, "new.person")
    one = hub.ask(proposal)
    hub.activation(shelf).look()
    assert refused_for(hub, one) == ["TOO_FEW_SIGNERS"]
    proposal.sign("new.person", new.sign(proposal.statement.text))
    two = hub.ask(proposal)
    hub.activation(shelf).look()
    assert refused_for(hub, two) == ["UNKNOWN_SIGNER"]
    (proposal.folder / "signatures/new.person.note").unlink()
    hub.sign(proposal, "carys.holt")
    three = hub.ask(proposal)
    hub.activation(shelf).look()
    assert hub.answer(three)["outcome"] == "in-force"
    end_isa(hub.folder)
    assert hub.propose("new.person").statement.proposer == "new.person"


def test_a_rollback_follows_the_same_rule(running: tuple[Installation, Shelf]) -> None:
    hub, shelf = running
    first = shelf.current()
    end_isa(hub.folder)
    hub.ask(hub.propose())
    activation = hub.activation(shelf)
    activation.look()
    assert shelf.current().digest != first.digest
    # Back is wider.
    back = hub.roll_back(first.digest, signed=("idris.bell",))
    alone = hub.ask(back)
    activation.look()
    assert refused_for(hub, alone) == ["TOO_FEW_SIGNERS"]
    hub.sign(back, "carys.holt")
    two = hub.ask(back)
    activation.look()
    assert hub.answer(two)["outcome"] == "in-force"
    assert shelf.current().digest == first.digest
    assert hub.log.kinds()[-2:] == ["policy.refused", "policy.rolled-back"]
    with pytest.raises(ProposalRefused, match="was never in force here"):
        hub.roll_back("0" * 64)


# --- The first book, and each start after ------------------------------------------------------------------


def test_without_a_book_in_force_the_hub_does_not_start(fresh: Installation) -> None:
    with pytest.raises(BadSetting) as why:
        fresh.start()
    assert "put-a-policy-in-force" in why.value.step


def test_a_first_book_needs_two_signers_and_the_confirmed_digest_of_the_signers(fresh: Installation) -> None:
    proposal = fresh.propose(signed=("idris.bell",))
    fresh.ask(proposal, proposal.statement.signers)
    with pytest.raises(BadSetting, match="widens, which needs two signers"):
        fresh.start()
    fresh.sign(proposal, "carys.holt")
    fresh.ask(proposal, "0" * 64)
    with pytest.raises(BadSetting, match=proposal.statement.signers):
        fresh.start()
    fresh.ask(proposal, proposal.statement.signers)
    assert fresh.start().current().digest == proposal.statement.policy
    assert fresh.log.kinds() == ["policy.refused", "policy.refused", "policy.activated"]


def test_a_book_changed_since_it_was_put_in_force_stops_the_start(
    running: tuple[Installation, Shelf],
) -> None:
    hub, shelf = running
    shelf_file = shelf.folder / "isa/panels.yaml"
    shelf_file.write_text(
        shelf_file.read_text(encoding="utf-8").replace("2031-03-31", "2031-03-30"), encoding="utf-8"
    )
    with pytest.raises(BadSetting, match="are not what was signed"):
        hub.start()


def test_a_record_that_the_hub_did_not_write_stops_the_start(running: tuple[Installation, Shelf]) -> None:
    hub, _ = running
    widen(hub)
    unsigned = hub.propose()
    record = next((hub.home / "policy/activated").iterdir())
    forged = record.read_text(encoding="utf-8")
    first = hub.lifecycle.activated.all()[0]
    forged = forged.replace(first.proposal, unsigned.id).replace(first.policy, unsigned.statement.policy)
    record.write_text(forged, encoding="utf-8")
    with pytest.raises(BadSetting, match="is not as the hub wrote it"):
        hub.start()
    record.unlink()
    (hub.home / "policy/activated/000002.json").write_text(forged, encoding="utf-8")
    with pytest.raises(BadSetting):
        hub.start()


def test_edits_of_the_folder_change_nothing(running: tuple[Installation, Shelf]) -> None:
    hub, shelf = running
    widen(hub)
    assert not shelf.reload()
    assert hub.start().current().digest == shelf.current().digest


# --- The log first -----------------------------------------------------------------------------------------


def test_without_an_entry_nothing_is_in_force_and_nothing_is_lost(
    running: tuple[Installation, Shelf],
) -> None:
    hub, shelf = running
    before = shelf.current().digest
    end_isa(hub.folder)
    request = hub.ask(hub.propose())
    hub.log.away = LedgerUnavailable("away")
    activation = hub.activation(shelf)
    activation.look()
    assert shelf.current().digest == before
    assert hub.lifecycle.requests.answer(request, 0) is None
    assert hub.start().current().digest == before
    hub.log.away = None
    activation.look()
    assert hub.answer(request)["outcome"] == "in-force"
    assert shelf.current().digest != before
    assert hub.log.kinds() == ["policy.activated"] * 2


def test_who_signed_stands_in_the_log_by_key_and_in_nobodys_name(running: tuple[Installation, Shelf]) -> None:
    hub, _ = running
    draft = hub.log.drafts[0]
    assert draft.facts["signed_by"] == [
        hub.people[id].verifier.id.hex() for id in ("carys.holt", "idris.bell")
    ]
    assert not any(id in str(draft.facts) for id in hub.people)
    assert (
        draft.facts["impact"]
        == digest((hub.lifecycle.proposals.all()[0].folder / "impact.json").read_bytes()).hex()
    )


def test_a_book_that_the_engine_never_takes_up_is_given_up_and_the_log_says_so(
    running: tuple[Installation, Shelf], monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, shelf = running
    given = list[str]()

    def never(book: Book) -> None:
        given.append(book.digest)
        raise PolicyUnavailable("not yet")

    shelf.before_change(never)
    before = shelf.current()
    end_isa(hub.folder)
    request = hub.ask(hub.propose())
    activation = hub.activation(shelf)
    activation.look()
    # Both stay accepted while it may still be taken up.
    assert len(shelf.accepted()) == 2
    assert hub.lifecycle.requests.answer(request, 0) is None
    monkeypatch.setattr(taking_up, "GIVE_UP", 0.0)
    activation.look()
    assert refused_for(hub, request) == ["ENGINE_REFUSED"]
    assert hub.log.kinds()[-2:] == ["policy.activated", "policy.refused"]
    assert shelf.accepted() == {before.revision}
    assert given[-1] == before.digest
    assert hub.start().current().digest == before.digest
    shelf._ready_for.clear()
    again = hub.ask(hub.lifecycle.proposals.find(hub.log.drafts[-1].facts["proposal"]))
    activation.look()
    assert hub.answer(again)["outcome"] == "in-force"
