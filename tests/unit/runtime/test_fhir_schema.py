"""The generated schema and its generator: what was translated, what was refused, and that it is current."""

import calendar
import itertools
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from schemas.fhir.generator.definitions import Definitions
from schemas.fhir.generator.presence import Beyond, Member, translate
from schemas.fhir.generator.terms import expand
from services.contract.canonical import parse
from tests.unit.runtime.fhir_mutations import fields, model_of, mutants

FOLDER = Path(__file__).parents[3] / "schemas/fhir"
SCHEMA = json.loads((FOLDER / "r4.schema.json").read_bytes())
DEFINITIONS: dict[str, Any] = SCHEMA["$defs"]
EXAMPLES = parse((Path(__file__).parent / "fhir_examples.json").read_bytes().replace(b"6.30", b"6"))


def test_the_file_stands_alone_for_any_resource() -> None:
    validator = jsonschema_rs.Draft202012Validator(SCHEMA, offline=True)
    whole = [e for e in EXAMPLES if e["resourceType"] in ("Patient", "Flag", "Bundle")]
    for example in whole:
        assert validator.is_valid(example)
        outside_code = ("period order", "wrong reference target")
        left = [m for m in mutants(example) if m.kind not in outside_code and validator.is_valid(m.resource)]
        assert {m.kind for m in left} <= {"null"}, left  # a null beside no extension is found in code
    assert not validator.is_valid({"resourceType": "Nobody"})
    assert not validator.is_valid({"resourceType": "Meta"})


# The types that the hub carries, and the data types in them. R4B changed others.
CARRIED = re.findall(
    r"\w+",
    """AllergyIntolerance Appointment AuditEvent Basic Binary Bundle CarePlan CareTeam Communication Composition
Condition Consent Contract Device DiagnosticReport DocumentReference Encounter EpisodeOfCare Flag Group
HealthcareService Immunization List Location Medication MedicationRequest MedicationStatement Observation
OperationOutcome Organization Parameters Patient Person Practitioner PractitionerRole Procedure Provenance
Questionnaire QuestionnaireResponse RelatedPerson RiskAssessment ServiceRequest Task Address Age Annotation
Attachment CodeableConcept Coding ContactPoint Dosage Duration HumanName Identifier Meta Money Period Quantity
Range Ratio Reference SampledData Signature Timing""",
)


@pytest.mark.parametrize("carried", CARRIED)
def test_element_names_are_those_that_fhir_resources_knows(carried: str) -> None:
    for name in [name for name in DEFINITIONS if name == carried or name.startswith(f"{carried}.")]:
        model = model_of("".join(part[0].upper() + part[1:] for part in name.split(".")))
        assert model is not None, name
        theirs = fields(model).keys() - {"resourceType", "fhir_comments"}
        assert DEFINITIONS[name]["properties"].keys() - {"resourceType"} == theirs, name


@pytest.mark.parametrize("year", [1, 1900, 1999, 2000, 2023, 2024, 2100, 2400])
def test_a_date_passes_exactly_if_the_calendar_has_it(year: int) -> None:
    date, moment = _validator("date"), _validator("dateTime")
    for month, day in itertools.product(range(14), range(33)):
        text = f"{year:04}-{month:02}-{day:02}"
        exists = 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
        assert date.is_valid(text) is exists, text
        assert moment.is_valid(f"{text}T12:00:00Z") is exists, text
    assert date.is_valid(f"{year:04}-02")


def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": DEFINITIONS})


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("string", ["x", "Zoë\u00a0Example", "a\nb", " "], ["", "a\x0bb", 1]),
        ("code", ["a", "a b"], ["", " a", "a  b", "a "]),
        ("uri", ["urn:x"], ["", "a b"]),
        ("id", ["a.B-1", "x" * 64], ["", "a_b", "x" * 65, "a\n"]),
        (
            "instant",
            ["2026-01-01T00:00:00Z", "2016-12-31T23:59:60.5+01:00"],
            ["2026-01-01", "2026-01-01T00:00:00"],
        ),
        (
            "dateTime",
            ["2026", "2026-01", "2026-01-01T00:00:00-14:00"],
            ["2026-01-01T00:00", "0000", "2026-1"],
        ),
        ("time", ["23:59:60", "00:00:00.1"], ["24:00:00", "9:00"]),
        ("integer", [0, -(2**31), 2**31 - 1], [2**31, 1.5, "1", True]),
        ("positiveInt", [1], [0, -1]),
        ("unsignedInt", [0], [-1]),
        ("decimal", [1, 1.5, -0.1], ["1", None, True]),
        ("boolean", [True, False], ["true", 0, None]),
        ("base64Binary", ["QQ==", "QUJD\nQUJD"], ["Q", "QQ=*", ""]),
        ("oid", ["urn:oid:1.2.3"], ["1.2.3"]),
        ("uuid", ["urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"], ["0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"]),
        ("code:administrative-gender", ["female"], ["F", "Female", None]),
        ("code:days-of-week?", ["mon", None], ["Monday"]),
    ],
)
def test_primitives(name: str, good: list[Any], bad: list[Any]) -> None:
    validator = _validator(name)
    assert [value for value in good if not validator.is_valid(value)] == []
    assert [value for value in bad if validator.is_valid(value)] == []


MEMBERS = {
    "a": Member(("a", "_a")),
    "b": Member(("b",)),
    "kind": Member(("kind", "_kind"), coded=True),
    "value": Member(("valueString", "_valueString", "valueQuantity")),
}
Holds = Callable[[set[str], str], bool]


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("a.exists()", lambda there, kind: bool(there & {"a", "_a"})),
        ("b.empty()", lambda there, kind: "b" not in there),
        ("b.exists().not()", lambda there, kind: "b" not in there),
        ("a.empty() or b.exists()", lambda there, kind: not there & {"a", "_a"} or "b" in there),
        ("a.exists() xor b.exists()", lambda there, kind: bool(there & {"a", "_a"}) != ("b" in there)),
        ("a.exists() = b.exists()", lambda there, kind: bool(there & {"a", "_a"}) == ("b" in there)),
        (
            "b.exists() != value.exists()",
            lambda there, kind: ("b" in there) != any("alue" in n for n in there),
        ),
        ("(a.exists() and b.exists()).not()", lambda there, kind: not (there & {"a", "_a"} and "b" in there)),
        ("b.exists() implies kind = 'x'", lambda there, kind: "b" not in there or kind == "x"),
        ("(kind != 'x') or b.empty()", lambda there, kind: kind != "x" or "b" not in there),
        ("kind in ('x' | 'y') or b.exists()", lambda there, kind: kind in ("x", "y") or "b" in there),
        ("(a.count() + b.count()) > 0", lambda there, kind: bool(there & {"a", "_a", "b"})),
        ("Thing.b.empty()", lambda there, kind: "b" not in there),
    ],
)
def test_an_expression_and_its_schema_agree_on_every_object(expression: str, holds: Holds) -> None:
    validator = jsonschema_rs.Draft202012Validator(translate(expression, MEMBERS, "Thing"))
    names = ("a", "_a", "b", "valueString", "valueQuantity")
    for count in range(len(names) + 1):
        for there in itertools.combinations(names, count):
            for kind in ("x", "y", "z"):
                value = dict.fromkeys(there, 1) | {"kind": kind}
                assert validator.is_valid(value) is holds(set(there), kind), value


@pytest.mark.parametrize(
    "expression",
    [
        *(
            "",
            "a",
            "c.exists()",
            "a.hasValue()",
            "a.exists() or",
            "a = 'x'",
            "kind > 'x'",
            "kind = 1",
            "(a.exists()",
        ),
        *(
            "(a.count() + b.count()) = 1",
            "a.b.exists()",
            "a.all(b.exists())",
            "%resource.a.exists()",
            "a.exists() )",
        ),
        *("a <= b", "value is decimal", "kind in ('x' | )", "a.exists() b.exists()", "kind", "$this = 'x'"),
    ],
)
def test_what_is_beyond_the_grammar_is_refused_whole(expression: str) -> None:
    with pytest.raises(Beyond):
        translate(expression, MEMBERS)


def test_a_value_set_is_listed_whole_or_not_at_all() -> None:
    nested = [{"code": "a", "concept": [{"code": "b", "concept": [{"code": "c"}]}]}, {"code": "d"}]
    systems: dict[str, dict[str, Any]] = {
        "s": {"content": "complete", "concept": nested},
        "part": {"content": "fragment", "concept": nested},
    }
    sets: dict[str, dict[str, Any]] = {
        "all": {
            "compose": {
                "include": [{"system": "s"}],
                "exclude": [{"system": "s", "concept": [{"code": "b"}]}],
            }
        },
        "some": {"compose": {"include": [{"system": "s", "concept": [{"code": "d"}]}]}},
        "open": {"compose": {"include": [{"system": "s"}, {"system": "elsewhere"}]}},
        "fragment": {"compose": {"include": [{"system": "part"}]}},
        "filtered": {"compose": {"include": [{"system": "s", "filter": [{}]}]}},
        "nested": {"compose": {"include": [{"valueSet": ["all"]}]}},
    }
    definitions = Definitions({}, sets, systems)
    assert expand(definitions, "all|4.0.1") == {"s": ["a", "c", "d"]}
    assert expand(definitions, "some") == {"s": ["d"]}
    assert [expand(definitions, name) for name in ("open", "fragment", "filtered", "nested", "none")] == [
        None
    ] * 5


def test_the_lock_names_hashes_and_no_addresses() -> None:
    lock = json.loads((FOLDER / "package-lock.json").read_bytes())["packages"]
    fetched = [entry for name, entry in lock.items() if name]
    assert fetched
    assert all(entry["integrity"].startswith("sha512-") and "resolved" not in entry for entry in fetched)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", ""),
        ("r4.schema.json", "Not current: r4.schema.json"),
        ("references.json", "Not current: references.json"),
        ("modifiers.json", "Not current: modifiers.json"),
        ("generator/terms.py", "Not current: the generator or its lock"),
        ("package-lock.json", "Not current: the generator or its lock"),
    ],
)
def test_a_change_to_one_alone_is_found_without_the_definitions(tmp_path: Path, name: str, said: str) -> None:
    copied = tmp_path / "schemas/fhir"
    shutil.copytree(FOLDER, copied, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    if name:
        (copied / name).write_bytes((copied / name).read_bytes() + b"\n")
    # No npm, no package index, nothing fetched by an earlier run.
    alone = {"PATH": "", "PIP_NO_INDEX": "1", "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, copied / "generate.py", "--check"],
        capture_output=True, text=True, check=False, env=alone,
    )  # fmt: skip
    assert done.returncode == (1 if name else 0), done.stderr
    assert "The definitions cannot be had" in done.stdout
    assert re.search(re.escape(said), done.stdout)
