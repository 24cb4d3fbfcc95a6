"""What no schema can say about the paper: that frameworks, ISAs and gateways agree with the partners, the law and each other.

Promise: an ISA without a basis that the law asks for, outside its framework's days, or at odds with another
that covers the same partners, purpose, role and days is a finding with file, line and remedy.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import Any

from services.contract.vocabulary import code_list
from services.runtime.book_files import Finding, Located, Place, near
from services.runtime.paper_schemas import IN_THE_UK
from services.runtime.schema_parts import classes

Rows = Mapping[str, Mapping[str, Any]]
"""Id of an organisation -> its row in organisations.yaml."""
OFFENDING = ("POLICE", "PROBATION")
"""Types of partner whose part in an ISA is data about offences."""
ABOUT_OFFENCES = ("MARAC", "MAPPA", "CRIME")
PLAIN = {"DM0", "DM0p", "DM1", "DM1i", "DM2", "DM8", "DM9"}
"""Classes that are no special category by themselves, where no health partner takes part."""
WITH_POLICY_DOCUMENT = ("S1-1", "S1-6", "S1-10", "S1-18")
"""Conditions for which Schedule 1 paragraph 39 asks for a policy document."""
DECIDES = (
    "classes",
    "releases_without_asking",
    "consent",
    "obligations",
    "lawful_basis",
    "without_consent",
    "dspt",
)
"""Members in which two ISAs may not differ where both would count."""


def paper_checks(under: Callable[[str], Sequence[Located]], rows: Rows) -> Iterator[Finding]:
    """Every finding of these files; `under` gives the files of a folder."""
    frameworks, isas = under("frameworks/"), under("isa/")
    for document in [*frameworks, *isas, *under("gateways/")]:
        yield from _days(document)
    for document in [*frameworks, *isas]:
        yield from _parties(document, rows)
        yield from _signatories(document)
    above = {framework.data["id"]: framework.data for framework in frameworks}
    for isa in isas:
        yield from _under(isa, above)
        yield from _basis(isa, rows)
        yield from _consent(isa)
        yield from _answers(isa)
        yield from _without_asking(isa)
        yield from _people(isa, rows)
    yield from _overlaps(isas)


def _days(document: Located) -> Iterator[Finding]:
    for name in ("effective_from", "last_day", "review_by"):
        if document.data[name] and not is_day(document.data[name]):
            yield document.finding((name,), f"'{document.data[name]}' is no day of the calendar")
    first, last = document.data["effective_from"], document.data["last_day"]
    if first and last and last < first:
        yield document.finding(("last_day",), f"the last day {last} is before the first, {first}")


def is_day(text: str) -> bool:
    """Whether `YYYY-MM-DD` is a day of the calendar."""
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _parties(document: Located, rows: Rows) -> Iterator[Finding]:
    for number, party in enumerate(document.data["parties"]):
        if party not in rows:
            yield document.finding(
                ("parties", number),
                f"'{party}' is not an organisation of organisations.yaml.{near(party, list(rows))}",
            )
    if "only_with" in document.data:
        yield from _party(document, ("only_with",), document.data["only_with"])


def _party(document: Located, place: Place, name: str) -> Iterator[Finding]:
    parties = document.data["parties"]
    if name not in parties:
        yield document.finding(place, f"'{name}' is not one of the parties.{near(name, parties)}")


def _signatories(document: Located) -> Iterator[Finding]:
    seen = set()
    for number, signatory in enumerate(document.data["signatories"]):
        here: Place = ("signatories", number)
        yield from _party(document, (*here, "organisation"), signatory["organisation"])
        if signatory["organisation"] in seen:
            yield document.finding(
                here, f"'{signatory['organisation']}' signs twice; keep the signature that counts"
            )
        seen.add(signatory["organisation"])
        if not is_day(signatory["day"]):
            yield document.finding((*here, "day"), f"'{signatory['day']}' is no day of the calendar")
    if document.data["status"] == "signed" and len(seen) < 2:
        yield document.finding(
            ("status",),
            "is said to be signed, and fewer than two parties have; add signatories, or write draft",
        )


def _under(isa: Located, above: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    name = isa.data["framework"]
    if name is None:
        return
    if name not in above:
        yield isa.finding(
            ("framework",), f"'{name}' is not a framework of frameworks/.{near(name, list(above))}"
        )
        return
    framework = above[name]
    if isa.data["effective_from"] < framework["effective_from"]:
        yield isa.finding(
            ("effective_from",),
            f"the ISA begins before its framework, which begins on {framework['effective_from']}",
        )
    if isa.data["last_day"] > framework["last_day"]:
        yield isa.finding(
            ("last_day",), f"the ISA ends after its framework, whose last day is {framework['last_day']}"
        )


def _basis(isa: Located, rows: Rows) -> Iterator[Finding]:
    basis = isa.data["lawful_basis"]
    types = [rows[party]["type"] for party in isa.data["parties"] if party in rows]
    for article in ("article_9", "article_10"):
        if article in basis:
            yield from _schedule(isa, article)
    if "article_9" not in basis and _special(isa.data, types):
        yield isa.finding(
            ("lawful_basis",),
            "health partners or classes beyond DM2 make it special category data and article_9 is missing; add it",
        )
    if "article_10" not in basis:
        about = {*isa.data["purposes"]} & {*ABOUT_OFFENCES}
        if about or any(type_ in OFFENDING for type_ in types):
            yield isa.finding(
                ("lawful_basis",),
                f"{'a purpose about offences' if about else 'police or probation'} "
                f"{'is named' if about else 'are a party'} and article_10 is missing; add it with its schedule_1",
            )
    if all(code_list("organisation-types")[type_]["public_authority"] for type_ in types):
        for number, code in enumerate(basis["article_6"]):
            if not code_list("lawful-bases")[code]["public_authority"]:
                yield isa.finding(
                    ("lawful_basis", "article_6", number),
                    f"{code} is not open to public authorities, and every party is one; use 6-1-e or 6-1-c",
                )


def _special(isa: Mapping[str, Any], types: Sequence[str]) -> bool:
    wanted = classes() if isinstance(isa["classes"], str) else isa["classes"]
    return bool(set(wanted) - PLAIN) or any(
        code_list("organisation-types")[type_]["health"] for type_ in types
    )


def _schedule(isa: Located, article: str) -> Iterator[Finding]:
    basis = isa.data["lawful_basis"][article]
    needed = code_list("lawful-bases")[basis["code"]]["needs_one_of"]
    if needed and basis.get("schedule_1") not in needed:
        yield isa.finding(
            ("lawful_basis", article),
            f"{basis['code']} needs a schedule_1 condition: one of {', '.join(needed)}",
        )


def conditions(isa: Mapping[str, Any]) -> set[str]:
    """The Schedule 1 conditions that an ISA rests on."""
    basis = isa["lawful_basis"]
    found = {basis[article].get("schedule_1") for article in ("article_9", "article_10") if article in basis}
    return {code for code in found if code}


def _consent(isa: Located) -> Iterator[Finding]:
    relied_on = conditions(isa.data)
    if "S1-18" in relied_on and "without_consent" not in isa.data:
        yield isa.finding(
            ("lawful_basis",), "S1-18 needs without_consent: why consent may be left out; add the reasons"
        )
    if "S1-18" not in relied_on and "without_consent" in isa.data:
        yield isa.finding(
            ("without_consent",), "a reason without consent goes with S1-18 and only with it; take it out"
        )
    wanting = sorted(relied_on.intersection(WITH_POLICY_DOCUMENT))
    if wanting and "policy_document" not in isa.data:
        yield isa.finding(
            ("lawful_basis",), f"{wanting[0]} needs a policy document; add policy_document with its reference"
        )
    if (isa.data["dspt"]["lapsed"] == "block") != ("after_days" in isa.data["dspt"]):
        yield isa.finding(("dspt",), "after_days goes with `lapsed: block`, and only with it")


def _answers(isa: Located) -> Iterator[Finding]:
    for kind, answer in isa.data["answers"].items():
        yield from _party(isa, ("answers", kind, "organisation"), answer["organisation"])
    if not is_day(isa.data["dpia"]["reviewed_on"]):
        day = isa.data["dpia"]["reviewed_on"]
        yield isa.finding(("dpia", "reviewed_on"), f"'{day}' is no day of the calendar")
    processing = isa.data["processing"]
    places = [*processing["places"], *(processor["place"] for processor in processing["processors"])]
    abroad = [place for place in places if place != IN_THE_UK]
    if abroad and "transfers" not in processing:
        yield isa.finding(
            ("processing",), f"'{abroad[0]}' is outside the {IN_THE_UK}; add transfers with the safeguards"
        )


def _people(isa: Located, rows: Rows) -> Iterator[Finding]:
    for number, party in enumerate(isa.data["parties"]):
        row = rows.get(party)
        if row is None:
            continue
        health = code_list("organisation-types")[row["type"]]["health"]
        needed = [("dpo", True), ("ig_lead", True), ("caldicott_guardian", health)]
        for name, wanted in needed:
            if wanted and name not in row:
                yield isa.finding(
                    ("parties", number),
                    f"'{party}' has no {name} in organisations.yaml; add name and contact",
                )


def _without_asking(isa: Located) -> Iterator[Finding]:
    """A holder speaks for its own records only, for purposes and classes of this very ISA."""
    data, seen = isa.data, set[tuple[str, str]]()
    for number, row in enumerate(data.get("releases_without_asking", ())):
        here = ("releases_without_asking", number)
        yield from _party(isa, (*here, "holder"), row["holder"])
        for place, purpose in enumerate(row["purposes"]):
            if purpose not in data["purposes"]:
                what = (
                    f"'{purpose}' is not one of this agreement's purposes.{near(purpose, data['purposes'])}"
                )
                yield isa.finding((*here, "purposes", place), what)
            if (row["holder"], purpose) in seen:
                yield isa.finding(
                    (*here, "purposes", place), f"{row['holder']} and {purpose} stand twice; keep one"
                )
            seen.add((row["holder"], purpose))
        for place, class_ in enumerate(row["classes"]):
            if not isinstance(data["classes"], str) and class_ not in data["classes"]:
                yield isa.finding(
                    (*here, "classes", place),
                    f"'{class_}' is not one of this agreement's classes; add it there first",
                )


def pairs(isa: Mapping[str, Any]) -> set[frozenset[str]]:
    """The pairs of parties between whom it counts."""
    found = {frozenset(pair) for pair in combinations(isa["parties"], 2)}
    return {pair for pair in found if isa.get("only_with", next(iter(pair))) in pair}


def _overlaps(isas: Sequence[Located]) -> Iterator[Finding]:
    signed = [isa for isa in isas if isa.data["status"] == "signed"]
    for one, other in combinations(signed, 2):
        a, b = one.data, other.data
        days = max(a["effective_from"], b["effective_from"]) <= min(a["last_day"], b["last_day"])
        purposes = [purpose for purpose in a["purposes"] if purpose in b["purposes"]]
        differ = [name for name in DECIDES if _sorted(a.get(name)) != _sorted(b.get(name))]
        if not days or not purposes or not differ or not set(a["roles"]) & set(b["roles"]):
            continue
        both = sorted(sorted(pair) for pair in pairs(a) & pairs(b))
        if both:
            yield other.finding(
                ("effective_from",),
                f"covers {purposes[0]} between {both[0][0]} and {both[0][1]} on days that {one.file} covers too, "
                f"with `{differ[0]}` unlike; end one before the other begins, or give both the same",
            )


def _sorted(value: Any) -> Any:
    return sorted(value, key=str) if isinstance(value, list) else value
