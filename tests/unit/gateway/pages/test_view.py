"""What a practitioner reads off a family view at a glance, and must not read wrongly."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.contract.views import FamilyView, Withheld
from services.gateway.answer import BREAK_GLASS, NO_RELATION
from services.gateway.pages import words
from services.gateway.pages.family import FamilyPage, family_page
from services.gateway.pages.not_given import Missing, missing_of
from services.gateway.pages.records import in_words

MIA, DANA, TOM = "urn:uuid:mia", "urn:uuid:dana", "urn:uuid:tom"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
SOURCES = {"csc": "Children's social care", "nhs": "Northshire Hospitals"}


def patient(source: str, given: str, *addresses: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "meta": {"source": f"urn:mash:source:{source}", "lastUpdated": "2026-11-23T10:00:00Z"},
        "name": [{"given": [given], "family": "Reid"}],
        "birthDate": "2019-05-07",
        "address": list(addresses),
        **more,
    }


def view(*entries: tuple[str, dict[str, Any]], **more: Any) -> FamilyPage:
    people = more.pop("people", [{"ref": MIA, "why": ["asked-about"], "match": "MATCH", "name": "Mia Reid"}])
    told = {
        "match": "MATCH",
        "view": {"entry": [{"fullUrl": url, "resource": resource} for url, resource in entries]},
        "people": people,
        **more,
    }
    return family_page(FamilyView.model_validate(told), SOURCES, NOW)


OLD = {"line": ["8 Colliery Row"]}
NEW = {"line": ["2 Rowan House"]}


def test_an_address_that_one_source_knows_to_be_former_is_not_the_home() -> None:
    linked = patient("nhs", "Mia", OLD, link=[{"other": {"reference": MIA}, "type": "seealso"}])
    shown = view((MIA, patient("csc", "Mia", NEW, OLD | {"use": "old"})), ("urn:uuid:other", linked))
    assert shown.people[0].home == "2 Rowan House"
    facts = {fact.label: fact.values for fact in shown.people[0].facts}
    assert facts["Address"] == (
        ("2 Rowan House", "Children's social care"),
        ("8 Colliery Row", "Northshire Hospitals"),
    )
    assert facts["Date of birth"] == (("7 May 2019", "Children's social care and Northshire Hospitals"),)


def test_where_sources_differ_both_addresses_are_the_home() -> None:
    linked = patient("nhs", "Mia", OLD, link=[{"other": {"reference": MIA}, "type": "seealso"}])
    assert (
        view((MIA, patient("csc", "Mia", NEW)), ("urn:uuid:b", linked)).people[0].home
        == "2 Rowan House or 8 Colliery Row"
    )


def tie(code: str, toward: str, **more: Any) -> dict[str, Any]:
    return {"kind": "relationship" if code else "address", "code": code, "toward": toward, **more}


def test_whose_mother_she_is_and_until_when_comes_from_the_ties() -> None:
    home = [tie("", MIA), tie("", MIA, start="2026-05-05", probable_relative=True)]
    dana = [tie("MTH", TOM, start="2021-01-01"), tie("MTH", MIA), *home]
    tom = [tie("BRO", MIA), tie("SIB", MIA), tie("SIGOTHR", DANA, end="2024-06-30", current=False)]
    people = [
        {"ref": MIA, "why": ["asked-about"], "match": "MATCH", "name": "Mia Reid"},
        {"ref": TOM, "why": ["BRO", "SIB", "SIGOTHR", "FRND"], "match": "MATCH", "name": "Tom Reid", "ties": tom},
        {"ref": DANA, "why": ["MTH", "address"], "match": "MATCH", "name": "Dana Reid", "ties": dana},
        {"ref": "urn:uuid:x", "why": ["FMRSPS"], "match": "MATCH", "name": "Sean Cole",
         "ties": [{"kind": "relationship", "code": "FMRSPS", "current": False}]},
    ]  # fmt: skip
    shown = view((MIA, patient("csc", "Mia")), people=people)
    assert [(one.name, one.why) for one in shown.people] == [
        ("Mia Reid", ("Asked about",)),
        ("Tom Reid", ("Brother of Mia Reid", "Once partner of Dana Reid, until 30 June 2024", "Friend")),
        (
            "Dana Reid",
            (
                "Mother of Mia Reid",
                "Mother of Tom Reid, since 1 January 2021",
                "Same address since 5 May 2026, probably a relative: same family name and telephone",
            ),
        ),
        ("Sean Cole", ("Former partner",)),
    ]


def test_whom_to_go_to_and_where_sources_differ_are_said_at_the_top() -> None:
    contacts = [
        {
            "person": MIA,
            "name": "Amara",
            "role": "Social worker",
            "source": "A",
            "start": "2026-05-09",
            "first": True,
        },
        {"person": MIA, "name": "Dr Ash", "source": "B", "last_seen": "2026-10-28"},
        {"person": DANA, "service": "a health service"},
    ]
    said = [
        {"value": "2019-05-07", "source": "A", "received": "2026-11-20"},
        {"value": "2019-05-07", "start": "2020-01-01"},
        {"value": "2019-07-05", "source": "B", "end": "2024-01-01"},
    ]
    people = [
        {"ref": MIA, "why": ["asked-about"], "match": "MATCH", "name": "Mia Reid"},
        {"ref": DANA, "why": ["MTH"], "match": "MATCH", "name": "Dana Reid"},
    ]
    shown = view(
        people=people, contacts=contacts, differences=[{"person": MIA, "field": "birth-date", "said": said}]
    )
    mia, dana = shown.go_to
    assert mia.first and (mia.first.name, mia.first.what, mia.first.when) == (
        "Amara",
        "Social worker",
        "since 9 May 2026",
    )
    assert [(one.name, one.when) for one in mia.others] == [
        ("Dr Ash", "saw them 28 October 2026")
    ] and mia.services == 2
    assert dana.first is None and [(one.name, one.source) for one in dana.others] == [
        ("a health service", "A partner")
    ]
    (differing,) = shown.people[0].differing
    assert (differing.label, differing.values) == (
        "Date of birth",
        (
            (
                "7 May 2019",
                ("A: no date given, received 20 November 2026", "A partner: since 1 January 2020"),
            ),
            ("5 July 2019", ("B: until 1 January 2024",)),
        ),
    )


@pytest.mark.parametrize(
    ("born", "told"), [("2027-02-01", "Unborn, expected 1 February 2027"), ("", "Unborn")]
)
def test_an_unborn_child_is_called_so(born: str, told: str) -> None:
    people = [{"ref": MIA, "why": ["asked-about"], "match": "MATCH", "name": "Unborn Reid", "unborn": True}]
    record = (
        patient("csc", "Unborn", birthDate=born)
        if born
        else {"resourceType": "Patient", "name": [{"text": "Unborn"}]}
    )
    assert view((MIA, record), people=people).people[0].born == told


def state(ref: str, state: str) -> dict[str, str]:
    return {"ref": ref, "state": state}


def test_the_four_ways_of_not_holding_stay_four_and_what_failed_comes_first() -> None:
    people = [
        {"ref": MIA, "why": ["asked-about"], "match": "MATCH", "name": "Mia Reid"},
        {"ref": DANA, "why": ["MTH"], "match": "MATCH", "name": "Dana Reid"},
        {"ref": TOM, "why": ["FRND"], "match": "NOT_CONFIRMED"},
    ]
    sources = [
        {"source": name, "people": [state(MIA, mia), state(DANA, dana), state(TOM, "NOT_ASKED")]}
        for name, mia, dana in (
            ("A", "HELD", "NIL"),
            ("B", "NIL", "NIL"),
            ("C", "NO_RESPONSE", "SOURCE_DOWN"),
            ("D", "NIL", "NIL"),
            ("E", "NOT_ASKED", "NOT_ASKED"),
        )
    ]
    shown = view(people=people, sources=sources, complete=False).answered
    assert [(line.source, [(one.word, one.of) for one in line.said]) for line in shown.failed] == [
        ("C", [("Could not be reached", "Dana Reid"), ("No reply", "Mia Reid")])
    ]
    assert [(one.word, one.of) for one in shown.holding[0].said] == [
        ("Holds information", "Mia Reid"),
        ("Nothing held", "Dana Reid"),
    ]
    assert [(one.word, one.of, names) for one, names in shown.rest] == [
        ("Nothing held", "everyone here", "B and D"),
        ("Not asked", "everyone here", "E"),
    ]
    assert shown.nobody_asked == "Person 3, name not shown" and shown.sources == 5


@pytest.mark.parametrize(("code", "words_"), [("450476008", "NOT for CPR"), ("450475007", "FOR CPR")])
def test_a_decision_about_resuscitation_is_told_by_its_code(code: str, words_: str) -> None:
    # The label that came with it says the contrary.
    coding = {"coding": [{"code": code, "display": "For attempted CPR or not"}], "text": "see form"}
    shown = in_words({"resourceType": "Flag", "status": "active", "code": coding})
    assert (shown.headline, shown.alarm and shown.alarm[0]) == (words_, "Decision in force")
    ended = in_words({"resourceType": "Flag", "status": "inactive", "code": coding})
    assert ended.alarm == ("No longer in force", "grey")


def test_what_is_masked_is_said_to_be() -> None:
    mask = {
        "extension": [
            {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}
        ]
    }
    shown = in_words({"resourceType": "Observation", "status": "final", "code": mask})
    assert (shown.headline, shown.masked) == ("Withheld", "what it is")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2019-05-07", "7 May 2019"),
        ("2019-05", "May 2019"),
        ("2019", "2019"),
        ("2026-07-01T23:30:00Z", "2 July 2026"),
        ("2019-02-30", "2019-02-30"),
        ("soon", "soon"),
        ("", ""),
    ],
)
def test_dates_as_a_practitioner_writes_them(text: str, shown: str) -> None:
    assert words.day(text) == shown


def test_times_are_those_of_the_united_kingdom() -> None:
    assert words.moment("2026-07-01T13:05:00Z") == "1 July 2026 at 14:05"
    assert words.moment("2026-12-01T13:05:00Z") == "1 December 2026 at 13:05"


@pytest.mark.parametrize(
    ("born", "age"),
    [("2019-11-23", "7"), ("2019-11-24", "6"), ("2025-01-30", "21 months"), ("2019", ""), ("2027-01-01", "")],
)
def test_ages(born: str, age: str) -> None:
    assert words.age(born, date(2026, 11, 23)) == age


def withheld(code: str, effect: str = "withhold", **more: Any) -> dict[str, Any]:
    told = {"person": MIA, "source": "police", "class": "everything", "code": code, "effect": effect}
    return told | {"sentence": f"Because {code}.", "who_can_change": "Somebody", **more}


def lacking(*codes: str) -> list[dict[str, str]]:
    return [{"code": code, "sentence": f"No {code}.", "who_can_change": "You"} for code in codes]


def not_given(
    *rows: dict[str, Any], kinds: tuple[str, ...] = ("agreement", "perceived-risk")
) -> tuple[Missing, ...]:
    return missing_of([Withheld.model_validate(row) for row in rows], kinds)


def test_what_a_worker_can_do_is_a_way_there_and_the_safest_comes_first() -> None:
    (row,) = not_given(withheld("CONSENT_REQUIRED", missing=lacking("agreement", "perceived-risk")))
    assert row.acts == (("Record the risk", "perceived-risk"), ("Record the agreement", "agreement"))
    assert row.hints == (), "the way there says it"
    (row,) = not_given(withheld("IDENTITY_NOT_CONFIRMED", missing=lacking("identity")))
    assert row.acts == (("Find and confirm the person", ""),)


def test_nothing_is_offered_that_this_worker_cannot_do_here() -> None:
    (row,) = not_given(withheld("REASON_REQUIRED", missing=lacking("ground")))
    assert row.acts == ()
    (row,) = not_given(withheld("NO_RELATIONSHIP", missing=lacking("break-glass", "relationship")))
    assert (row.acts, row.hints) == ((), ())


def test_what_is_missing_is_said_once_and_paper_in_small_print() -> None:
    (row,) = not_given(withheld("NO_AGREEMENT", missing=lacking("isa-purpose")))
    assert row.hints == ("No isa-purpose.",)
    (row,) = not_given(
        withheld("OWNER_APPROVAL", "ask-owner", missing=lacking("owner-approval"), ask="token")
    )
    assert (row.hints, row.asks) == ((), (("Police", "token"),))


def test_what_can_be_acted_on_stands_first_and_what_was_given_coarser_last() -> None:
    rows = not_given(
        withheld("MINIMISATION", "generalise"),
        withheld("NO_AGREEMENT"),
        withheld("OWNER_APPROVAL", "ask-owner", ask="token"),
        withheld("CONSENT_REQUIRED", missing=lacking("agreement")),
    )
    assert [row.sentence.split()[1] for row in rows] == [
        "OWNER_APPROVAL.",
        "CONSENT_REQUIRED.",
        "NO_AGREEMENT.",
        "MINIMISATION.",
    ]


def test_what_stands_in_the_way_of_care_comes_before_any_other_note() -> None:
    assert view(notes=["Another.", NO_RELATION, BREAK_GLASS]).notes == (NO_RELATION, BREAK_GLASS, "Another.")
