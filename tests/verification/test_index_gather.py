"""What each source holds, reduced to facts: alike on SQLite and on a real PostgreSQL."""

from dataclasses import replace
from typing import Any

import pytest

from services.contract.people import Gather, Gathered, Item, Resolve
from services.index.index import Index
from tests.unit.index.northshire import (
    ARTHUR,
    BOOK,
    DANA,
    LEO,
    MIA,
    ON,
    FakeShelf,
    about,
    flag,
    home,
    patient,
    publish,
    relative,
)
from tests.verification.index_stores import Opened, index, opened

__all__ = ["index", "opened"]

COPIES = ("csc", "gp", "hospice", "police")
CPR = "https://fhir.nhs.uk/StructureDefinition/EOL-CPRStatus-Flag-1"
EOL: dict[str, Any] = {
    "meta": {"profile": [CPR], "security": [{"system": "urn:mash:cs:label", "code": "L:EOL"}]}
}


def person(index: Index, nhs: str) -> str:
    return index.resolve(Resolve(about(nhs=nhs), ON)).people[0].person


def gathered(index: Index, nhs: str, *sources: str) -> Gathered:
    who = person(index, nhs)
    return index.gather(Gather(tuple((source, who) for source in sources or COPIES), {}, ON))


def one(found: Gathered, kind: str, id: str) -> Item:
    (item,) = (
        item for item in found.items if (item.resource["resourceType"], item.resource["id"]) == (kind, id)
    )
    return item


def consent(id: str, of: str, **more: Any) -> dict[str, Any]:
    scope = {
        "coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}
        ]
    }
    return {"resourceType": "Consent", "id": id, "status": "active", "scope": scope, "category": [{"text": "sharing"}],
            "patient": {"reference": f"Patient/{of}"}, **more}  # fmt: skip


def rule(code: str) -> dict[str, Any]:
    return {"policyRule": {"coding": [{"code": code}]}}


def test_states_and_records_of_each_source_asked_and_of_no_other(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", "2019-05-07", MIA), flag("f", "m"))
    publish(index, "gp", patient("g", "Mia Reid", "2019-05-07", MIA))
    found = gathered(index, MIA, "csc", "police")
    who = person(index, MIA)
    assert found.states == {("csc", who): "HELD", ("police", who): "NIL"}
    assert {item.source for item in found.items} == {"csc"}
    assert not found.asked_live
    assert one(found, "Flag", "f").references == {"Patient/m": f"person:{who}"}
    publish(index, "gp", patient("l", "Leo Reid", "2021-01-01", LEO))
    crossed = index.gather(Gather((("csc", who), ("gp", person(index, LEO))), {}, ON))
    assert {(item.source, item.person) for item in crossed.items} == {
        ("csc", who),
        ("gp", person(index, LEO)),
    }


def test_a_relatives_record_names_the_relative_and_a_reference_names_its_patient(index: Index) -> None:
    mother = relative("r", "m", "Dana Reid", "MTH", nhs=DANA, born="1990-01-02", address=[home("1 Elm St")],
                      telecom=[{"system": "phone", "value": "01632 960001"}])  # fmt: skip
    team = {"resourceType": "CareTeam", "id": "t", "subject": {"reference": "Patient/m"},
            "participant": [{"member": {"reference": "Patient/m"}}, {"member": {"reference": "Patient/l"}},
                            {"member": {"reference": "RelatedPerson/r"}}]}  # fmt: skip
    publish(
        index,
        "csc",
        patient("m", "Mia Reid", "2019-05-07", MIA),
        patient("l", "Leo Reid", "2021-01-01", LEO),
        mother,
        team,
    )
    found = gathered(index, MIA)
    dana = person(index, DANA)
    named = dict(one(found, "RelatedPerson", "r").names)
    assert set(named) >= {
        "RelatedPerson.name",
        "RelatedPerson.address",
        "RelatedPerson.telecom",
        "RelatedPerson.birthDate",
    }
    assert set(named.values()) == {dana}
    care = one(found, "CareTeam", "t")
    assert dict(care.names) == {
        "CareTeam.participant[1].member": person(index, LEO),
        "CareTeam.participant[2].member": dana,
    }
    assert care.references["Patient/l"] == f"person:{person(index, LEO)}"
    assert care.references["RelatedPerson/r"] == f"record:{one(found, 'RelatedPerson', 'r').record}"


def test_a_record_past_its_retention_is_gathered_no_more(index: Index) -> None:
    publish(
        index,
        "hospice",
        patient("a", "Arthur Penrose", "1941-07-08", ARTHUR),
        flag("old", "a"),
        received="2026-10-20T08:00:00Z",
    )
    publish(
        index,
        "hospice",
        patient("a", "Arthur Penrose", "1941-07-08", ARTHUR),
        flag("new", "a"),
        received="2026-10-21T08:00:00Z",
    )
    found = gathered(index, ARTHUR)
    assert {item.resource["id"] for item in found.items} == {"a", "new"}
    later = Gather((("hospice", person(index, ARTHUR)),), {}, "2026-11-21")
    assert index.gather(later).items == ()
    assert set(index.gather(later).states.values()) == {"NIL"}


def test_a_superseded_version_is_not_gathered(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", "2019-05-07", MIA), flag("f", "m", "HIV"))
    publish(index, "csc", flag("f", "m"))
    assert one(gathered(index, MIA), "Flag", "f").facts.labels == ()


def test_person_labels_bind_every_sources_answer_at_once(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", "2019-05-07", MIA))
    publish(index, "gp", patient("g", "Mia Reid", "2019-05-07", MIA), flag("f", "g", "L:SAFEADDR"))
    publish(index, "gp", flag("f", "g"))
    # By number and birth: nobody who is protected is offered to whoever is not sure.
    who = index.resolve(Resolve(about(nhs=MIA, born="2019-05-07"), ON)).people[0].person
    found = index.gather(Gather((("csc", who),), {}, ON))
    assert found.facts[who].labels == ("L:SAFEADDR",)


def test_labels_come_from_the_record_its_codes_and_its_source(opened: Opened) -> None:
    clinic = replace(BOOK.sources["gp"], labels=("SSP",))
    book = replace(BOOK, sources={**BOOK.sources, "gp": clinic}, codes={"342191000000101": ("L:CPROT",)})
    index = opened(FakeShelf(book))
    strange = [
        {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": code}
        for code in ("HIV", "XYZ", "NOAUTH")
    ]
    publish(index, "gp", patient("m", "Mia Reid", "2019-05-07", MIA),
            flag("f", "m", code="342191000000101") | {"meta": {"security": strange}})  # fmt: skip
    found = gathered(index, MIA)
    assert one(found, "Flag", "f").facts.labels == ("HIV", "L:CPROT", "SSP", "XYZ")
    assert one(found, "Patient", "m").facts.labels == ("SSP",)


def test_the_currency_of_a_resuscitation_decision(index: Index) -> None:
    def cpr(id: str, code: str = "450476008", **more: Any) -> dict[str, Any]:
        return flag(id, "a", code=code, **{**EOL, **more})

    publish(index, "gp", patient("a", "Arthur Penrose", "1941-07-08", ARTHUR), cpr("now"),
            cpr("overdue", period={"end": "2026-11-19"}), cpr("today", period={"end": ON}),
            cpr("revoked", status="inactive"), cpr("wrong", status="entered-in-error"),
            cpr("foreign", code="304253006"), flag("plan", "a", period={"end": "2026-01-01"}))  # fmt: skip
    found = gathered(index, ARTHUR)
    facts = {item.resource["id"]: item.facts for item in found.items}
    assert {id: fact.currency for id, fact in facts.items() if id != "a"} == {
        "now": "CURRENT", "overdue": "REVIEW_OVERDUE", "today": "CURRENT", "revoked": "SUPERSEDED",
        "wrong": "ENTERED_IN_ERROR", "foreign": "CURRENT", "plan": "CURRENT",
    }  # fmt: skip
    assert {id for id, fact in facts.items() if fact.value == "unknown-code"} == {"foreign"}


def test_a_document_that_another_replaces_is_superseded(index: Index) -> None:
    def document(id: str, **more: Any) -> dict[str, Any]:
        return {"resourceType": "DocumentReference", "id": id, "status": "current", "content": [{"attachment": {}}],
                "subject": {"reference": "Patient/m"}, **more}  # fmt: skip

    relates = [{"code": "replaces", "target": {"reference": "DocumentReference/a"}}]
    publish(
        index,
        "csc",
        patient("m", "Mia Reid", "2019-05-07", MIA),
        document("a"),
        document("b", relatesTo=relates),
    )
    found = gathered(index, MIA)
    assert one(found, "DocumentReference", "a").facts.currency == "SUPERSEDED"
    assert one(found, "DocumentReference", "b").facts.currency == "CURRENT"


@pytest.mark.parametrize(
    ("end", "bucket"),
    [
        (None, "OPEN"),
        ("2025-11-20", "UP_TO_12M"),
        ("2025-11-19", "UP_TO_5Y"),
        ("2021-11-20", "UP_TO_5Y"),
        ("2021-11-19", "OVER_5Y"),
        ("2021", "OVER_5Y"),
        ("2026-11-21", "OPEN"),
    ],
)
def test_how_long_ago_an_episode_ended(index: Index, end: str | None, bucket: str) -> None:
    period = {"start": "2018-01-01"} | ({"end": end} if end else {})
    episode = {"resourceType": "EpisodeOfCare", "id": "e", "status": "active", "period": period,
               "patient": {"reference": "Patient/m"}, "managingOrganization": {"display": "x"}}  # fmt: skip
    publish(index, "csc", patient("m", "Mia Reid", "2019-05-07", MIA), episode)
    assert one(gathered(index, MIA), "EpisodeOfCare", "e").facts.event_age == bucket


def test_the_strictest_objection_of_all_sources(index: Index) -> None:
    publish(index, "gp", patient("m", "Mia Reid", "2019-05-07", MIA), consent("c", "m", **rule("OPTIN")))
    assert gathered(index, MIA, "csc").facts[person(index, MIA)].objection == "AGREED"
    publish(
        index, "hospice", patient("m", "Mia Reid", "2019-05-07", MIA), consent("c", "m", **rule("EMRGONLY"))
    )
    assert gathered(index, MIA, "csc").facts[person(index, MIA)].objection == "EMERGENCY-ONLY"
    publish(
        index,
        "csc",
        patient("m", "Mia Reid", "2019-05-07", MIA),
        consent("c", "m", provision={"type": "deny"}),
    )
    assert gathered(index, MIA, "gp").facts[person(index, MIA)].objection == "OBJECTED"


def test_the_share_state_of_an_item_and_of_end_of_life_items(index: Index) -> None:
    data = [{"meaning": "instance", "reference": {"reference": "Flag/hiv"}}]
    item = {"provision": {"type": "permit", "data": data}}
    publish(index, "gp", patient("a", "Arthur Penrose", "1941-07-08", ARTHUR), flag("hiv", "a", "HIV"),
            flag("other", "a", "HIV"), flag("cpr", "a", code="450476008", **EOL),
            consent("c", "a", **item))  # fmt: skip
    publish(index, "police", patient("a", "Arthur Penrose", "1941-07-08", ARTHUR), flag("hiv", "a", "HIV"))
    shares = {
        (item.source, item.resource["id"]): item.facts.item_share for item in gathered(index, ARTHUR).items
    }
    assert shares["gp", "hiv"] == "AGREED"
    assert {shares["gp", "other"], shares["police", "hiv"], shares["gp", "cpr"]} == {"NOT-RECORDED"}
    profile = {"meta": {"profile": ["https://fhir.nhs.uk/StructureDefinition/EOL-Consent-1"]}}
    publish(
        index, "hospice", patient("a", "Arthur Penrose", "1941-07-08", ARTHUR), consent("e", "a", **profile)
    )
    assert one(gathered(index, ARTHUR, "gp"), "Flag", "cpr").facts.item_share == "AGREED"
    publish(index, "hospice", consent("e", "a", status="inactive", **profile))
    assert one(gathered(index, ARTHUR, "gp"), "Flag", "cpr").facts.item_share == "REFUSED"
    assert one(gathered(index, ARTHUR, "gp"), "Flag", "hiv").facts.item_share == "AGREED"
    assert gathered(index, ARTHUR, "gp").facts[person(index, ARTHUR)].objection == "NOT-RECORDED"
