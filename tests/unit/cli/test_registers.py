"""Promise: what `mash staff` and `mash partner` register is what the hub reads.

No value of a person is printed.
"""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey
from typer.testing import CliRunner

from services.cli.ledger import entered_first
from services.cli.main import app
from services.cli.registers import opened
from services.contract.places import policies
from services.ledger.pseudonyms import of_staff
from services.ledger.reading import Reading
from services.runtime.book import read_book
from services.runtime.keys import KeyFolder
from services.runtime.settings import read_settings

ORGANISATION = next(
    one for one in read_book(policies()).organisations.values() if one.sources and not one.suspended
)


@pytest.fixture
def mash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("MASH_MODE", "demo")
    monkeypatch.setenv("MASH_HOME", str(tmp_path / "home"))
    return CliRunner()


def jwks(tmp_path: Path, key: ECKey | RSAKey, *, private: bool = False) -> str:
    file = tmp_path / f"{key.thumbprint()}-{private}.json"
    file.write_text(json.dumps({"keys": [key.as_dict(private=private)]}), encoding="utf-8")
    return str(file)


def test_staff_added_listed_and_ended(mash: CliRunner, tmp_path: Path) -> None:
    about = tmp_path / "about.json"
    told = {"name": "Jo Smith", "own": {"nhs_number": "9991000100"}, "conflicts": [{"family": "Pike"}]}
    about.write_text(json.dumps(told), encoding="utf-8")
    line = ["staff", "add", "--organisation", ORGANISATION.id, "--role", "SW-CHILD", "--team", "north"]
    added = mash.invoke(app, [*line, "--user", "j.smith", "--about", str(about)])
    assert added.exit_code == 0, added.output
    assert added.output.startswith("Added ")
    id = added.output.split()[1]
    with opened() as registers:
        worker = registers.staff.by_partner(ORGANISATION.id, "j.smith")
    assert worker is not None
    assert (worker.id, worker.teams, worker.name) == (id, ("north",), "Jo Smith")
    assert [one.nhs_number or one.family for one in worker.own] == ["9991000100", "Pike"]
    again = mash.invoke(app, [*line, "--user", "j.smith"])
    assert again.exit_code == 4
    (row,) = json.loads(mash.invoke(app, ["staff", "list", "--json"]).output)
    assert (row["id"], row["own_identity"], row["ended"]) == (id, "given", None)
    ended = mash.invoke(app, ["staff", "end", id])
    assert ended.output.startswith(f"Ended {id}")
    with opened() as registers:
        assert registers.staff.by_id(id) is None
    assert "ended 20" in mash.invoke(app, ["staff", "list"]).output
    everything = added.output + again.output + ended.output
    for value in ("Jo Smith", "9991000100", "Pike", "j.smith"):
        assert value not in everything


def hub_entries() -> list[dict[str, Any]]:
    """Every entry of the hub's log."""
    settings = read_settings()
    with Reading(settings, KeyFolder(settings.key_folder)) as reading:
        return [dict(one.entry) for one in reading.entries() if one.log == "hub"]


def added(mash: CliRunner, role: str, user: str) -> str:
    line = ["staff", "add", "--organisation", ORGANISATION.id, "--role", role, "--user", user]
    return mash.invoke(app, line).output.split()[1]


def test_an_officer_is_designated_by_an_entry_first(mash: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (added(mash, "PRIVACY-OFFICER", user) for user in ("p.one", "p.two"))
    for id in (first, second):
        told = mash.invoke(app, ["staff", "designate", id])
        assert told.exit_code == 0, told.output
    entries = [one for one in hub_entries() if one["kind"] == "staff.designated"]
    keys = KeyFolder(read_settings().key_folder)
    mine, theirs = of_staff(keys, first), of_staff(keys, second)
    assert [one["facts"] for one in entries] == [
        {"organisation": ORGANISATION.id, "officer": mine},
        {"organisation": ORGANISATION.id, "officer": theirs, "before": mine},
    ]
    assert [one["asker"]["role"] for one in entries] == ["OPERATOR", "OPERATOR"]
    # Nobody who may not be one is entered, and where nothing can be entered nobody is designated.
    worker = added(mash, "SW-CHILD", "w.one")
    assert mash.invoke(app, ["staff", "designate", worker]).exit_code == 2

    def full(*_: object, **__: object) -> str:
        raise entered_first.NotEntered("the disk is full")

    monkeypatch.setattr(entered_first, "_enter", full)
    refused = mash.invoke(app, ["staff", "designate", first])
    assert refused.exit_code == 3
    assert "nothing was done" in refused.output
    assert [one["kind"] for one in hub_entries()].count("staff.designated") == 2
    rows = json.loads(mash.invoke(app, ["staff", "list", "--json"]).output)
    assert [row["id"] for row in rows if row["designated"]] == [second]


def test_bad_staff_is_told_and_not_kept(mash: CliRunner, tmp_path: Path) -> None:
    about = tmp_path / "about.json"
    about.write_text('{"own": {"birth_date": "Tyler"}, "Zebedee": 1}', encoding="utf-8")
    line = ["staff", "add", "--organisation", ORGANISATION.id, "--user", "x"]
    for more in (
        ["--role", "NO-SUCH-ROLE"],
        ["--role", "SW-CHILD", "--about", str(about)],
        ["--role", "SW-CHILD", "--about", str(tmp_path / "missing.json")],
    ):
        found = mash.invoke(app, [*line, *more])
        assert found.exit_code == 2, found.output
        assert "Tyler" not in found.output
        assert "Zebedee" not in found.output
    assert (
        mash.invoke(app, ["staff", "add", "--organisation", "nowhere", "--role", "SW-CHILD"]).exit_code == 2
    )
    assert mash.invoke(app, ["staff", "end", "nobody"]).exit_code == 2
    assert json.loads(mash.invoke(app, ["staff", "list", "--json"]).output) == []


def test_partner_added_listed_and_ended(mash: CliRunner, tmp_path: Path) -> None:
    key = ECKey.generate_key("P-384")
    line = ["partner", "add", "a-feed", "--organisation", ORGANISATION.id, "--scope", "system/*.cru"]
    line += ["--source", ORGANISATION.sources[0].id, "--keys", jwks(tmp_path, key)]
    added = mash.invoke(app, line)
    assert added.exit_code == 0, added.output
    assert added.output.startswith("Registered a-feed")
    (row,) = json.loads(mash.invoke(app, ["partner", "list", "--json"]).output)
    assert row["keys"] == [key.thumbprint()]
    assert mash.invoke(app, line).exit_code == 4
    assert mash.invoke(app, ["partner", "end", "a-feed"]).exit_code == 0
    with opened() as registers:
        assert registers.clients.find("a-feed") is None


def test_bad_partners_are_told_and_not_kept(mash: CliRunner, tmp_path: Path) -> None:
    good = ECKey.generate_key("P-384")
    line = ["partner", "add", "a-feed", "--organisation", ORGANISATION.id, "--scope"]
    for more in (
        ["system/*.cru", "--keys", jwks(tmp_path, good, private=True)],
        ["everything", "--keys", jwks(tmp_path, good)],
        ["system/*.cru", "--keys", jwks(tmp_path, good), "--source", "not-theirs"],
        ["system/*.cru", "--keys", jwks(tmp_path, good), "--role", "WIZARD"],
        ["system/*.cru", "--keys", str(tmp_path / "missing.json")],
    ):
        found = mash.invoke(app, [*line, *more])
        assert found.exit_code == 2, found.output
    with warnings.catch_warnings(action="ignore"):
        short = RSAKey.generate_key(1024)
    for weak in (ECKey.generate_key("P-256"), short):
        assert mash.invoke(app, [*line, "system/*.cru", "--keys", jwks(tmp_path, weak)]).exit_code == 2
    assert json.loads(mash.invoke(app, ["partner", "list", "--json"]).output) == []


@pytest.mark.parametrize("group", ["staff", "partner"])
@pytest.mark.parametrize("command", ["add", "list", "end"])
def test_help_has_an_example(mash: CliRunner, group: str, command: str) -> None:
    assert f"mash {group} {command}" in mash.invoke(app, [group, command, "--help"]).output
