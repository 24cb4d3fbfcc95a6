"""Which tasks an answer gives rise to: read off the cells that policy gave, for the organisation that holds the record.

Promise: nothing here reads or changes what is shown; a source that is of concern to the case is told nothing; what law
bars raises no owner's task.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from services.contract.decisions import Cell
from services.contract.people import PLACES, Gathered
from services.contract.vocabulary import code_list, entry
from services.gateway.family import Family
from services.gateway.matching import Match
from services.gateway.release import Built, Decided
from services.gateway.request import Request
from services.gateway.tasks.gone_on import went_on
from services.gateway.tasks.post import Post
from services.gateway.trail import Trail
from services.runtime.logs import log

CONSIDER, HOLDER = "owner-consider", "holder-decides-16la"
HOUSEHOLD = "protected-household-check"
NOBODYS_TO_HEAR = frozenset({"L:ADOPT", "L:GRA", "L:PROTECTED"})
"""Adoption, gender recognition and protected persons: not even the holder learns that anybody asked."""
_SILENT_BY_LABEL = "SENSITIVE_CATEGORY"
_NOT_IN = ("SOURCE_DOWN", "NO_RESPONSE")


def from_view(
    request: Request,
    trail: Trail,
    kin: Family,
    decided: Sequence["Decided"],
    built: Built,
    gathered: Gathered,
    refused: Mapping[tuple[str, str], Cell],
) -> None:
    """Note what the answer of a settled question leaves to be done."""
    note = trail.note
    unheard = {person for person, facts in gathered.facts.items() if NOBODYS_TO_HEAR & set(facts.labels)}
    people = {related.person: related for related in kin.people}
    harmed = {(source, one.person) for one in kin.people for source in one.asking_harms}
    found = [*_of_records(request, decided), *_of_holders(request, refused)]
    note.posts += [
        one for one in found if (one.source, one.person) not in harmed and one.person not in unheard
    ]
    note.posts += went_on(request, trail, kin, built, unheard)
    note.posts += _by_place(request)
    note.conflict = any(related.conflict for related in kin.people)
    note.across = tuple(person for person, related in people.items() if related.harm_link)
    out = {source for (source, _), state in gathered.states.items() if state in _NOT_IN}
    note.sources_out = tuple(sorted(out))
    note.sources_in = tuple(sorted({source for source, _ in gathered.states} - out))


def from_search(request: Request, trail: Trail, match: Match) -> None:
    """Note what a question that settled on nobody leaves to be done."""
    trail.note.posts += _by_place(request)
    trail.note.conflict = match.conflict


def _of_records(request: Request, decided: Sequence["Decided"]) -> Iterable[Post]:
    """One task for each kind, source and person, with every record that it is about."""
    records: dict[tuple[str, str, str], dict[str, None]] = {}
    for one in decided:
        if NOBODYS_TO_HEAR & set(one.item.facts.labels) or one.item.facts.adoption != "none":
            continue
        cells = [*one.cells.values(), *(cell for held in one.elements.values() for cell in held.values())]
        raised = [task for cell in cells for task in cell.tasks if _raises(task, cell)]
        raised += [CONSIDER for cell in cells if _unspoken(request, cell)]
        for kind in dict.fromkeys(raised):
            records.setdefault((kind, one.item.source, one.item.person), {})[one.item.record] = None
    for (kind, source, person), found in records.items():
        row = code_list("task-kinds")[kind]
        if row["of_case"] and row["again"]:
            yield _about(request, kind, source, person, tuple(found))
        elif row["of_case"]:
            # Not raised again once it is decided: so each record has a task of its own.
            for record in found:
                yield replace(
                    _about(request, kind, source, person, (record,)), key=f"{request.case.id}/{record}"
                )
        else:
            # About the record alone: its publisher is not told that anybody asked.
            for record in found:
                yield Post(
                    kind,
                    _holder(request, source),
                    person=person,
                    source=source,
                    records=(record,),
                    key=record,
                )


def _raises(task: str, cell: Cell) -> bool:
    if task not in code_list("task-kinds"):
        log.warning("task-unknown", kind=task)
        return False
    # Silent by a label, and by that alone: what law bars is nobody's to offer.
    return task != CONSIDER or (cell.silent and cell.code == _SILENT_BY_LABEL)


def _unspoken(request: Request, cell: Cell) -> bool:
    """The owner could lift it, and the asker is not told so, because that would say that the owner holds something: in
    safeguarding the owner hears of it instead, or nobody ever would.
    """
    column = entry("purposes", request.context.purpose)["sensitivity_column"]
    return column == "A" and cell.silent and cell.effect == "ask-owner"


def _of_holders(request: Request, refused: Mapping[tuple[str, str], Cell]) -> Iterable[Post]:
    for (source, person), cell in refused.items():
        if cell.effect == "ask-owner" and HOLDER in cell.tasks:
            yield _about(request, HOLDER, source, person, ())


def _about(request: Request, kind: str, source: str, person: str, records: tuple[str, ...]) -> Post:
    asker, case = request.asker, request.case
    facts = {"asking_role": asker.role, "asking_organisation": asker.organisation}
    return Post(
        kind,
        _holder(request, source),
        case=case.id,
        person=person,
        source=source,
        records=records,
        facts=facts,
        key=f"{case.id}/{source}/{person}",
    )


def _holder(request: Request, source: str) -> str:
    return request.hub.book.sources[source].organisation


def _by_place(request: Request) -> Iterable[Post]:
    """A search by address, whatever the address and whatever came of it: the duty manager looks."""
    about = request.body.about
    if not about.by_place:
        return
    of = about.of or about
    asked = {name: getattr(about, name) or getattr(of, name) for name in PLACES}
    told = {
        **asked,
        "name": " ".join(filter(None, (about.given or about.nickname, about.family))),
        "born": about.birth_date,
        "asking_role": request.asker.role,
    }
    place = "/".join(str(value) for value in asked.values() if value)
    yield Post(
        HOUSEHOLD,
        request.asker.organisation,
        case=request.case.id,
        facts={name: value for name, value in told.items() if value},
        key=f"{request.case.id}/{request.asker.user}/{place}",
    )
