"""$match and the search for people over HTTP: every candidate a decided cell, an entry first, and a protected family not found
by a place; a system gets one certain person or nothing."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from services.cli.demo.partner import PartnerKey, PartnerSystem
from services.contract.cases import Member
from services.gateway.access.clients import Client, Clients
from services.gateway.parts import stamp
from services.runtime.fhir import faults
from tests.hub.served import SOCIAL_WORKER, Served, a_served
from tests.hub.world import MIA as ABOUT

NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
MIA: dict[str, Any] = {"name": [{"family": "Reid", "given": ["Mia"]}], "birthDate": "2019-05-07"}
NUMBERED = MIA | {"identifier": [{"system": NUMBER, "value": "9991000011"}]}
GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with a_served(tmp_path_factory.mktemp("people")) as served:
        yield served


@pytest.fixture(scope="module")
def case(hub: Served) -> str:
    return hub.case()


def sent(
    hub: Served, path: str, body: Any, case: str = "", token: str = ""
) -> tuple[int, dict[str, Any], bytes]:
    raw = hub.raw(
        "POST", path, token or hub.token(SOCIAL_WORKER), body, more=(f"Mash-Case: {case}",) if case else ()
    )
    head, _, answer = raw.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(answer), head


def match(hub: Served, case: str, patient: dict[str, Any], **more: Any) -> list[tuple[str, str, float]]:
    """(name, grade, score) of each candidate, in order."""
    rows = [{"name": "resource", "resource": {"resourceType": "Patient", **patient}}, *more.pop("rows", ())]
    status, bundle, _ = sent(
        hub, "/fhir/Patient/$match", {"resourceType": "Parameters", "parameter": rows}, case, **more
    )
    assert status == 200, bundle
    return told(bundle)


def search(hub: Served, case: str, token: str = "", **asked: str) -> list[tuple[str, str, float]]:
    form = urlencode({name.replace("__", "-"): value for name, value in asked.items()}).encode()
    status, bundle, _ = sent(hub, "/fhir/Patient/_search", form, case, token)
    assert status == 200, bundle
    return told(bundle)


def told(bundle: dict[str, Any]) -> list[tuple[str, str, float]]:
    assert list(faults(bundle)) == [] and bundle["type"] == "searchset"
    found = []
    for entry in bundle.get("entry", ()):
        assert list(faults(entry["resource"])) == []
        if entry["search"]["mode"] == "match":
            (grade,) = (one["valueCode"] for one in entry["search"]["extension"] if one["url"] == GRADE)
            found.append((entry["resource"]["name"][0]["text"], grade, entry["search"]["score"]))
    return found


def notes(bundle: dict[str, Any]) -> str:
    return " ".join(issue["details"]["text"] for entry in bundle.get("entry", ())
                    for issue in entry["resource"].get("issue", ()))  # fmt: skip


def certain(value: bool = True) -> dict[str, Any]:
    return {"rows": [{"name": "onlyCertainMatches", "valueBoolean": value}]}


def test_a_number_with_the_date_of_birth_and_the_name_is_certain_and_a_stub_is_all_that_is_shown(
    hub: Served, case: str
) -> None:
    (mia,) = [one for one in match(hub, case, NUMBERED) if one[1] == "certain"]
    assert mia[0] == "Mia Reid" and mia[2] > 0.99
    rows = [{"name": "resource", "resource": {"resourceType": "Patient", **NUMBERED}}]
    _, bundle, head = sent(
        hub, "/fhir/Patient/$match", {"resourceType": "Parameters", "parameter": rows}, case
    )
    patient = bundle["entry"][0]["resource"]
    assert (
        set(patient) == {"resourceType", "id", "meta", "identifier", "name", "birthDate"}
        and patient["birthDate"] == "2019"
    )
    assert b'rel="receipt"' in head
    # The token leads on: it is a candidate of the family view.
    body = {"about": {"candidate": patient["identifier"][0]["value"]}, "case": case}
    view = hub.raw("POST", "/family-view", hub.token(SOCIAL_WORKER), body)
    assert b'"match":"POTENTIAL"' in view


def test_only_certain_matches_are_one_or_none(hub: Served, case: str) -> None:
    assert [one[:2] for one in match(hub, case, NUMBERED, **certain())] == [("Mia Reid", "certain")]
    assert match(hub, case, MIA, **certain()) == []
    assert "Mia Reid" in [one[0] for one in match(hub, case, MIA, **certain(False))]


def test_a_twin_under_the_number_is_not_certain(hub: Served, case: str) -> None:
    twin = NUMBERED | {"name": [{"family": "Reid", "given": ["Ava"]}]}
    assert [one for one in match(hub, case, twin) if one[1] == "certain"] == []


def test_by_another_number_nobody_is_more_than_possible(hub: Served, case: str) -> None:
    other = MIA | {"identifier": [{"system": NUMBER, "value": "9992000422"}]}
    assert {grade for _, grade, _ in match(hub, case, other)} <= {"possible"}
    stranger = {
        "name": [{"family": "Reid", "given": ["Dana"]}],
        "identifier": [{"system": NUMBER, "value": "9992000422"}],
    }
    assert "certainly-not" not in [grade for _, grade, _ in match(hub, case, stranger)]


def test_every_answer_is_an_entry_and_a_refusal_too_and_nobody_is_in_either(hub: Served, case: str) -> None:
    before = len(hub.world.entries("northshire-csc"))
    match(hub, case, NUMBERED)
    status, outcome, _ = sent(hub, "/fhir/Patient/_search", b"family=Reid&given=Mia", "not-my-case-000")
    assert (status, outcome["resourceType"]) == (403, "OperationOutcome")
    assert outcome["issue"][0]["details"]["coding"][0]["code"] == "PURPOSE_NOT_PERMITTED"
    entries = hub.world.entries("northshire-csc")[before:]
    assert [one["kind"] for one in entries] == ["search.potential", "release.refused"]
    assert len(entries[0]["subjects"]) >= 1
    text = json.dumps(entries)
    assert "Reid" not in text and "9991000011" not in text


def test_the_search_takes_the_beginning_of_a_name_and_widens_when_told(hub: Served, case: str) -> None:
    assert "Mia Reid" in [
        one[0] for one in search(hub, case, family="Rei*", given="Mia", birthdate="2019-05-07")
    ]
    sounds = {"family": "Reed", "given": "Mia", "birthdate": "2019-05-07"}
    assert "Mia Reid" not in [one[0] for one in search(hub, case, **sounds)]
    assert "Mia Reid" in [one[0] for one in search(hub, case, **sounds, _fuzzy__match="true")]
    assert len(search(hub, case, family="Reid", birthdate="2019-05-07", _count="1")) <= 1


def test_with_a_place_nobody_protected_is_found_right_or_wrong(hub: Served, case: str) -> None:
    for postcode in ("ZZ99 4SA", "ZZ99 9ZZ"):
        asked = {"family": "Reid", "given": "Mia", "birthdate": "2019-05-07", "address__postalcode": postcode}
        assert search(hub, case, **asked) == []
        at = {"address": [{"postalCode": postcode}]}
        assert "Mia Reid 2019" not in years(hub, case, NUMBERED | at) and "Mia Reid 2019" not in years(
            hub, case, MIA | at
        )
    reached = {"telecom": [{"system": "phone", "value": "01632 960102"}]}
    assert "Mia Reid 2019" not in years(hub, case, NUMBERED | reached)
    assert "Mia Reid 2019" in years(hub, case, NUMBERED)


def _parameters(*patients: dict[str, Any], **more: Any) -> dict[str, Any]:
    rows = [{"name": "resource", "resource": {"resourceType": "Patient", **one}} for one in patients]
    return {"resourceType": "Parameters", "parameter": [*rows, *more.get("rows", ())]}


def years(hub: Served, case: str, patient: dict[str, Any]) -> list[str]:
    """Name and year of each who is shown but those who are certainly not meant: there is a namesake of Mia's."""
    _, bundle, _ = sent(hub, "/fhir/Patient/$match", _parameters(patient), case)
    told(bundle)
    return [f"{one['resource']['name'][0]['text']} {one['resource']['birthDate']}"
            for one in bundle.get("entry", ()) if one["search"]["mode"] == "match"]  # fmt: skip


def test_what_they_weigh_does_not_tell_where_protected_people_live(hub: Served, case: str) -> None:
    line = MIA | {"address": [{"line": ["Flat 2, Rowan House", "14 Juniper Walk"], "city": "Brackendale"}]}
    wrong = MIA | {"address": [{"line": ["1 Elsewhere Street"], "city": "Brackendale"}]}
    assert match(hub, case, line) == match(hub, case, wrong)


def test_a_system_gets_one_certain_person_or_nothing_and_only_on_a_case_that_names_it(hub: Served) -> None:
    world = hub.world
    token = system_token(hub)
    client = "northshire-csc.search"
    own = world.s47((ABOUT, "child"), members=(Member(organisation="northshire-csc", user=client),))
    assert [one[:2] for one in match(hub, own, NUMBERED, token=token)] == [("Mia Reid", "certain")]
    assert match(hub, own, MIA, token=token) == []
    assert search(hub, own, token, family="Reid", given="Mia") == []
    status, _, _ = sent(hub, "/fhir/Patient/_search", b"family=Reid&given=Mia", hub.case(), token)
    assert status == 403


def system_token(hub: Served) -> str:
    """A system of the council's that looks for people by itself, in the one role of a social worker."""
    parts = hub.world.parts
    key = PartnerKey.at(hub.world.home / "search.json")
    client = Client(
        "northshire-csc.search", "northshire-csc", ("SW-CHILD",), ("system/Patient.s",), (), key.public_set()
    )
    Clients(parts.store).add(client, stamp(parts.now()))
    system = PartnerSystem(client.id, key, f"http://127.0.0.1:{hub.port}")
    try:
        return system._token({"grant_type": "client_credentials"})
    finally:
        system.close()
