"""From the policy folder's documents to the one document that the engines read as `data.book`.

Promise: nothing is decided here. Lists become look-ups, a letter's class gets the cell of its class, and
every vocabulary word that a rule reads is taken from `schemas/vocabulary/`, so that a rule never repeats a
table.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.contract.decisions import AXES, NOT_YET
from services.contract.vocabulary import code_list, codes
from services.runtime.book_checks import Documents, expanded, under
from services.runtime.schema_parts import classes

WORDS = (
    "purposes", "roles", "classes", "sensitivity", "source-kinds", "organisation-types", "reasons",
    "consent-states", "confidentiality", "currency", "adoption", "ages", "channels", "owner-decisions",
    "evidence-kinds", "paper-defects", "identity", "relationships", "subjects", "paper", "case-states",
)  # fmt: skip
"""The lists whose words decide, and so belong to the digest."""


def vocabulary() -> dict[str, Any]:
    """Those lists, whole."""
    return {name: {code: dict(row) for code, row in code_list(name).items()} for name in WORDS}


def data_of(documents: Documents) -> dict[str, Any]:
    """`data.book` without its revision."""
    organisations = documents["organisations.yaml"].data["organisations"]
    return {
        **_words(),
        "role_purposes": role_purposes(documents),
        "only_for": {
            purpose: _set(types)
            for purpose, types in documents["catalogue/role-purposes.yaml"].data["only_for"].items()
        },
        "ceilings": _ceilings(),
        "matrix": _matrix(documents["catalogue/matrix.yaml"].data),
        **_coarse(documents["catalogue/generalise.yaml"].data),
        "lookback": _lookback(documents["catalogue/lookback.yaml"].data),
        "labels": _labels(documents["labels.yaml"].data["tables"]),
        "isas": {isa.data["id"]: _isa(isa.data) for isa in under(documents, "isa/")},
        **_beforehand([isa.data for isa in under(documents, "isa/")]),
        "gateways": {gateway.data["id"]: _gateway(gateway.data) for gateway in under(documents, "gateways/")},
        "organisations": {row["id"]: row["type"] for row in organisations},
        "members": _members(documents),
    }


CONTEXT = {
    "organisation_type": "organisation-types", "role": "roles", "purpose": "purposes", "channel": "channels",
}  # fmt: skip
PROFILE = {
    "source_kind": "source-kinds", "identity": "identity", "relationship": "relationships", "subject": "subjects",
    "subject_age": "ages", "agreement": "consent-states", "objection": "consent-states",
    "item_share": "consent-states", "confidentiality": "confidentiality", "adoption": "adoption",
    "currency": "currency", "owner_decision": "owner-decisions", "paper": "paper", "paper_defect": "paper-defects",
}  # fmt: skip
FLAGS = {
    "context": ["opened_by_asker"],
    "profile": ["own", "conflict", "harm_link", "family_child", "same_place", "source_concern"],
}


def _members(documents: Documents) -> dict[str, Any]:
    """Which words each member of context and profile may have: any other value is ANY_OTHER to every rule.

    `words` are single words, `lists` lists of them, `flags` true or false. The day is none of these.
    """
    organisations = documents["organisations.yaml"].data["organisations"]
    lookback = _lookback(documents["catalogue/lookback.yaml"].data)
    context = {
        **{name: _set(codes(listed)) for name, listed in CONTEXT.items()},
        "case": _set([*codes("case-states"), "NONE"]),
        "ground": _set(["none", "stated", "urgent"]),
    }
    profile = {
        **{name: _set(codes(listed)) for name, listed in PROFILE.items()},
        "source_organisation": _set(row["id"] for row in organisations),
        "isa": _set(isa.data["id"] for isa in under(documents, "isa/")),
        "event_age": _set(lookback["known"]),
        "value": _set(["known", "unknown-code"]),
    }
    for name in ("adoption", "currency", "item_share", "confidentiality", "event_age", "value"):
        profile[name] |= _set([NOT_YET])
    agreed = [*codes("source-kinds"), *classes()]
    return {
        "context": {
            "words": context,
            "flags": FLAGS["context"],
            "lists": {"evidence": _set(codes("evidence-kinds"))},
        },
        "profile": {
            "words": profile,
            "flags": FLAGS["profile"],
            "lists": {"labels": _set([*codes("sensitivity"), NOT_YET]), "agreed_to": _set(agreed)},
        },
    }


def _words() -> dict[str, Any]:
    purposes, roles, found = code_list("purposes"), code_list("roles"), code_list("classes")
    return {
        "purposes": {code: {name: row[name] for name in _PURPOSE} for code, row in purposes.items()},
        "role_groups": {code: row["group"] for code, row in roles.items()},
        "classes": {code: row["of"] or code for code, row in found.items() if not row["question"]},
        "paper_defects": {
            code: {"paper": row["paper"], "code": row["reason"], "missing": row["missing"]}
            for code, row in code_list("paper-defects").items()
        },
        "shown_as": {code: row["shown_as"] for code, row in code_list("reasons").items()},
        "axes": {axis: {level: rank for rank, level in enumerate(levels)} for axis, levels in AXES.items()},
    }


def _coarse(generalise: Mapping[str, Any]) -> dict[str, Any]:
    adult = generalise["adult_services"]
    return {
        "forms": _by_class(generalise["forms"]),
        "adult_services": {
            "purposes": {purpose: row["unless"] for purpose, row in adult["purposes"].items()},
            "also_for_children": adult["also_for_children"],
            "forms": _by_class(adult["forms"]),
            "kinds": {code: row["adult_health"] for code, row in code_list("source-kinds").items()},
        },
    }


def _lookback(lookback: Mapping[str, Any]) -> dict[str, Any]:
    """A purpose sees its buckets, what still goes on, and what is no event."""
    always = ["OPEN", "NO_EVENT"]
    return {
        "known": [*(row["code"] for row in lookback["buckets"]), *always],
        "limits": {purpose: [*limit, *always] for purpose, limit in lookback["limits"].items()},
    }


_PURPOSE = (
    "column",
    "sensitivity_column",
    "isa",
    "relationship",
    "care",
    "agreement",
    "objection",
    "opens_case",
)


def role_purposes(documents: Documents) -> dict[str, dict[str, str]]:
    """Role -> purpose -> Y, for the purposes that the role may use and that are open."""
    table = documents["catalogue/role-purposes.yaml"].data
    return {
        role: {
            purpose: "Y"
            for purpose, mark in zip(table["purposes"], marks.split(), strict=True)
            if mark == "Y" and purpose not in table["closed"]
        }
        for role, marks in table["roles"].items()
    }


def labels_of(documents: Documents) -> dict[str, dict[str, Any]]:
    """Label -> its row as the index reads it: what it binds and bites on."""
    return {
        label: {"binds": table["binds"], "bites_on": tuple(table["bites_on"]), "bar": bool(table.get("bar"))}
        for table in documents["labels.yaml"].data["tables"]
        for label in table["labels"]
    }


def _by_class(rows: Mapping[str, Any]) -> dict[str, Any]:
    return {code: found for code in classes() if (found := expanded(rows, code)) is not None}


def _set(items: Iterable[str]) -> dict[str, bool]:
    return dict.fromkeys(items, True)


def _ceilings() -> dict[str, Any]:
    return {
        code: {
            "any": _set(row["ceiling"]),
            "by": {purpose: _set(found) for purpose, found in row.get("ceiling_by_purpose", {}).items()},
            "own_only": row["own_records_only"],
        }
        for code, row in code_list("roles").items()
    }


def _matrix(matrix: Mapping[str, Any]) -> dict[str, Any]:
    reasons = matrix["reasons"]
    return {
        "columns": {
            column: {
                code: {
                    **({"cell": found} if isinstance(found := expanded(row, code), str) else found),
                    "code": reasons["classes"].get(code, reasons["columns"].get(column, "MINIMISATION")),
                    **({"outside": reasons["outside"][column]} if column in reasons["outside"] else {}),
                }
                for code in classes()
            }
            for column, row in matrix["columns"].items()
        },
        "subjects_only": matrix["subjects_only"],
        "counts": matrix["counts"],
    }


def _labels(tables: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {label: _table(table) for table in tables for label in table["labels"]}


def _table(table: Mapping[str, Any]) -> dict[str, Any]:
    """Column -> class -> the rows that fit the class, in order."""
    columns = {
        column: {
            code: [_row(row, table) for row in table[column] if code in row.get("classes", table["bites_on"])]
            for code in table["bites_on"]
            if any(code in row.get("classes", table["bites_on"]) for row in table[column])
        }
        for column in ("A", "B", "C")
        if column in table
    }
    flags = {flag: bool(table.get(flag)) for flag in ("bar", "location", "room_only")}
    return {**flags, "columns": columns}


_EFFECTS = {"release": 0, "generalise": 1, "ask-owner": 2, "withhold": 3, "silent": 3}


def _row(row: Mapping[str, Any], table: Mapping[str, Any]) -> dict[str, Any]:
    then = row["then"]
    code = {"release": "", "generalise": "SENSITIVE_CATEGORY", "ask-owner": "OWNER_APPROVAL"}
    return {
        "rule": "sensitivity",
        "when": row.get("when", "always"),
        "effect": _EFFECTS[then],
        "missing": ["owner-approval"] if then == "ask-owner" else [],
        "silent": then == "silent",
        "how": row.get("how", {}),
        "code": code.get(then, table.get("code", "SENSITIVE_CATEGORY")),
        "tasks": [row["task"]] if "task" in row else [],
    }


def _isa(isa: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "roles": _set(isa["roles"]),
        "scope": _scope(isa["classes"]),
        "consent": isa["consent"],
        "obligations": isa["obligations"],
        "without_asking": {
            row["holder"]: f"{isa['id']} {row['holder']}" for row in isa.get("releases_without_asking", ())
        },
    }


def _beforehand(isas: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What holders agreed to release without being asked: ISA and holder -> purpose -> a set of classes, by its name.

    A class stands for its letters too.
    """
    agreed: dict[str, dict[str, str]] = {}
    sets: dict[str, dict[str, bool]] = {}
    for isa in isas:
        for row in isa.get("releases_without_asking", ()):
            found = [code for code, of in _bases().items() if code in row["classes"] or of in row["classes"]]
            name = " ".join(found)
            sets[name] = _set(found)
            agreed.setdefault(f"{isa['id']} {row['holder']}", {}).update(dict.fromkeys(row["purposes"], name))
    return {"beforehand": agreed, "classes_beforehand": sets}


def _bases() -> dict[str, str]:
    return {code: str(row["of"] or code) for code, row in code_list("classes").items() if not row["question"]}


def _scope(scope: str | Sequence[str]) -> dict[str, Any]:
    """`whole`: nothing is left to compare."""
    listed = classes() if isinstance(scope, str) else scope
    return {"whole": isinstance(scope, str), "classes": _set(listed)}


def _gateway(gateway: Mapping[str, Any]) -> dict[str, Any]:
    types = codes("organisation-types")
    return {
        "signed": gateway["status"] == "signed",
        "holder_decides": gateway.get("holder_decides", False),
        "purposes": _set(gateway["purposes"]),
        "askers": _set(types if gateway["askers"] == "any" else gateway["askers"]),
        "holders": _set(types if gateway["holders"] == "any" else gateway["holders"]),
        "scope": _scope(gateway["classes"]),
        "without_isa": _scope(gateway.get("without_isa", gateway["classes"])),
        # A gateway without a date of effect opens nothing: the far end of the calendar.
        "from": gateway["effective_from"] or "9999-99-99",
        "last": gateway["last_day"] or "9999-99-99",
    }
