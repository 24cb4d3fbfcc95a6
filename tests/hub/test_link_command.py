"""`mash link`: a reviewer who works by commands takes two people apart, and asks about two records, at the hub's address."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli.ledger.auditor import Auditor
from services.cli.main import app
from services.gateway.access.clients import Client, Clients
from services.gateway.access.staff import NewWorker, Staff
from services.gateway.parts import stamp
from tests.hub.served import Served, a_served
from tests.hub.wrongly_joined import CSC, NHS, PLAIN, WHY, one_person, publish

ROLE, USER = "MASH-ADMIN", "b.reviewer"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A hub that listens, and takes two pairs of girls for one each; one of the girls has a safe address."""
    with a_served(tmp_path_factory.mktemp("hub"), families=False) as found:
        publish(found.world)
        yield found


@pytest.fixture(scope="module")
def key(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reviewer's key, made and registered by the very commands that `mash ledger key` prints."""
    file = tmp_path_factory.mktemp("desk") / "me.json"
    line = ["ledger", "key", str(file), "--client", "reviewer", "--organisation", CSC, "--user", USER]
    made = CliRunner().invoke(app, [*line, "--role", ROLE])
    assert made.exit_code == 0, made.output
    assert f"--role {ROLE} \\\n      --scope user/case\n" in made.output
    parts, when = served.world.parts, stamp(served.world.parts.now())
    public = Auditor.read(file).public_set()
    Clients(parts.store).add(Client("reviewer", CSC, (ROLE,), ("user/case",), (), public), when)
    Staff(parts.store, parts.keys).add(NewWorker(organisation=CSC, roles=(ROLE,), partner_user=USER), when)
    return file


def run(served: Served, key: Path, act: str, typed: str, *more: str) -> Result:
    address = f"http://127.0.0.1:{served.port}"
    command = ["link", act, address, "--key", str(key), "--record", NHS, *more]
    ran = CliRunner().invoke(app, command, input=typed)
    assert "Traceback" not in ran.output
    return ran


def test_two_are_taken_apart_with_what_it_raised_and_then_asked_about(served: Served, key: Path) -> None:
    typed = f"plain\nplain\n{WHY}\n"
    done = run(served, key, "withdraw", typed, "--from", CSC)
    assert done.exit_code == 0, done.output
    assert done.output.startswith("The two are taken apart, by entry ")
    assert "whether to tell the Information Commissioner" in done.output
    assert not one_person(served.world, "plain")
    again = run(served, key, "withdraw", typed, "--from", CSC)
    assert again.exit_code == 2
    assert "no such records are yours to decide on" in again.output
    assert "Next: Look at the source and the id." in again.output
    asked = run(served, key, "ask", typed, "--other", CSC, "--json")
    assert asked.exit_code == 0, asked.output
    assert len(json.loads(asked.output)["review"]) == 22
    for value in ("plain", WHY, "Nash", PLAIN):
        assert value not in done.output + again.output + asked.output


def test_what_lacks_or_may_not_be_is_said_and_nothing_is_sent(served: Served, key: Path) -> None:
    before = len(served.world.entries("hub"))
    lacking = run(served, key, "withdraw", "plain\n", "--from", CSC)
    assert lacking.exit_code == 2
    assert "nothing was given on standard input for: Id of the other record" in lacking.output
    other = run(served, key, "withdraw", f"plain\n{WHY}\n", "--role", "PRIVACY-OFFICER")
    assert other.exit_code == 4
    assert "The hub refuses" in other.output
    assert len(served.world.entries("hub")) == before


def test_of_somebody_protected_the_command_says_what_the_page_says(served: Served, key: Path) -> None:
    told = run(served, key, "withdraw", f"safe\nsafe\n{WHY}\n", "--from", CSC)
    assert told.exit_code == 2
    assert "no such records are yours to decide on" in told.output
    assert one_person(served.world, "safe")
