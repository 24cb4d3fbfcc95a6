"""Silence is total for every kind of silent record: published one after another, none of them changes what anybody is answered.

Of each kind two records are published about the mother, one that the catalogue gives in a summary and one with a date and a
provider; the answer, its receipt, its entries and the note of what it leaves to be done must stay as they were, in content,
shape and length. The comparison can fail: a record that is shown changes the answer.
"""

import copy
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.cli.demo.families import northshire
from services.contract.views import FamilyView
from tests.hub.test_silence import DANA, measured, overview_dana_agreed, s47
from tests.hub.world import MIA, World, a_person, a_world

TO_ENQUIRIES = (
    "HIV", "STD", "SEX", "GDIS", "L:TOP", "L:INTEL", "L:COURT", "L:INFORMANT", "L:HFEA", "L:PRIVILEGE", "L:ADOPT", "NOT-A-LABEL",
)  # fmt: skip
TO_OVERVIEWS = (*TO_ENQUIRIES, "MH", "PSYTHPN", "SUD", "PREGNANT", "ADOL", "L:EOL")
SHOWN = "VIO"
SOURCE = "northshire-nhs"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    found = a_world(Path(tmp_path_factory.mktemp("silence")))
    yield found
    found.close()


def templates() -> list[dict[str, Any]]:
    """The mother's condition and encounter at the trust."""
    records = [entry["resource"] for entry in northshire(datetime.now(UTC).date()).bundles[SOURCE]["entry"]]
    dana = next(
        one["id"]
        for one in records
        if one["resourceType"] == "Patient" and str(DANA.nhs_number) in str(one["identifier"])
    )
    return [one for one in records if one.get("subject", {}).get("reference") == f"Patient/{dana}"]


def labelled(label: str) -> list[dict[str, Any]]:
    """Both, as new records that carry the one label."""
    found = []
    for template in templates():
        record = copy.deepcopy(template)
        record["id"] = str(uuid.uuid4())
        system = "urn:mash:cs:label" if ":" in label else "http://terminology.hl7.org/CodeSystem/v3-ActCode"
        record["meta"] = {**record.get("meta", {}), "security": [{"system": system, "code": label}]}
        found.append(record)
    return found


def enquiry_by_the_edt(world: World) -> FamilyView:
    """The emergency duty team on a case that it did not open: no decision maker."""
    return world.view(world.s47(), by=a_person("SW-EDT"))


def screening_with_risk(world: World) -> FamilyView:
    case = world.open("C-SCREEN", "contact-received", (MIA, "child"))
    world.evidence(case, kind="perceived-risk", text="a neighbour rang")
    return world.view(case)


@pytest.mark.parametrize(
    ("ask", "labels"),
    [
        pytest.param(s47, TO_ENQUIRIES, id="enquiry"),
        pytest.param(enquiry_by_the_edt, TO_ENQUIRIES, id="enquiry, emergency duty team"),
        pytest.param(screening_with_risk, TO_ENQUIRIES, id="screening with a recorded risk"),
        pytest.param(overview_dana_agreed, TO_OVERVIEWS, id="family overview, agreed"),
    ],
)
def test_no_silent_record_changes_an_answer(
    world: World, ask: Callable[[World], FamilyView], labels: tuple[str, ...]
) -> None:
    assert len(templates()) == 2
    without = measured(world, ask)
    for label in labels:
        world.publish(SOURCE, *labelled(label))
        assert measured(world, ask) == without, label


def test_a_record_that_is_shown_changes_it(world: World) -> None:
    without = measured(world, s47)
    world.publish(SOURCE, *labelled(SHOWN))
    assert measured(world, s47) != without
