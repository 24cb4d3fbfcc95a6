"""One line of an impact report as a sentence: who would see whose what, for what; and how it is today.

Promise: what is not spelt out is counted.
"""

import re
from collections.abc import Sequence

from services.contract.vocabulary import code_list
from services.policy.circumstances import PLAIN, circumstances
from services.policy.impact.report import NARROWER, OTHER, WIDER
from services.policy.plain_words import listed
from services.runtime.book import Book

SPELT_OUT = 3
_HEAD = re.compile(r"^(.*?)((?:,| of | for | in | on | \().*)?$")
Who = tuple[Sequence[str], Sequence[str], Sequence[str], Sequence[str]]
"""Askers, roles, purposes, holders."""


def sentence(
    book: Book,
    direction: str,
    change: tuple[str, str],
    who: Who,
    classes: Sequence[str],
    where: tuple[str, int],
) -> str:
    """`where`: the leading circumstance, and in how many more it holds as well."""
    before, after = change
    askers, roles, purposes, holders = who
    held = f"{_own(_names(book, holders))} {_classes(classes)}"
    verb = _verb(direction, before, after)
    return (
        f"{_roles(roles)} of {_names(book, askers)} would {verb.format(held=held)}, for {_purposes(purposes)}"
        f"{_where(book, *where)}; today it is {before}."
    )


def unusual_sentence(direction: str, combinations: int) -> str:
    """For roles at organisations that usually have none such."""
    what = {WIDER: "see more", NARROWER: "see less", OTHER: "be given another reason"}[direction]
    return (
        f"{combinations} combinations of organisation and role that are not usual (such as a palliative care nurse of a "
        f"housing department) would {what} too, if a system vouched for anybody in them."
    )


def _verb(direction: str, before: str, after: str) -> str:
    released, duty = _parts(after)
    if _parts(before)[0] == released and _parts(before)[1] != duty:
        return f"get {{held}} with {duty or 'no duty of the receiver'}"
    told = {
        "released": "see {held}",
        "given": "see {held} in general terms",
        "put": "be able to ask the owner for {held}",
        "withheld": "no longer see {held}" if direction == NARROWER else "be told that {held} is withheld",
    }[after.split(",", maxsplit=1)[0].split(" ", maxsplit=1)[0]]
    inside = re.search(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)", released)
    return f"{told}{f' ({inside.group(1)})' if inside else ''}{f' with {duty}' if duty else ''}"


def _parts(words: str) -> tuple[str, str]:
    """What happens, and the duties that go with it."""
    released, _, duty = words.partition(", with ")
    return released, duty


def _names(book: Book, organisations: Sequence[str]) -> str:
    return _some(
        [book.organisations[one].name if one in book.organisations else one for one in organisations]
    )


def _own(name: str) -> str:
    return f"{name}’" if name.endswith("s") else f"{name}’s"


def _roles(roles: Sequence[str]) -> str:
    return _some([_plural(str(code_list("roles")[role]["title"])) for role in roles])


def _plural(title: str) -> str:
    """`Social worker, children` -> `Social workers, children`."""
    match = _HEAD.match(title)
    head, rest = (match.group(1), match.group(2) or "") if match else (title, "")
    return " or ".join(f"{one}s" for one in head.split(" or ")) + rest


def _classes(classes: Sequence[str]) -> str:
    if set(classes) <= {"ASK", "QUERY"}:
        return "answer to being asked at all"
    if len(classes) == 1:
        row = code_list("classes")[classes[0]]
        return f"{str(row['title']).lower()} ({classes[0]}: {_first(str(row['content']))})"
    return listed(f"{str(code_list('classes')[code]['title']).lower()} ({code})" for code in classes)


def _first(content: str) -> str:
    """The content of a class without its last full stop."""
    return (content[:1].lower() + content[1:]).rstrip(".?")


def _purposes(purposes: Sequence[str]) -> str:
    return _some([str(code_list("purposes")[one]["title"]).lower() for one in purposes])


def _where(book: Book, leading: str, more: int) -> str:
    also = f" and in {more} further circumstance{'s' if more > 1 else ''}" if more > 0 else ""
    if leading == PLAIN:
        return also
    if leading == "recorded":
        return " in decisions on record"
    titles = {one.code: one.title for one in circumstances(book)}
    title = titles.get(leading, leading)
    return f" where: {title[:1].lower() + title[1:]}{also}"


def _some(words: Sequence[str]) -> str:
    """The first few, and how many more."""
    if len(words) <= SPELT_OUT + 1:
        return listed(words)
    return f"{', '.join(words[:SPELT_OUT])} and {len(words) - SPELT_OUT} others"
