"""The monitoring report: what was shared under what, for what, by whom, and what was not; for one month and one audience.

Promise: for any audience wider than the organisation every count goes through suppress.py; silent reasons are counted for the
holder's own privacy officer only; no table crosses two breakdowns, so that no small group can be worked out.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.contract.vocabulary import code_list
from services.gateway.monitoring.happened import OUTCOMES, Happened
from services.gateway.monitoring.papers import PaperState, attention, gateways_for
from services.gateway.suppress import Table, exact, suppressed
from services.runtime.book import Book

BREAK_GLASS = "BTG"


@dataclass(frozen=True, slots=True)
class Section:
    """One table: a heading, what it counts, and its rows by code; `names`: code -> title."""

    code: str
    heading: str
    counts: Table
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MonitoringReport:
    """One month, for one audience."""

    month: str
    audience: str
    """partners | an organisation's id."""
    requests: int | None
    sections: tuple[Section, ...]
    papers: tuple[tuple[PaperState, int | None], ...]
    """ISAs that need attention, each with how many requests went on without it that month."""
    unread: int
    """Requests whose decision record is gone, and which are in fewer tables."""


def for_partners(found: Sequence[Happened], book: Book, month: str, on: str) -> MonitoringReport:
    """For all partners and the public: suppressed."""
    insiders = {"organisation": 1, "holder": 1}

    def table(code: str, counts: Mapping[str, int], total: int | None) -> Table:
        return suppressed(counts, total, insiders=insiders.get(code, 0))

    requests = [one for one in found if one.outcome]
    whole = len(requests)
    return MonitoringReport(
        month,
        "partners",
        None if 0 < whole < 10 else whole,
        tuple(_sections(found, book, table)),
        tuple((state, _small(count)) for state, count in _papers(requests, book, on)),
        sum(one.unread for one in found),
    )


def for_organisation(
    found: Sequence[Happened], book: Book, month: str, on: str, organisation: str, *, silent: bool
) -> MonitoringReport:
    """For the organisation itself: what its people asked, and what others were given of its records, as counted."""
    asked = [one for one in found if one.organisation == organisation]

    def table(_code: str, counts: Mapping[str, int], total: int | None) -> Table:
        return exact(counts, total)

    sections = [*_sections(asked, book, table), *_of_holder(found, book, organisation, table, silent=silent)]
    requests = [one for one in asked if one.outcome]
    papers = [(state, count) for state, count in _papers(requests, book, on) if organisation in state.parties]
    return MonitoringReport(
        month, organisation, len(requests), tuple(sections), tuple(papers), sum(one.unread for one in asked)
    )


Make = Callable[[str, Mapping[str, int], int | None], Table]


def _sections(found: Sequence[Happened], book: Book, make: Make) -> Iterable[Section]:
    requests = [one for one in found if one.outcome]
    whole = len(requests)

    def section(
        code: str, heading: str, counts: Mapping[str, int], names: Mapping[str, str], total: int | None
    ) -> Section:
        return Section(code, heading, make(code, counts, total), names)

    purposes, roles, reasons = _titles("purposes"), _titles("roles"), _titles("reasons")
    organisations = {id: one.name for id, one in book.organisations.items()}
    yield section(
        "outcome", "What became of the requests", Counter(one.outcome for one in requests), OUTCOMES, None
    )
    yield section("purpose", "By purpose", Counter(one.purpose for one in requests), purposes, None)
    yield section(
        "organisation", "By organisation", Counter(one.organisation for one in requests), organisations, None
    )
    yield section("role", "By role", Counter(one.role for one in requests), roles, None)
    yield section(
        "paper",
        "Under which ISA or gateway information was shared",
        _under(requests, book),
        _paper_names(book),
        whole,
    )
    yield section(
        "reason", "How often each reason was given for not sharing", _reasons(requests), reasons, whole
    )
    glass = Counter(one.outcome for one in requests if one.purpose == BREAK_GLASS)
    yield section("break-glass", "Break glass", glass, OUTCOMES, None)
    changed = Counter(one.changed for one in found if one.changed)
    yield section(
        "changed", "Closed cases: did it change the decision?", changed, _titles("decision-changed"), None
    )


def _of_holder(
    found: Sequence[Happened], book: Book, holder: str, make: Make, *, silent: bool
) -> Iterable[Section]:
    """What others were given, or not, of the organisation's own records."""
    given: Counter[str] = Counter()
    unsaid: Counter[str] = Counter()
    for one in found:
        mine = [held for held in one.held if held.holder == holder and not held.own]
        if any(held.released for held in mine):
            given[one.organisation] += 1
        unsaid.update({code for held in mine for code in held.silent})
    organisations = {id: one.name for id, one in book.organisations.items()}
    yield Section(
        "given", "Who was given something of our records", make("given", given, None), organisations
    )
    if silent:
        yield Section(
            "silent",
            "Withheld of our records without a word",
            make("silent", unsaid, None),
            _titles("reasons"),
        )


def _under(requests: Sequence[Happened], book: Book) -> Counter[str]:
    """ISA or gateway -> requests in which something was shared under it. One request may have several."""
    counts: Counter[str] = Counter()
    for one in requests:
        counts.update(
            {
                paper
                for held in one.held
                if held.released and not held.own
                for paper in _paper_of(book, one, held.holder, held.paper, held.isa)
            }
        )
    return counts


def _paper_of(book: Book, one: Happened, holder: str, paper: str, isa: str) -> Sequence[str]:
    if paper == "CURRENT" and isa:
        return (f"isa/{isa}",)
    return tuple(
        f"gateways/{id}" for id in gateways_for(book, one.organisation, holder, one.purpose, one.day)
    ) or ("none",)


def _reasons(requests: Sequence[Happened]) -> Counter[str]:
    """As they are shown to whoever asks, once for each request."""
    known = code_list("reasons")
    counts: Counter[str] = Counter()
    for one in requests:
        given = {code for held in one.held for code in held.reasons if code in known}
        counts.update({str(known[code]["shown_as"]) for code in given})
    return counts


def _papers(requests: Sequence[Happened], book: Book, on: str) -> list[tuple[PaperState, int]]:
    """Each ISA that needs attention, and how many requests were given something although it had lapsed."""
    without: Counter[str] = Counter()
    for one in requests:
        without.update({held.isa for held in one.held if held.released and held.paper == "LAPSED"})
    return [(state, without[state.id] if state.state == "lapsed" else 0) for state in attention(book, on)]


def _small(count: int) -> int | None:
    return None if 0 < count < 10 else count


def _titles(name: str) -> dict[str, str]:
    return {code: str(row["title"]) for code, row in code_list(name).items()}


def _paper_names(book: Book) -> dict[str, str]:
    return {f"isa/{isa['id']}": f"ISA: {isa['title']}" for isa in book.isas} | {
        "none": "No ISA is read for it"
    }
