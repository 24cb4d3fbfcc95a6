"""Honour-based abuse, forced marriage, female genital mutilation (L:HBA): no text of the hub suggests contacting the family.

Where the label is silent the words are the same with it and without it, so the words that everybody reads never suggest it;
where it may be known, what is released lays on its receiver that nobody of the family is contacted.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.contract.vocabulary import code_list
from services.gateway.answer import BREAK_GLASS, CAPPED, MAY_BE_INCOMPLETE, NO_RELATION, OVER_OBJECTION
from services.gateway.answering.decisions import ADRT_SCOPE, CPR_CONFLICT, NO_ADRT, NO_CPR
from tests.hub.world import MIA, World, a_world, released

INVITES = re.compile(
    r"\b(ask(?! about)|contact|ring|speak|talk|write|tell|inform|notify|discuss|seek)\b[^.]*"
    r"\b(family|families|parents?|mother|father|relatives?|household|agreement|consent|if it is safe)\b",
    re.IGNORECASE,
)
FORBIDS = re.compile(r"\b(do not|never|nobody|no)\b", re.IGNORECASE)


def invites(text: str) -> bool:
    """Whether a sentence of the text suggests contacting somebody of the family, and does not forbid it."""
    return any(INVITES.search(one) and not FORBIDS.search(one) for one in re.split(r"(?<=[.;])\s", text))


def texts() -> Iterator[tuple[str, str]]:
    """Every text that an asker can read beside an answer."""
    for name in ("reasons", "missing", "obligations", "no-consent-reasons", "held-back"):
        for code, row in code_list(name).items():
            for member in ("sentence", "who_can_change", "title"):
                yield f"{name}/{code}", str(row.get(member, ""))
    for note in (
        MAY_BE_INCOMPLETE,
        CAPPED,
        OVER_OBJECTION,
        BREAK_GLASS,
        NO_CPR,
        NO_ADRT,
        CPR_CONFLICT,
        ADRT_SCOPE,
    ):
        yield "note", note


def test_the_judge_of_texts_is_no_fool() -> None:
    for bad in (
        "Record the risk, or ask if it is safe.",
        "Ask the parents.",
        "Seek agreement from the mother.",
    ):
        assert invites(bad), bad
    for good in ("Do not seek agreement if asking could raise risk.", "Ask the organisation that holds it."):
        assert not invites(good), good


def test_no_text_that_an_asker_reads_suggests_contact() -> None:
    assert [(where, text) for where, text in texts() if invites(text)] == []
    # Asking is for the patient in front of the worker, and alone.
    assert "alone" in NO_RELATION and "family" not in NO_RELATION


def flag(**more: Any) -> dict[str, Any]:
    security = [{"system": "urn:mash:cs:label", "code": "L:HBA"}]
    return {
        "resourceType": "Flag",
        "id": "hba",
        "meta": {"security": security},
        "status": "active",
        "code": {"text": "At risk of forced marriage"},
        "subject": {"reference": "Patient/mh-mia"},
        "period": {"start": "2026-10-01"},
    } | more


def published(world: World) -> None:
    number = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9991000011"}
    patient = {
        "resourceType": "Patient",
        "id": "mh-mia",
        "identifier": [number],
        "name": [{"family": "Reid", "given": ["Mia"]}],
        "birthDate": "2019-05-07",
    }
    world.publish("northshire-mh", patient, flag())


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, World]]:
    """The same hub with the flag, and without it ever published (its subject's own record stands in both)."""
    folders: list[Path] = [tmp_path_factory.mktemp(name) for name in ("with", "without")]
    with_, without = (a_world(folder) for folder in folders)
    published(with_)
    number = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9991000011"}
    name = [{"family": "Reid", "given": ["Mia"]}]
    without.publish(
        "northshire-mh",
        {
            "resourceType": "Patient",
            "id": "mh-mia",
            "identifier": [number],
            "name": name,
            "birthDate": "2019-05-07",
        },
    )
    yield with_, without
    with_.close()
    without.close()


def test_where_it_may_be_known_nobody_of_the_family_is_to_be_contacted(worlds: tuple[World, World]) -> None:
    with_, without = (world.view(world.s47()) for world in worlds)
    assert "NOCONTACT" in with_.obligations
    assert "NOCONTACT" not in without.obligations
    assert [one for one in released(with_, "Flag") if one["code"].get("text") == "At risk of forced marriage"]
    told = [row for row in with_.withheld if invites(row.sentence)]
    assert told == [] and not any(map(invites, with_.notes))


def test_where_it_is_silent_no_word_tells_of_it_and_none_invites(worlds: tuple[World, World]) -> None:
    """In screening without a risk the label is silent, and so is everybody whom it binds."""
    for world in worlds:
        view = world.view(world.open("C-SCREEN", "contact-received", (MIA, "child")))
        assert "NOCONTACT" not in view.obligations
        assert not any(invites(row.sentence) for row in view.withheld)
        assert not any(map(invites, view.notes))
