"""A hub's address as an auditor's command takes it: nothing is sent in the clear but on loopback."""

from typing import Any

import pytest

from services.cli.ledger.hub_address import HubAddress
from services.contract.problems import BadInput

NOBODY: Any = None


@pytest.mark.parametrize(
    "address",
    [
        "http://hub.example",
        "http://10.0.0.1",
        "http://127.0.0.1.hub.example",
        "http://localhost.hub.example:8443",
        "http://127.0.0.1@hub.example",
        "http://hub.example/127.0.0.1",
    ],
)
def test_a_host_that_only_looks_like_loopback_is_not_asked_in_the_clear(address: str) -> None:
    with pytest.raises(BadInput, match="in the clear"):
        HubAddress(address, NOBODY)


@pytest.mark.parametrize(
    "address", ["ftp://hub.example", "hub.example", "https://", "https://hub.example?a=b"]
)
def test_what_is_no_hubs_address_is_refused(address: str) -> None:
    with pytest.raises(BadInput, match="has the form"):
        HubAddress(address, NOBODY)


@pytest.mark.parametrize(
    "address", ["https://hub.example", "http://127.0.0.1:8443", "http://localhost", "http://[::1]:8443"]
)
def test_https_and_loopback_are_taken(address: str) -> None:
    with HubAddress(address, NOBODY) as hub:
        assert hub.address == address
