"""Family and household as FHIR: valid R4, the same each time, and nothing that the answer does not say."""

from typing import Any

from services.contract.views import FamilyView
from services.gateway.answering.household import family_entries
from services.gateway.answering.unborn import is_unborn
from services.runtime.fhir import faults

MIA, DANA, SEAN, BABY = (f"urn:uuid:0000000{n}-0000-4000-8000-000000000000" for n in range(1, 5))


def person(ref: str, name: str, *ties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"ref": ref, "why": ["x"], "match": "MATCH", "name": name, "ties": ties, **more}


def tie(kind: str = "relationship", code: str = "", toward: str | None = MIA, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "code": code, "toward": toward, **more}


def view(*people: dict[str, Any]) -> FamilyView:
    return FamilyView.model_validate({"match": "MATCH", "view": {}, "people": people})


FAMILY = view(
    person(MIA, "Mia"),
    person(DANA, "Dana", tie(code="MTH", source="A"), tie(code="MTH", source="B"), tie("address", start="2026-05-05", uprn="104"),
           tie("address", start="2026-05-04", uprn="104"), tie("address", uprn="102")),
    person(SEAN, "Sean", tie(code="SIGOTHR", toward=DANA, start="2015", end="2026-05-04", current=False)),
    person(BABY, "Unborn", tie(code="CHILD", toward=DANA), tie(code="FRND", toward=None), unborn=True),
)  # fmt: skip


def made(kind: str, of: FamilyView = FAMILY) -> list[dict[str, Any]]:
    return [one["resource"] for one in family_entries(of) if one["resource"]["resourceType"] == kind]


def test_every_one_is_valid_and_the_same_whenever_it_is_rendered() -> None:
    entries = family_entries(FAMILY)
    assert [fault for one in entries for fault in faults(one["resource"])] == []
    assert entries == family_entries(FAMILY)
    assert len({one["fullUrl"] for one in entries}) == len(entries)


def test_a_relationship_is_a_related_person_once_however_many_sources_say_it() -> None:
    rows = [(one["patient"]["reference"], one["relationship"][0]["coding"][0]["code"], one["active"], one.get("period"))
            for one in made("RelatedPerson")]  # fmt: skip
    assert rows == [
        (MIA, "MTH", True, None),
        (DANA, "SIGOTHR", False, {"start": "2015", "end": "2026-05-04"}),
        (DANA, "CHILD", True, None),
    ]
    assert [one["identifier"][0]["value"] for one in made("RelatedPerson")] == [DANA, SEAN, BABY]


def test_an_unborn_child_is_called_so() -> None:
    assert {"text": "Unborn child"} in made("RelatedPerson")[2]["relationship"]


def test_the_family_is_everybody_and_whoever_is_in_it_by_the_past_is_inactive() -> None:
    family = made("Group")[0]
    assert family["code"] == {"text": "Family"} and family["quantity"] == 4
    assert [(one["entity"]["reference"], one["inactive"]) for one in family["member"]] == [
        (MIA, False), (DANA, False), (SEAN, True), (BABY, False),
    ]  # fmt: skip


def test_each_address_shared_is_a_household_of_its_own_by_its_property() -> None:
    households = [one for one in made("Group") if one["code"] == {"text": "Household"}]
    assert [one["characteristic"][0]["valueCodeableConcept"]["text"] for one in households] == ["102", "104"]
    assert [[m["entity"]["reference"] for m in one["member"]] for one in households] == [[MIA, DANA]] * 2
    assert "period" not in households[0]["member"][1]
    assert households[1]["member"][1]["period"] == {"start": "2026-05-04"}


def test_one_person_alone_has_neither() -> None:
    assert family_entries(view(person(MIA, "Mia"))) == []
    strangers = view(person(MIA, "Mia"), person(DANA, "Dana", tie(code="FRND")))
    assert [one["code"]["text"] for one in made("Group", strangers)] == ["Family"]


def test_who_is_unborn() -> None:
    def said(*patients: dict[str, Any]) -> bool:
        return is_unborn([{"resourceType": "Patient", **one} for one in patients], "2026-11-23")

    assert said({"birthDate": "2027-02-01"}) and said({"birthDate": "2027"})
    assert said({"name": [{"given": ["Unborn"], "family": "Reid"}]})
    # Born since, though somebody still holds the old record.
    assert not said({"birthDate": "2027-02-01"}, {"birthDate": "2026-11-20"})
    assert (
        not said({"birthDate": "2026", "name": [{"text": "Unborn"}]})
        and not said({"name": [{"text": "Mia Reid"}]})
        and not said()
    )
