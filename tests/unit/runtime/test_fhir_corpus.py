"""The gate over a folder of FHIR that nobody here wrote, named by MASH_CORPUS; without that, there is no test here.

Every .json file below it that holds a resource is judged, a set being one folder directly below the corpus. What is
known to break R4 must be refused for the reason known; all else must pass; and mutants of what passed must not.
"""

import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.contract.canonical import NotJson, emit, parse
from services.runtime.fhir import faults, is_valid
from tests.unit.runtime.fhir_mutations import model_of, mutants

CORPUS = os.environ.get("MASH_CORPUS", "")
BIGGEST = 40_000  # bytes of a resource that is still mutated
ASKED_OF_PEER = 300  # mutants of each kind shown to fhir.resources too: it is slow

# File name, and where it breaks R4. The first five are NHS England's, the others HL7's own examples of R4.
_ONLY_ORGANIZATION = "MedicationRequest.dispenseRequest.performer"
KNOWN_INVALID = {
    "Extension-UKCore-ConditionEpisode-Example.json": "Condition.extension[0]",
    "Personal_Details_RelatedPersonBundle.json": "Bundle.entry[0].resource.patient",
    "UKCore-MedicationDispense-Amoxicillin-Example.json": "MedicationDispense.authorizingPrescription[0].reference",
    "UKCore-MedicationDispense-CiprofloxacinIV-Example.json": "MedicationDispense.authorizingPrescription[0].reference",
    "UKCore-MedicationDispense-CiprofloxacinOral-Example.json": "MedicationDispense.authorizingPrescription[0].reference",
    "Bundle-dataelements.json": "Bundle.entry",
    "DeviceMetric-example.json": "DeviceMetric.parent",
    "DeviceUseStatement-example.json": "DeviceUseStatement.reasonReference[0]",
    "EvidenceVariable-example.json": "Resource",  # a type that the hub does not take
    "ImplementationGuide-fhir.json": "ImplementationGuide.name",
    "ig-r4.json": "ImplementationGuide.name",
    "MedicationRequest-medrx0301.json": _ONLY_ORGANIZATION,
    "Observation-clinical-gender.json": "Observation.performer[0]",
    "Questionnaire-qs1.json": "Questionnaire.item[0].item[0].linkId",
    "SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject.json": "SearchParameter.id",
    **{
        f"SearchParameter-codesystem-extensions-CodeSystem-{name}.json": "SearchParameter.base"
        for name in ("author", "effective", "end", "keyword", "workflow")
    },
    **{
        f"SearchParameter-valueset-extensions-ValueSet-{name}.json": "SearchParameter.base"
        for name in ("author", "effective", "end", "keyword", "workflow")
    },
    **{
        f"StructureDefinition-{name}.json": "StructureDefinition"
        for name in ("Definition", "Event", "FiveWs", "Request")
    },
}


def resources() -> Iterator[tuple[str, Path, dict[str, Any]]]:
    """Set, file and resource of every file that holds one."""
    root = Path(CORPUS)
    for path in sorted(root.rglob("*.json")):
        try:
            found = parse(path.read_bytes())
        except NotJson:
            continue
        if isinstance(found, dict) and "resourceType" in found:
            yield path.relative_to(root).parts[0] if path.parent != root else root.name, path, found


def line(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{text}")


def passes_peer(resource: dict[str, Any]) -> bool:
    model = model_of(resource["resourceType"])
    assert model is not None
    try:
        model.model_validate_json(emit(resource))
    except ValueError:
        return False
    return True


if CORPUS:

    def test_all_pass_but_what_is_known_to_break_r4(capsys: pytest.CaptureFixture[str]) -> None:
        judged, passed, wrong = Counter[str](), Counter[str](), []
        for group, path, resource in resources():
            judged[group] += 1
            found = faults(resource)
            passed[group] += not found
            if [f.path for f in found[:1]] != [p for p in (KNOWN_INVALID.get(path.name),) if p]:
                wrong.append((path.name, found[:1]))
        for group, count in judged.items():
            line(f"{group:40} {passed[group]:5} of {count} pass", capsys)
        assert judged
        assert wrong == []

    def test_hardly_a_mutant_passes(capsys: pytest.CaptureFixture[str]) -> None:
        made, stopped = Counter[str](), Counter[str]()
        peer: defaultdict[str, list[bool]] = defaultdict(list)
        for _, path, resource in resources():
            if path.stat().st_size > BIGGEST or not is_valid(resource):
                continue
            for mutant in mutants(resource):
                made[mutant.kind] += 1
                stopped[mutant.kind] += not is_valid(mutant.resource)
                if len(peer[mutant.kind]) < ASKED_OF_PEER:
                    peer[mutant.kind].append(not passes_peer(mutant.resource))
        for kind, count in sorted(made.items()):
            told = f"{kind:28} {stopped[kind]:6} of {count:6} stopped"
            line(f"{told}; fhir.resources R4B {sum(peer[kind]):4} of {len(peer[kind])}", capsys)
        assert {kind: stopped[kind] / made[kind] for kind in made if stopped[kind] < 0.95 * made[kind]} == {}
