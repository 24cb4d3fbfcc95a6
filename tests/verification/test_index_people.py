"""Who is meant, and who is linked: alike on SQLite and on a real PostgreSQL."""

import pytest
from sqlalchemy import select
from sqlalchemy.event import listen

from services.contract.people import About, AskerIdentity, Candidates, Resolve
from services.index.index import Index
from services.index.normalise import sounds
from services.index.schema import HOME, IDENTITY, LOOK_UP
from tests.unit.index.northshire import (
    DANA,
    LEO,
    MIA,
    MYA,
    ON,
    SEAN,
    about,
    concern,
    flag,
    home,
    number,
    patient,
    publish,
    relative,
)
from tests.verification.index_stores import index, opened

__all__ = ["index", "opened"]

BORN = "2019-05-07"


def ask(index: Index, question: About, **more: object) -> Candidates:
    return index.resolve(Resolve(question, ON, **more))  # type: ignore[arg-type]


def names(found: Candidates) -> list[tuple[str, str]]:
    return [(one.grade, f"{one.name} {one.birth_year}") for one in found.people]


def people(index: Index, nhs: str) -> set[str]:
    return {one.person for one in ask(index, about(nhs=nhs)).people}


def test_number_and_date_or_number_and_names_are_exact_and_nothing_less_is(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", BORN, MIA))
    exact = [("exact", "Mia Reid 2019")]
    assert names(ask(index, about(nhs="999 100 0011", born=BORN))) == exact
    assert names(ask(index, about(nhs=MIA, given="MIA", family="Réid"))) == exact
    for question in (about(nhs=MIA), about(nhs=MIA, given="Mia"), about(given="Mia", family="Reid", born=BORN),
                     about(nhs=MIA, born="2019"), about(nhs=MIA, given="Mia", family="Cole")):  # fmt: skip
        assert [grade for grade, _ in names(ask(index, question))] == ["possible"], question.model_fields_set


def test_a_number_against_another_date_of_birth_finds_nobody(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", BORN, MIA))
    found = ask(index, about(nhs=MIA, given="Mia", family="Reid", born="2019-05-08"))
    assert found.people == ()
    assert found.number_conflict


def test_a_swapped_date_and_a_sound_alike_are_both_possible(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", BORN, MIA), patient("y", "Mya Reid", "2019-07-05", MYA),
            patient("l", "Leo Reid", "2019-07-05", LEO))  # fmt: skip
    found = ask(index, about(given="Mia", family="Reid", born="2019-07-05"))
    assert sorted(names(found)) == [("possible", "Mia Reid 2019"), ("possible", "Mya Reid 2019")]


def test_a_date_alone_or_a_family_name_alone_finds_nobody(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", BORN, MIA))
    assert ask(index, about(born=BORN)).people == ask(index, about(family="Reid")).people == ()


@pytest.mark.parametrize(
    "other",
    [
        patient("x", "Mya Reid", BORN, MIA, status="02"),
        patient("x", "Mia Reid", "2019-05-08", MIA, status=""),
        patient("x", "Mia Reid", "2011-11-23", MIA),
        patient("x", "Ava Reid", BORN, MIA),
        patient("x", "Mia Reid", BORN),
        patient("x", "Baby Reid", BORN, MIA),
        patient("x", "Mia Reid", BORN, MYA),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_anything_less_than_the_rule_stays_a_person_of_its_own(
    index: Index, other: dict[str, object], first: bool
) -> None:
    sent = [("csc", patient("m", "Mia Reid", BORN, MIA)), ("police", other)]
    for source, record in sent if first else reversed(sent):
        publish(index, source, record)
    with index._store.read() as connection:
        assert len(set(connection.execute(select(IDENTITY.c.person)).scalars())) == 2


@pytest.mark.parametrize("status", ["02", ""])
def test_a_number_that_one_of_the_two_verified_beside_the_same_name_and_birth_date_is_one_person(
    index: Index, status: str
) -> None:
    publish(index, "csc", patient("m", "Mia Reid", BORN, MIA))
    publish(index, "police", patient("x", "Mia Reid", BORN, MIA, status=status))
    with index._store.read() as connection:
        assert len(set(connection.execute(select(IDENTITY.c.person)).scalars())) == 1


def test_a_source_that_traces_is_believed_unless_the_record_says_otherwise(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", BORN, MIA))
    publish(index, "gp", patient("g", "Mia Anne Reid", BORN, MIA, status=""))
    assert len(people(index, MIA)) == 1
    # What was traced by nobody ties nobody to anybody; a source that traces is not believed where its record says otherwise.
    publish(index, "police", patient("n", "Leo Reid", BORN, LEO, status=""))
    for status, persons in (("03", 2), ("", 1)):
        publish(index, "gp", patient("h", "Leo Reid", BORN, LEO, status=status))
        assert len(people(index, LEO)) == persons


def test_a_record_that_no_longer_agrees_becomes_its_own_person_and_may_come_back(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", BORN, MIA))
    publish(index, "gp", patient("g", "Mia Reid", BORN, MIA))
    before = people(index, MIA)
    publish(index, "gp", patient("g", "Leo Reid", "2021-01-01", LEO))
    assert people(index, MIA) == before
    assert people(index, LEO).isdisjoint(before)
    publish(index, "gp", patient("g", "Mia Reid", BORN, MIA))
    assert people(index, MIA) == before
    assert people(index, LEO) == set()


def test_a_relative_with_number_date_and_name_is_that_person(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", BORN, MIA),
            relative("r", "m", "Dana Reid", "MTH", nhs=DANA, born="1990-01-02"),
            relative("s", "m", "Dana Reid", "MTH"))  # fmt: skip
    publish(index, "gp", patient("d", "Dana Reid", "1990-01-02", DANA))
    assert len(people(index, DANA)) == 1
    assert len(ask(index, about(given="Dana", family="Reid")).people) == 2


def test_confirmed_people_and_opened_candidates(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", BORN, MIA))
    mia = people(index, MIA).pop()
    by_name = about(given="Mia", family="Reid")
    assert names(ask(index, by_name, confirmed=frozenset({mia})))[0][0] == "exact"
    token = About(candidate="token")
    assert names(ask(index, token, person=mia)) == [("possible", "Mia Reid 2019")]
    assert names(ask(index, token, person=mia, confirmed=frozenset({mia})))[0][0] == "exact"
    assert ask(index, token, person="nobody").people == ()


def test_nobody_protected_is_found_by_a_postcode_right_or_wrong(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", BORN, MIA, address=[home("1 Safe St")]),
            patient("l", "Leo Reid", "2021-01-01", LEO, address=[home("1 Safe St")]))  # fmt: skip
    question = about(nhs=MIA, born=BORN, postcode="ZZ99 3VZ")
    assert names(ask(index, question)) == [("exact", "Mia Reid 2019")]
    publish(index, "csc", flag("f", "m", "L:SAFEADDR"))
    for postcode in ("ZZ99 3VZ", "ZZ99 9ZZ"):
        assert ask(index, about(nhs=MIA, born=BORN, postcode=postcode)).people == ()
        assert ask(index, about(nhs=LEO, born="2021-01-01", postcode=postcode)).people == ()
    assert ask(index, about(nhs=MIA, born=BORN)).people[0].facts.protected
    # Not by leaving them out of the answer only: there is no key to find them by.
    by_place = {index._store.mac.number("postcode-family", "ZZ993VZ", sound) for sound in sounds("reid")}
    with index._store.read() as connection:
        assert connection.execute(select(LOOK_UP).where(LOOK_UP.c.key.in_(by_place))).all() == []
        assert connection.execute(select(HOME)).all()


def test_a_restricted_patient_is_kept_out_of_searches_by_place(index: Index) -> None:
    secret = {
        "meta": {
            "security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]
        }
    }
    publish(index, "csc", patient("m", "Mia Reid", BORN, MIA, address=[home("1 Safe St")]) | secret)
    assert ask(index, about(nhs=MIA, born=BORN, postcode="ZZ99 3VZ")).people == ()
    assert ask(index, about(nhs=MIA, born=BORN)).people[0].facts.confidentiality == "R"


def test_a_postcode_helps_to_find_who_is_not_protected(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", BORN, address=[home("1 Open St")]))
    found = ask(index, about(given="Mia", postcode="zz993vz"))
    assert names(found) == []
    assert names(ask(index, about(given="Mia", family="Reid", postcode="zz993vz"))) == [
        ("possible", "Mia Reid 2019")
    ]


def test_the_askers_own_people_are_a_conflict(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", BORN, MIA, address=[home("1 Open St")]),
            patient("l", "Leo Reid", "2021-01-01", LEO, address=[home("1 Open St")]),
            patient("y", "Mya Reid", "2019-07-05", MYA))  # fmt: skip
    asker = AskerIdentity("northshire", "u", own=(about(given="Leo", family="Reid", born="2021-01-01"),))
    assert ask(index, about(nhs=LEO, born="2021-01-01"), asker=asker).people[0].conflict
    assert ask(index, about(nhs=MIA, born=BORN), asker=asker).people[0].conflict
    assert not ask(index, about(nhs=MYA, born="2019-07-05"), asker=asker).people[0].conflict


def test_identifiers_are_compared_with_the_record(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", BORN, MIA, gender="female"))
    mia = people(index, MIA).pop()
    assert index.compare(
        mia, {"nhs_number": MIA, "birth_date": BORN, "given": "mia", "family": "REID", "sex": "female"}
    )
    for wrong in ({"nhs_number": MYA}, {"birth_date": "2019-07-05"}, {"given": "Mya"}, {"sex": "male"}, {},
                  {"postcode": "ZZ99 3VZ"}, {"given": "Mia", "family": "Cole"}, {"nhs_number": ""}):  # fmt: skip
        assert not index.compare(mia, wrong), wrong
    assert not index.compare("nobody", {"given": "Mia"})


def test_more_than_fifty_is_said(index: Index) -> None:
    publish(
        index,
        "csc",
        *(patient(f"p{n}", "Mia Reid", f"20{n // 28:02d}-01-{n % 28 + 1:02d}") for n in range(56)),
    )
    found = ask(index, about(given="Mia", family="Reid"))
    assert len(found.people) == 50
    assert found.overflow


def test_odd_names_are_stored_and_never_raise(index: Index) -> None:
    odd = ["محمد علي", " ", "Baby X", "Łukasz Żółć", "- -", "1 2", "'' ''", " ".join(["Mia"] * 40)]
    for place, name in enumerate(odd):
        publish(index, "csc", patient(f"p{place}", name, "2019"))
    assert names(ask(index, about(given="Lukasz", family="Zolc"))) == [("possible", "Łukasz Żółć 2019")]
    assert len(ask(index, about(given="محمد", family="علي")).people) == 1


def test_absent_unknown_and_protected_cost_the_same_statements(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", BORN, MIA, address=[home("1 Safe St")]),
            patient("l", "Leo Reid", "2021-01-01", LEO, address=[home("2 Open St")]),
            patient("s", "Sean Cole", "1988-03-04", SEAN),
            flag("f", "m", "L:SAFEADDR", extension=concern({"identifier": number(SEAN)})))  # fmt: skip
    ran: list[str] = []
    listen(index._store.engine, "before_cursor_execute", lambda *arguments: ran.append(arguments[2]))
    counts = {}
    for who, question in {
        "protected": about(nhs=MIA, born=BORN, postcode="ZZ99 3VZ"),
        "found": about(nhs=LEO, born="2021-01-01", postcode="ZZ99 3VZ"),
        "absent": about(nhs=MYA, born="2019-07-05", postcode="ZZ99 3VZ"),
        "wrong number": about(nhs="9991000012", born="2019-07-05", postcode="ZZ99 3VZ"),
    }.items():
        ran.clear()
        found = ask(index, question).people
        assert bool(found) is (who == "found")
        counts[who] = len(ran)
    assert len(set(counts.values())) == 1, counts
