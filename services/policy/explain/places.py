"""From a rule's finding to the clause that it rests on: the file and line that an IG lead would open.

Promise: a place is in the very version that decides; a rule that no table feeds is named by its own file.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.contract.decisions import Context, Profile
from services.contract.vocabulary import code_list
from services.policy.circumstances import Asking
from services.policy.clauses import documents, gateway_file, isa_file, place
from services.policy.gaps import gateways_for
from services.runtime.book import Book

WORDS = "schemas/vocabulary"
_OF_DEFECT: Mapping[str, str] = {
    "ROLE_NOT_NAMED": "roles",
    "PURPOSE_NOT_NAMED": "purposes",
    "ENDED": "last_day",
    "NOT_BEGUN": "effective_from",
    "NOT_SIGNED": "status",
    "ISA_SUSPENDED": "status",
    "TOO_FEW_SIGNED": "signatories",
    "DSPT_LAPSED": "dspt",
    "SOUND": "classes",
}
"""What is wrong with an ISA -> the word of its file at which it shows."""


@dataclass(frozen=True, slots=True)
class About:
    """What a finding is about."""

    book: Book
    context: Context
    profile: Profile
    class_: str


def place_of(rule: str, about: About) -> str:
    """The clause behind what a rule found."""
    found = _PLACES.get(rule)
    return found(about) if found else f"rego/{rule}/{rule}.rego"


def _isa(about: About) -> str:
    book, profile = about.book, about.profile
    file = isa_file(book, profile.isa)
    if profile.paper_defect.startswith("FRAMEWORK"):
        return _framework(about, file)
    if profile.paper_defect == "PARTNER_SUSPENDED":
        return _suspended(about)
    if file and profile.paper_defect in _OF_DEFECT:
        return place(book, file, _OF_DEFECT[profile.paper_defect])
    gateways = _gateways(about)
    return gateways or "no file of isa/ names both organisations and this purpose"


def _framework(about: About, file: str) -> str:
    framework = next((str(isa["framework"]) for isa in about.book.isas if isa["id"] == about.profile.isa), "")
    name = f"frameworks/{framework}.yaml"
    if name not in documents(about.book):
        return place(about.book, file, "framework")
    word = {"FRAMEWORK_ENDED": "last_day", "FRAMEWORK_NOT_SIGNED": "status"}.get(
        about.profile.paper_defect, "parties"
    )
    return place(about.book, name, word)


def _suspended(about: About) -> str:
    name = "organisations.yaml"
    rows = documents(about.book)[name].data["organisations"]
    both = (about.context.organisation, about.profile.source_organisation)
    number = next((n for n, row in enumerate(rows) if row["id"] in both and row.get("suspended")), 0)
    return place(about.book, name, "organisations", number, "suspended")


def _gateways(about: About) -> str:
    """What the gateway gives where there never was an ISA."""
    source = next(
        (one for one in about.book.sources.values() if one.organisation == about.profile.source_organisation),
        None,
    )
    if source is None:
        return ""
    context = about.context
    asking = Asking(context.organisation, context.role, context.purpose, context.on)
    files = [gateway_file(about.book, str(one["id"])) for one in gateways_for(about.book, asking, source)]
    return " and ".join(place(about.book, file, "without_isa") for file in files)


def _role_purpose(about: About) -> str:
    context = about.context
    if context.purpose in about.book.role_purposes.get(context.role, ()):
        return f"the case is {context.case.lower()}, or its ground is not stated (rego/role_purpose/role_purpose.rego)"
    return place(about.book, "catalogue/role-purposes.yaml", "roles", context.role)


def _matrix(about: About) -> str:
    column = str(code_list("purposes").get(about.context.purpose, {}).get("column", ""))
    class_ = about.class_
    if class_ not in documents(about.book)["catalogue/matrix.yaml"].data["columns"].get(column, {}):
        class_ = str(code_list("classes").get(class_, {}).get("of") or class_)
    return (
        f"{place(about.book, 'catalogue/matrix.yaml', 'columns', column, class_)}, column {column}, {class_}"
    )


def _labels(about: About) -> str:
    name, profile = "labels.yaml", about.profile
    tables = documents(about.book)[name].data["tables"]
    places = [
        f"{place(about.book, name, 'tables', number)} ({', '.join(sorted(here))})"
        for number, table in enumerate(tables)
        if (here := set(table["labels"]) & set(profile.labels))
    ]
    return " and ".join(places) or name


def _consent(about: About) -> str:
    file = isa_file(about.book, about.profile.isa)
    isa = next((one for one in about.book.isas if one["id"] == about.profile.isa), {})
    if file and isa.get("consent") == "agreement":
        return place(about.book, file, "consent")
    return f"{WORDS}/purposes.json, {about.context.purpose}"


def _currency(about: About) -> str:
    if about.profile.currency in ("CURRENT", "REVIEW_OVERDUE") and about.profile.value == "known":
        return place(about.book, "catalogue/lookback.yaml", "limits", about.context.purpose)
    return "rego/currency/currency.rego"


_PLACES: Mapping[str, Callable[[About], str]] = {
    "isa": _isa,
    "role_purpose": _role_purpose,
    "matrix": _matrix,
    "ceiling": lambda about: f"{WORDS}/roles.json, {about.context.role}",
    "sensitivity": _labels,
    "statutory_bar": lambda about: (
        _labels(about) if about.profile.labels else "rego/statutory_bar/statutory_bar.rego"
    ),
    "consent": _consent,
    "objection": lambda about: f"{WORDS}/purposes.json, {about.context.purpose}",
    "currency": _currency,
}
