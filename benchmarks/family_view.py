"""What policy and ledger cost a family view: the whole main line against a wiring without them, in one run.

The family: 5 people, 3 sources, about 200 resources of about 4,000 fields. The wiring without policy and ledger exists here
only: a policy that releases every cell at once, and a ledger that keeps nothing. Gate: at most 1.5 times (goal 1.25).

    python benchmarks/family_view.py [--rounds 30] [--profile]
"""

import argparse
import cProfile
import pstats
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.contract.canonical import Lexical
from services.contract.decisions import Answer, Cell, Question
from services.contract.people import About
from services.contract.releases import Draft, Prepared, PreparedSubject, Receipt, SubjectCount
from services.contract.views import FamilyView, ViewRequest
from services.gateway.answer import as_json
from services.gateway.ask import hub_of
from services.gateway.cases.states import case_state
from services.gateway.family_view import show_family_view
from services.gateway.hub import Hub
from tests.hub.world import WORKER, World, a_world

GATE = 1.5
SOURCES = ("northshire-csc", "northshire-nhs", "northshire-education")
HOME = {"line": ["1 Bench Row"], "city": "Northbridge", "postalCode": "ZZ99 8BN"}
_RELEASED = Cell("release")


class Everything:
    """A policy that decides nothing: every cell is released."""

    def decide(self, question: Question) -> Answer:
        row = (_RELEASED,) * len(question.classes)
        return Answer(question.revision, "", (row,) * len(question.profiles), (), question.profiles)

    def ready(self) -> bool:
        return True


class Nothing:
    """A ledger that keeps nothing."""

    def prepare(self, subjects: list[SubjectCount]) -> Prepared:
        prepared = tuple(PreparedSubject(one.subject, "", ()) for one in subjects)
        return Prepared("", prepared, b"", b"")

    def append(self, draft: Draft) -> Receipt:
        return Receipt("", draft.log, "", 0, 1, "", "2026-11-23T10:00:00.000Z")

    def append_later(self, _: Draft) -> None:
        return None


def person(number: int) -> About:
    """One of the five: numbers of the 999 range."""
    numbers = ("9993000000", "9993000019", "9993000027", "9993000035", "9993000043")
    return About(
        nhs_number=numbers[number],
        given=f"Bench{'abcde'[number]}",
        family="Mark",
        birth_date=f"201{number}-03-04",
    )


def records(source: str, count: int) -> list[dict[str, Any]]:
    """A source's records of the five: a Patient each, relatives, and `count` observations and encounters each."""
    made: list[dict[str, Any]] = []
    for number in range(5):
        who, id = person(number), f"{source}-p{number}"
        subject = {"reference": f"Patient/{id}"}
        made.append(
            {
                "resourceType": "Patient",
                "id": id,
                "address": [HOME],
                "gender": "female",
                "birthDate": who.birth_date,
                "identifier": [_verified(str(who.nhs_number))],
                "name": [{"given": [who.given], "family": who.family}],
            }
        )
        if number:
            relative = {
                "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "SIB"}]
            }
            first = person(0)
            made.append(
                {
                    "resourceType": "RelatedPerson",
                    "id": f"{id}-r",
                    "patient": subject,
                    "relationship": [relative],
                    "identifier": [_verified(str(first.nhs_number))],
                    "birthDate": first.birth_date,
                    "name": [{"given": [first.given], "family": first.family}],
                }
            )
        made += [_observation(f"{id}-o{turn}", subject, turn) for turn in range(count)]
    return made


def _verified(number: str) -> dict[str, Any]:
    status = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"
    system = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland"
    coded = {"coding": [{"system": system, "code": "01"}]}
    return {
        "system": "https://fhir.nhs.uk/Id/nhs-number",
        "value": number,
        "extension": [{"url": status, "valueCodeableConcept": coded}],
    }


def _observation(id: str, subject: Mapping[str, str], turn: int) -> dict[str, Any]:
    coding = [{"system": "http://loinc.org", "code": "29463-7", "display": "Body weight"}]
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "subject": subject,
        "effectiveDateTime": f"2026-0{1 + turn % 9}-11",
        "issued": "2026-10-01T09:00:00Z",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                        "code": "vital-signs",
                        "display": "Vital signs",
                    }
                ]
            }
        ],
        "code": {"coding": coding, "text": "Body weight"},
        "valueQuantity": {
            "value": Lexical(f"{20 + turn}.30"),
            "unit": "kg",
            "system": "http://unitsofmeasure.org",
            "code": "kg",
        },
        "interpretation": [{"text": "within the usual range"}],
        "note": [{"text": "Weighed in light clothes at the clinic."}],
    }


def hubs(world: World) -> tuple[Hub, Hub]:
    """The real wiring, and the one without policy and ledger; neither has a live source."""
    real = hub_of(world.parts)
    sources = {id: source for id, source in real.book.sources.items() if id in SOURCES}
    real = replace(real, book=replace(real.book, sources=sources))
    return real, replace(real, policy=Everything(), ledger=Nothing())  # type: ignore[arg-type]


def fields(value: Any) -> int:
    """Leaves of a JSON value."""
    if isinstance(value, dict):
        return sum(map(fields, value.values()))
    return sum(map(fields, value)) if isinstance(value, list | tuple) else 1


def main() -> int:
    """Run, print the table, and exit 1 where the gate is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--profile", action="store_true", help="print where the time of the real wiring goes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        world = a_world(Path(folder), families=False)
        for source in SOURCES:
            world.publish(source, *records(source, 12))
        case = world.s47((person(0), "child"))
        try:
            return measure(world, case, options.rounds, options.profile)
        finally:
            world.close()


def measure(world: World, case: str, rounds: int, profile: bool) -> int:
    """Interleaved rounds of both wirings."""
    body = ViewRequest(about=person(0), case=case)
    times: dict[str, list[float]] = {"whole": [], "without": []}
    view: Any = None
    for turn in range(rounds + 3):
        for name, hub in zip(times, hubs(world), strict=True):
            began = time.perf_counter()
            state = case_state(world.parts, WORKER, case)
            view = show_family_view(WORKER, body, state, hub, datetime.now(UTC))
            as_json(view)
            if turn >= 3:
                times[name].append(time.perf_counter() - began)
    if not isinstance(view, FamilyView):
        raise SystemExit(f"no view: {view}")
    held = view.view.get("entry", [])
    print(f"{len(view.people)} people, {len(SOURCES)} sources, {len(held)} resources, {fields(held)} fields")
    whole, without = (statistics.median(times[name]) for name in times)
    ratio = statistics.median(a / b for a, b in zip(times["whole"], times["without"], strict=True))
    print(
        f"whole {whole * 1e3:.1f} ms, without policy and ledger {without * 1e3:.1f} ms (medians of {rounds})"
    )
    print(f"ratio {ratio:.2f}, gate {GATE}: {'met' if ratio <= GATE else 'MISSED'}")
    if profile:
        _profile(world, case, body)
    return 0 if ratio <= GATE else 1


def _profile(world: World, case: str, body: ViewRequest) -> None:
    watched = cProfile.Profile()
    state, hub = case_state(world.parts, WORKER, case), hubs(world)[0]
    watched.enable()
    for _ in range(10):
        show_family_view(WORKER, body, state, hub, datetime.now(UTC))
    watched.disable()
    pstats.Stats(watched).sort_stats("cumtime").print_stats(60)


if __name__ == "__main__":
    sys.exit(main())
