"""Promise: how sure a statement is goes with whatever leaves of it, and no rule is weakened by it."""

from typing import Any

import pytest

from services.contract.vocabulary import codes
from services.gateway.catalogue import statement
from services.gateway.catalogue.catalogue import Catalogue
from services.gateway.pages.records import NO_STATUS, in_words
from tests.minimising import CLASSES, SHOWN, SILENT, Case, book, catalogue, cells, generalised, item, rewrite

SAID = {"system": statement.SYSTEM, "code": "allegation"}


def flag(*tags: dict[str, str]) -> dict[str, Any]:
    return {
        "resourceType": "Flag",
        "id": "f",
        "meta": {"tag": [{"system": "urn:other", "code": "fact"}, *tags]},
        "status": "active",
        "code": {"text": "Domestic abuse: suspected perpetrator", "coding": [_CP]},
        "subject": {"reference": "Patient/p"},
        "period": {"start": "2024-02-01"},
    }


_CP = {"system": "http://snomed.info/sct", "code": "342191000000101", "display": "Subject to a plan"}


def condition(status: str = "confirmed", *tags: dict[str, str]) -> dict[str, Any]:
    coding = [{"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": status}]
    return {
        "resourceType": "Condition",
        "id": "c",
        **({"meta": {"tag": list(tags)}} if tags else {}),
        "verificationStatus": {"coding": coding},
        "code": {"text": "Contusion of forearm"},
        "subject": {"reference": "Patient/p"},
    }


def status_of(resource: dict[str, Any], **given: Any) -> str | None:
    """The status that leaves; None where nothing of the record does."""
    made = Case(resource, **given).made().resource
    return None if made is None else statement.tagged(made)


def test_it_leaves_with_the_record() -> None:
    for code in codes("statement-status"):
        assert status_of(flag({**SAID, "code": code})) == code


def test_minimising_and_making_coarser_never_lose_it() -> None:
    coarse = generalised(code="top-label", date="year")
    assert status_of(flag(SAID), cells=cells(DM3=coarse, DM3s=coarse)) == "allegation"
    for class_ in CLASSES:
        left = status_of(flag(SAID), cells=cells(**{class_: SHOWN}))
        assert left in ("allegation", None), class_


def test_of_two_the_more_cautious_stands() -> None:
    assert status_of(flag({**SAID, "code": "found"}, SAID)) == "allegation"
    assert status_of(condition("confirmed", SAID)) == "allegation"


@pytest.mark.parametrize(
    ("word", "means"),
    [("confirmed", "fact"), ("provisional", "unverified"), ("unconfirmed", "unverified"), ("refuted", "")],
)
def test_a_verification_status_means_it_too(word: str, means: str) -> None:
    assert status_of(condition(word)) == means
    # Withheld where that may be known, the statement still says how sure it is.
    of = catalogue().class_at("Condition.verificationStatus", condition())
    code = catalogue().class_at("Condition.code", condition())
    if of != code:
        assert status_of(condition(word), cells=cells(**{of: SHOWN})) in (means, None)


def test_what_is_silent_does_not_speak_by_its_status() -> None:
    of = catalogue().class_at("Condition.verificationStatus", condition())
    assert status_of(condition(), cells=cells(**{of: SILENT})) in ("", None)
    # A record that does not leave leaves no status either.
    assert Case(flag(SAID), cells=dict.fromkeys(CLASSES, SILENT)).made().resource is None


@pytest.mark.parametrize("code", ["", "FACT", "certain", "allegation "])
def test_an_unknown_word_is_no_status(code: str) -> None:
    resource = flag({**SAID, "code": code})
    made = Case(resource).made().resource
    assert made is not None and statement.SYSTEM not in str(made["meta"])
    assert in_words(made).status == (NO_STATUS, "grey")


def test_the_page_says_it_beside_the_statement() -> None:
    made = Case(flag(SAID)).made().resource
    assert made is not None and in_words(made).status[0] == "Allegation"


def test_the_catalogue_decides_with_what_it_leaves() -> None:
    path = f"*.{statement.STATEMENT}"
    assert path in book()["fields"]
    for fields in (
        {name: row for name, row in book()["fields"].items() if name != path},
        book()["fields"] | {path: {"class": "DM6"}},
    ):
        from services.gateway.minimise import minimise

        other = Catalogue(book() | {"fields": fields})
        made = minimise(
            item(flag(SAID)), cells(DM6=SHOWN), {}, catalogue=other, places=None, rewrite=rewrite()
        )
        assert made.resource is not None and statement.tagged(made.resource) == ""
    assert "DM6" in other.classes_of(flag(SAID))
