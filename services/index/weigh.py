"""How well each of some people fits a description, and whether that is certain, probable or only possible.

Promise: the grade is what the rules make of it by which records are linked: certain is what would link by itself; of somebody
who is protected or restricted nothing counts that tells where they live or how they are reached, so that neither weight nor
grade confirms a place; nobody is in the answer who was not asked about.
"""

from collections.abc import Sequence

from services.contract.people import PersonFacts, Weigh, Weighed
from services.index import barred, facts
from services.index.matching import called, guards
from services.index.matching.model import Model
from services.index.matching.score import score
from services.index.matching.verdict import APART, LINK, Verdict
from services.index.people import NOBODY, Known, People
from services.index.read import Summary, summarise
from services.index.siblings import known_siblings

CERTAIN, PROBABLE, POSSIBLE, NOT = "certain", "probable", "possible", "certainly-not"
_OPEN = "N"


def weigh(people: People, query: Weigh) -> dict[str, Weighed]:
    """Person id -> what they weigh, by the record of theirs that fits best. `query.patient`: a FHIR Patient."""
    model = people.store.trained
    # Whoever asks vouches for the number that they give; that it fits is still for the record to say.
    asked = summarise(query.patient, traces=True, confidentiality=_OPEN)
    records = people.of(query.persons)
    known = facts.facts_of(people, query.persons or list(NOBODY))
    found = {}
    for person in query.persons:
        if records[person]:
            verdicts, weight = _judged(people, asked, records[person], known[person], model)
            close = query.wide or any(_begins(asked, one.summary) for one in records[person])
            found[person] = Weighed(weight, _grade(verdicts, weight), close)
    return found


def _judged(
    people: People, asked: Summary, records: Sequence[Known], known: PersonFacts, model: Model
) -> tuple[list[Verdict], float]:
    """What each record of a person comes to, and the best weight; in both no place counts where none may."""
    placeless = known.protected or any(one.summary.restricted for one in records)
    careful = asked.multiple or bool(known_siblings(people, records[0].person))
    said = barred.introductions(people, records)
    verdicts = []
    for one in records:
        law = guards.Law(said[one.record].adoption, bool(said[one.record].labels))
        stated = guards.Facts(
            laws=(guards.NO_LAW, law),
            placeless=placeless,
            careful=careful or one.summary.multiple,
            shares=called.shares(model, asked, one.summary),
        )
        verdicts.append(guards.judge(asked, one.summary, score(model, asked, one.summary), stated))
    return verdicts, max(guards.counted(one.scored, placeless) for one in verdicts)


def _grade(verdicts: Sequence[Verdict], weight: float) -> str:
    """A rule that forbids a link forbids it for the person; what the law keeps apart is not told from what does not fit."""
    if any(
        one.rule in (guards.EXCLUDED, guards.DIFFERENT_APART) and one.outcome == APART for one in verdicts
    ):
        return NOT
    if any(one.rule in guards.VETOES for one in verdicts):
        return POSSIBLE
    if any(one.outcome == LINK for one in verdicts):
        return CERTAIN
    return PROBABLE if weight >= guards.LINKS_FROM else POSSIBLE


def _begins(asked: Summary, record: Summary) -> bool:
    """Whether one name of the record is, or begins with, each name that was asked for."""
    return not asked.names or any(
        held.family.startswith(wanted.family) and held.given.startswith(wanted.given)
        for wanted in asked.names
        for held in record.names
    )
