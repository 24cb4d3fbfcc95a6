"""Doubtful matches: the reviewer's list, one doubt with its records side by side, deciding it, and undoing that later.

Promise: the list names kinds and times only; a doubt is shown in reply to a release that was entered first; what another
reviewer said is not on the page before one has answered; addresses hold opaque ids only.
"""

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from services.contract.cases import Asker
from services.contract.problems import BadInput
from services.contract.reviews import DECIDED, OPEN, SAME, UNDONE, ReviewAnswer, ReviewLine, Said
from services.contract.views import Refused
from services.contract.vocabulary import code_list
from services.gateway.links.telling import raised
from services.gateway.pages import words
from services.gateway.pages.desk import Desk, go
from services.gateway.pages.forms import Form, Typed
from services.gateway.pages.particulars import facts_of
from services.gateway.pages.told import told_of
from services.gateway.reviews.asking import case_id
from services.gateway.reviews.deciding import LEAST, answer_review, undo_review
from services.gateway.reviews.listing import PAGE, list_reviews
from services.gateway.reviews.opening import Review, Shown, open_review
from services.gateway.reviews.readers import reads

ROOM = "/your-reviews"
_PLACES = ("Address", "Former address")
Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{22}$")]


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that the records say, side by side; `differs`: not all that say something say the same."""

    label: str
    values: tuple[tuple[str, ...], ...] = field(repr=False)
    differs: bool


def pages_of(role: str) -> tuple[tuple[str, str], ...]:
    """(address, title) of the page, for a role that reviews."""
    return ((ROOM, _title_of(role)),) if reads(role) else ()


def rows_of(records: tuple[Shown, ...]) -> tuple[Row, ...]:
    """What the records say of who somebody is and where they live, each value in the column of its record."""
    told = [
        {fact.label: tuple(value for value, _ in fact.values) for fact in facts_of([one.resource], {})}
        if one.resource is not None
        else {}
        for one in records
    ]
    labels = dict.fromkeys(label for one in told for label in one)
    found = []
    for label in labels:
        values = tuple(one.get(label, ()) for one in told)
        said = {frozenset(map(str.casefold, one)) for one in values if one}
        # A place made coarser and one that is not look unlike, whatever they are.
        found.append(Row(label, values, differs=len(said) > 1 and label not in _PLACES))
    return tuple(found)


def routes(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get(ROOM)
    def listed(request: Request) -> Response:
        return _list(desk, desk.reader(request, reads))

    @router.get(ROOM + "/{id}")
    def opened(request: Request, id: Id) -> Response:
        return _shown(desk, desk.reader(request, reads), id, Form())

    @router.post(ROOM + "/{id}")
    def decide(request: Request, id: Id, form: Typed) -> Response:
        return _decided(desk, desk.reader(request, reads), id, form)

    @router.post(ROOM + "/{id}/undo")
    def undo(request: Request, id: Id, form: Typed) -> Response:
        asker = desk.reader(request, reads)
        _reasoned(form)
        if form.errors:
            return _shown(desk, asker, id, form)
        done = undo_review(desk.parts, asker, id, form.get("reason"))
        if isinstance(done, Refused):
            return desk.refuse(asker, done, ROOM, act=True)
        return go(f"{ROOM}/{id}" if done.told or done.waits else ROOM)

    return router


def _decided(desk: Desk, asker: Asker, id: str, form: Form) -> Response:
    _reasoned(form)
    answer, _, chosen = form.get("answer").partition(" ")
    if answer not in code_list("review-answers"):
        form.wrong("answer", "Say what you decide")
    if form.errors:
        return _shown(desk, asker, id, form)
    try:
        done = answer_review(desk.parts, asker, ReviewAnswer(id, answer, chosen, form.get("reason")))
    except BadInput:
        form.wrong("answer", "Say which record is the same person's")
        return _shown(desk, asker, id, form)
    if isinstance(done, Refused):
        return desk.refuse(asker, done, ROOM, act=True)
    return go(f"{ROOM}/{id}" if done.told else ROOM)


def _reasoned(form: Form) -> None:
    if len(form.get("reason")) < LEAST:
        form.wrong("reason", "Write down why, in your own words")


def _list(desk: Desk, asker: Asker) -> Response:
    open_ = list_reviews(desk.parts, asker)
    done = list_reviews(desk.parts, asker, decided=True)
    return desk.show(
        asker, "reviews.html", here="tasks", title=_title(asker), tasks=open_, decided=done, most=PAGE
    )


def _shown(desk: Desk, asker: Asker, id: str, form: Form) -> Response:
    review = open_review(desk.parts, asker, id)
    if isinstance(review, Refused):
        return desk.refuse(asker, review, ROOM)
    model = _model(desk, review) | _undoing(asker, review)
    status = 422 if form.errors else 200
    return desk.show(
        asker, "review.html", status=status, here="tasks", title=_title(asker), form=form, **model
    )


def _model(desk: Desk, review: Review) -> dict[str, Any]:
    line, first = review.line, review.records[0]
    letters = {one.ref: one.letter for one in review.records}
    return {
        "task": line,
        "open": line.state == OPEN,
        "undone": line.state == UNDONE,
        "raised": _raised(desk, line),
        "waits": line.mine and line.state == OPEN,
        "records": review.records,
        "rows": rows_of(review.records),
        "first": first,
        "others": review.records[1:],
        "answers": _answers(line, review.records[1:]),
        "said": [_in_words(desk, one, letters) for one in review.said],
        "withheld": tuple(dict.fromkeys((row.class_, row.sentence) for row in review.view.withheld)),
        "receipt": review.receipt,
    }


def _undoing(asker: Asker, review: Review) -> dict[str, bool]:
    """Whether one of the two who it takes has said that the decision was wrong, and whether that was the reader."""
    said = [one.by for one in review.said if one.answer == UNDO] if review.line.state == DECIDED else []
    return {"undoing": bool(said), "said_so": asker.user in said}


def _raised(desk: Desk, line: ReviewLine) -> dict[str, Any] | None:
    """What taking people apart raised, in words: by when, and who had been told."""
    facts = raised(desk.parts, case_id(line.id)) if line.state != OPEN else None
    if facts is None:
        return None
    return {
        "by": str(facts["commissioner_by"]),
        "entry": facts["entry"],
        "told": told_of(desk, facts["recipients"]),
    }


def _answers(line: ReviewLine, others: tuple[Shown, ...]) -> list[dict[str, str]]:
    """The answers as the form offers them: `same` once for each other record."""
    found = []
    for code, row in code_list("review-answers").items():
        if code != SAME:
            title = (
                "None of these is the same person" if code == "apart" and len(others) > 1 else row["title"]
            )
            found.append({"value": code, "title": str(title), "hint": str(row["sentence"])})
            continue
        for one in others:
            title = f"{row['title']}: A and {one.letter}" if len(others) > 1 else str(row["title"])
            hint = str(row["sentence"]) if not line.two else f"{row['sentence']} {TWO}"
            found.append({"value": f"{code} {one.ref}", "title": title, "hint": hint})
    return found


TWO = "A second person has to say the same first."
UNDO = "undone"
_BESIDE = {UNDO: "It was wrong", "put": "Question put"}
"""What stands among the answers and is none."""


def _in_words(desk: Desk, said: Said, letters: dict[str, str]) -> dict[str, str]:
    title = _BESIDE.get(said.answer) or words.title("review-answers", said.answer)
    of = f": A and {letters[said.chosen]}" if said.chosen in letters else ""
    who = f"{desk.staff_name(said.by)}, {words.title('roles', said.role).lower()}"
    return {"answer": title + of, "reason": said.reason, "who": who, "at": words.moment(said.at)}


def _title(asker: Asker) -> str:
    return _title_of(asker.role)


def _title_of(role: str) -> str:
    """The queue in the words of its list: who reads a restricted one reads no other."""
    return next(str(row["title"]) for row in code_list("review-queues").values() if role in row["roles"])
