"""Publishing to the index behaves alike on SQLite and on a real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from services.contract.canonical import emit, parse
from services.contract.people import Gather, Resolve
from services.contract.problems import BadInput, NotAllowed, NotFound
from services.contract.publishing import Put, Submission
from services.index.index import Index
from tests.unit.index.northshire import (
    MIA,
    ON,
    RECEIVED,
    about,
    flag,
    patient,
    publish,
    relative,
    submission,
)
from tests.verification.index_stores import Opened, index, opened

__all__ = ["index", "opened"]

MIA_AT_CSC = patient("m", "Mia Reid", "2019-05-07", MIA)


def person(index: Index, **said: str) -> str | None:
    """The one person whom a question finds for certain."""
    found = index.resolve(Resolve(about(**said), ON)).people
    return found[0].person if found and found[0].grade == "exact" else None


def bad(index: Index, *resources: dict[str, Any], source: str = "csc") -> BadInput:
    """The refusal of a submission."""
    with pytest.raises(BadInput) as refused:
        index.store_unseen(submission(source, *resources))
    return refused.value


def test_what_is_stored_is_unseen_until_made_visible(index: Index) -> None:
    accepted = index.store_unseen(submission("csc", MIA_AT_CSC))
    assert index.resolve(Resolve(about(nhs=MIA, born="2019-05-07"), ON)).people == ()
    assert index.read_back("csc", "Patient", "m") is None
    index.make_visible(accepted.outbox)
    assert person(index, nhs=MIA, born="2019-05-07")
    back = index.read_back("csc", "Patient", "m")
    assert back is not None
    assert back["name"] == MIA_AT_CSC["name"]
    assert index.read_back("gp", "Patient", "m") is None


def test_an_unsent_publish_is_found_again_under_the_same_event_and_finished(opened: Opened) -> None:
    accepted = opened().store_unseen(submission("csc", MIA_AT_CSC))
    later = opened()
    assert later.unsent() == (accepted,)
    later.make_visible(accepted.outbox)
    later.make_visible(accepted.outbox)
    assert later.unsent() == ()
    assert person(later, nhs=MIA, born="2019-05-07")


def test_a_version_finished_late_never_takes_the_place_of_a_later_one(index: Index) -> None:
    publish(index, "csc", MIA_AT_CSC)
    late = index.store_unseen(submission("csc", {**MIA_AT_CSC, "gender": "male"}))
    publish(index, "csc", {**MIA_AT_CSC, "gender": "female"})
    index.make_visible(late.outbox)
    back = index.read_back("csc", "Patient", "m")
    assert back is not None
    assert (back["gender"], back["meta"]["versionId"]) == ("female", "3")


def test_numbers_come_back_as_they_were_written(index: Index) -> None:
    written = flag("o", "m") | {"resourceType": "Observation", "valueQuantity": {"value": "6.30"}}
    raw = emit(written).replace(b'"6.30"', b"6.30")
    publish(index, "csc", MIA_AT_CSC, parse(raw))
    back = index.read_back("csc", "Observation", "o")
    assert back is not None
    assert b'"value":6.30' in emit(back)


def test_versions_are_kept_and_answered(index: Index) -> None:
    first = publish(index, "csc", MIA_AT_CSC)
    second = publish(index, "csc", MIA_AT_CSC)
    assert [(one.version, one.created) for one in (*first.stored, *second.stored)] == [(1, True), (2, False)]
    assert first.digest != second.digest


def test_a_source_writes_its_own_records_only(index: Index) -> None:
    publish(index, "csc", MIA_AT_CSC)
    publish(index, "gp", patient("m", "Mya Reid", "2019-07-05"))
    mine, theirs = index.read_back("csc", "Patient", "m"), index.read_back("gp", "Patient", "m")
    assert mine is not None
    assert theirs is not None
    assert mine["birthDate"] == "2019-05-07"
    assert theirs["birthDate"] == "2019-07-05"
    for source in ("mh", "nobody"):
        with pytest.raises(NotAllowed):
            index.store_unseen(submission(source, MIA_AT_CSC))


def test_references_between_entries_become_stored_ids(index: Index) -> None:
    puts = (
        Put({"resourceType": "Patient", "birthDate": "2019-05-07"}, None, "POST", "urn:uuid:p"),
        Put(flag("x", "m") | {"subject": {"reference": "urn:uuid:p"}}, None, "POST", "urn:uuid:f"),
    )
    accepted = index.store_unseen(Submission("csc", puts, "client", RECEIVED))
    index.make_visible(accepted.outbox)
    person_id, flag_id = (one.id for one in accepted.stored)
    back = index.read_back("csc", "Flag", flag_id)
    assert back is not None
    assert back["subject"]["reference"] == f"Patient/{person_id}"
    assert back["id"] == flag_id != "x"


def test_references_to_nowhere_name_entry_and_place(index: Index) -> None:
    entries = [patient(f"p{n}", "Leo Reid", "2021-01-01") for n in range(39)]
    refused = bad(index, *entries, flag("f", "not-there-9991000011"))
    assert "Bundle.entry[39]: Flag.subject" in refused.detail
    assert "not-there" not in refused.detail
    assert index.unsent() == ()
    for reference in ("urn:uuid:none", "#none", "http://elsewhere.test/Patient/1", "../Patient/1"):
        assert (
            "Flag.subject"
            in bad(index, MIA_AT_CSC, flag("f", "m") | {"subject": {"reference": reference}}).detail
        )


def test_nothing_may_refer_to_what_is_unseen_or_anothers(index: Index) -> None:
    index.store_unseen(submission("csc", MIA_AT_CSC))
    bad(index, flag("f", "m"))
    publish(index, "gp", MIA_AT_CSC)
    bad(index, flag("f", "m"))
    publish(index, "csc", MIA_AT_CSC)
    publish(index, "csc", flag("f", "m"))


@pytest.mark.parametrize(
    ("faulty", "place"),
    [
        (MIA_AT_CSC | {"birthDate": "2021-02-30"}, "Patient.birthDate"),
        (
            MIA_AT_CSC | {"name": [{"family": "Reid", "period": {"start": "2021-02-30"}}]},
            "Patient.name[0].period.start",
        ),
        (
            MIA_AT_CSC | {"name": [{"period": {"start": "2021-03-02", "end": "2021-03-01"}}]},
            "Patient.name[0].period",
        ),
    ],
)
def test_days_that_are_in_no_calendar_and_periods_that_run_backwards(
    index: Index, faulty: dict[str, Any], place: str
) -> None:
    refused = bad(index, faulty)
    assert place in refused.detail
    assert "2021" not in refused.detail


def test_ids_that_stand_twice_or_disagree(index: Index) -> None:
    assert "Bundle.entry[1]: Patient.id" in bad(index, MIA_AT_CSC, MIA_AT_CSC).detail
    twice = submission("csc", MIA_AT_CSC, MIA_AT_CSC | {"id": "n"})
    with pytest.raises(BadInput, match="fullUrl"):
        index.store_unseen(
            replace(twice, puts=tuple(replace(put, full_url="urn:uuid:1") for put in twice.puts))
        )
    with pytest.raises(BadInput, match=r"Patient\.id"):
        index.store_unseen(Submission("csc", (Put(MIA_AT_CSC, "other", "PUT"),), "client", RECEIVED))
    with pytest.raises(BadInput):
        index.store_unseen(Submission("csc", (), "client", RECEIVED))


def test_a_record_about_nobody_is_refused_and_an_organisation_is_not(index: Index) -> None:
    assert "names no Patient" in bad(index, {"resourceType": "Flag", "id": "f", "status": "active"}).detail
    publish(index, "csc", {"resourceType": "Organization", "id": "o", "name": "Elm School"})


def test_the_answer_does_not_depend_on_what_a_record_was_linked_to(opened: Opened) -> None:
    index = opened()
    alone = publish(index, "csc", MIA_AT_CSC)
    publish(index, "gp", patient("g", "Mia Reid", "2019-05-07", MIA))
    linked = index.store_unseen(submission("police", MIA_AT_CSC))
    assert (alone.stored, alone.findings) == (linked.stored, linked.findings)


def test_findings_follow_from_the_record_alone(index: Index) -> None:
    wrong = patient("w", "Mia Reid", "2999-01-01", "9991000012")
    consent = {
        "resourceType": "Consent",
        "id": "c",
        "status": "active",
        "patient": {"reference": "Patient/w"},
    }
    foreign = flag("f", "w", code="304253006")
    assert publish(index, "csc", wrong, consent, foreign).findings == (
        "BIRTH_DATE_FUTURE", "CONSENT_SHAPE", "NHS_NUMBER_CHECK", "UNKNOWN_CODE")  # fmt: skip
    assert person(index, nhs="9991000012", born="2999-01-01") is None


def test_two_loaders_of_one_child_at_one_moment_make_one_person(opened: Opened) -> None:
    index, other = opened(), opened()

    def load(number: int) -> None:
        chosen = (index, other)[number % 2]
        publish(chosen, "csc" if number % 3 else "gp", patient(f"m{number}", "Mia Reid", "2019-05-07", MIA))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(load, range(12)))
    found = index.resolve(Resolve(about(nhs=MIA, born="2019-05-07"), ON))
    assert [one.grade for one in found.people] == ["exact"]
    asks = (("csc", found.people[0].person), ("gp", found.people[0].person))
    assert len(index.gather(Gather(asks, {}, ON)).items) == 12


def test_a_relative_of_a_patient_elsewhere_is_refused_too(index: Index) -> None:
    assert "RelatedPerson.patient" in bad(index, relative("r", "m", "Dana Reid", "MTH")).detail


def test_an_outbox_that_never_was(index: Index) -> None:
    with pytest.raises(NotFound):
        index.make_visible("none")
    assert index.ready()
