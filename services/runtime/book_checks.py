"""What no schema can say about the policy folder: that its files agree with each other, the vocabulary and the law.

Promise: every purpose has a column, every role a ceiling and a mark for every purpose, every label one
table, and every basis the schedule that it needs; what does not is a finding with file, line and remedy,
never a rule that quietly does nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.contract.vocabulary import code_list, codes
from services.runtime.book_files import Finding, Located, near
from services.runtime.paper_checks import is_day, paper_checks

Documents = Mapping[str, Located]
PAPER = ("frameworks/", "isa/", "gateways/")


def checks(documents: Documents) -> list[Finding]:
    """Every finding, in the order of the files."""
    return [
        *_vocabulary(documents),
        *_organisations(documents["organisations.yaml"]),
        *_named_as_their_file(documents),
        *paper_checks(lambda folder: under(documents, folder), _rows(documents)),
        *_gateways_cover(documents),
        *_labels(documents["labels.yaml"]),
        *_lookback(documents["catalogue/lookback.yaml"]),
        *_forms(documents),
        *_named_forms(documents),
    ]


def under(documents: Documents, folder: str) -> Sequence[Located]:
    """The files of one folder."""
    return [document for name, document in documents.items() if name.startswith(folder)]


def _vocabulary(documents: Documents) -> Iterator[Finding]:
    roles = documents["catalogue/role-purposes.yaml"]
    for role, row in code_list("roles").items():
        if "ceiling" not in row:
            yield roles.finding(
                ("roles", role), f"{role} has no ceiling; give it one in schemas/vocabulary/roles.json"
            )
    for purpose, row in code_list("purposes").items():
        if not row.get("column"):
            yield roles.finding(
                ("purposes",), f"{purpose} has no column; give it one in schemas/vocabulary/purposes.json"
            )


def _rows(documents: Documents) -> Mapping[str, Mapping[str, Any]]:
    return {row["id"]: row for row in documents["organisations.yaml"].data["organisations"]}


def _organisations(document: Located) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for number, organisation in enumerate(document.data["organisations"]):
        here: tuple[str | int, ...] = ("organisations", number)
        if f"organisation {organisation['id']}" in seen:
            yield document.finding(
                (*here, "id"), f"'{organisation['id']}' is another organisation's id already"
            )
        seen[f"organisation {organisation['id']}"] = organisation["id"]
        if not is_day(organisation.get("dspt_until", "2000-01-01")):
            yield document.finding(
                (*here, "dspt_until"), f"'{organisation['dspt_until']}' is no day of the calendar"
            )
        for place, source in enumerate(organisation.get("sources", ())):
            there = (*here, "sources", place)
            if f"source {source['id']}" in seen:
                yield document.finding(there, f"'{source['id']}' is another source's id already")
            seen[f"source {source['id']}"] = source["id"]
            if source["mode"] == "live" and "address" not in source:
                yield document.finding(
                    there, f"live source '{source['id']}' has no address; add where it is asked"
                )


def _named_as_their_file(documents: Documents) -> Iterator[Finding]:
    for document in [document for folder in PAPER for document in under(documents, folder)]:
        name = document.file.rsplit("/", 1)[-1].removesuffix(".yaml")
        if document.data["id"] != name:
            yield document.finding(
                ("id",), f"the id is '{document.data['id']}', the file is {name}.yaml; make them the same"
            )


def _gateways_cover(documents: Documents) -> Iterator[Finding]:
    """What goes on without an ISA goes on under a gateway that says so."""
    named = {purpose for gateway in under(documents, "gateways/") for purpose in gateway.data["purposes"]}
    roles = documents["catalogue/role-purposes.yaml"]
    for purpose, row in code_list("purposes").items():
        if row["isa"] in ("GOES_ON", "URGENT_GOES_ON", "ON_AGREEMENT") and purpose not in named:
            yield roles.finding(
                ("purposes",), f"no file of gateways/ names {purpose}, which goes on without an ISA; add one"
            )


def _labels(document: Located) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, table in enumerate(document.data["tables"]):
        here = ("tables", number)
        columns = {"A", "B", "C"} & table.keys()
        if bool(table.get("bar")) == bool(columns) or (columns and len(columns) < 3):
            yield document.finding(here, "a table has columns A, B and C, or `bar: true` and none of them")
        for place, label in enumerate(table["labels"]):
            if label in seen:
                yield document.finding((*here, "labels", place), f"{label} stands in two tables; keep one")
            seen.add(label)
            if code_list("sensitivity")[label]["binds"] != table["binds"]:
                yield document.finding(
                    (*here, "binds"), f"{label} binds otherwise in schemas/vocabulary/sensitivity.json"
                )
        for column in sorted(columns):
            for place, row in enumerate(table[column]):
                if (row["then"] == "generalise") != ("how" in row):
                    yield document.finding(
                        (*here, column, place), "`how` goes with `then: generalise`, and only with it"
                    )
    for label in codes("sensitivity"):
        if label not in seen:
            yield document.finding(
                ("tables",), f"{label} has no table; without one it would take nothing away"
            )


def _lookback(document: Located) -> Iterator[Finding]:
    buckets = document.data["buckets"]
    known = [row["code"] for row in buckets]
    months = [row.get("months") for row in buckets]
    if months[-1] is not None or any(month is None for month in months[:-1]):
        yield document.finding(("buckets",), "the last bucket has no months, every other one has")
    elif months[:-1] != sorted(set(months[:-1])):
        yield document.finding(
            ("buckets",), "the buckets stand newest first, each with more months than the one before"
        )
    for purpose, limit in document.data["limits"].items():
        for place, code in enumerate(limit):
            if code not in known:
                yield document.finding(
                    ("limits", purpose, place), f"'{code}' is not one of the buckets.{near(code, known)}"
                )


def _forms(documents: Documents) -> Iterator[Finding]:
    matrix, forms = documents["catalogue/matrix.yaml"], documents["catalogue/generalise.yaml"].data["forms"]
    for column, row in matrix.data["columns"].items():
        for code, cell in row.items():
            levels = set(cell.values()) if isinstance(cell, dict) else {cell}
            if "G" in levels and code not in forms and code_list("classes")[code]["of"] not in forms:
                yield matrix.finding(
                    ("columns", column, code), f"G for {code} has no form in catalogue/generalise.yaml"
                )


def _named_forms(documents: Documents) -> Iterator[Finding]:
    fields = documents.get("catalogue/fields.yaml")
    if fields is None:
        return
    known = list(fields.data.get("forms", ()))
    for path, line in fields.data["fields"].items():
        if isinstance(line.get("at"), str) and line["at"] not in known:
            yield fields.finding(
                ("fields", path, "at"), f"'{line['at']}' is not a form of this file.{near(line['at'], known)}"
            )


def expanded(row: Mapping[str, Any], code: str) -> Any:
    """What a table says of a class: its own entry, else that of the class it is a letter of, else None."""
    return row.get(code, row.get(code_list("classes")[code]["of"] or ""))
