"""What of a change stands in no table: the words of an agreement, the classes of fields, what a code implies, a new partner.

Promise: a member of a file is passed over only where tables or paper hold all that decides of it; anything else counts as
widening, with its file and line.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from services.policy.clauses import documents, place
from services.policy.impact.report import WIDER, Elsewhere
from services.runtime.book import Book

_ISA = frozenset(
    ("framework", "status", "parties", "purposes", "roles", "classes", "consent", "obligations", "dspt", "only_with",
     "releases_without_asking", "effective_from", "last_day", "signatories")
)  # fmt: skip
_GATEWAY = frozenset(
    (
        "status",
        "purposes",
        "askers",
        "holders",
        "holder_decides",
        "classes",
        "without_isa",
        "effective_from",
        "last_day",
    )
)
_FRAMEWORK = frozenset(("status", "parties", "signatories", "effective_from", "last_day"))
PAPERS = {"isa/": _ISA, "gateways/": _GATEWAY, "frameworks/": _FRAMEWORK}
"""Of each kind of paper the members that decide: through the tables, or through the state that paper is in."""
WHOLE = ("catalogue/matrix.yaml", "catalogue/role-purposes.yaml", "catalogue/generalise.yaml")
"""Files of which the tables hold everything."""
LABELS, LOOKBACK, ORGANISATIONS = "labels.yaml", "catalogue/lookback.yaml", "organisations.yaml"
_OF_LABEL = frozenset(("binds", "bar"))
"""What the index reads of a label beside the rules."""
_OF_ORGANISATION = frozenset(("suspended", "dspt_until"))
"""What of an organisation is read through paper alone."""


def beyond(old: Book, new: Book) -> tuple[Elsewhere, ...]:
    """A line for each such change."""
    return tuple(
        Elsewhere(WIDER, f"{where} {what}. No table shows what that lets through, so it counts as widening.")
        for name in sorted(old.files.keys() | new.files.keys())
        if old.files.get(name) != new.files.get(name)
        for where, what in _of_file(old, new, name)
    )


def _of_file(old: Book, new: Book, name: str) -> Iterator[tuple[str, str]]:
    """(place, what is otherwise)."""
    was, now = (documents(book).get(name) for book in (old, new))
    kind = next((kind for kind in PAPERS if name.startswith(kind)), "")
    if was is None or now is None:
        # A paper that is gone gives nothing any more; one that is new has words that nobody has read.
        if now is not None or not kind:
            yield name, "is new" if now is not None else "is gone"
        return
    if kind:
        yield from _members(new, name, was.data, now.data, PAPERS[kind])
        yield from _signatories(new, name, was.data, now.data)
    elif name == LOOKBACK:
        yield from _members(new, name, was.data, now.data, frozenset(["limits"]))
    elif name == LABELS:
        yield from _labels(old, new)
    elif name == ORGANISATIONS:
        yield from _organisations(new, was.data, now.data)
    elif name not in WHOLE:
        yield name, "is changed"


def _members(
    new: Book, name: str, was: Mapping[str, Any], now: Mapping[str, Any], decided: frozenset[str]
) -> Iterator[tuple[str, str]]:
    for member in sorted((was.keys() | now.keys()) - decided):
        if was.get(member) != now.get(member):
            yield place(new, name, member), f"says otherwise of `{member}`"


def _signatories(
    new: Book, name: str, was: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Who signed is a fact of the world: one that is gone takes away, any other has to be believed."""
    for number, row in enumerate(now.get("signatories", ())):
        if row not in was.get("signatories", ()):
            yield (
                place(new, name, "signatories", number),
                f"says otherwise of who signed for {row['organisation']}",
            )


def _labels(old: Book, new: Book) -> Iterator[tuple[str, str]]:
    for label in sorted(old.labels.keys() | new.labels.keys()):
        was, now = old.labels.get(label, {}), new.labels.get(label, {})
        for member in sorted(_OF_LABEL):
            if was.get(member) != now.get(member):
                yield LABELS, f"says otherwise of `{member}` of the label {label}"


def _organisations(new: Book, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if was.keys() != now.keys():
        yield ORGANISATIONS, "has other parts"
    before = {row["id"]: row for row in was["organisations"]}
    for number, row in enumerate(now["organisations"]):
        here = place(new, ORGANISATIONS, "organisations", number)
        if row["id"] not in before:
            yield here, f"names a new partner, {row['name']}"
            continue
        one = before.pop(row["id"])
        for member in sorted((one.keys() | row.keys()) - _OF_ORGANISATION):
            if one.get(member) != row.get(member):
                yield here, f"says otherwise of `{member}` of {row['name']}"
    for row in before.values():
        yield ORGANISATIONS, f"no longer names {row['name']}"
