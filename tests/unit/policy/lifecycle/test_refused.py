"""Proposals that are refused, each with its place and remedy; and the hub goes on."""

import shutil
from collections.abc import Callable

import pytest

from services.contract.canonical import canonical
from services.policy.lifecycle import judge as judging
from services.policy.lifecycle.proposals import Proposal
from services.runtime.book import Shelf
from tests.signing_world import Installation, edit, end_isa, key, refused_for, widen

Spoil = Callable[[Installation, Proposal], object]


def change(file: str, old: str, new: str) -> Spoil:
    def spoil(hub: Installation, proposal: Proposal) -> None:
        edit(proposal.folder, file, old, new)

    return spoil


def other_report(hub: Installation, proposal: Proposal) -> None:
    """A whole report, of another digest than was signed."""
    report = {**proposal.report, "widens": False}
    (proposal.folder / "impact.json").write_bytes(canonical(report))


def move_on(hub: Installation, proposal: Proposal) -> None:
    """Another book comes into force meanwhile."""
    end_isa(hub.folder, "2026-10-01")
    hub.ask(hub.propose())
    hub.activation(hub.start()).look()


def bad_signature(hub: Installation, proposal: Proposal) -> None:
    path = proposal.folder / "signatures/idris.bell.note"
    path.write_bytes(key("idris.bell").sign(proposal.statement.text))


def flipped(hub: Installation, proposal: Proposal) -> None:
    """One bit of a signature."""
    path = proposal.folder / "signatures/idris.bell.note"
    text = path.read_bytes()
    spot = text.rindex(b" ") + 20
    path.write_bytes(text[:spot] + (b"A" if text[spot : spot + 1] != b"A" else b"B") + text[spot + 1 :])


def of_another(hub: Installation, proposal: Proposal) -> None:
    """A signature over another proposal, put in here."""
    end_isa(hub.folder, "2031-03-30")
    other = hub.propose(signed=("idris.bell",))
    shutil.copy(other.folder / "signatures/idris.bell.note", proposal.folder / "signatures/idris.bell.note")


def by_proposer(hub: Installation, proposal: Proposal) -> None:
    for path in (proposal.folder / "signatures").iterdir():
        path.unlink()
    proposal.sign("amina.shah", hub.people["amina.shah"].sign(proposal.statement.text))


def one_only(hub: Installation, proposal: Proposal) -> None:
    (proposal.folder / "signatures/idris.bell.note").unlink()


def twice(hub: Installation, proposal: Proposal) -> None:
    """One person's signature in two files is one signer."""
    folder = proposal.folder / "signatures"
    shutil.copy(folder / "joan.mercer.note", folder / "idris.bell.note")


def other_proposer(hub: Installation, proposal: Proposal) -> None:
    """The proposer's own line taken out, so that anybody may have proposed it."""
    path = proposal.folder / "proposal.note"
    path.write_bytes(hub.people["carys.holt"].sign(proposal.statement.text))


SPOILED: dict[str, tuple[Spoil, str, str]] = {
    "a rule or table changed": (change("book/isa/panels.yaml", "2031-03-29", "2031-03-28"),
                                "BOOK_CHANGED", "book/"),
    "a broken book": (change("book/isa/panels.yaml", "consent:", "consnet:"), "BAD_BOOK", "book/isa/panels.yaml line"),
    "the signers changed": (change("book/signers.yaml", "Idris Bell", "Idris Ball"), "SIGNERS_CHANGED",
                            "book/signers.yaml"),
    "the statement changed": (change("proposal.note", "kind activate", "kind rollback"), "UNREADABLE", "proposal.note"),
    "an impact report of another digest": (other_report, "REPORT_OF_ANOTHER", "impact.json"),
    "another book in force meanwhile": (move_on, "BASE_NOT_IN_FORCE", "proposal.note"),
    "a signature by another key": (bad_signature, "BAD_SIGNATURE", "signatures/idris.bell.note"),
    "a signature with one bit flipped": (flipped, "BAD_SIGNATURE", "signatures/idris.bell.note"),
    "a signature over another proposal": (of_another, "BAD_SIGNATURE", "signatures/idris.bell.note"),
    "a single signature": (one_only, "TOO_FEW_SIGNERS", "signatures/"),
    "one signer twice": (twice, "TOO_FEW_SIGNERS", "signatures/"),
    "a signer who is the proposer": (by_proposer, "SIGNER_IS_PROPOSER", "signatures/amina.shah.note"),
    "a proposal that its proposer did not sign": (other_proposer, "BAD_SIGNATURE", "proposal.note"),
}  # fmt: skip


@pytest.mark.parametrize("what", SPOILED)
def test_it_is_refused_with_place_and_remedy_and_the_hub_goes_on(
    running: tuple[Installation, Shelf], what: str
) -> None:
    hub, shelf = running
    spoil, code, place = SPOILED[what]
    widen(hub)
    proposal = hub.propose(signed=("idris.bell", "joan.mercer"))
    spoil(hub, proposal)
    before = hub.start().current().digest
    request = hub.ask(proposal)
    hub.activation(shelf).look()
    answer = hub.answer(request)
    assert set(refused_for(hub, request)) == {code}
    assert place in answer["faults"][0]["place"]
    assert any(
        word in answer["faults"][0]["what"] for word in ("propose", "sign", "add", "remove", "Did you mean")
    )
    assert hub.start().current().digest == before
    assert hub.log.kinds()[-1] == "policy.refused"
    assert list(hub.log.drafts[-1].facts["codes"]) == [code]
    assert not hub.lifecycle.requests.waiting()


def test_a_report_that_says_nothing_widens_is_not_believed(running: tuple[Installation, Shelf]) -> None:
    hub, shelf = running
    widen(hub)
    # Whoever proposes works the report out with a comparison of their own.
    honest, hub.compare = hub.compare, lambda before, after: honest(before, before)
    proposal = hub.propose()
    assert proposal.report["widens"] is False
    hub.compare = honest
    request = hub.ask(proposal)
    hub.activation(shelf).look()
    assert refused_for(hub, request) == ["REPORT_WRONG"]


def test_an_old_proposal_and_one_from_the_future_are_refused(
    running: tuple[Installation, Shelf], monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, shelf = running
    end_isa(hub.folder)
    proposal = hub.propose()
    monkeypatch.setattr(judging, "LIFE", judging.SKEW * -1)
    old = hub.ask(proposal)
    hub.activation(shelf).look()
    assert refused_for(hub, old) == ["TOO_OLD"]
    monkeypatch.undo()
    monkeypatch.setattr(judging, "SKEW", -judging.LIFE)
    early = hub.ask(proposal)
    hub.activation(shelf).look()
    assert refused_for(hub, early) == ["NOT_YET"]


def test_a_request_for_nothing_or_nonsense_is_refused_and_put_aside(
    running: tuple[Installation, Shelf],
) -> None:
    hub, shelf = running
    request = hub.lifecycle.requests.ask("../../etc")
    (hub.lifecycle.requests.folder / "x.request.json").write_text("{", encoding="utf-8")
    hub.activation(shelf).look()
    assert refused_for(hub, request) == ["UNREADABLE"]
    assert (hub.lifecycle.requests.folder / "x.request.json.unreadable").exists()
