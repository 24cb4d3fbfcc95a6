"""Linking, whatever comes in whatever order: one person exactly where the rule says so, and never silently merged."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.contract.people import Resolve
from services.index.keys import of_question, of_record
from services.index.normalise import first_given, name_key, squeeze
from services.index.read import summarise
from services.runtime.keys import Mac
from tests.unit.index.northshire import LEO, MIA, ON, about, patient, publish, small_index

NUMBERS, DATES, NAMES = (
    (MIA, LEO, ""),
    ("2019-05-07", "2011-11-23"),
    ("Mia Reid", "MIA Cole", "Leo Reid", "Baby Reid"),
)
RECORDS = st.tuples(
    st.sampled_from(NUMBERS), st.sampled_from(DATES), st.sampled_from(NAMES), st.sampled_from(["01", "02"])
)


def strict(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """The rule in the words of the model, apart from the code: a number that both verified, the birth date, the given name."""
    return alike(one, other) and one[3] == other[3] == "01"


def alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """One number, one birth date, one given name."""
    first = [name.split()[0].lower() for _, _, name, _ in (one, other)]
    return one[0] != "" and one[0] == other[0] and one[1] == other[1] and first[0] == first[1] != "baby"


def allowed(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Either that, or a number that one of the two verified beside the same whole name."""
    by_one = alike(one, other) and "01" in (one[3], other[3]) and one[2].lower() == other[2].lower()
    return strict(one, other) or by_one


def tied(records: list[tuple[str, str, str, str]], one: int, other: int) -> bool:
    """Whether a chain of pairs that may be linked leads from one to the other."""
    reached, left = {one}, [one]
    while left:
        here = left.pop()
        further = {n for n in range(len(records)) if n not in reached and allowed(records[here], records[n])}
        reached |= further
        left += further
    return other in reached


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(RECORDS, min_size=2, max_size=6))
def test_two_records_are_one_person_where_the_rule_says_so_and_nowhere_else(
    records: list[tuple[str, str, str, str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = small_index(Path(folder))
        try:
            for place, (nhs, born, name, status) in enumerate(records):
                publish(index, "csc", patient(f"p{place}", name, born, nhs, status=status))
            with index._store.read() as connection:
                item = {
                    f"p{place}": index._store.item("csc", "Patient", f"p{place}")
                    for place in range(len(records))
                }
                rows = connection.exec_driver_sql("SELECT item, person FROM index_identity").all()
                edges = connection.exec_driver_sql("SELECT item, person FROM index_link ORDER BY id").all()
            people = {row.item: row.person for row in rows}
            for one in range(len(records)):
                for other in range(one):
                    same = people[item[f"p{one}"]] == people[item[f"p{other}"]]
                    assert same or not strict(records[one], records[other])
                    assert tied(records, one, other) or not same
                    # With nobody else about, nothing but the two decides.
                    assert len(records) > 2 or same == allowed(records[one], records[other])
            # The latest edge of each record is where it belongs: the edges alone tell the whole story.
            assert {edge.item: edge.person for edge in edges} == people
        finally:
            index.close()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.permutations(
        [(MIA, "2019-05-07", "Mia Reid"), (MIA, "2019-05-07", "Mia Cole"), (LEO, "2019-05-07", "Leo Reid")]
    )
)
def test_the_order_of_arrival_does_not_change_who_is_found(order: list[tuple[str, str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = small_index(Path(folder))
        try:
            for nhs, born, name in order:
                publish(index, "csc", patient(name.replace(" ", "-"), name, born, nhs))
            found = index.resolve(Resolve(about(nhs=MIA, born="2019-05-07"), ON)).people
            assert [one.grade for one in found] == ["exact"]
        finally:
            index.close()


@given(st.text(max_size=60))
def test_no_text_breaks_a_name_and_normalising_twice_is_normalising_once(text: str) -> None:
    assert squeeze(squeeze(text)) == squeeze(text)
    assert name_key(name_key(text)) == name_key(text)
    assert first_given(text) == first_given(first_given(text)) or first_given(text) == ""


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_a_question_in_a_records_own_words_always_finds_its_keys(given_name: str, family: str) -> None:
    mac = Mac(b"k" * 32)
    resource = {"name": [{"given": [given_name], "family": family}], "birthDate": "2019-05-07"}
    summary = summarise(resource, traces=False, confidentiality="N")
    question = about(given=given_name, family=family, born="2019-05-07")
    if first_given(given_name) and name_key(family):
        assert of_record(mac, summary, placed=False) & of_question(mac, question)
    swapped = about(given=given_name, family=family, born="2019-07-05")
    if name_key(family):
        assert of_record(mac, summary, placed=False) & of_question(mac, swapped)
