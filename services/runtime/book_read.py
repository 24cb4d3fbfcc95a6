"""Reading the policy book: everything in `policies/` that decides, read once, checked whole, frozen, and named by its digest.

Promise: a book is either whole and consistent or it is refused with every finding (file, line, remedy); the
same files give the same digest on every machine; and a book that has decided anything can be kept whole for
whoever decides again later.
"""

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jsonschema_rs

from services.contract.canonical import canonical, digest
from services.contract.directory import Organisation, Source
from services.contract.problems import Problem
from services.runtime import book_data
from services.runtime.book_checks import checks
from services.runtime.book_files import Finding, Located, faults, read_yaml
from services.runtime.book_schemas import schemas

FILES = {
    "organisations.yaml": "organisations", "labels.yaml": "labels", "catalogue/matrix.yaml": "matrix",
    "catalogue/role-purposes.yaml": "role-purposes", "catalogue/lookback.yaml": "lookback",
    "catalogue/generalise.yaml": "generalise",
}  # fmt: skip
OPTIONAL = {"catalogue/codes.yaml": "codes", "catalogue/fields.yaml": "fields"}
"""What R4 has is checked by the reader of `fields.yaml`, the gateway's catalogue."""
FOLDERS = {"frameworks": "framework", "isa": "isa", "gateways": "gateway"}


class BadBook(Problem):
    """The policy folder is not a book. `findings` says where and what to do; `detail` is the same as text."""

    kind = "bad-book"
    title = "The policies cannot be used as they stand"
    next_step = "Mend the places named and save; the hub goes on with the last good version meanwhile."

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


@dataclass(frozen=True)
class Book:
    """One version of the rules and of what they read. Compare by `digest`."""

    revision: str
    """The first 16 hex digits of the digest."""
    digest: str
    """64 hex digits: SHA-256 of JCS {rules: digest of the Rego sources, data:
    digest of ISAs, gateways and catalogue}.
    """
    rules_digest: str
    data: Mapping[str, Any] = field(repr=False)
    """What an engine gets as `data.book`, `revision` included."""
    organisations: Mapping[str, Organisation] = field(repr=False)
    sources: Mapping[str, Source] = field(repr=False)
    labels: Mapping[str, Mapping[str, Any]] = field(repr=False)
    """Label -> {binds: person | record, bites_on, bar}."""
    lookback: Sequence[Mapping[str, Any]] = field(repr=False)
    """Buckets, newest first: {code, months}; the last has no months."""
    codes: Mapping[str, Sequence[str]] = field(repr=False)
    """Clinical code -> labels that it implies."""
    role_purposes: Mapping[str, frozenset[str]] = field(repr=False)
    isas: tuple[Mapping[str, Any], ...] = field(repr=False)
    """The ISAs as their files say, for whoever asks which is in force."""
    frameworks: Mapping[str, Mapping[str, Any]] = field(repr=False)
    """Id -> the framework as its file says."""
    fields: Mapping[str, Any] = field(repr=False)
    """The document of catalogue/fields.yaml, untouched; empty where there is none."""
    rego: Mapping[str, str] = field(repr=False)
    """Path below `rego/` -> source, tests left out."""
    files: Mapping[str, bytes] = field(repr=False)
    """Every file that the digest covers, as it stood."""


def read_book(folder: Path) -> Book:
    """The book of a policy folder. Raises `BadBook` with every finding."""
    documents, findings, files = _documents(folder)
    if not findings:
        findings = checks(documents)
    if findings:
        raise BadBook(sorted(set(findings), key=lambda finding: (finding.file, finding.line, finding.what)))
    return book_from(documents, _rego(folder), files)


def book_from(documents: Mapping[str, Located], rego: Mapping[str, str], files: Mapping[str, bytes]) -> Book:
    """The book of documents that have been checked. `rego`: path below `rego/` -> source; `files`: the documents' bytes."""
    rules = digest(canonical({path: digest(source.encode()).hex() for path, source in rego.items()})).hex()
    covered = {name: document.data for name, document in documents.items()}
    data = digest(canonical({"files": covered, "vocabulary": book_data.vocabulary()})).hex()
    whole = digest(canonical({"data": data, "rules": rules})).hex()
    organisations = _organisations(covered["organisations.yaml"])
    return Book(
        revision=whole[:16],
        digest=whole,
        rules_digest=rules,
        data=MappingProxyType({**book_data.data_of(documents), "revision": whole[:16]}),
        organisations=MappingProxyType(organisations),
        sources=MappingProxyType({s.id: s for each in organisations.values() for s in each.sources}),
        labels=MappingProxyType(book_data.labels_of(documents)),
        lookback=tuple(covered["catalogue/lookback.yaml"]["buckets"]),
        codes=MappingProxyType(covered.get("catalogue/codes.yaml", {"codes": {}})["codes"]),
        role_purposes=MappingProxyType(
            {role: frozenset(may) for role, may in book_data.role_purposes(documents).items()}
        ),
        isas=tuple(data for name, data in covered.items() if name.startswith("isa/")),
        frameworks=MappingProxyType(
            {data["id"]: data for name, data in covered.items() if name.startswith("frameworks/")}
        ),
        fields=MappingProxyType(covered.get("catalogue/fields.yaml") or {}),
        rego=MappingProxyType(rego),
        files=MappingProxyType(
            {**files, **{f"rego/{path}": source.encode() for path, source in rego.items()}}
        ),
    )


def keep_book(book: Book, home: Path) -> Path:
    """Keep the book whole in `home/books/<digest>/`, once; returns the folder.

    A half-written one never has the name.
    """
    kept = home / "books" / book.digest
    if kept.is_dir():
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=kept.parent, prefix=".new-") as scratch:
        new = Path(scratch) / "book"
        for name, content in {**book.files, "data.json": canonical(dict(book.data))}.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        try:
            new.rename(kept)
        except OSError:
            # Another process kept the same book meanwhile; its bytes are these.
            if not kept.is_dir():
                raise
    return kept


def _documents(folder: Path) -> tuple[dict[str, Located], list[Finding], dict[str, bytes]]:
    wanted = {**FILES, **{name: schema for name, schema in OPTIONAL.items() if (folder / name).is_file()}}
    for below, schema in FOLDERS.items():
        wanted |= {f"{below}/{path.name}": schema for path in sorted((folder / below).glob("*.yaml"))}
    known, documents, findings, files = schemas(), {}, [], {}
    for name, schema in wanted.items():
        found = read_yaml(folder / name, name)
        if isinstance(found, Finding):
            findings.append(found)
            continue
        findings += faults(found, jsonschema_rs.Draft202012Validator(known[schema]), known[schema])
        documents[name], files[name] = found, (folder / name).read_bytes()
    return documents, findings, files


def _rego(folder: Path) -> dict[str, str]:
    root = folder / "rego"
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*.rego"))
        if not path.name.endswith("_test.rego")
    }


def _organisations(document: Mapping[str, Any]) -> dict[str, Organisation]:
    found = {}
    for row in document["organisations"]:
        sources = tuple(
            Source(**{**source, "organisation": row["id"], "labels": tuple(source.get("labels", ()))})
            for source in row.get("sources", ())
        )
        known = {
            name: value for name, value in row.items() if name not in ("dpo", "ig_lead", "caldicott_guardian")
        }
        found[row["id"]] = Organisation(**{**known, "sources": sources})
    return found
