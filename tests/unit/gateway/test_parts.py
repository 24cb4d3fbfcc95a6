"""Ids and times as the gateway's parts give them."""

from itertools import cycle

import pytest

from services.gateway.parts import fresh_id


def test_no_id_begins_with_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = cycle(["-VGiCS6pJBQ04LNb", "--iCS6pJBQ04LNbx", "VGiCS6pJBQ04LNb-"])
    monkeypatch.setattr("services.gateway.parts.secrets.token_urlsafe", lambda size: next(drawn))
    assert [fresh_id(), fresh_id()] == ["VGiCS6pJBQ04LNb-"] * 2
