"""Changes that no cell shows: what the gateway and the index read of the book before policy is asked.

Promise: a change that is not plainly a narrowing counts as a widening.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from services.contract.vocabulary import code_list, codes
from services.policy.impact.report import NARROWER, OTHER, WIDER, Elsewhere
from services.policy.plain_words import listed
from services.runtime.book import Book


def elsewhere(old: Book, new: Book) -> tuple[Elsewhere, ...]:
    """Every such change, widening first."""
    found = [
        *_fields(old, new),
        *_codes(old, new),
        *_labels(old, new),
        *_organisations(old, new),
        *_rules(old, new),
    ]
    order = (WIDER, NARROWER, OTHER)
    return tuple(sorted(found, key=lambda one: (order.index(one.direction), one.sentence)))


def _fields(old: Book, new: Book) -> Iterator[Elsewhere]:
    before, after = old.fields.get("fields", {}), new.fields.get("fields", {})
    for path in sorted(before.keys() | after.keys()):
        was, is_now = before.get(path), after.get(path)
        if was == is_now:
            continue
        if is_now is None:
            yield Elsewhere(NARROWER, f"The field {path} is no longer classed, and so withheld.")
        elif was is None:
            yield Elsewhere(WIDER, f"The field {path} is classed for the first time, as {_class(is_now)}.")
        else:
            yield Elsewhere(
                WIDER, f"The field {path} is {_class(is_now)} instead of {_class(was)}, or has other forms."
            )


def _class(row: Any) -> str:
    return str(row.get("class", "")) if isinstance(row, Mapping) else str(row)


def _codes(old: Book, new: Book) -> Iterator[Elsewhere]:
    for code in sorted(old.codes.keys() | new.codes.keys()):
        lost = set(old.codes.get(code, ())) - set(new.codes.get(code, ()))
        gained = set(new.codes.get(code, ())) - set(old.codes.get(code, ()))
        if lost:
            yield Elsewhere(WIDER, f"The code {code} no longer implies the labels {listed(sorted(lost))}.")
        if gained:
            yield Elsewhere(NARROWER, f"The code {code} implies the labels {listed(sorted(gained))}.")


def _labels(old: Book, new: Book) -> Iterator[Elsewhere]:
    for label in codes("sensitivity"):
        was, is_now = old.labels.get(label, {}), new.labels.get(label, {})
        if was.get("binds") != is_now.get("binds"):
            title = code_list("sensitivity")[label]["title"]
            which = NARROWER if is_now.get("binds") == "person" else WIDER
            yield Elsewhere(
                which,
                f"The label “{title}” binds the {is_now.get('binds')} instead of the {was.get('binds')}.",
            )


_READ_OF_SOURCE = ("organisation", "kind", "mode", "reveals", "labels", "address", "traces_nhs_numbers")


def _organisations(old: Book, new: Book) -> Iterator[Elsewhere]:
    for id in sorted(old.organisations.keys() - new.organisations.keys()):
        yield Elsewhere(NARROWER, f"{old.organisations[id].name} is no longer a partner.")
    for id in sorted(new.organisations.keys() - old.organisations.keys()):
        yield Elsewhere(WIDER, f"{new.organisations[id].name} is a new partner.")
    for id in sorted(new.sources.keys()):
        was, is_now = old.sources.get(id), new.sources[id]
        if was is None:
            yield Elsewhere(WIDER, f"{is_now.name} is a new source.")
            continue
        differing = [name for name in _READ_OF_SOURCE if getattr(was, name) != getattr(is_now, name)]
        if differing:
            yield Elsewhere(WIDER, f"The source {is_now.name} has another {listed(differing)}.")
    for id in sorted(old.sources.keys() - new.sources.keys()):
        yield Elsewhere(NARROWER, f"{old.sources[id].name} is no longer a source.")
    for id in sorted(old.organisations.keys() & new.organisations.keys()):
        before, after = old.organisations[id], new.organisations[id]
        if before.suspended != after.suspended:
            which = NARROWER if after.suspended else WIDER
            yield Elsewhere(
                which, f"{after.name} is {'suspended' if after.suspended else 'no longer suspended'}."
            )
        if before.type != after.type:
            yield Elsewhere(WIDER, f"{after.name} is of type {after.type} instead of {before.type}.")


def _rules(old: Book, new: Book) -> Iterator[Elsewhere]:
    changed = sorted(
        path for path in old.rego.keys() | new.rego.keys() if old.rego.get(path) != new.rego.get(path)
    )
    for path in changed:
        yield Elsewhere(
            WIDER,
            f"The rule rego/{path} was changed: beyond the questions looked at nobody knows what it lets through.",
        )
