"""Stories: what should happen, in the IG lead's own words, run against the rules.

Promise: a story says who asks, why, on what day, whose record it is and what is known, and then class by
class what happens; whatever it does not name it does not test, and a word that is no word of the hub is
refused with file and line.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema_rs

from services.contract.decisions import Cell, Context, Profile, Question
from services.policy.decide import Decider
from services.policy.premark import REVIEW
from services.policy.story_form import schema
from services.runtime.book import BadBook, Book
from services.runtime.book_files import Finding, Located, faults, read_yaml

LONDON = ZoneInfo("Europe/London")
FOLDER = "examples"
BESIDES = ("task", "owes", "missing")
"""What a story may say of a cell beside its effect."""
NO_TASK = "none"
"""The word for: nobody gets a task."""


@dataclass(frozen=True)
class Story:
    """One example: a context, a profile, and what is expected of some classes."""

    row: str
    title: str
    file: str
    line: int
    asks: Mapping[str, Any]
    record: Mapping[str, Any]
    then: Mapping[str, Any]
    warnings: tuple[str, ...] | None
    given: tuple[Mapping[str, Any], ...] = ()
    """Edits of the policy files under which it is told: {file, of?, set}."""
    also: str = ""
    """What happens beside the decision, and where; for readers, not tested here."""
    about: str = ""
    """The title of the row that it belongs to."""


def read_stories(folder: Path) -> tuple[Story, ...]:
    """Every story of `folder/examples/*.yaml`. Raises `BadBook` with what is wrong in the files."""
    stories: list[Story] = []
    findings: list[Finding] = []
    wanted = schema()
    for path in sorted((folder / FOLDER).glob("*.yaml")):
        found = read_yaml(path, f"{FOLDER}/{path.name}")
        wrong = (
            [found]
            if isinstance(found, Finding)
            else faults(found, jsonschema_rs.Draft202012Validator(wanted), wanted)
        )
        findings += wrong
        if isinstance(found, Located) and not wrong:
            stories += _stories(found)
    if findings:
        raise BadBook(findings)
    return tuple(stories)


def tell(story: Story, decider: Decider, book: Book) -> list[str]:
    """What comes out otherwise than the story says: one line each, empty where it holds."""
    question = question_of(story, book)
    answer = decider.decide(question)
    found = []
    for code, cell in zip(question.classes, answer.cells[0], strict=True):
        wanted, got = expected(story.then[code]), as_told(cell, story.then[code])
        if wanted != got:
            found.append(
                f"{code}: the story says {_words(wanted)}, the rules say {_words({**got, 'why': cell.code})}"
            )
    if story.warnings is not None and story.warnings != answer.warnings:
        found.append(
            f"warnings: the story says {list(story.warnings)}, the rules say {list(answer.warnings)}"
        )
    return found


def question_of(story: Story, book: Book) -> Question:
    """The question that the story puts."""
    source = book.sources[story.record["held_by"]]
    asker = book.organisations[story.asks["from"]]
    day = datetime.fromisoformat(story.asks["at"]).astimezone(LONDON).date().isoformat()
    known = {name: story.asks[name] for name in _member_names(Context) if name in story.asks}
    context = Context(**{
        "case": "OPEN", "on": day, "organisation": asker.id, "organisation_type": asker.type,
        "role": story.asks["who"], "purpose": story.asks["why"],
        **known,
        "evidence": tuple(sorted(story.asks.get("evidence", ()))),
    })  # fmt: skip
    told = {name: story.record[name] for name in _member_names(Profile) if name in story.record}
    lists: dict[str, Any] = {name: tuple(told[name]) for name in ("labels", "agreed_to") if name in told}
    members: dict[str, Any] = {
        "source_organisation": source.organisation,
        "source_kind": source.kind,
        "own": source.organisation == asker.id and context.channel != REVIEW,
        "identity": "MATCH",
        **told,
        **lists,
    }
    profile = Profile(**members)
    return Question(book.revision, context, (profile,), tuple(story.then))


def expected(then: Any) -> dict[str, Any]:
    """A story's word for one class as members of a cell."""
    if isinstance(then, str):
        return {"effect": "withhold", "visibility": "silent"} if then == "silent" else {"effect": then}
    ((word, more),) = ((word, more) for word, more in then.items() if word not in BESIDES)
    besides = {
        **({"tasks": () if then["task"] == NO_TASK else (then["task"],)} if "task" in then else {}),
        **({"obligations": tuple(then["owes"])} if "owes" in then else {}),
        **({"missing": tuple(then["missing"])} if "missing" in then else {}),
    }
    if word == "generalise":
        return {"effect": word, "how": more, **besides}
    if word == "silent":
        return {"effect": "withhold", "visibility": "silent", "code": more, **besides}
    if word == "release":
        return {"effect": "release", **besides}
    return {"effect": word, "visibility": "shown", "shown_as": more, **besides}


def as_told(cell: Cell, then: Any) -> dict[str, Any]:
    """The same members of the cell that came out."""
    return {name: dict(cell.how) if name == "how" else getattr(cell, name) for name in expected(then)}


def _stories(document: Located) -> Iterator[Story]:
    for number, story in enumerate(document.data["stories"]):
        yield Story(
            row=document.data["row"],
            title=story["story"],
            file=document.file,
            line=document.line(("stories", number)),
            asks=story["asks"],
            record=story["record"],
            then=story["then"],
            warnings=tuple(story["warnings"]) if "warnings" in story else None,
            given=tuple(story.get("given", ())),
            also=story.get("also", ""),
            about=document.data["title"],
        )


def _member_names(shape: type[Context] | type[Profile]) -> list[str]:
    return [member.name for member in fields(shape)]


def _words(members: Mapping[str, Any]) -> str:
    return " ".join(str(member) for member in members.values() if member not in ("", {}, ()))
