"""A partner's system: its key never leaves its folder, and what it signs is what the hub takes."""

import json
import stat
import time
from pathlib import Path

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from services.cli.demo.cast import MANAGER, STAFF, roles_of
from services.cli.demo.partner import NotPlayed, PartnerKey, PartnerSystem, _good
from services.contract.vocabulary import codes


def test_a_key_is_made_once_and_only_its_public_half_is_handed_in(tmp_path: Path) -> None:
    file = tmp_path / "partners" / "a.json"
    key = PartnerKey.at(file)
    assert PartnerKey.at(file).thumbprint == key.thumbprint
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "d" in json.loads(file.read_text())
    public = key.public_set()["keys"][0]
    assert "d" not in public
    assert (public["kty"], public["crv"], public["kid"]) == ("EC", "P-384", key.thumbprint)


def test_an_assertion_is_short_lived_its_own_and_signed_by_es384(tmp_path: Path) -> None:
    key = PartnerKey.at(tmp_path / "a.json")
    claims = {"iss": "a", "sub": "a", "aud": "http://127.0.0.1/oauth2/token"}
    first, second = (
        jwt.decode(
            key.sign(claims), KeySet([ECKey.import_key(key.public_set()["keys"][0])]), algorithms=["ES384"]
        )
        for _ in range(2)
    )
    assert first.header == {"alg": "ES384", "kid": key.thumbprint, "typ": "JWT"}
    assert 0 < first.claims["exp"] - time.time() <= 300
    assert first.claims["jti"] != second.claims["jti"]


def test_a_refusal_is_told_by_its_code_and_nothing_else() -> None:
    body = {"code": "PURPOSE_NOT_PERMITTED", "sentence": "Not for this purpose.", "about": {"given": "Mia"}}
    with pytest.raises(NotPlayed) as caught:
        _good("POST /cases", httpx2.Response(403, json=body))
    assert "PURPOSE_NOT_PERMITTED" in caught.value.detail
    assert "Mia" not in caught.value.detail


@pytest.mark.enable_socket
def test_a_hub_that_does_not_answer_is_a_problem_not_a_traceback(tmp_path: Path) -> None:
    system = PartnerSystem("a", PartnerKey.at(tmp_path / "a.json"), "http://127.0.0.1:9")
    with pytest.raises(NotPlayed, match="was not answered"):
        system.as_person(MANAGER)


def test_the_cast_has_known_roles_and_sign_ins_of_their_own() -> None:
    assert {member.role for member in STAFF} <= set(codes("roles"))
    assert len({member.sign_in for member in STAFF}) == len(STAFF)
    assert roles_of("northshire-csc")[:2] == ("SW-TEAM-MGR", "SW-CHILD")
