"""JSON Schemas of the policy folder's YAML, their word lists taken from `schemas/vocabulary/`.

Promise: what an editor completes and underlines is what the hub accepts: both read the same schema, which
`mash policy schemas` writes to `schemas/policies/` and `make check` compares.
"""

from services.contract.decisions import AXES
from services.contract.vocabulary import code_list, codes
from services.runtime.schema_parts import DAY, ID, TEXT, Schema, closed, published, some, words

LEVELS = ("R", "G", "O", "-")
EXCEPTIONS = (
    "decision-maker-of-an-enquiry", "status-check", "not-a-sexual-health-source",
    "family-child-in-screening", "family-child-under-13", "family-child-13-17", "family-child-in-my-care",
    "item-share-agreed", "enquiry-or-panel", "break-glass",
)  # fmt: skip
"""What `when` in labels.yaml may name: the exceptions that the sensitivity rule knows how to test."""


def classes() -> list[str]:
    """Classes that a field may have."""
    return [code for code, row in code_list("classes").items() if not row["question"]]


def base_classes() -> list[str]:
    """Those without a letter."""
    return [code for code in classes() if code_list("classes")[code]["of"] is None]


def columns() -> list[str]:
    """Columns of the class matrix that some purpose reads."""
    return sorted({str(row["column"]) for row in code_list("purposes").values()})


def _class() -> Schema:
    return {"type": "string", "enum": classes(), "title": "a class"}


def _label() -> Schema:
    return words("sensitivity", "a label")


def _how() -> Schema:
    levels = {
        axis: {"type": "string", "enum": list(names), "title": f"a level of {axis}"}
        for axis, names in AXES.items()
    }
    return {**closed(levels, tuple(levels)), "minProperties": 1}


def _scope() -> Schema:
    return {"anyOf": [{"const": "as-purpose"}, some(_class())], "title": "as-purpose or a list of classes"}


def _bases(kind: str) -> Schema:
    found = [code for code, row in code_list("lawful-bases").items() if row["kind"] == kind]
    return {"type": "string", "enum": found, "title": f"a lawful basis ({kind})"}


def _organisations() -> Schema:
    source = closed(
        {
            "id": ID,
            "name": TEXT,
            "kind": words("source-kinds", "a kind of source"),
            "mode": words("source-modes", "a mode of source"),
            "retention_days": {"type": "integer", "minimum": 1, "title": "a whole number of days"},
            "traces_nhs_numbers": {"type": "boolean", "title": "true or false"},
            "reveals": {"type": "boolean", "title": "true or false"},
            "labels": some(_label()),
            "address": {"type": "string", "pattern": "^https?://", "title": "an address"},
            "budget_ms": {
                "type": "integer",
                "minimum": 50,
                "maximum": 30000,
                "title": "50 to 30000 milliseconds",
            },
        },
        ("retention_days", "traces_nhs_numbers", "reveals", "labels", "address", "budget_ms"),
    )
    organisation = closed(
        {
            "id": {**ID, "not": {"const": "hub"}},
            "name": TEXT,
            "type": words("organisation-types", "a type of organisation"),
            "telephone": TEXT,
            "suspended": {"type": "boolean", "title": "true or false"},
            "ods": TEXT,
            "dspt_until": DAY,
            "sources": {"type": "array", "items": source},
        },
        ("telephone", "suspended", "ods", "dspt_until", "sources"),
    )
    return closed({"organisations": {"type": "array", "items": organisation, "minItems": 1}})


def _isa() -> Schema:
    schedule = _bases("schedule-1")
    basis = closed(
        {
            "article_6": some(_bases("article-6")),
            "article_9": closed({"code": _bases("article-9"), "schedule_1": schedule}, ("schedule_1",)),
            "article_10": closed({"code": _bases("article-10"), "schedule_1": schedule}),
            "gateways": some(_bases("gateway"), 0),
            "cldc": _bases("confidentiality"),
        },
        ("article_10", "gateways"),
    )
    return closed(
        {
            "id": ID,
            "title": TEXT,
            "status": {
                "type": "string",
                "enum": ["draft", "signed", "suspended"],
                "title": "draft, signed or suspended",
            },
            "parties": {**some(ID), "minItems": 2},
            "purposes": some(words("purposes", "a purpose")),
            "roles": some(words("roles", "a role")),
            "classes": _scope(),
            "lawful_basis": basis,
            "consent": {
                "type": "string",
                "enum": ["as-purpose", "agreement"],
                "title": "as-purpose or agreement",
            },
            "obligations": some(words("obligations", "an obligation"), 0),
            "effective_from": DAY,
            "last_day": DAY,
            "review_by": DAY,
        }
    )


def _gateway() -> Schema:
    types = {"anyOf": [{"const": "any"}, some(words("organisation-types", "a type of organisation"))]}
    law = [code for code, row in code_list("lawful-bases").items() if row["kind"] in ("gateway", "article-6")]
    return closed(
        {
            "id": ID,
            "title": TEXT,
            "law": {"type": "string", "enum": law, "title": "a statutory gateway or lawful basis"},
            "status": {
                "type": "string",
                "enum": ["draft", "signed", "suspended"],
                "title": "draft, signed or suspended",
            },
            "purposes": some(words("purposes", "a purpose")),
            "askers": types,
            "holders": types,
            "classes": _scope(),
            "without_isa": some(_class()),
            "effective_from": {
                "anyOf": [DAY, {"type": "null"}],
                "title": "a day, or null while not in force",
            },
            "last_day": {"anyOf": [DAY, {"type": "null"}], "title": "a day, or null while there is none"},
            "review_by": DAY,
        },
        ("without_isa",),
    )


def _matrix() -> Schema:
    level = {"type": "string", "enum": list(LEVELS), "title": "R, G, O or '-'"}
    split = closed({"cell": level, "case-child": level, "same-place": level}, ("case-child", "same-place"))
    lettered = [code for code in classes() if code not in base_classes()]
    cells = {code: {"anyOf": [level, split], "title": "R, G, O or '-'"} for code in classes()}
    row = closed(cells, lettered)
    reason = words("reasons", "a reason")
    return closed(
        {
            "columns": closed(dict.fromkeys(columns(), row)),
            "reasons": closed(
                {
                    "columns": closed(dict.fromkeys(columns(), reason), columns()),
                    "classes": closed(dict.fromkeys(classes(), reason), classes()),
                }
            ),
            "subjects_only": some(words("purposes", "a purpose"), 0),
        }
    )


def _role_purposes() -> Schema:
    count = len(codes("purposes"))
    types = some(words("organisation-types", "a type of organisation"))
    marks = f"^[Y.]( [Y.]){{{count - 1}}}$"
    row = {
        "type": "string",
        "pattern": marks,
        "title": f"{count} marks, each Y or a dot, one for each of `purposes`",
    }
    return closed(
        {
            "purposes": {**some(words("purposes", "a purpose")), "minItems": count},
            "closed": some(words("purposes", "a purpose"), 0),
            "only_for": closed(dict.fromkeys(codes("purposes"), types), codes("purposes")),
            "roles": closed(dict.fromkeys(codes("roles"), row)),
        }
    )


def _lookback() -> Schema:
    buckets = {"type": "string", "pattern": "^[A-Z0-9_]+$", "title": "a bucket's code"}
    months = {"type": "integer", "minimum": 1, "title": "a whole number of months"}
    return closed(
        {
            "buckets": {
                "type": "array",
                "minItems": 2,
                "items": closed({"code": buckets, "months": months}, ("months",)),
            },
            "limits": closed(dict.fromkeys(codes("purposes"), some(buckets, 0)), codes("purposes")),
        }
    )


def _generalise() -> Schema:
    forms = closed(dict.fromkeys(classes(), _how()), classes())
    evidence = some(words("evidence-kinds", "a kind of evidence"), 0)
    purposes = closed(dict.fromkeys(codes("purposes"), closed({"unless": evidence})), codes("purposes"))
    adult = closed(
        {
            "purposes": purposes,
            "also_for_children": some(words("source-kinds", "a kind of source"), 0),
            "forms": forms,
        }
    )
    return closed({"forms": forms, "adult_services": adult})


def _codes() -> Schema:
    return closed({"codes": {"type": "object", "additionalProperties": some(_label())}})


def _labels() -> Schema:
    outcome = {
        "type": "string",
        "enum": ["release", "generalise", "ask-owner", "withhold", "silent"],
        "title": "release, generalise, ask-owner, withhold or silent",
    }
    when = {"type": "string", "enum": list(EXCEPTIONS), "title": "an exception that the rule knows"}
    row = closed(
        {"classes": some(_class()), "when": when, "then": outcome, "how": _how(), "task": TEXT},
        ("classes", "when", "how", "task"),
    )
    column = {"type": "array", "items": row}
    flag = {"type": "boolean", "title": "true or false"}
    table = closed(
        {
            "labels": some(_label()),
            "binds": {"type": "string", "enum": ["person", "record"], "title": "person or record"},
            "bites_on": some(_class(), 0),
            "bar": flag,
            "location": flag,
            "code": words("reasons", "a reason"),
            "A": column,
            "B": column,
            "C": column,
        },
        ("bar", "location", "code", "A", "B", "C"),
    )
    return closed(
        {
            "bites": {"type": "object", "additionalProperties": some(_class())},
            "tables": {"type": "array", "items": table},
        }
    )


def schemas() -> dict[str, Schema]:
    """Name of a schema -> the schema, as it stands in `schemas/policies/<name>.schema.json`."""
    built = {
        "organisations": _organisations(), "isa": _isa(), "gateway": _gateway(), "matrix": _matrix(),
        "role-purposes": _role_purposes(), "lookback": _lookback(), "generalise": _generalise(), "codes": _codes(),
        "labels": _labels(),
    }  # fmt: skip
    return {name: published(name, schema) for name, schema in built.items()}
