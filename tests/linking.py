"""Links and exclusions for tests, by the steps that a review's decision takes."""

from services.index.index import Index
from services.index.links import exclusions
from services.index.people import People
from services.index.review import effects


def join(
    index: Index, item: str, other: str, at: str, *, by: str = "worker", reason: str = "his own word"
) -> None:
    """The person of `item` is the person of `other`. Raises `Conflict`."""
    with index._store.write() as connection:
        effects.join(_people(index, connection, at), item, other, effects.Word(by, reason, at))


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
