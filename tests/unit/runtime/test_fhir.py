"""The gate as its callers see it: what it lets through, what it stops, and what it says and never says."""

import copy
import json
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.contract.canonical import Lexical, emit, parse
from services.runtime.fhir import MAX_DEPTH, faults, is_valid, outcome
from tests.unit.runtime.fhir_mutations import Mutant, model_of, mutants

HERE = Path(__file__).parent
EXAMPLES: list[dict[str, Any]] = parse((HERE / "fhir_examples.json").read_bytes())
BY_TYPE = {example["resourceType"]: example for example in EXAMPLES}
NAMES = sorted(BY_TYPE)

# At least so many mutants of each kind: a walk that stops visiting fails here, not in silence.
KINDS = {
    "array for single": 300,
    "bad date": 30,
    "bad id": 14,
    "bad required code": 30,
    "boolean as string": 10,
    "empty array": 60,
    "empty object": 80,
    "empty string": 200,
    "ext-1 both": 3,
    "ext-1 neither": 3,
    "extension without url": 3,
    "impossible date": 30,
    "missing required complex": 20,
    "missing required primitive": 30,
    "null": 350,
    "number as string": 15,
    "period order": 5,
    "two value[x]": 15,
    "unknown property": 150,
    "wrong reference target": 25,
}
SECRET = "Zaphod 4857773456"


def example(kind: str, /, **changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(BY_TYPE[kind]), **changes}


@cache
def broken(kind: str) -> tuple[Mutant, ...]:
    return tuple(mutants(BY_TYPE[kind]))


def as_read(resource: dict[str, Any]) -> dict[str, Any]:
    """The same resource with decimals as the standard library reads them."""
    plain: dict[str, Any] = json.loads(emit(resource))
    return plain


@pytest.mark.parametrize("name", NAMES)
def test_valid_resources_pass_and_fhir_resources_agrees(name: str) -> None:
    assert faults(BY_TYPE[name]) == []
    assert is_valid(BY_TYPE[name])
    model = model_of(name)
    assert model is not None
    model.model_validate(as_read(BY_TYPE[name]))


def test_every_mutant_of_every_kind_is_stopped() -> None:
    made, stopped = Counter[str](), Counter[str]()
    for name in NAMES:
        for mutant in broken(name):
            made[mutant.kind] += 1
            stopped[mutant.kind] += not is_valid(mutant.resource)
    assert {kind: stopped[kind] / made[kind] for kind in made} == dict.fromkeys(KINDS, 1.0)
    assert all(made[kind] >= least for kind, least in KINDS.items()), made


def test_a_fault_names_the_place_that_was_broken() -> None:
    for name in NAMES:
        for mutant in broken(name):
            holder = mutant.path.rpartition(".")[0]
            told = [fault.path for fault in faults(mutant.resource)]
            assert any(p == holder or p.startswith(mutant.path) for p in told), (
                mutant.kind,
                mutant.path,
                told,
            )


@pytest.mark.parametrize("name", NAMES)
def test_what_fhir_resources_refuses_is_refused_here(name: str) -> None:
    model = model_of(name)
    assert model is not None
    refused = 0
    for mutant in broken(name):
        try:
            model.model_validate(as_read(mutant.resource))
        except ValidationError:
            refused += 1
            assert not is_valid(mutant.resource), (mutant.kind, mutant.path)
    assert refused > 0


@pytest.mark.parametrize("name", NAMES)
def test_no_fault_repeats_a_value_or_a_foreign_name(name: str) -> None:
    for mutant in broken(name):
        tainted = _tainted(mutant.resource)
        tainted[SECRET] = SECRET
        told = faults(tainted, limit=1000)
        assert told
        assert "Zaphod" not in repr(told)
        assert "4857773456" not in repr(told)


def _tainted(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: v if k == "resourceType" else _tainted(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_tainted(item) for item in value]
    return SECRET if isinstance(value, str) else value


def test_a_known_element_in_the_wrong_place_is_named() -> None:
    (fault,) = faults(example("Patient", valueQuantity={"value": 1}))
    assert fault.path == "Patient"
    assert "valueQuantity" in fault.message


def test_the_limit_holds() -> None:
    bad = example("Patient", name=[{}] * 50)
    assert len(faults(bad)) == 20
    assert len(faults(bad, limit=3)) == 3


def _nested(levels: int) -> Any:
    value: Any = []
    for _ in range(levels - 1):
        value = [value]
    return value


def test_depth_is_counted_and_refused_as_a_fault() -> None:
    allowed = faults({"resourceType": "Patient", "name": _nested(MAX_DEPTH - 1)})
    assert [fault.code for fault in allowed] == ["structure"]
    for levels in (MAX_DEPTH, 200, 300, 100_000):  # 255 is where the quick look gives up
        (fault,) = faults({"resourceType": "Patient", "name": _nested(levels)})
        assert (fault.path, fault.code) == ("Resource", "too-costly")


@pytest.mark.parametrize(
    "value",
    [
        *(None, [], {}, "text", 7, b"bytes", {1: 2}, {"resourceType": None}, {"resourceType": ["Patient"]}),
        {"resourceType": "Nobody"},
        {"resourceType": "Patient", "id": object()},
        {"resourceType": "Patient", "name": [{"given": [object()]}]},
        example("Observation", effectiveDateTime=datetime(2026, 1, 5, tzinfo=UTC)),
        {"resourceType": "Patient", 7: "x"},
        {"resourceType": "Patient", "language": "\ud800"},
        {"resourceType": "Patient", "multipleBirthInteger": 2**70},
        example("Observation", valueQuantity={"value": float("nan")}),
        example("Observation", valueQuantity={"value": Decimal("NaN")}),
        example("Observation", valueQuantity={"value": Decimal("Infinity")}),
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"resourceType": 7}}]},
        {"resourceType": "Patient", "contained": [{"resourceType": "Patient", "id": [], "meta": "x"}]},
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"fullUrl": "urn:x", "resource": {"resourceType": "Patient", "meta": "x"}}],
        },
    ],
)
def test_whatever_comes_is_answered_with_a_fault(value: object) -> None:
    assert not is_valid(value)
    assert faults(value)[0].message


def test_decimals_are_numbers_and_never_whole_ones() -> None:
    weight = example("Observation")
    before = emit(weight)
    assert isinstance(weight["valueQuantity"]["value"], Lexical)
    assert is_valid(weight)
    assert emit(weight) == before
    for value in (Decimal("6.30"), 6, 6.3):
        assert is_valid(example("Observation", valueQuantity={"value": value}))
    assert is_valid(example("Patient", multipleBirthInteger=1))
    (fault,) = faults(example("Patient", multipleBirthInteger=Lexical("1.0")))
    assert (fault.path, fault.code) == ("Patient.multipleBirthInteger", "structure")


MASKED = {
    "extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}
    ]
}
NAMED_ONLY = {"id": "here"}


@pytest.mark.parametrize(
    ("good", "changes"),
    [
        (True, {"_gender": MASKED}),
        (True, {"_gender": NAMED_ONLY}),
        (True, {"gender": ..., "_gender": MASKED}),
        (False, {"gender": ..., "_gender": NAMED_ONLY}),
        (False, {"_gender": {}}),
        (False, {"_gender": MASKED["extension"]}),
        (False, {"_gender": {**MASKED, "zzz": 1}}),
        (True, {"name": [{"_family": MASKED}]}),
        (True, {"name": [{"given": ["Ada", None], "_given": [None, MASKED]}]}),
        (True, {"name": [{"given": ["Ada"], "_given": [NAMED_ONLY]}]}),
        (True, {"name": [{"_given": [MASKED, MASKED]}]}),
        (False, {"name": [{"given": ["Ada", None]}]}),
        (False, {"name": [{"given": ["Ada", None], "_given": [MASKED]}]}),
        (False, {"name": [{"given": ["Ada", None], "_given": [MASKED, None]}]}),
        (False, {"name": [{"given": ["Ada"], "_given": [None, None]}]}),
        (False, {"name": [{"given": ["Ada", None], "_given": [None, NAMED_ONLY]}]}),
        (False, {"name": [{"given": []}]}),
        (False, {"name": [{"id": "alone"}]}),
    ],
)
def test_extensions_of_primitives(good: bool, changes: dict[str, Any]) -> None:
    changed = {k: v for k, v in example("Patient", **changes).items() if v is not ...}
    assert is_valid(changed) is good


def test_a_required_primitive_may_be_masked_but_not_just_left_out() -> None:
    masked = {k: v for k, v in example("Observation", _status=MASKED).items() if k != "status"}
    assert is_valid(masked)
    assert [fault.path for fault in faults({**masked, "_status": NAMED_ONLY})] == ["Observation.status"]
    del masked["_status"]
    assert [(f.path, f.code) for f in faults(masked)] == [("Observation.status", "required")]


def test_the_outcome_is_itself_valid_and_says_every_fault() -> None:
    found = faults(example("Patient", gender="F", birthDate="2021-02-31", zzz=1))
    told = outcome(found)
    assert is_valid(told)
    assert [i["expression"] for i in told["issue"]] == [[f.path] for f in found]
    assert [(i["severity"], i["code"]) for i in told["issue"]] == [("error", f.code) for f in found]
    assert {f.code for f in found} == {"code-invalid", "value", "structure"}
    assert is_valid(outcome([]))
    assert outcome([])["issue"][0]["severity"] == "information"
