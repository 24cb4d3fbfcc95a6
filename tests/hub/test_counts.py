"""Numbers for research and planning on a whole hub: about nobody, small ones kept back, the same for everybody all month."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.cli.demo.cast import STAFF
from services.cli.demo.partner import PartnerSystem
from services.contract.canonical import b64u, canonical, digest, unb64u
from services.contract.cases import Asker
from services.contract.people import Count
from services.contract.views import CountsAnswer, CountsRequest, Refused
from services.gateway.access.clients import Client, Clients
from services.gateway.counts.giving import give_counts
from services.gateway.counts.taking import take
from tests.hub.served import a_served
from tests.hub.world import World, a_person, a_world

RESEARCHER = a_person("RESEARCHER", "northshire-university")
HELD_BY = ("northshire-csc", "northshire-nhs", "northshire-mh")


def child(number: int, **more: Any) -> dict[str, Any]:
    """A child of ten, and nothing else that could link it to another."""
    born = f"{datetime.now(UTC).year - 10}-01-{number % 28 + 1:02}"
    return {"resourceType": "Patient", "id": f"counted-{number}", "birthDate": born,
            "name": [{"family": f"Family{number}", "given": [f"Given{number}"]}], **more}  # fmt: skip


def children(first: int, after: int) -> list[dict[str, Any]]:
    return [child(number) for number in range(first, after)]


def consent(number: int) -> dict[str, Any]:
    """An objection to sharing, and one to research: the index reads the first, and nobody reads the second."""
    coding = [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "OPTOUT"}]
    scope = [{"system": "http://terminology.hl7.org/CodeSystem/consentscope",
              "code": "research" if number % 2 else "patient-privacy"}]  # fmt: skip
    return {"resourceType": "Consent", "id": f"said-{number}", "status": "active", "policyRule": {"coding": coding},
            "scope": {"coding": scope}, "category": [{"text": "National data opt-out"}],
            "patient": {"reference": f"Patient/counted-{number}"}, "dateTime": "2026-01-01"}  # fmt: skip


def ask(
    world: World,
    by: str = "kind-of-service",
    among: str | None = "UNDER_13",
    purpose: str = "PLANNING",
    asker: Asker = RESEARCHER,
) -> Any:
    return give_counts(world.parts, asker, CountsRequest(purpose=purpose, by=by, among=among))


def rows(answer: CountsAnswer | Refused) -> dict[str, int | None]:
    assert isinstance(answer, CountsAnswer), answer
    return {row.code: row.count for row in answer.rows}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Read only: whoever publishes more takes a world of their own."""
    found = a_world(tmp_path_factory.mktemp("counts"), families=False)
    found.publish("northshire-nhs", *children(0, 23), *(consent(number) for number in range(5)))
    found.publish("northshire-csc", *children(100, 109))
    yield found
    found.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[World]:
    found = a_world(tmp_path, families=False)
    found.publish("northshire-nhs", *children(0, 23))
    yield found
    found.close()


def test_numbers_by_kind_of_service_with_small_ones_kept_back(world: World) -> None:
    answer = ask(world)
    found = rows(answer)
    assert found["acute"] == 20
    assert found["childrens-social-care"] is None, "nine are too few"
    assert found["mental-health"] is None, "and none looks the same"
    assert set(found) == {"childrens-social-care", "adult-social-care", "education", "acute", "mental-health"}
    assert rows(ask(world, "age", None)) == {"UNDER_13": 30, "13_17": None, "ADULT": None, "UNKNOWN": None}
    assert all(exact not in answer.model_dump_json() for exact in (":23,", ":9,", ":32,"))


def test_the_entry_is_there_before_the_answer_and_names_nobody(world: World) -> None:
    answer = ask(world)
    entry = world.entries("northshire-university")[-1]
    assert (entry["kind"], entry["purpose"], entry["basis"]) == ("counts.given", "PLANNING", "6-1-e")
    assert entry["event_id"] == answer.receipt.id
    assert "subjects" not in entry
    assert entry["facts"] == {
        "by": "kind-of-service", "among": "UNDER_13", "complete": False, "month": answer.month,
    }  # fmt: skip
    opening = json.loads(world.parts.ledger.opening(answer.receipt.id) or b"")
    body = canonical(answer.model_dump(mode="json", exclude={"receipt"}))
    assert entry["body"]["digest"] == b64u(digest(unb64u(opening["body_salt"]) + body))


def test_who_is_counted_is_said_source_by_source(world: World) -> None:
    said = {one.source: (one.counted, one.code) for one in ask(world).sources}
    assert said["Northshire Hospitals and Community"] == (True, None)
    assert said["Haven"] == (False, "NO_AGREEMENT")
    assert said["Northshire Health Centre"] == (False, None), "a live source is never asked to count"


def test_asking_again_in_the_month_tells_nothing_new(fresh: World) -> None:
    before = rows(ask(fresh))
    fresh.publish("northshire-nhs", *children(23, 60))
    assert rows(ask(fresh)) == before
    assert rows(ask(fresh, purpose="HRESCH")) == before


def test_a_month_later_a_number_moves_only_when_ten_have_come(fresh: World) -> None:
    assert rows(ask(fresh))["acute"] == 20
    fresh.publish("northshire-nhs", *children(23, 29))
    first = fresh.parts.now()
    fresh.at(first + timedelta(days=32))
    assert rows(ask(fresh))["acute"] == 20, "29 would be 30, but only six came"
    fresh.publish("northshire-nhs", child(29))
    fresh.at(first + timedelta(days=64))
    assert rows(ask(fresh))["acute"] == 30


def test_the_second_of_two_that_differ_by_a_few_people_is_the_first_again(tmp_path: Path) -> None:
    """Row 9d: one purpose reaches a source that the other does not; the difference would be six people of that source."""

    def edit(folder: Path) -> None:
        text = (folder / "isa" / "research.yaml").read_text(encoding="utf-8")
        other = text.replace("id: research", "id: planning").replace("[HRESCH, PLANNING]", "[PLANNING]")
        other = "\n".join(line for line in other.split("\n") if "northshire-mh" not in line)
        (folder / "isa" / "planning.yaml").write_text(other, encoding="utf-8")
        text = text.replace("[HRESCH, PLANNING]", "[HRESCH]")
        (folder / "isa" / "research.yaml").write_text(text, encoding="utf-8")

    world = a_world(tmp_path, families=False, edit=edit)
    world.publish("northshire-nhs", *children(0, 20))
    world.publish("northshire-mh", *children(200, 206))
    without, whole = ask(world, "age", None), ask(world, "age", None, purpose="HRESCH")
    assert {one.source for one in whole.sources if one.counted} - {
        one.source for one in without.sources if one.counted
    } == {"Northshire Mental Health"}
    assert rows(without)["UNDER_13"] == 20
    assert rows(whole)["UNDER_13"] == 20, "26 would be 30, and tell of six"
    world.close()


def test_two_gateways_at_one_moment_settle_one_after_the_other(
    fresh: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one counts, another takes the numbers of fewer sources: the first then settles its own against those."""
    fresh.publish("northshire-mh", *children(200, 202))
    parts, sources = fresh.parts, fresh.parts.shelf.current().sources
    few, more = [sources["northshire-nhs"]], [sources["northshire-nhs"], sources["northshire-mh"]]
    plain, on = parts.index.count, parts.now().date().isoformat()

    def interrupted(query: Count) -> Any:
        found = plain(query)
        monkeypatch.setattr(parts.index, "count", plain)
        take(parts, few, on)
        return found

    monkeypatch.setattr(parts.index, "count", interrupted)
    # 25 people, which would be 30 had nobody been told 20 for 23.
    assert take(parts, more, on).cells["age/UNDER_13"] == 20


def test_a_system_asks_in_the_one_role_that_it_has(tmp_path: Path) -> None:
    body = {"purpose": "PLANNING", "by": "age"}
    with a_served(tmp_path) as hub:
        own = hub.raw("POST", "/counts", hub.publishing("northshire-university"), body)
        assert own.startswith(b"HTTP/1.1 200"), own
        assert b'"receipt"' in own
        assert hub.world.entries("northshire-university")[-1]["asker"]["role"] == "RESEARCHER"
        researcher = next(one for one in STAFF if one.role == "RESEARCHER")
        assert hub.raw("POST", "/counts", hub.token(researcher), body).startswith(b"HTTP/1.1 200")
        refused = hub.raw("POST", "/counts", hub.publishing("northshire-csc"), body)
        assert refused.startswith(b"HTTP/1.1 403")
        assert b"it needs counts.read" in refused
        # Registered for two roles, it would have to say in which it asks; no body's word does that.
        key = hub.keys["northshire-university"]
        two = Client(
            "two.roles",
            "northshire-university",
            ("RESEARCHER", "IG-LEAD"),
            ("counts.read",),
            (),
            key.public_set(),
        )
        Clients(hub.world.parts.store).add(two, "2026-11-01T00:00:00Z")
        system = PartnerSystem("two.roles", key, f"http://127.0.0.1:{hub.port}")
        token = system._token({"grant_type": "client_credentials"})
        system.close()
        assert b"in the one role that it is registered for" in hub.raw("POST", "/counts", token, body)


BARRED = (
    {"system": "urn:mash:cs:label", "code": "L:PROTECTED"},
    {"system": "urn:mash:cs:label", "code": "L:GRA"},
    {"system": "urn:mash:cs:label", "code": "L:ADOPT"},
    {"system": "urn:mash:cs:adoption", "code": "before"},
)


def test_what_the_law_bars_counts_nobody(fresh: World) -> None:
    home = [{"line": ["1 Hidden Lane"], "postalCode": "ZZ99 9ZZ"}]
    barred = [child(50 + number, meta={"security": [one]}) for number, one in enumerate(BARRED)]
    barred[0] |= {"address": home}
    # Somebody who lives with a protected person is as little to be found as that person.
    fresh.publish("northshire-nhs", *barred, child(60, address=home))
    found = fresh.parts.index.count(Count(HELD_BY, fresh.parts.now().date().isoformat()))
    assert found.ages == {"UNDER_13": 23}


def test_a_person_with_records_at_two_sources_is_one_person(fresh: World) -> None:
    number = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9991000011"}
    traced = {"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
              "valueCodeableConcept": {"coding": [{"code": "01"}]}}  # fmt: skip
    same = child(70, identifier=[{**number, "extension": [traced]}])
    for source in HELD_BY[:2]:
        fresh.publish(source, same)
    fresh.publish("northshire-nhs", *(consent(number) for number in range(20)))
    # Objections change nothing (row 9c), and a number rounded would not show it: so the index is asked.
    found = fresh.parts.index.count(Count(HELD_BY, fresh.parts.now().date().isoformat()))
    assert found.ages == {"UNDER_13": 24}
    assert dict(found.kinds) == {("UNDER_13", "acute"): 24, ("UNDER_13", "childrens-social-care"): 1}
    assert fresh.parts.index.count(Count(("northshire-gp-live", "nobody"), "2026-11-30")).ages == {}


def test_a_refusal_is_an_entry_and_says_whom_to_ask(world: World) -> None:
    refused = ask(world, asker=a_person("SW-CHILD"))
    assert isinstance(refused, Refused)
    assert refused.code == "PURPOSE_NOT_PERMITTED"
    entry = world.entries("northshire-csc")[-1]
    assert (entry["kind"], entry["facts"]) == ("release.refused", {"code": "PURPOSE_NOT_PERMITTED"})
    wrong = ask(world, purpose="C-S47")
    assert isinstance(wrong, Refused)
    assert world.entries("northshire-university")[-1]["kind"] == "release.refused"


@pytest.mark.parametrize(
    "body",
    [
        {"purpose": "PLANNING", "by": "kind-of-service"},
        {"purpose": "PLANNING", "by": "age", "among": "ADULT"},
        {"purpose": "PLANNING", "by": "postcode"},
        {"purpose": "PLANNING", "by": "age", "about": {"given": "Mia"}},
        {"purpose": "Mia Reid", "by": "age"},
    ],
)
def test_there_is_no_room_for_a_person_or_a_table_of_ones_own(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as told:
        CountsRequest.model_validate(body)
    assert "Mia" not in str(told.value)
