"""The draft of an answer to a subject's own request, for the reviewer of one organisation: what is marked to be given, and what
is marked to be kept back and why.

Promise: nothing is given by it: a mark is what the rules say once the one that puts everything before the reviewer is left out,
read for the subject. It is of the organisation's own records; what must leave no trace in the answer leaves none in the
draft; the words that go with the answer are the same whether anything was kept back or not.
"""

import calendar
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.contract.canonical import canonical
from services.contract.cases import Asker, CaseState
from services.contract.problems import BadInput
from services.contract.views import DraftRequest, FamilyView, Refused, ViewRequest
from services.contract.vocabulary import entry
from services.gateway.ask import hub_of
from services.gateway.family_view import show_family_view
from services.gateway.parts import Parts, fresh_id
from services.gateway.profiles import REVIEW, day
from services.gateway.request import Use
from services.gateway.tasks.post import Post, post

PURPOSES = ("PATRQT", "FAMRQT", "PWATRNY")
"""Kinds of request: the subject's own first, then those of a parent and an attorney."""
REMINDS = "subject-request-due"
LETTER = (
    "We looked for information about the person you asked about in the records named here. What we can give you is enclosed. "
    "The law lets us leave out some kinds of information, and we cannot say whether any was left out. You may ask us to look "
    "again, complain to us, or complain to the Information Commissioner."
)
"""The same for everybody: UK GDPR Article 12(4), without saying that anything was kept back."""


def make_draft(parts: Parts, asker: Asker, body: DraftRequest) -> FamilyView | Refused:
    """The draft, its entry durable; or a refusal. Raises `BadInput` (a day to come, or none), `Unavailable`."""
    due(body, day(parts.now()))
    subjects = [(body.about, "child" if body.child else "adult", None)]
    # Whoever asks is who will read it: their being of concern to somebody is what the harm link is about.
    subjects += [(body.by, "adult", None)] if body.by is not None else []
    case = CaseState(
        id=fresh_id(),
        purpose=body.purpose,
        state="NONE",
        ground="none",
        opened_by_asker=True,
        opened_by_organisation=asker.organisation,
        membership="own-case",
        subjects=tuple(subjects),
    )
    question = ViewRequest(about=body.about, case=case.id, scope="family")
    answer = show_family_view(asker, question, case, hub_of(parts), parts.now(), use=Use(REVIEW))
    if isinstance(answer, FamilyView) and answer.match == "MATCH":
        _remind(parts, asker, body)
    return answer


def _remind(parts: Parts, asker: Asker, body: DraftRequest) -> None:
    """One task for the organisation's reviewers, due with the answer; drafted again, the request has it already."""
    last = due(body, day(parts.now()))
    facts = {
        "request": str(entry("purposes", body.purpose)["title"]),
        "identity_checked": body.identity_checked,
    }
    # The key is kept as a keyed digest alone: it tells one request from another, and nobody whose.
    key = canonical([body.model_dump(mode="json"), last]).decode()
    ends = datetime.combine(date.fromisoformat(last), time.max, ZoneInfo("Europe/London"))
    post(parts, Post(REMINDS, asker.organisation, facts=facts, due=ends, key=key))


def due(body: DraftRequest, today: str) -> str:
    """The last day to answer: one month from the day on which the identity was checked, longer by the days waited (UK GDPR
    Article 12(3); Data Protection Act 2018 section 54). Raises `BadInput`.
    """
    try:
        checked = date.fromisoformat(body.identity_checked)
    except ValueError:
        checked = date.max
    if checked.isoformat() > today:
        raise BadInput("some places do not fit", places=("identity_checked: a day that has been",))
    year, month = divmod(checked.year * 12 + checked.month, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return (date(year, month + 1, min(checked.day, last)) + timedelta(body.days_waited)).isoformat()


def told(body: DraftRequest, answer: FamilyView, today: str) -> dict[str, Any]:
    """`{match, due, overdue, letter, records, give, keep_back, receipt}`.

    `give`: a Bundle of what is marked to be given; `keep_back`: what a reviewer has to look at (`ask-owner`) or is marked to be
    kept back, with the reason; `records`: the own sources that were looked in.
    """
    whole = answer.model_dump(mode="python", by_alias=True, exclude_none=True)
    names = {one.ref: one.name or "somebody else" for one in answer.people}
    rows = dict.fromkeys(
        (names.get(row.person, "everybody"), row.class_, row.effect, row.code, row.sentence)
        for row in answer.withheld
    )
    keep_back = [dict(zip(("about", "what", "mark", "code", "sentence"), row, strict=True)) for row in rows]
    last = due(body, today)
    return {
        "match": answer.match,
        "due": last,
        "overdue": last < today,
        "letter": LETTER,
        "records": [one.source for one in answer.sources],
        "give": whole["view"],
        "keep_back": keep_back,
        "receipt": whole.get("receipt"),
    }
