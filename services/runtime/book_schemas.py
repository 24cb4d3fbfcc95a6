"""JSON Schemas of the policy folder's YAML, their word lists taken from `schemas/vocabulary/`.

Promise: what an editor completes and underlines is what the hub accepts: both read the same schema, which
`mash policy schemas` writes to `schemas/policies/` and `make check` compares.
"""

from functools import cache

from services.contract.decisions import AXES
from services.contract.vocabulary import code_list, codes
from services.runtime.paper_schemas import framework, gateway, isa, signers
from services.runtime.schema_parts import (
    DAY,
    ID,
    PERSON,
    TEXT,
    Schema,
    a_class,
    classes,
    closed,
    one_of,
    published,
    some,
    told,
    words,
)

LEVELS = ("R", "G", "O", "-")
FORMS = ("keep", "drop", "month", "year", "district", "kind", "in-service", "top-label", "yes")
"""Words of fields.yaml for what is done to an element; services/gateway/catalogue/paths.py reads them."""
EXCEPTIONS = (
    "decision-maker-of-an-enquiry", "status-check", "not-a-sexual-health-source",
    "family-child-in-screening", "family-child-under-13", "family-child-13-17", "family-child-in-my-care",
    "item-share-agreed", "enquiry-or-panel", "break-glass",
)  # fmt: skip
"""What `when` in labels.yaml may name: the exceptions that the sensitivity rule knows how to test."""


def base_classes() -> list[str]:
    """Those without a letter."""
    return [code for code in classes() if code_list("classes")[code]["of"] is None]


def columns() -> list[str]:
    """Columns of the class matrix that some purpose reads."""
    return sorted({str(row["column"]) for row in code_list("purposes").values()})


def _label() -> Schema:
    return words("sensitivity", "a label")


def _how() -> Schema:
    levels = {
        axis: {"type": "string", "enum": list(names), "title": f"a level of {axis}"}
        for axis, names in AXES.items()
    }
    return {**closed(levels, tuple(levels)), "minProperties": 1}


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
            "dspt_until": told(DAY, "Last day of the yearly data security assessment (DSPT)."),
            "dpo": told(PERSON, "The data protection officer (UK GDPR Article 37)."),
            "ig_lead": told(PERSON, "Who looks after information governance; told before an ISA ends."),
            "caldicott_guardian": told(PERSON, "Needed where a health organisation is party to an ISA."),
            "sources": {"type": "array", "items": source},
        },
        ("telephone", "suspended", "ods", "dspt_until", "dpo", "ig_lead", "caldicott_guardian", "sources"),
    )
    return closed({"organisations": {"type": "array", "items": organisation, "minItems": 1}})


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
                    "outside": closed(dict.fromkeys(columns(), reason), columns()),
                    "classes": closed(dict.fromkeys(classes(), reason), classes()),
                }
            ),
            "subjects_only": some(words("purposes", "a purpose"), 0),
            "counts": some(one_of(dict.fromkeys(columns(), ""), "a column"), 0),
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
        {"classes": some(a_class()), "when": when, "then": outcome, "how": _how(), "task": TEXT},
        ("classes", "when", "how", "task"),
    )
    column = {"type": "array", "items": row}
    flag = {"type": "boolean", "title": "true or false"}
    table = closed(
        {
            "labels": some(_label()),
            "binds": {"type": "string", "enum": ["person", "record"], "title": "person or record"},
            "bites_on": some(a_class(), 0),
            "bar": flag,
            "location": flag,
            "room_only": flag,
            "code": words("reasons", "a reason"),
            "A": column,
            "B": column,
            "C": column,
        },
        ("bar", "location", "room_only", "code", "A", "B", "C"),
    )
    return closed(
        {
            "bites": {"type": "object", "additionalProperties": some(a_class())},
            "tables": {"type": "array", "items": table},
        }
    )


def _fields() -> Schema:
    """Which class each element has; whether R4 has the element is the gateway's to say."""
    form = {"type": "string", "enum": list(FORMS), "title": "a form"}
    axes = {
        axis: {"anyOf": [form, closed(dict.fromkeys(levels[1:], form), levels)], "title": f"a form of {axis}"}
        for axis, levels in AXES.items()
    }
    named = closed(axes, tuple(axes))
    service = closed({"kind": TEXT, "in-service": TEXT}, ("in-service",))
    label = closed({"system": TEXT, "code": TEXT, "display": TEXT})
    kind = closed(
        {"codes": some(TEXT), "labels": some(_label()), "in": some(TEXT)}, ("codes", "labels", "in")
    )
    line = closed(
        {
            "class": one_of(
                {**dict.fromkeys(classes(), ""), "same": "that of what bears it"}, "a class or same"
            ),
            "at": {"anyOf": [TEXT, named], "title": "the name of a form, or forms by axis"},
            "frame": {"type": "boolean", "title": "true or false"},
        },
        ("at", "frame"),
    )
    return closed(
        {
            "when": {"type": "object", "additionalProperties": kind},
            "public_systems": some(TEXT),
            "services": closed(dict.fromkeys(codes("source-kinds"), service), codes("source-kinds")),
            "top_labels": {"type": "object", "additionalProperties": label},
            "forms": {"type": "object", "additionalProperties": named},
            "fields": {"type": "object", "additionalProperties": line},
        },
        ("when", "public_systems", "services", "top_labels", "forms"),
    )


# Made from the vocabulary, which stays as it is while a process runs.
@cache
def schemas() -> dict[str, Schema]:
    """Name of a schema -> the schema, as it stands in `schemas/policies/<name>.schema.json`."""
    built = {
        "organisations": _organisations(), "framework": framework(), "isa": isa(), "gateway": gateway(),
        "signers": signers(), "matrix": _matrix(),
        "role-purposes": _role_purposes(), "lookback": _lookback(), "generalise": _generalise(), "codes": _codes(),
        "labels": _labels(), "fields": _fields(),
    }  # fmt: skip
    return {name: published(name, schema) for name, schema in built.items()}
