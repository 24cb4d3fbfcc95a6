"""Ports of the demonstration: the usual ones, or the next free ones, said; policies follow the practice."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.cli.demo.live_source import PORT
from services.cli.demo.stage import Ports, choose_ports, settings_for
from services.contract.places import policies

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


def test_a_taken_port_is_moved_on_from_and_said(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASH_PORT", str(taken))
    ports = choose_ports()
    assert ports.hub != taken
    assert any(line.startswith(f"hub: port {taken} is taken") for line in ports.moved)
    assert len({ports.hub, ports.ops, ports.practice, ports.sign_in}) == 4
    for held in ports.held:
        held.close()


def test_what_was_chosen_is_held_until_it_is_used() -> None:
    first, second = choose_ports(), choose_ports()
    chosen = [{ports.hub, ports.ops, ports.practice, ports.sign_in} for ports in (first, second)]
    assert chosen[0].isdisjoint(chosen[1])
    for held in (*first.held, *second.held):
        held.close()


def test_the_policies_are_the_projects_own_while_the_practice_is_where_they_say(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, Ports(8700, 8701, PORT, 8713, ()))
    assert settings.policies == policies()
    assert settings.mode == "demo"
    assert settings.oidc_issuer == "http://127.0.0.1:8713"


def test_a_moved_practice_gets_policies_that_say_where_it_is(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, Ports(8700, 8701, 8799, 8713, ()))
    assert settings.policies == tmp_path / "policies"
    said = (tmp_path / "policies" / "organisations.yaml").read_text()
    assert "127.0.0.1:8799/fhir" in said
    assert f"127.0.0.1:{PORT}" not in said
    assert f"127.0.0.1:{PORT}" in (policies() / "organisations.yaml").read_text()
