"""Small edits of the shipped policies at random, each one that an IG lead might make, as books that were never written down."""

import copy
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from services.contract.vocabulary import codes
from services.policy.clauses import documents
from services.runtime.book import Book
from services.runtime.book_read import book_from
from services.runtime.schema_parts import classes
from tests.policy_world import shipped_book

DAYS = ("2025-04-01", "2026-11-29", "2026-12-24", "2027-06-30", "2031-03-30", "2035-01-01")
Data = dict[str, Any]
Edit = Callable[[random.Random, Data], None]


def edited(draw: random.Random, edits: int) -> Book:
    """The shipped book with so many edits."""
    changed = {name: copy.deepcopy(found.data) for name, found in documents(shipped_book()).items()}
    for _ in range(edits):
        draw.choice(EDITS)(draw, changed)
    return with_data(changed)


def with_data(data: Mapping[str, Any]) -> Book:
    """The shipped book with this content of its files."""
    shipped = {**documents(shipped_book())}
    located = {name: replace(shipped[name], data=content) for name, content in data.items()}
    # What differs is told by the bytes; what they are is nothing to a comparison.
    files = {
        name: shipped_book().files[name] if data[name] == shipped[name].data else repr(data[name]).encode()
        for name in data
    }
    return book_from(located, shipped_book().rego, files)


def _paper(draw: random.Random, data: Data, folder: str) -> Data:
    return data[draw.choice([name for name in sorted(data) if name.startswith(folder)])]  # type: ignore[no-any-return]


def _other(draw: random.Random, words: list[str], every: list[str]) -> list[str]:
    """One word more, or one less."""
    outside = [one for one in every if one not in words]
    if outside and (len(words) < 2 or draw.random() < 0.5):
        return [*words, draw.choice(outside)]
    gone = draw.choice(words)
    return [one for one in words if one != gone]


def _isa(draw: random.Random, data: Data) -> None:
    isa = _paper(draw, data, "isa/")
    member = draw.choice(
        ["status", "last_day", "effective_from", "roles", "purposes", "parties", "classes", "consent", "obligations",
         "clause", "signatories"]
    )  # fmt: skip
    if member == "status":
        isa["status"] = draw.choice(["draft", "signed", "suspended"])
    elif member in ("last_day", "effective_from"):
        isa[member] = draw.choice(DAYS)
    elif member in ("roles", "purposes", "parties"):
        every = [*shipped_book().organisations] if member == "parties" else [*codes(member)]
        isa[member] = _other(draw, isa[member], every)
    elif member == "classes":
        now = [*classes()] if isinstance(isa["classes"], str) else isa["classes"]
        isa["classes"] = draw.choice(["as-purpose", _other(draw, now, [*classes()])])
    elif member == "consent":
        isa["consent"] = draw.choice(["as-purpose", "agreement"])
    elif member == "obligations":
        isa["obligations"] = _other(draw, isa["obligations"], ["NORDSCLCD", "MINEC", "DEID"])
    elif member == "clause":
        isa["releases_without_asking"] = [
            {
                "holder": draw.choice(isa["parties"]),
                "purposes": [draw.choice(isa["purposes"])],
                "classes": ["DM5"],
            }
        ]
    else:
        isa["signatories"] = isa["signatories"][1:]


def _gateway(draw: random.Random, data: Data) -> None:
    gateway = _paper(draw, data, "gateways/")
    member = draw.choice(
        ["status", "purposes", "askers", "classes", "without_isa", "last_day", "effective_from"]
    )
    if member == "status":
        gateway["status"] = draw.choice(["draft", "signed"])
    elif member == "purposes":
        gateway["purposes"] = _other(draw, gateway["purposes"], [*codes("purposes")])
    elif member == "askers":
        types = [*codes("organisation-types")]
        gateway["askers"] = draw.choice(["any", draw.sample(types, 3)])
    elif member in ("classes", "without_isa"):
        gateway[member] = draw.choice(["as-purpose", draw.sample([*classes()], draw.randrange(1, 5))])
    else:
        gateway[member] = draw.choice(DAYS)


def _framework(draw: random.Random, data: Data) -> None:
    framework = _paper(draw, data, "frameworks/")
    if draw.random() < 0.5:
        framework["last_day"] = draw.choice(DAYS)
    else:
        framework["parties"] = _other(draw, framework["parties"], [*shipped_book().organisations])


def _matrix(draw: random.Random, data: Data) -> None:
    column = data["catalogue/matrix.yaml"]["columns"]
    row = column[draw.choice(sorted(column))]
    class_ = draw.choice(sorted(row))
    # A class without a form is never G: the check of the files refuses that before anything is compared.
    row[class_] = draw.choice("RGO-" if class_ in data["catalogue/generalise.yaml"]["forms"] else "RO-")


def _roles(draw: random.Random, data: Data) -> None:
    table = data["catalogue/role-purposes.yaml"]
    role = draw.choice(sorted(table["roles"]))
    marks = table["roles"][role].split()
    place = draw.randrange(len(marks))
    marks[place] = "-" if marks[place] == "Y" else "Y"
    table["roles"][role] = " ".join(marks)


def _lookback(draw: random.Random, data: Data) -> None:
    limits = data["catalogue/lookback.yaml"]["limits"]
    purpose = draw.choice([*limits, *codes("purposes")])
    every = [row["code"] for row in data["catalogue/lookback.yaml"]["buckets"]]
    limits[purpose] = draw.sample(every, draw.randrange(1, 3))


def _forms(draw: random.Random, data: Data) -> None:
    forms = data["catalogue/generalise.yaml"]["forms"]
    forms[draw.choice(sorted(forms))] = draw.choice(
        [{"date": "year"}, {"date": "month"}, {"code": "kind", "provider": "kind"}, {"code": "top-label"}]
    )


def _labels(draw: random.Random, data: Data) -> None:
    table = draw.choice(data["labels.yaml"]["tables"])
    rows = table.get(draw.choice("ABC")) or []
    kind = draw.random()
    if rows and kind < 0.3:
        rows.pop(draw.randrange(len(rows)))
    elif rows:
        row = draw.choice(rows)
        row["then"] = draw.choice(["release", "ask-owner", "withhold", "silent"])
        row.pop("how", None)


def _organisations(draw: random.Random, data: Data) -> None:
    row = draw.choice(data["organisations.yaml"]["organisations"])
    if draw.random() < 0.5:
        row["suspended"] = True
    else:
        row["dspt_until"] = draw.choice(DAYS)


EDITS: tuple[Edit, ...] = (
    _isa, _isa, _isa, _gateway, _gateway, _framework, _matrix, _matrix, _roles, _lookback, _forms, _labels, _labels,
    _organisations,
)  # fmt: skip
