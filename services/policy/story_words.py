"""A story in plain words: what is known of a record, and what happens to each kind of information, for a reader who
knows no code.

Promise: every word comes from the story or from the vocabulary; nothing is said that the story does not say.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.contract.vocabulary import code_list, entry
from services.policy.stories import BESIDES, Story
from services.runtime.book import Book

LEVELS: Mapping[str, str] = {
    "top-label": "in general terms",
    "in-service": "as being in treatment or in service",
    "kind": "by kind of service only",
    "month": "by month",
    "year": "by year",
    "count": "as a count",
    "district": "postcode district only",
    "stub": "name and year of birth only",
    "birth-year": "year of birth only, no name",
}
"""What a level of generalising leaves, for the end of a sentence."""

GIVEN, COARSE, OWNER, HELD, SILENT = "given", "coarse", "owner", "held", "silent"

_FACTS: Mapping[str, tuple[str, str]] = {
    "agreement": ("consent-states", "agreement"),
    "objection": ("consent-states", "objection to sharing"),
    "item_share": ("consent-states", "sharing of this item"),
    "identity": ("identity", "identity"),
    "currency": ("currency", "record"),
    "adoption": ("adoption", "adoption"),
    "owner_decision": ("owner-decisions", "decision of the holder"),
    "confidentiality": ("confidentiality", "confidentiality"),
}
_USUAL = ("CURRENT", "MATCH", "N", "none")
_AGES = {"UNDER_13": "a child under 13", "13_17": "a young person of 13 to 17", "ADULT": "an adult"}
_FLAGS = {
    "harm_link": "a person of concern to them takes part in the case",
    "conflict": "the asker is connected to them",
    "same_place": "the incident is at their address",
    "source_concern": "the source, or somebody who works there, is of concern",
}
_SUPPOSED = {
    "effective_from": "were in force from",
    "status": "were",
    "last_day": "had ended on",
    "dspt_until": "had a data security assessment until",
}
_NUMBER = re.compile(r"(\d{1,2}[a-i]?(-EDT)?|X\d)")
_AGO = {
    "UP_TO_12M": "ended within the last twelve months",
    "UP_TO_5Y": "ended more than a year ago",
    "OVER_5Y": "ended more than five years ago",
    "OPEN": "still going on",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that happens to some kinds of information alike."""

    kind: str
    """given | coarse | owner | held | silent."""
    classes: tuple[str, ...]
    why: str
    """A sentence; empty where it is given as it is."""
    who: str
    """Who can change it; empty where nobody need."""


def holder(story: Story, book: Book) -> str:
    """Whose record it is, in words: `Haven's record of Dana`."""
    source = book.sources[story.record["held_by"]]
    return f"{source.name}: the record of {story.record['whose']}"


def known(story: Story) -> tuple[str, ...]:
    """What is known of the record and of the request, each as a short phrase."""
    record, asks = story.record, story.asks
    found = [_AGES[record["subject_age"]]] if record.get("subject_age") in _AGES else []
    found += ["the child of the case"] if record.get("subject") == "case-child" else []
    labels = [_lower(entry("sensitivity", label)["title"]) for label in record.get("labels", ())]
    found += [f"marked: {', '.join(labels)}"] if labels else []
    for name, (words, title) in _FACTS.items():
        if record.get(name, "none") not in _USUAL:
            found.append(f"{title}: {_lower(entry(words, record[name])['title'])}")
    found += [words for name, words in _FLAGS.items() if record.get(name)]
    found += [_AGO[record["event_age"]]] if record.get("event_age") in _AGO else []
    found += ["in a code that the hub does not know"] if record.get("value") == "unknown-code" else []
    if record["relationship"] == "none" and "case" not in asks:
        found.append("no working relationship")
    found += [
        f"recorded on the case: {_lower(entry('evidence-kinds', kind)['title'])}"
        for kind in asks.get("evidence", ())
    ]
    found += [f"ground: {asks['ground']}"] if asks.get("ground", "none") != "none" else []
    if asks.get("case", "OPEN") not in ("OPEN", "NONE"):
        found.append(f"case: {_lower(entry('case-states', asks['case'])['title'])}")
    if asks.get("channel", "view") != "view":
        found.append(f"as: {_lower(entry('channels', asks['channel'])['title'])}")
    return tuple(found)


def headline(story: Story) -> tuple[str, str]:
    """(number of the example, what it tells): `2c - a recorded risk …` is example 2c."""
    number, dash, rest = story.title.partition(" - ")
    if dash and _NUMBER.fullmatch(number):
        return number, rest[:1].upper() + rest[1:]
    return story.row, story.title


def supposed(story: Story, book: Book) -> tuple[str, ...]:
    """The edits of the policies under which it is told, each as a phrase."""
    found = []
    for edit in story.given:
        organisation = book.organisations.get(edit.get("of", ""))
        what = organisation.name if organisation else _title_of(edit["file"], book)
        found += [f"'{what}' {_supposed(member, value)}" for member, value in edit["set"].items()]
    return tuple(found)


def _title_of(file: str, book: Book) -> str:
    """The title that a file of the policies gives itself; its name where it gives none."""
    for line in book.files.get(file, b"").decode().splitlines():
        if line.startswith("title: "):
            return line.removeprefix("title: ").strip("\"'")
    return file


def _supposed(member: str, value: Any) -> str:
    plain = member.replace("_", " ")
    if value is None or isinstance(value, bool):
        return f"were {plain}" if value else f"had no {plain}"
    words = _SUPPOSED.get(member)
    return f"{words} {value}" if words and isinstance(value, str) else f"had another list of {plain}"


def outcomes(story: Story) -> tuple[Outcome, ...]:
    """What happens, most open first; kinds of information that fare alike together."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for code, then in story.then.items():
        found.setdefault(_outcome(then), []).append(_class(code))
    order = (GIVEN, COARSE, OWNER, HELD, SILENT)
    rows = sorted(found.items(), key=lambda row: order.index(row[0][0]))
    return tuple(Outcome(kind, tuple(classes), why, who) for (kind, why, who), classes in rows)


def _outcome(then: Any) -> tuple[str, str, str]:
    if isinstance(then, str):
        return (GIVEN, "", "") if then == "release" else (SILENT, "", "")
    ((word, more),) = ((word, more) for word, more in then.items() if word not in BESIDES)
    if word == "release":
        return GIVEN, " ".join(_owed(code) for code in then.get("owes", ())), ""
    if word == "generalise":
        return COARSE, ", ".join(dict.fromkeys(LEVELS[level] for level in more.values())), ""
    if word == "silent":
        task = "The organisation that holds it is asked to look at it." if _tasked(then) else ""
        return SILENT, task, ""
    reason = entry("reasons", more)
    return (OWNER if word == "ask-owner" else HELD), str(reason["sentence"]), str(reason["who_can_change"])


def _owed(code: str) -> str:
    return str(entry("obligations", code)["sentence"])


def _tasked(then: Mapping[str, Any]) -> bool:
    return str(then.get("task", "")).startswith("owner-")


def _class(code: str) -> str:
    row = code_list("classes")[code]
    words = {"ASK": "asking this source", "QUERY": "sending it number and date of birth",
             "COUNT": "its people in numbers, never of fewer than ten"}  # fmt: skip
    return words.get(code) or _lower(str(row["title"]))


def _lower(title: str) -> str:
    """A title inside a sentence; one that begins with an abbreviation stays as it is."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]
