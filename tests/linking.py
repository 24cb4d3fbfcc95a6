"""Links and exclusions for tests, by the steps that a review's decision takes."""

from services.index.index import Index
from services.index.links import edges, events, exclusions
from services.index.links.attach import attach
from services.index.people import People
from services.index.review import effects

AT = "2026-11-20T09:00:00Z"


def join(
    index: Index, item: str, other: str, at: str, *, by: str = "worker", reason: str = "his own word"
) -> None:
    """The person of `item` is the person of `other`. Raises `Conflict`."""
    with index._store.write() as connection:
        effects.join(_people(index, connection, at), item, other, effects.Word(by, reason, at))


def as_one(index: Index, item: str, other: str, at: str = AT) -> None:
    """Both count as one person's, on the word of somebody who did not look at what they say."""
    with index._store.write() as connection:
        people = People(connection, index._store, index._shelf.current(), at[:10])
        person = people.of_items([other])[other].person
        people.event = events.happened(connection, events.JOINED, item, at)
        attach(people, item, person, "said-by-hand", at, edges.MANUAL, edges.Basis(other=other, by="worker"))


def hold_apart(index: Index, item: str, other: str, at: str, *, scope: str = exclusions.ALL) -> str:
    """The two are not one person's; the exclusion's id."""
    with index._store.write() as connection:
        return exclusions.exclude(
            index._store, connection, (item, other), at, by="worker", reason="his brother", scope=scope
        )


def lift(index: Index, id: str, at: str, *, scope: str = exclusions.ALL) -> None:
    """Hold two apart no longer. Raises `NotFound`, `Conflict`."""
    with index._store.write() as connection:
        word = {"by": "officer", "reason": "a mistake of ours"}
        exclusions.lift(index._store, connection, id, at, **word, scope=scope)


def _people(index: Index, connection: object, at: str) -> People:
    return People(connection, index._store, index._shelf.current(), at[:10])  # type: ignore[arg-type]
