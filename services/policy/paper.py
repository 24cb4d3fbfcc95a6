"""The state of the paperwork between asker and holder on a day: what a rule may know of frameworks and ISAs.

Promise: an ISA counts only while it is signed by asker and holder, under a framework that is, from its first
day to its last, both inclusive, as days in Europe/London, for the purpose that it names; whatever it lacks
is named by one word. What a caller says of paper is never read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.contract.decisions import Context, Profile, with_paper
from services.contract.vocabulary import code_list, codes
from services.runtime.book import Book

SOUND = "SOUND"
Paperwork = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Paper:
    """`state`: CURRENT | LAPSED | NONE | SUSPENDED; `defect`: a word of schemas/vocabulary/paper-defects.json;
    `isa`: the id of the one that covers, or covered, the purpose.
    """

    state: str
    defect: str
    isa: str = ""


def with_papers(book: Book, context: Context, profiles: tuple[Profile, ...]) -> tuple[Profile, ...]:
    """The profiles with the paper between the context's organisation and each one's source, on the
    context's day.
    """
    found = {
        holder: paper_between(book, context, holder)
        for holder in {profile.source_organisation for profile in profiles}
    }
    return tuple(
        with_paper(profile, paper.state, paper.isa, paper.defect)
        for profile in profiles
        for paper in [found[profile.source_organisation]]
    )


def paper_between(book: Book, context: Context, holder: str) -> Paper:
    """The paper for one holder. An organisation that the book does not know has none."""
    asker = context.organisation
    parties = [book.organisations.get(one) for one in (asker, holder)]
    if any(party is not None and party.suspended for party in parties):
        return _paper("PARTNER_SUSPENDED")
    if asker == holder or None in parties:
        return _paper("NO_ISA")
    # Of several the one that is nearest to being in order, then the widest; the id makes it certain.
    defects = [(defect_of(book, isa, context, holder), isa) for isa in _between(book, asker, holder)]
    if not defects:
        return _paper("NO_ISA")
    order = codes("paper-defects")
    defect, best = min(
        defects, key=lambda found: (order.index(found[0]), _recency(found), -_width(found[1]), found[1]["id"])
    )
    return _paper(defect, "" if defect == "PURPOSE_NOT_NAMED" else best["id"])


def defect_of(book: Book, isa: Paperwork, context: Context, holder: str) -> str:
    """What is wrong with one ISA that names both; SOUND where nothing is."""
    return next(_defects(book, isa, context, (context.organisation, holder)), SOUND)


def _defects(book: Book, isa: Paperwork, context: Context, two: tuple[str, str]) -> Iterator[str]:
    on, framework = context.on, book.frameworks.get(str(isa["framework"]))
    if context.purpose not in isa["purposes"]:
        yield "PURPOSE_NOT_NAMED"
    if framework is None:
        yield "FRAMEWORK_MISSING"
        return
    if framework["status"] != "signed":
        yield "FRAMEWORK_NOT_SIGNED"
    if isa["status"] == "draft":
        yield "NOT_SIGNED"
    if not _is_party(framework, two, on):
        yield "FRAMEWORK_NOT_A_PARTY"
    if not _have_signed(isa, two, on):
        yield "TOO_FEW_SIGNED"
    if on < max(isa["effective_from"], framework["effective_from"]):
        yield "NOT_BEGUN"
    if framework["last_day"] < on:
        yield "FRAMEWORK_ENDED"
    if isa["last_day"] < on:
        yield "ENDED"
    if isa["status"] != "signed":
        yield "ISA_SUSPENDED"
    if _assessment_lapsed(book, isa, two, on):
        yield "DSPT_LAPSED"
    if context.role not in isa["roles"]:
        yield "ROLE_NOT_NAMED"


def _paper(defect: str, isa: str = "") -> Paper:
    return Paper(str(code_list("paper-defects")[defect]["paper"]), defect, isa)


def _between(book: Book, asker: str, holder: str) -> list[Paperwork]:
    return [
        isa
        for isa in book.isas
        if asker in isa["parties"]
        and holder in isa["parties"]
        and isa.get("only_with", asker) in (asker, holder)
    ]


def _is_party(framework: Paperwork, two: tuple[str, str], on: str) -> bool:
    return all(one in framework["parties"] for one in two) and _have_signed(framework, two, on)


def _have_signed(paper: Paperwork, two: tuple[str, str], on: str) -> bool:
    signed = {signatory["organisation"] for signatory in paper["signatories"] if signatory["day"] <= on}
    return signed.issuperset(two)


def _assessment_lapsed(book: Book, isa: Paperwork, two: tuple[str, str], on: str) -> bool:
    """Whether the data security assessment of either is past its day by more than the ISA allows."""
    if isa["dspt"]["lapsed"] != "block":
        return False
    ends = [day for one in two if (day := book.organisations[one].dspt_until)]
    grace = timedelta(days=isa["dspt"]["after_days"])
    return any((date.fromisoformat(day) + grace).isoformat() < on for day in ends)


def _recency(found: tuple[str, Paperwork]) -> int:
    """Of several that ended the last to end comes first."""
    defect, isa = found
    return -int(isa["last_day"].replace("-", "")) if defect == "ENDED" else 0


def _width(isa: Paperwork) -> int:
    return 99 if isinstance(isa["classes"], str) else len(isa["classes"])
