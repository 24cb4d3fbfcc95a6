"""Whose records went on without an ISA in force: nothing across a harm link, of concern or unheard; no provider unnamed."""

from types import SimpleNamespace
from typing import Any

import pytest

from services.contract.decisions import Answer, Context, Profile
from services.contract.directory import Source
from services.gateway.tasks.gone_on import went_on
from services.gateway.tasks.post import Post

SOURCES = {
    "housing": Source("housing", "council-housing", "Housing", "housing", "copy"),
    "clinic": Source("clinic", "clinic-org", "The clinic", "sexual-health", "copy"),
}


def profile(organisation: str, paper: str = "LAPSED", **more: Any) -> Profile:
    told: dict[str, Any] = {
        "own": False,
        "identity": "MATCH",
        "relationship": "own-case",
        "isa": "one",
    } | more
    return Profile(organisation, "housing", paper=paper, paper_defect="ENDED", **told)


def raised(
    *given: tuple[str, str],
    purpose: str = "C-S47",
    warnings: tuple[str, ...] = ("AGREEMENT_LAPSED",),
    paper: str = "LAPSED",
    across: str = "",
    concern: str = "",
    unheard: str = "",
) -> list[Post]:
    """`given`: (source, person) of each record of which something leaves."""
    context = Context("2026-11-23", "csc", "LA-CSC", "SW-CHILD", purpose, "OPEN")
    profiles = (profile("council-housing", paper), profile("clinic-org", paper), profile("csc", own=True))
    trail: Any = SimpleNamespace(answers=[Answer("r", "d", (), warnings, profiles)])
    request: Any = SimpleNamespace(
        context=context,
        asker=SimpleNamespace(organisation="csc"),
        hub=SimpleNamespace(book=SimpleNamespace(sources=SOURCES)),
    )
    people = [
        SimpleNamespace(person=one, harm_link=one == across, asking_harms={concern} - {""})
        for one in dict.fromkeys(person for _, person in given)
    ]
    built: Any = SimpleNamespace(
        given=[SimpleNamespace(source=source, person=person) for source, person in given]
    )
    kin: Any = SimpleNamespace(people=people)
    return list(went_on(request, trail, kin, built, {unheard}))


def test_both_are_told_by_one_key_and_neither_of_whom_nor_of_why() -> None:
    found = raised(("housing", "p"), ("housing", "q"))
    assert [one.organisation for one in found] == ["council-housing", "csc"]
    for one in found:
        assert (one.person, one.case, one.records, one.source) == ("", "", (), "")
        assert one.facts == {
            "day": "2026-11-23",
            "asking_organisation": "csc",
            "holding_organisation": "council-housing",
            "paper_defect": "ENDED",
            "isa": "one",
        }
        assert one.key == "csc/council-housing/one/2026-11-23"


@pytest.mark.parametrize("paper", ["CURRENT", "SUSPENDED"])
def test_paper_in_force_or_a_suspension_is_no_matter_of_this(paper: str) -> None:
    assert raised(("housing", "p"), paper=paper) == []


def test_where_nothing_went_on_nobody_is_told() -> None:
    assert raised() == []
    assert raised(("housing", "p"), warnings=()) == []


def test_nothing_of_somebody_across_a_harm_link_or_unheard() -> None:
    assert raised(("housing", "p"), across="p") == []
    assert raised(("housing", "p"), unheard="p") == []
    # What is given of somebody else is told all the same.
    assert len(raised(("housing", "p"), ("clinic", "q"), across="p")) == 2


def test_nothing_of_a_source_that_is_of_concern_to_anybody_of_the_case() -> None:
    assert raised(("housing", "p"), ("housing", "q"), concern="housing") == []
    assert {one.organisation for one in raised(("housing", "p"), ("clinic", "p"), concern="housing")} == {
        "clinic-org",
        "csc",
    }


def test_where_the_answer_names_no_provider_the_asker_is_told_of_none() -> None:
    own, askers = raised(("clinic", "p"), purpose="CP-ALERT")
    assert own.facts["holding_organisation"] == "clinic-org"
    assert "clinic-org" not in str(askers) and "one" not in str(askers.facts) and "ENDED" not in str(askers)
    named, askers = raised(("housing", "p"), purpose="CP-ALERT")
    assert named.facts["isa"] == askers.facts["isa"] == "one"
