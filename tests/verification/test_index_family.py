"""Family, household, relationship, protections and harm links: alike on SQLite and on a real PostgreSQL."""

from typing import Any

import pytest

from services.contract.people import About, AskerIdentity, CaseSubject, Relate, Related, Resolve
from services.index.index import Index
from services.index.schema import CONCERN
from tests.unit.index.northshire import (
    ARTHUR,
    DANA,
    JOAN,
    LEO,
    MIA,
    MYA,
    NHS,
    ON,
    SEAN,
    about,
    concern,
    flag,
    home,
    patient,
    publish,
    relative,
)
from tests.verification.index_stores import index, opened

__all__ = ["index", "opened"]

ABOUT = {
    MIA: about(nhs=MIA, born="2019-05-07"),
    LEO: about(nhs=LEO, born="2021-01-01"),
    DANA: about(nhs=DANA, born="1990-01-02"),
    SEAN: about(nhs=SEAN, born="1988-03-04"),
    JOAN: about(nhs=JOAN, born="1950-05-06"),
    ARTHUR: about(nhs=ARTHUR, born="1941-07-08"),
    MYA: about(nhs=MYA, born="2019-07-05"),
}
SAFE, QUARRY = home("14 Harbour Street", "ZZ99 1SF"), home("2 Quarry Road", "ZZ99 2QR")
ASKER = AskerIdentity("northshire", "worker", ("team-a",))


def person(index: Index, nhs: str) -> str:
    return index.resolve(Resolve(ABOUT[nhs], ON)).people[0].person


def related(
    index: Index, nhs: str, *subjects: About, scope: str = "family", **more: Any
) -> dict[str, Related]:
    """The family of somebody, by first name's NHS number or by id, on a case about `subjects`."""
    case = tuple(CaseSubject(one, "child") for one in subjects)
    found = index.relate(Relate(person(index, nhs), scope, ON, case, asker=more.pop("asker", ASKER), **more))
    assert found.people[0].person == person(index, nhs)
    return {one.nhs_number or one.person: one for one in found.people}


def fled(index: Index, *concerns: dict[str, Any]) -> None:
    """Dana fled Sean with Mia and Leo; he lives with Joan and her grandchild Mya now."""
    publish(index, "csc", patient("m", "Mia Reid", "2019-05-07", MIA, address=[SAFE]),
            patient("l", "Leo Reid", "2021-01-01", LEO, address=[SAFE]),
            relative("md", "m", "Dana Reid", "MTH", nhs=DANA, born="1990-01-02"),
            relative("ms", "m", "Sean Cole", "FTH", nhs=SEAN, born="1988-03-04"),
            relative("ld", "l", "Dana Reid", "MTH", nhs=DANA, born="1990-01-02"))  # fmt: skip
    publish(index, "police", patient("s", "Sean Cole", "1988-03-04", SEAN, address=[QUARRY]),
            patient("j", "Joan Pike", "1950-05-06", JOAN, address=[QUARRY]),
            patient("y", "Mya Reid", "2019-07-05", MYA, address=[QUARRY]))  # fmt: skip
    publish(index, "gp", patient("d", "Dana Reid", "1990-01-02", DANA, address=[SAFE]))
    publish(index, "gp", flag("f", "d", "L:SAFEADDR", extension=concern(*concerns)))


def test_family_is_two_steps_and_one_home_each_with_its_record(index: Index) -> None:
    fled(index)
    kin = related(index, MIA, ABOUT[MIA])
    assert set(kin) == {MIA, DANA, SEAN, LEO}
    dana = {(edge.kind, edge.code, edge.toward == kin[MIA].person) for edge in kin[DANA].edges}
    assert dana == {("relationship", "MTH", True), ("address", "", True)}
    assert {edge.code for edge in kin[SEAN].edges} == {"FTH"}
    assert ("relationship", "CHILD", kin[DANA].person) in {(e.kind, e.code, e.toward) for e in kin[LEO].edges}
    assert all(edge.record and edge.source in ("csc", "gp") for one in kin.values() for edge in one.edges)
    assert kin[MIA].edges == ()
    assert set(related(index, MIA, ABOUT[MIA], scope="person")) == {MIA}


def test_a_home_is_one_by_uprn_where_both_have_it_else_by_words(index: Index) -> None:
    publish(index, "csc",
            patient("a", "Mia Reid", "2019-05-07", MIA, address=[home("Flat 1, 9 Elm St", uprn="0010")]),
            patient("b", "Leo Reid", "2021-01-01", LEO, address=[home("FLAT 1 9 ELM ST.", uprn="10")]),
            patient("c", "Dana Reid", "1990-01-02", DANA, address=[home("flat 1 9 Elm St")]),
            patient("d", "Mya Reid", "2019-07-05", MYA, address=[home("Flat 1, 9 Elm St", uprn="11")]),
            patient("e", "Sean Cole", "1988-03-04", SEAN, address=[home("9 Elm St")]),
            patient("f", "Joan Pike", "1950-05-06", JOAN, address=[home("Flat 1, 9 Elm St", use="old")]),
            patient("g", "Arthur Penrose", "1941-07-08", ARTHUR,
                    address=[home("Flat 1, 9 Elm St", period={"end": "2026-11-19"})]))  # fmt: skip
    kin = related(index, MIA, ABOUT[MIA])
    assert set(kin) == {MIA, LEO, DANA}
    assert len({one.address_group for one in kin.values()}) == 1
    assert kin[MIA].address_group


def test_an_end_today_is_still_an_address_and_a_start_tomorrow_is_none(index: Index) -> None:
    publish(index, "csc",
            patient("a", "Mia Reid", "2019-05-07", MIA, address=[home("1 Elm St")]),
            patient("b", "Leo Reid", "2021-01-01", LEO, address=[home("1 Elm St", period={"end": ON})]),
            patient("c", "Dana Reid", "1990-01-02", DANA,
                    address=[home("1 Elm St", period={"start": "2026-11-21"})]))  # fmt: skip
    assert set(related(index, MIA, ABOUT[MIA])) == {MIA, LEO}


def test_subjects_their_family_and_the_children_in_it(index: Index) -> None:
    fled(index)
    kin = related(index, MIA, ABOUT[LEO])
    assert (kin[LEO].subject, kin[MIA].subject) == ("case-child", "other")
    assert kin[MIA].in_case_family
    assert kin[MIA].family_child
    assert not kin[DANA].family_child
    assert not related(index, JOAN, ABOUT[LEO])[JOAN].in_case_family
    by_name = about(given="Leo", family="Reid", born="2021-01-01")
    assert not related(index, MIA, by_name)[MIA].in_case_family
    leo = CaseSubject(by_name, "child", person(index, LEO))
    found = index.relate(Relate(person(index, MIA), "person", ON, (leo,)))
    assert found.people[0].in_case_family


def test_identity_and_what_a_live_source_may_be_sent(index: Index) -> None:
    publish(
        index, "csc", patient("m", "Mia Reid", "2019-05-07", MIA), relative("r", "m", "Dave Smith", "SIGOTHR")
    )
    kin = related(index, MIA, ABOUT[MIA])
    dave = next(one for one in kin.values() if one.nhs_number is None)
    assert (kin[MIA].identity, kin[MIA].birth_date) == ("MATCH", "2019-05-07")
    assert (dave.identity, dave.birth_date, dave.facts.age) == ("NOT_CONFIRMED", None, "UNKNOWN")
    confirmed = related(index, MIA, ABOUT[MIA], confirmed=frozenset({dave.person}))
    assert confirmed[dave.person].identity == "CONFIRMED"


def test_no_harm_link_in_the_childs_own_case(index: Index) -> None:
    fled(index, {"identifier": {"system": NHS, "value": SEAN}})
    kin = related(index, MIA, ABOUT[MIA])
    assert not any(one.harm_link for one in kin.values())
    assert all(one.places == () for one in kin.values())
    assert kin[MIA].facts.protected
    assert kin[MIA].facts.labels == ("L:SAFEADDR",)
    assert not kin[SEAN].facts.protected


@pytest.mark.parametrize("subject", [SEAN, MYA, JOAN])
def test_a_harm_link_where_the_person_of_concern_is_subject_or_lives_with_one(
    index: Index, subject: str
) -> None:
    fled(index, {"identifier": {"system": NHS, "value": SEAN}})
    kin = related(index, SEAN, ABOUT[subject])
    assert {nhs for nhs, one in kin.items() if one.harm_link} == {MIA, DANA}
    assert related(index, LEO, ABOUT[subject])[LEO].harm_link
    words = set(kin[DANA].places)
    assert {"14 harbour street", "zz99 1sf"} <= words
    assert kin[SEAN].places == ()


def test_a_harm_link_where_the_case_says_who_lives_there_or_the_asker_is_of_concern(index: Index) -> None:
    fled(index, {"identifier": {"system": NHS, "value": SEAN}})
    publish(index, "csc", patient("a", "Arthur Penrose", "1941-07-08", ARTHUR))
    assert not related(index, MIA, ABOUT[ARTHUR])[MIA].harm_link
    sean = about(given="Shaun", family="Cole", born="1988-03-04")
    assert related(index, MIA, ABOUT[ARTHUR], household=(sean,))[MIA].harm_link
    asker = AskerIdentity("northshire", "u", own=(ABOUT[SEAN],))
    assert related(index, MIA, ABOUT[MIA], asker=asker)[MIA].harm_link
    assert related(index, MIA, about(given="Sean", family="Cole"))[MIA].harm_link


def test_where_nobody_is_named_everybody_elses_case_is_a_harm_link(index: Index) -> None:
    fled(index)
    assert not any(one.harm_link for one in related(index, MIA, ABOUT[LEO]).values())
    kin = related(index, MIA, ABOUT[SEAN])
    assert {nhs for nhs, one in kin.items() if one.harm_link} == {MIA, LEO, DANA}
    assert not kin[SEAN].harm_link


def tags(index: Index) -> list[str]:
    """The protections that the practice's Flag began, as reading it back shows them."""
    flagged = index.read_back("gp", "Flag", "f")
    assert flagged is not None
    return [tag["code"] for tag in flagged["meta"].get("tag", ()) if tag["system"] == "urn:mash:protection"]


def test_only_a_review_ends_a_protection(index: Index) -> None:
    fled(index)
    dated = flag("f", "d", "L:SAFEADDR", status="inactive", period={"end": "2020-01-01"})
    publish(index, "gp", dated)
    publish(index, "gp", flag("f", "d"))
    assert related(index, MIA, ABOUT[SEAN])[MIA].harm_link
    (id,) = tags(index)
    standing = index.protection(id)
    assert standing is not None
    assert (standing.label, standing.organisation, standing.ended) == ("L:SAFEADDR", "harbour-gp", False)
    index.end_protection(id, "officer")
    index.end_protection(id, "officer")
    assert tags(index) == []
    ended = index.protection(id)
    assert ended is not None
    assert ended.ended
    assert not related(index, MIA, ABOUT[SEAN])[MIA].harm_link
    assert index.resolve(Resolve(about(nhs=MIA, born="2019-05-07", postcode="ZZ99 1SF"), ON)).people
    assert index.protection("none") is None


def test_a_label_on_any_record_protects_and_a_later_version_adds_whom_from(index: Index) -> None:
    fled(index)
    publish(index, "csc", patient("c", "Arthur Penrose", "1941-07-08", ARTHUR, address=[home("3 Elm St")]))
    encounter = {"resourceType": "Encounter", "id": "e", "status": "finished", "class": {"code": "AMB"},
                 "subject": {"reference": "Patient/c"},
                 "meta": {"security": [{"system": "urn:mash:cs:label", "code": "L:SAFEADDR"}]}}  # fmt: skip
    publish(index, "csc", encounter, patient("s", "Sean Cole", "1988-03-04", SEAN))
    assert related(index, ARTHUR, ABOUT[MIA])[ARTHUR].harm_link
    assert not related(index, ARTHUR, ABOUT[ARTHUR])[ARTHUR].harm_link
    publish(index, "csc", {**encounter, "extension": concern({"reference": "Patient/s"})})
    with index._store.read() as connection:
        kinds = {row.kind for row in connection.execute(CONCERN.select())}
    assert kinds == {"nobody", "item"}
    assert related(index, ARTHUR, ABOUT[ARTHUR], household=(ABOUT[SEAN],))[ARTHUR].harm_link


def test_where_sources_disagree_the_home_that_was_fled_protects_nobody_new(index: Index) -> None:
    fled(index, {"identifier": {"system": NHS, "value": SEAN}})
    publish(
        index,
        "hospice",
        patient("d", "Dana Reid", "1990-01-02", DANA, address=[QUARRY]),
        received=f"{ON}T00:00:00Z",
    )
    kin = related(index, JOAN, ABOUT[MYA])
    assert not kin[JOAN].facts.protected
    assert kin[DANA].harm_link


def test_sources_of_an_organisation_of_concern_are_named(index: Index) -> None:
    fled(index, {"identifier": {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "X3"}})
    assert related(index, MIA, ABOUT[MIA])[MIA].asking_harms == {"police"}
    publish(index, "gp", {"resourceType": "Practitioner", "id": "p", "name": [{"family": "Hart"}]},
            flag("g", "d", "L:SAFEADDR", extension=concern({"reference": "Practitioner/p"})))  # fmt: skip
    assert related(index, MIA, ABOUT[MIA])[MIA].asking_harms == {"police", "gp"}
    assert related(index, JOAN, ABOUT[MIA])[JOAN].asking_harms == frozenset()


def test_caseload_is_the_askers_own_organisation_now(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", "2019-05-07", MIA),
            {"resourceType": "Practitioner", "id": "p", "identifier": [{"value": "worker"}]})  # fmt: skip
    team = {"resourceType": "CareTeam", "id": "t", "status": "active", "subject": {"reference": "Patient/m"},
            "participant": [{"member": {"reference": "Practitioner/p"}}]}  # fmt: skip

    def listed(source: str = "csc", **more: Any) -> bool:
        publish(index, source, {**team, **more})
        return related(index, MIA, ABOUT[MIA])[MIA].caseload

    assert listed()
    assert not listed(status="inactive")
    assert not listed(period={"end": "2026-11-19"})
    assert listed(participant=[{"member": {"identifier": {"value": "team-a"}}}], period={"end": ON})
    assert not listed(participant=[{"member": {"identifier": {"value": "team-b"}}}])
    publish(index, "gp", patient("m", "Mia Reid", "2019-05-07", MIA))
    assert not listed("gp", participant=[{"member": {"identifier": {"value": "worker"}}}])


def test_conflicts_reach_household_and_relatives(index: Index) -> None:
    fled(index)
    asker = AskerIdentity("northshire", "u", own=(ABOUT[LEO],))
    kin = related(index, MIA, ABOUT[MIA], asker=asker)
    assert {nhs for nhs, one in kin.items() if one.conflict} == {MIA, LEO, DANA}


def test_whom_an_agreement_is_of(index: Index) -> None:
    fled(index)
    also = (ABOUT[DANA], about(given="Sean", family="Cole", born="1988-03-04"), about(given="Sean", family="Cole"),
            about(given="Mya", family="Reid", born="2019-07-05"))  # fmt: skip
    found = index.relate(Relate(person(index, MIA), "family", ON, (), also=also))
    assert found.also == (person(index, DANA), person(index, SEAN), None, None)


def test_a_person_of_concern_shares_no_protection_and_whoever_lives_with_one_keeps_theirs(
    index: Index,
) -> None:
    fled(index, {"identifier": {"system": NHS, "value": SEAN}})
    publish(index, "police", patient("s", "Sean Cole", "1988-03-04", SEAN, address=[SAFE]))
    kin = related(index, MIA, ABOUT[MIA])
    assert {nhs for nhs, one in kin.items() if one.facts.protected} == {MIA, LEO, DANA}
    # By the records he lives with the child of the case: nothing that places them leaves.
    assert {nhs for nhs, one in kin.items() if one.harm_link} == {MIA, LEO, DANA}


def test_a_publish_made_visible_twice_begins_no_second_protection(index: Index) -> None:
    publish(index, "gp", patient("d", "Dana Reid", "1990-01-02", DANA))
    labelled = publish(index, "gp", flag("f", "d", "L:SAFEADDR"))
    index.end_protection(tags(index)[0], "officer")
    index.make_visible(labelled.outbox)
    assert tags(index) == []
    publish(index, "gp", flag("f", "d", "L:SAFEADDR"))
    assert len(tags(index)) == 1
