"""An IG lead's whole journey on a running hub, by the commands alone: edit, propose, two sign, activate, and back again."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli.main import app
from services.cli.policy import propose as proposing
from services.cli.policy import signing_key
from services.cli.policy.check import Outcome
from services.contract.problems import NotAllowed
from services.contract.views import Refused
from services.gateway.policies.notices import tell_of_policies
from services.gateway.policies.standing import show_standing
from services.gateway.tasks.inbox import waiting
from services.gateway.tasks.opening import open_task
from services.policy.lifecycle.take_up import Change
from services.policy.lifecycle.weighed import weighed
from services.runtime.settings import read_settings
from services.wiring import build
from tests.chosen_steps import only
from tests.hub.world import World, a_person
from tests.signing_world import PEOPLE, Installation, a_folder, edit

SECRET = "four plain invented words"


@dataclass
class Desk:
    """A hub that runs, and the people who sit at terminals beside it."""

    world: World
    installation: Installation
    folder: Path

    def mash(self, *words: str, key: str = "", typed: str = "") -> Result:
        options = ["--home", str(self.installation.home)]
        if key:
            options += [
                "--key",
                str(self.folder / f"{key}.key"),
                "--passphrase-file",
                str(self.folder / "passphrase"),
            ]
        return CliRunner().invoke(app, ["policy", *words, *options], input=typed)

    def propose(self, by: str) -> str:
        # The checks have tests of their own, and one below; here they would be run again for each proposal.
        with pytest.MonkeyPatch.context() as patch:
            held = ("", (Outcome("files", "holds", 0.0),))
            patch.setattr(proposing, "outcomes_of", lambda *_: held)
            told = self.mash("propose", "--quick", "--policies", str(self.installation.folder), key=by)
        assert told.exit_code == 0, told.output
        found = re.search(r"Proposal ([0-9a-f]{16})\.", told.output)
        assert found, told.output
        return found[1]

    def sign(self, proposal: str, by: str) -> None:
        told = self.mash("sign", proposal, "--yes", key=by)
        assert told.exit_code == 0, told.output

    def revision(self) -> str:
        return str(self.world.parts.shelf.current().revision)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("signed")
    passphrase = folder / "passphrase"
    passphrase.touch(mode=0o600)
    passphrase.write_text(SECRET + "\n", encoding="utf-8")
    people = {id: signing_key.make(folder / f"{id}.key", id, SECRET) for id in PEOPLE}
    own = a_folder(folder / "policies", people)
    installation = Installation(folder / "home", own, people, compare=weighed)
    first = installation.propose(signed=("idris.bell", "carys.holt"))
    installation.ask(first, first.statement.signers)
    settings = read_settings(
        mode="demo", signed=True, home=folder / "home", policies=own, keys=folder / "keys"
    )
    running = build(settings)
    yield Desk(World(running, folder / "home"), installation, folder)
    running.close()


def test_propose_two_sign_activate_and_roll_back(desk: Desk) -> None:
    first = desk.revision()
    edit(desk.installation.folder, "isa/housing.yaml", "title: ", "title: The ")
    desk.world.parts.shelf.reload()
    assert desk.revision() == first, "an edit of the folder changes nothing"
    proposal = desk.propose("amina.shah")
    early = desk.mash("activate", proposal)
    assert early.exit_code == 4
    assert "two signers beside its proposer Amina Shah; nobody has signed" in early.output
    desk.sign(proposal, "idris.bell")
    desk.sign(proposal, "joan.mercer")
    done = desk.mash("activate", proposal)
    assert done.exit_code == 0, done.output
    second = desk.revision()
    assert second != first
    assert f"In force: revision {second}" in done.output
    back = desk.mash("rollback", "--to", first, key="amina.shah")
    assert back.exit_code == 0, back.output
    found = re.search(r"Proposal ([0-9a-f]{16})\.", back.output)
    assert found
    for one in ("carys.holt", "idris.bell"):
        desk.sign(found[1], one)
    done = desk.mash("activate", found[1])
    assert f"Rolled back to revision {first}" in done.output, done.output
    assert desk.revision() == first
    kinds = [entry["kind"] for entry in desk.world.entries("hub") if entry["kind"].startswith("policy.")]
    assert kinds == ["policy.activated", "policy.refused", "policy.activated", "policy.rolled-back"]
    entry = desk.world.entries("hub")[-1]
    assert entry["policy"]["revision"] == first
    assert "amina" not in json.dumps(entry)


def test_what_a_signer_meets_who_may_not_sign(desk: Desk) -> None:
    edit(desk.installation.folder, "isa/panels.yaml", "title: ", "title: The ")
    proposal = desk.propose("amina.shah")
    own = desk.mash("sign", proposal, "--yes", key="amina.shah")
    assert own.exit_code == 4
    assert "amina.shah proposed this and cannot sign a widening; ask two other signers" in own.output
    signing_key.make(desk.folder / "stranger.key", "stranger", SECRET)
    stranger = desk.mash("sign", proposal, "--yes", key="stranger")
    assert stranger.exit_code == 4
    assert "'stranger' is not a signer of the book in force" in stranger.output
    signing_key.make(desk.folder / "new/idris.bell.key", "idris.bell", SECRET)
    other = desk.mash("sign", proposal, "--yes", key="new/idris.bell")
    assert other.exit_code == 4
    assert "the row of 'idris.bell' has another key" in other.output
    assert desk.mash("sign", proposal, key="idris.bell", typed="n\n").exit_code == 5


def test_a_key_that_others_can_read_and_a_lost_passphrase(desk: Desk) -> None:
    proposal = desk.installation.lifecycle.proposals.ids()[0][:16]
    key = desk.folder / "carys.holt.key"
    key.chmod(0o640)
    read = desk.mash("sign", proposal, "--yes", key="carys.holt")
    key.chmod(0o600)
    assert read.exit_code == 2
    assert "others can read this file (mode 640)" in read.output
    assert "chmod 600 carys.holt.key" in read.output
    wrong = CliRunner().invoke(
        app,
        ["policy", "sign", proposal, "--yes", "--home", str(desk.installation.home), "--key", str(key)],
        input="not the passphrase\n",
    )
    assert wrong.exit_code == 2
    assert "this is not its passphrase" in wrong.output
    assert "make a new one (mash policy key new)" in wrong.output
    assert "not the passphrase" not in wrong.output.replace("this is not its passphrase", "")


def test_a_folder_that_fails_a_check_is_not_proposed(desk: Desk) -> None:
    before = desk.installation.lifecycle.proposals.ids()
    edit(desk.installation.folder, "isa/panels.yaml", "title:", "titel:")
    broken = desk.mash("propose", "--quick", "--policies", str(desk.installation.folder), key="amina.shah")
    edit(desk.installation.folder, "isa/panels.yaml", "titel:", "title:")
    assert broken.exit_code == 1
    said = r"^isa/panels.yaml line \d+: 'titel' is not a word of this file. Did you mean title"
    assert re.search(said, broken.output, re.MULTILINE)
    edit(desk.installation.folder, "signers.yaml", "role: caldicott", "role: guardian")
    broken = desk.mash("propose", "--quick", "--policies", str(desk.installation.folder), key="amina.shah")
    edit(desk.installation.folder, "signers.yaml", "role: guardian", "role: caldicott")
    assert broken.exit_code == 1
    assert "signers.yaml line 3: 'guardian' is not ig-lead or caldicott" in broken.output
    assert desk.installation.lifecycle.proposals.ids() == before


def test_a_story_that_comes_out_otherwise_stops_a_proposal(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "stories come out as told")
    story = "examples/row-07.yaml"
    text = (desk.installation.folder / story).read_text(encoding="utf-8")
    edit(desk.installation.folder, story, "DM4: release", "DM4: {withhold: OBJECTION}")
    failed = desk.mash("propose", "--quick", "--policies", str(desk.installation.folder), key="amina.shah")
    (desk.installation.folder / story).write_text(text, encoding="utf-8")
    assert failed.exit_code == 1, failed.output
    assert "row-07.yaml" in failed.output
    assert "Not proposed" in failed.output


def test_a_name_that_is_no_proposal(desk: Desk) -> None:
    told = desk.mash("activate", "0123456789abcdef")
    assert told.exit_code == 2
    assert "names no proposal" in told.output
    assert desk.installation.lifecycle.proposals.ids()[0][:16] in told.output


def test_the_organisations_concerned_are_told_once_in_words(desk: Desk) -> None:
    parts = desk.world.parts
    lead = a_person("IG-LEAD", "northshire-csc")
    told = [row for row in waiting(parts, lead) if row.kind == "policy-changed"]
    record = desk.installation.lifecycle.activated.all()[-1]
    report = desk.installation.lifecycle.proposals.open(record.proposal).report
    # The first book concerns nobody yet: there is no user before it.
    assert len(told) == record.number - 1
    shown = open_task(parts, lead, told[-1].id)
    assert not isinstance(shown, Refused)
    assert shown["facts"]["revision"] == record.policy[:16]
    assert shown["facts"]["change_1"] == next(iter(report["lines"]))["text"]
    tell_of_policies(parts, Change(record, report))
    assert len([row for row in waiting(parts, lead) if row.kind == "policy-changed"]) == len(told)


def test_the_page_tells_what_is_in_force_and_what_waits(desk: Desk) -> None:
    parts = desk.world.parts
    standing = show_standing(parts, a_person("IG-LEAD"))
    record = desk.installation.lifecycle.activated.all()[-1]
    assert standing.in_force.revision == desk.revision() == record.policy[:16]
    assert standing.in_force.signed_by == tuple(PEOPLE[id][0] for id in record.signed_by)
    waiting_now = [one for one in standing.waiting if one.proposer == "Amina Shah"]
    assert waiting_now and waiting_now[0].widens
    assert [text for text, widens in waiting_now[0].lines if widens and text.startswith("isa/panels.yaml")]
    with pytest.raises(NotAllowed):
        show_standing(parts, a_person("SW-CHILD"))
