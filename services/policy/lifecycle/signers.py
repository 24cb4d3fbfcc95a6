"""Who may sign: `signers.yaml` of a policy folder, each row a person with an organisation, a role and a public key.

Promise: one person, one row, one key; the file decides nothing about releases, but it is named by its digest in every
proposal, so nobody is added or exchanged beside the book.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs

from services.contract.canonical import canonical, digest
from services.runtime.book_files import Finding, Located, faults, near, read_yaml
from services.runtime.book_read import BadBook
from services.runtime.book_schemas import schemas
from services.runtime.note import BadKey, Verifier

FILE = "signers.yaml"
ROLES = ("ig-lead", "caldicott")
LEAST = 3
"""A widening needs two who did not propose it."""


@dataclass(frozen=True, slots=True)
class Signer:
    """One person who may sign."""

    id: str
    name: str
    organisation: str
    role: str
    key: Verifier

    @property
    def key_id(self) -> str:
        """How an entry of the ledger names the signer: the key, not the person."""
        return self.key.id.hex()


@dataclass(frozen=True, slots=True)
class Signers:
    """The whole file. `digest`: SHA-256 of its content in canonical form, hex."""

    rows: Mapping[str, Signer]
    digest: str

    def verifiers(self) -> tuple[Verifier, ...]:
        """Every public key."""
        return tuple(one.key for one in self.rows.values())


def read_signers(folder: Path, organisations: AbstractSet[str]) -> Signers:
    """The signers of a policy folder; none where it has no such file. Raises `BadBook` with every finding."""
    path = folder / FILE
    if not path.is_file():
        return Signers({}, digest(canonical({"signers": []})).hex())
    found = read_yaml(path, FILE)
    if isinstance(found, Finding):
        raise BadBook([found])
    shape = schemas()["signers"]
    findings = faults(found, jsonschema_rs.Draft202012Validator(shape), shape)
    if not findings:
        findings = _checks(found, organisations)
    if findings:
        raise BadBook(findings)
    rows = {row["id"]: _signer(row) for row in found.data["signers"]}
    return Signers(rows, digest(canonical(found.data)).hex())


def few(signers: Signers) -> list[Finding]:
    """What keeps these signers from ever changing a book again."""
    if len(signers.rows) < LEAST or not any(one.role == "ig-lead" for one in signers.rows.values()):
        what = (
            f"a widening needs two signers beside whoever proposes it: name at least {LEAST} people, one of them an "
            "ig-lead (mash policy key new prints a row)"
        )
        return [Finding(FILE, 1, what)]
    return []


def _signer(row: Mapping[str, Any]) -> Signer:
    return Signer(row["id"], row["name"], row["organisation"], row["role"], Verifier.parse(row["key"]))


def _checks(document: Located, organisations: AbstractSet[str]) -> list[Finding]:
    found, seen = [], dict[str, str]()
    for number, row in enumerate(document.data["signers"]):
        here: tuple[str | int, ...] = ("signers", number)
        if row["organisation"] not in organisations:
            there = row["organisation"]
            what = (
                f"'{there}' is not an organisation of organisations.yaml.{near(there, list(organisations))}"
            )
            found.append(document.finding((*here, "organisation"), what))
        try:
            key = Verifier.parse(row["key"])
        except BadKey as bad:
            found.append(
                document.finding((*here, "key"), f"{bad}; paste the row that mash policy key new printed")
            )
            continue
        if key.name != row["id"]:
            what = f"the key belongs to '{key.name}', the row to '{row['id']}'; make them the same"
            found.append(document.finding((*here, "key"), what))
        # One person with two rows would be two signers.
        for kind, value in (("id", row["id"]), ("name", row["name"].casefold()), ("key", key.public.hex())):
            if f"{kind} {value}" in seen:
                what = f"the same {kind} stands in the row of '{seen[f'{kind} {value}']}'; one person has one row"
                found.append(document.finding((*here, kind), what))
            seen.setdefault(f"{kind} {value}", row["id"])
    return found
