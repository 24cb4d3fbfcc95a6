"""A live source's answer, as items.

Promise: what came live is treated as what was published: the same facts, the same care for whoever else it names; a
relative whom it names is looked for among known people for caution only, and nothing of it is stored.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from services.contract.people import About, Item
from services.index import find, reduce
from services.index.consent import read_consent
from services.index.facts import at_source, consents_of
from services.index.people import People
from services.index.read import summarise, text_of
from services.index.references import walk
from services.index.sources.live import Ask, Reply
from services.index.sources.published import SELF

SOMEBODY = "somebody"
"""Person id in `Item.names` of a relative whom the index does not know."""


def items_of_reply(people: People, ask: Ask, reply: Reply, received: str) -> Iterator[Item]:
    """One item per resource of the reply."""
    said = tuple(
        at_source(read_consent(resource, people.on), ask.source.id)
        for resource in reply.resources
        if resource["resourceType"] == "Consent"
    )
    held = tuple(consents_of(people, [ask.person])[ask.person]) if reply.resources else ()
    around = reduce.Around(people.book, people.on, held + said, reduce.replaced_by(reply.resources))
    # The same content has the same id each time it is asked for, so that an owner's decision finds it again.
    ids = {_name(one): people.store.version(ask.source.id, _name(one), one) for one in reply.resources}
    for resource in reply.resources:
        name = _name(resource)
        references = {}
        for _, one in walk(resource, text_of(resource["resourceType"])):
            target = "/".join(one["reference"].rsplit("/", 2)[-2:])
            if target in ids:
                patient = target.startswith("Patient/")
                references[one["reference"]] = f"person:{ask.person}" if patient else f"record:{ids[target]}"
        yield Item(
            source=ask.source.id,
            person=ask.person,
            record=ids[name],
            resource=resource,
            facts=reduce.facts_of(resource, ask.source.id, around, name),
            received=received,
            names=tuple(_names(people, resource)),
            references=references,
        )


def _name(resource: Mapping[str, Any]) -> str:
    return f"{resource['resourceType']}/{text_of(resource.get('id'))}"


def _names(people: People, resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Everybody whom a relative's record may mean: a harm link of any of them counts."""
    if resource["resourceType"] != "RelatedPerson":
        return
    summary = summarise(resource, traces=False, confidentiality="N")
    number = next((one.value for one in summary.numbers), None)
    meant: set[str] = set()
    for name in summary.names:
        given, _, _ = name.text.partition(" ")
        family = name.text.rpartition(" ")[2]
        about = About(nhs_number=number, given=given, family=family, birth_date=summary.birth_date or None)
        meant |= find.meant(people, about)
    for person in sorted(meant) or [SOMEBODY]:
        yield from ((f"RelatedPerson.{element}", person) for element in SELF if element in resource)
