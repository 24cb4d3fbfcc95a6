"""Ports of the demonstration: the usual ones, or the next free ones, said; policies follow the practice."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.cli.demo.live_source import PORT
from services.cli.demo.stage import Ports, settings_for
from services.cli.serve import first_free, port_of
from services.contract.places import policies

pytestmark = pytest.mark.enable_socket
USUAL = Ports(8700, 8701, PORT, 8713)


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield port_of(other)


def test_a_taken_port_is_moved_on_from_and_the_new_one_is_held(taken: int) -> None:
    with first_free(taken) as first, first_free(taken) as second:
        assert len({taken, port_of(first), port_of(second)}) == 3
        assert first.getsockname()[0] == "127.0.0.1"


def test_what_moved_is_said() -> None:
    assert USUAL.moved(USUAL) == []
    assert Ports(8700, 8701, 8714, 8713).moved(USUAL) == [f"practice: port {PORT} is taken, 8714 instead"]


def test_the_policies_are_the_projects_own_while_the_practice_is_where_they_say(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, USUAL)
    assert settings.policies == policies()
    assert settings.mode == "demo"
    assert settings.oidc_issuer == "http://127.0.0.1:8713"


def test_a_moved_practice_gets_policies_that_say_where_it_is(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, Ports(8700, 8701, 8799, 8713))
    assert settings.policies == tmp_path / "policies"
    said = (tmp_path / "policies" / "organisations.yaml").read_text()
    assert "127.0.0.1:8799/fhir" in said
    assert f"127.0.0.1:{PORT}" not in said
    assert f"127.0.0.1:{PORT}" in (policies() / "organisations.yaml").read_text()
