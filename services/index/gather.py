"""Records from every allowed source, with a state per source and person, and the facts joined over all that came.

Promise: a source that holds nothing, one that is late and one that is down are three states; a label, protection or
objection that a live answer brings holds for every record of the person at once.

Steps, in this order: 1 live sources are asked; 2 published records are read; 3 live answers become items; 4 states;
5 facts over everything.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from services.contract.people import Gather, Gathered, Item, PersonFacts
from services.index import facts, labels
from services.index.consent import read_consent, strictest
from services.index.people import People
from services.index.ports import Book
from services.index.sources import published
from services.index.sources.answered import items_of_reply
from services.index.sources.live import Ask, LiveSources, Reply


@dataclass(frozen=True, slots=True)
class Answered:
    """What was asked of live sources, and what came."""

    questions: tuple[Ask, ...]
    replies: Mapping[tuple[str, str], Reply]


def ask_live(book: Book, live: LiveSources, query: Gather) -> Answered:
    """Step 1, outside any transaction: a slow source holds no connection to the database."""
    questions = tuple(
        Ask(book.sources[source], person, *query.live[person])
        for source, person in query.asks
        if source in book.sources and book.sources[source].mode == "live" and person in query.live
    )
    return Answered(questions, live.ask(questions, query.deadline_ms) if questions else {})


def gather(people: People, answered: Answered, query: Gather, received: str) -> Gathered:
    """Every item of the pairs asked."""
    sources = people.book.sources
    stored = [pair for pair in query.asks if pair[0] in sources and sources[pair[0]].mode != "live"]
    items = list(published.items_of(people, stored))  # 2
    for question in answered.questions:  # 3
        reply = answered.replies[question.source.id, question.person]
        items += items_of_reply(people, question, reply, received)
    persons = sorted({person for _, person in query.asks})
    return Gathered(
        items=tuple(items),
        states=_states(query, people.book, items, answered.replies),  # 4
        facts=_joined(people, persons, items),  # 5
        asked_live=bool(answered.questions),
    )


def _states(
    query: Gather, book: Book, items: Sequence[Item], replies: Mapping[tuple[str, str], Reply]
) -> dict[tuple[str, str], str]:
    held = {(item.source, item.person) for item in items}
    states = {}
    for pair in query.asks:
        if pair in replies:
            states[pair] = replies[pair].state
        elif pair[0] not in book.sources:
            # Taken off the register between two calls of one question.
            states[pair] = "SOURCE_DOWN"
        elif book.sources[pair[0]].mode == "live":
            states[pair] = "NOT_ASKED"
        else:
            states[pair] = "HELD" if pair in held else "NIL"
    return states


def _joined(people: People, persons: Collection[str], items: Sequence[Item]) -> dict[str, PersonFacts]:
    known = facts.facts_of(people, persons)
    for item in items:
        if item.person not in known or people.book.sources[item.source].mode != "live":
            continue
        before, said_of_record = known[item.person], labels.of_person(item.facts.confidentiality)
        fresh = labels.binding(item.facts.labels, people.book)
        objection = before.objection
        if item.resource.get("resourceType") == "Consent":
            said = read_consent(item.resource, people.on).objection
            objection = strictest(one for one in (objection, said) if one != "NOT-RECORDED")
        known[item.person] = replace(
            before,
            labels=tuple(sorted({*before.labels, *fresh})),
            confidentiality=max(before.confidentiality, said_of_record, key=labels.RANKS.index),
            objection=objection,
            protected=before.protected or bool(fresh),
        )
    return known
