"""Exit codes and problems of `mash`: one table, words on stderr, no traceback; and a port that is taken."""

import socket
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from services.cli.exits import Exit, Reporting, exit_code
from services.cli.main import app
from services.cli.serve import bound
from services.contract.problems import (
    BadInput,
    BadSetting,
    Conflict,
    LedgerUnavailable,
    NotAllowed,
    Problem,
    Unavailable,
)


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (BadSetting("x"), Exit.USAGE),
        (BadInput("x"), Exit.USAGE),
        (NotAllowed("x"), Exit.REFUSED),
        (Conflict("x"), Exit.REFUSED),
        (Unavailable("x"), Exit.UNAVAILABLE),
        (LedgerUnavailable("x"), Exit.UNAVAILABLE),
        (Problem("x"), Exit.UNAVAILABLE),
    ],
)
def test_each_kind_of_problem_has_its_code(problem: Problem, code: Exit) -> None:
    assert exit_code(problem) is code


def test_a_problem_is_title_place_and_next_step_on_stderr() -> None:
    broken = typer.Typer(cls=Reporting)

    @broken.command()
    def fail() -> None:
        raise BadSetting("MASH_PORT: taken", places=("line 3",))

    @broken.command()
    def work() -> None:
        typer.echo("worked")

    failed = CliRunner().invoke(broken, ["fail"])
    assert failed.exit_code == Exit.USAGE
    assert "The hub cannot start with these settings: MASH_PORT: taken" in failed.stderr
    assert "line 3" in failed.stderr
    assert "Next: Mend the setting named and start again." in failed.stderr
    assert "Traceback" not in failed.stderr
    assert failed.stdout == ""
    assert CliRunner().invoke(broken, ["work"]).stdout == "worked\n"


def test_help_names_the_commands_and_the_codes() -> None:
    told = CliRunner().invoke(app, ["--help"])
    assert told.exit_code == 0
    assert "demo" in told.stdout
    assert "serve" in told.stdout
    assert "3 unavailable" in told.stdout


@pytest.mark.enable_socket
def test_a_port_in_use_is_said_with_its_setting_and_the_remedy() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(BadSetting) as caught:
            bound("127.0.0.1", port, "MASH_PORT")
    assert f"port {port}" in caught.value.detail
    assert caught.value.detail.startswith("MASH_PORT")
    assert "MASH_PORT" in caught.value.step


def test_an_installation_that_is_not_there_is_named_as_such(tmp_path: Path) -> None:
    ran = CliRunner().invoke(app, ["index", "rekey", str(tmp_path / "nowhere")])
    assert ran.exit_code == 2
    assert "nowhere: there is no such folder" in ran.output
    assert not (tmp_path / "nowhere").exists()
