"""The whole way of docs/how-to on a hub that serves signed books only, by the commands that stand there: the matrix before, the
edit, the impact on recorded decisions, two signatures, in force, the view after, and back. And the mistakes of its table.
"""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.demo.families import northshire
from services.cli.main import app
from services.cli.policy import propose as proposing
from services.cli.policy import signing_key
from services.cli.policy.check import Outcome
from services.contract.people import About
from services.policy.lifecycle.weighed import weighed
from services.runtime.settings import read_settings
from services.wiring import build
from tests.hub.world import World, released
from tests.signing_world import PEOPLE, Installation, a_folder

HOW_TO = Path(__file__).resolve().parents[2] / "docs/how-to"
CHANGE, IN_FORCE = HOW_TO / "change-what-is-shared.md", HOW_TO / "put-a-policy-in-force.md"
ISA = "isa/safeguarding-children.yaml"
SECRET = "four plain invented words"
ARTHUR = About(nhs_number="9991000062", given="Arthur", family="Penrose", birth_date="1941-03-14")
CHILD = About(given="Isla", family="Penrose-Hall", birth_date="2017-02-11")


def commands(page: Path) -> dict[str, list[str]]:
    """The `mash policy` commands of a page as they stand there, by their name, without `mash policy` and the name."""
    found = dict[str, list[str]]()
    for line in page.read_text(encoding="utf-8").splitlines():
        match = re.match(r"\s+\$ mash policy (.*)", line)
        if match:
            name, *words = shlex.split(match[1])
            found.setdefault(name, words)
    return found


def clause() -> str:
    """What the page says to write into the ISA."""
    text = CHANGE.read_text(encoding="utf-8")
    return text[text.index("```yaml\n") + 8 : text.index("\n```\n")] + "\n"


@dataclass
class Terminal:
    """A running hub, and somebody at a terminal who follows the pages."""

    world: World
    home: Path
    folder: Path
    case: str
    said: dict[str, str] = field(default_factory=dict)

    def mash(self, page: Path, name: str, **instead: str) -> str:
        """A command of a page, with what stands for this hub's own folders and keys put in; its output."""
        own = {"POLICIES": self.home / "policies", "HOME": self.home, "HUB-FOLDER": self.home}
        written = [instead.get(word, str(own.get(word, word))) for word in commands(page)[name]]
        words = [str(self.folder / Path(word).name) if word.startswith("~/") else word for word in written]
        passphrase = ["--passphrase-file", str(self.folder / "passphrase")] if "--key" in words else []
        agreed = ["--yes"] if name == "sign" else []
        told = CliRunner().invoke(app, ["policy", name, *words, *passphrase, *agreed])
        assert told.exit_code == 0, told.output
        return told.output

    def plan(self) -> list[str]:
        """What a children's social worker sees of the hospice's plan of care at home."""
        view = self.world.view(self.case, ARTHUR, scope="person")
        plans = [one for one in released(view, "CarePlan") if "brook-hospice" in str(one)]
        return [str(one["activity"]) for one in plans if "open box in the hall" in str(one.get("activity"))]

    def matrix(self) -> str:
        """The line of the matrix for a plain record of an adult, sign by class."""
        lines = self.mash(CHANGE, "matrix").splitlines()
        place = next(number for number, line in enumerate(lines) if "DM5" in line)
        names = [word.strip() for word in re.split("[┃│|]", lines[place])]
        adult = next(line for line in lines[place:] if "adult" in line.lower() and "?" in line + "✓")
        signs = [word.strip() for word in re.split("[┃│|]", adult)]
        return signs[names.index("DM5")]


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    folder = tmp_path_factory.mktemp("journey")
    (folder / "passphrase").touch(mode=0o600)
    (folder / "passphrase").write_text(SECRET + "\n", encoding="utf-8")
    keys = {id: signing_key.make(folder / f"{id.split('.')[0]}.key", id, SECRET) for id in PEOPLE}
    home = folder / "home"
    home.mkdir()
    installation = Installation(home, a_folder(home / "policies", keys), keys, compare=weighed)
    first = installation.propose(signed=("idris.bell", "carys.holt"))
    installation.ask(first, first.statement.signers)
    running = build(
        read_settings(mode="demo", signed=True, home=home, policies=installation.folder, keys=folder / "keys")
    )
    world = World(running, home)
    bundles = northshire(datetime.now(UTC).date()).bundles
    for source in ("northshire-csc", "brook-hospice"):
        world.publish(source, *(one["resource"] for one in bundles[source]["entry"]))
    yield Terminal(world, home, folder, world.s47((CHILD, "child"), (ARTHUR, "adult")))
    running.close()


@pytest.fixture(autouse=True)
def _checked_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks of a proposal have tests of their own, and take minutes."""
    held = ("", (Outcome("files", "holds", 0.0),))
    monkeypatch.setattr(proposing, "outcomes_of", lambda *_: held)


# --- Each step goes on from the one before ----------------------------------------------------------------------


def test_before_the_owner_is_asked_and_the_view_does_not_show_the_plan(terminal: Terminal) -> None:
    assert terminal.matrix() == "?"
    assert terminal.plan() == []


def test_after_the_edit_the_matrix_of_the_folder_is_another_and_the_view_is_not(terminal: Terminal) -> None:
    file = terminal.home / "policies" / ISA
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"^(classes: .*\n)", rf"\1{clause()}", text, count=1, flags=re.MULTILINE), "utf-8")
    terminal.world.parts.shelf.reload()
    assert terminal.matrix() == "✓"
    assert terminal.plan() == []


def test_the_impact_says_what_widens_and_in_how_many_recorded_decisions(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MASH_KEYS", str(terminal.folder / "keys"))
    report = tmp_path / "impact.json"
    told = terminal.mash(CHANGE, "impact", **{"impact.json": str(report)})
    assert told.startswith("The change widens:")
    first = told[told.index("WIDENING") :].splitlines()[1]
    assert "Brook Hospice’s detail (DM5" in first and "child protection enquiry" in first
    # The two views of the steps before.
    assert "2 of the last 2 decisions would have released more." in first
    digest = json.loads(report.read_bytes())["digest"]
    assert f"Report {digest}" in told


def test_two_colleagues_read_what_widens_and_sign_and_it_comes_into_force(terminal: Terminal) -> None:
    before = terminal.world.parts.shelf.current().revision
    told = terminal.mash(IN_FORCE, "propose")
    assert "It widens: two signers who did not propose it must sign." in told
    proposal = re.findall(r"Proposal ([0-9a-f]{16})\.", told)[0]
    in_page = commands(IN_FORCE)["sign"][0]
    for signer in ("~/idris.key", "~/carys.key"):
        read = terminal.mash(IN_FORCE, "sign", **{in_page: proposal, "~/idris.key": signer})
        assert re.search(r"WIDENS +The rule “Class matrix” would keep back less of detail \(DM5\)", read)
        assert "held by Brook Hospice" in read and "Signed by" in read
    done = terminal.mash(IN_FORCE, "activate", **{in_page: proposal})
    now = terminal.world.parts.shelf.current().revision
    assert f"In force: revision {now}" in done and now != before
    terminal.said["before"] = before


def test_the_view_shows_the_plan_on_the_hub_that_never_stopped(terminal: Terminal) -> None:
    assert len(terminal.plan()) == 1
    notes = released(terminal.world.view(terminal.case, ARTHUR, scope="person"), "DocumentReference")
    assert "fears choking" not in str(notes), "narrative stays with its owner"


def test_back_again_only_narrows_and_needs_nobody_else(terminal: Terminal) -> None:
    there = commands(IN_FORCE)["rollback"]
    earlier = there[there.index("--to") + 1]
    told = terminal.mash(IN_FORCE, "rollback", **{earlier: terminal.said["before"]})
    assert "It only narrows: the signature of one IG lead is enough" in told
    assert f"Rolled back to revision {terminal.said['before']}" in told
    assert terminal.plan() == []
    kinds = [one["kind"] for one in terminal.world.entries("hub") if one["kind"].startswith("policy.")]
    assert kinds == ["policy.activated", "policy.activated", "policy.rolled-back"]


# --- The mistakes of the page -----------------------------------------------------------------------------------


def mistakes() -> list[tuple[str, str]]:
    """(what is written, what is said), row by row of the table."""
    text = CHANGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| (.*) \|$", text[text.index("## Six mistakes") :], re.MULTILINE)
    return [(written, said) for written, said in rows]


def test_the_page_has_six_mistakes() -> None:
    assert len(mistakes()) == 6


@pytest.mark.parametrize("written", [written for written, _ in mistakes()])
def test_each_mistake_is_told_with_file_line_and_remedy_as_the_page_says(
    terminal: Terminal, written: str
) -> None:
    said = dict(mistakes())[written]
    file = terminal.home / "policies" / ISA
    good = file.read_text(encoding="utf-8")
    base = (
        good
        if "releases_without_asking" in good
        else good.replace("classes: as-purpose\n", f"classes: as-purpose\n{clause()}", 1)
    )
    key = written.split(":", maxsplit=1)[0]
    right = re.search(rf"{'classes' if key == 'class' else key}: (\[[^]]*\]|[a-z-]+)", clause())
    assert right is not None
    file.write_text(base.replace(clause(), clause().replace(right[0], written)), encoding="utf-8")
    line = next(
        number for number, text in enumerate(file.read_text("utf-8").splitlines(), 1) if written in text
    )
    told = CliRunner().invoke(app, ["policy", "check", "--quick", "--policies", str(file.parents[1])])
    proposed = CliRunner().invoke(
        app,
        ["policy", "propose", "--home", str(terminal.home), "--key", str(terminal.folder / "amina.key"),
         "--passphrase-file", str(terminal.folder / "passphrase")],
    )  # fmt: skip
    file.write_text(good, encoding="utf-8")
    message = said.split(": ", 1)[1]
    for output in (told, proposed):
        assert output.exit_code == 1
        assert f"{ISA} line {line}: " in output.output
        assert message in " ".join(output.output.split())
