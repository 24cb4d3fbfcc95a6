"""Which book a hub starts with where only signed ones are served: the one put in force last, or a first one that waits.

Promise: without a book that was put in force the hub does not start, and says what to do; what is served at the start is,
byte for byte by its digest, what was put in force.
"""

from collections.abc import Callable

from services.contract.problems import BadSetting
from services.policy.lifecycle.impact import Compare
from services.policy.lifecycle.proposals import BOOK
from services.policy.lifecycle.refused import ProposalRefused
from services.policy.lifecycle.statement import NONE
from services.policy.lifecycle.take_up import Activation, Entries, Lifecycle
from services.runtime.book import Book, Shelf
from services.runtime.settings import Settings

HOW_TO = "docs/how-to/put-a-policy-in-force.md"


class NothingServed:
    """What stands for the shelf before there is a first book: it only tries whether one could be served."""

    digest = NONE

    def __init__(self, rehearse: Callable[[Book], None]) -> None:
        self.rehearse = rehearse

    def put(self, book: Book) -> None:
        """Nobody asks yet: the record is all."""

    def withdraw(self) -> None:
        """Nothing was given to anybody."""


def signed_shelf(
    settings: Settings,
    lifecycle: Lifecycle,
    entries: Entries,
    compare: Compare,
    rehearse: Callable[[Book], None],
) -> Shelf:
    """The shelf with the book in force. Raises `BadSetting` with the remedy where there is none, or it was changed."""
    if lifecycle.activated.last() is None:
        _take_up_first(lifecycle, entries, compare, rehearse)
    last = lifecycle.activated.last()
    if last is None:
        raise BadSetting(
            "no policies have been put in force here, and outside the demonstration only signed ones are served",
            next_step=f"Propose them, have two people sign, activate and start again: {HOW_TO}.",
        )
    try:
        lifecycle.proposals.open(last.proposal).version()
    except ProposalRefused as refused:
        raise BadSetting(
            f"MASH_HOME: the policies in force, policy/proposals/{last.proposal[:16]}…, are not what was signed "
            f"({refused.detail})",
            next_step="Restore that folder from its backup, then start again.",
        ) from None
    return Shelf(lifecycle.proposals.folder / last.proposal / BOOK, settings.home)


def _take_up_first(
    lifecycle: Lifecycle, entries: Entries, compare: Compare, rehearse: Callable[[Book], None]
) -> None:
    waiting = lifecycle.requests.waiting()
    first = Activation(lifecycle, NothingServed(rehearse), entries, compare, lambda _: None)
    with lifecycle.requests.held():
        first.look()
    if lifecycle.activated.last() is not None:
        return
    for request in waiting:
        answer = lifecycle.requests.answer(request, 0)
        if answer is not None and answer.get("faults"):
            told = "; ".join(f"{fault['place']}: {fault['what']}" for fault in answer["faults"])
            raise BadSetting(
                f"the policies that wait to be put in force were refused: {told}",
                next_step=f"Mend the places named and activate again: {HOW_TO}.",
            )
