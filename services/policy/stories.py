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

from services.contract.decisions import AXES, Cell, Context, Profile, Question
from services.contract.vocabulary import codes
from services.policy.decide import Decider
from services.runtime.book import BadBook, Book
from services.runtime.book_files import Finding, Located, faults, read_yaml
from services.runtime.schema_parts import TEXT, Schema, closed, published, some, words

LONDON = ZoneInfo("Europe/London")
FOLDER = "examples"


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
            found.append(f"{code}: the story says {_words(wanted)}, the rules say {_words(got)}")
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
        "own": source.organisation == asker.id,
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
    ((word, more),) = ((word, more) for word, more in then.items() if word != "task")
    task = {"tasks": (then["task"],)} if "task" in then else {}
    if word == "generalise":
        return {"effect": word, "how": more, **task}
    if word == "silent":
        return {"effect": "withhold", "visibility": "silent", "code": more, **task}
    if word == "release":
        return {"effect": "release", **task}
    return {"effect": word, "visibility": "shown", "shown_as": more, **task}


def as_told(cell: Cell, then: Any) -> dict[str, Any]:
    """The same members of the cell that came out."""
    return {name: dict(cell.how) if name == "how" else getattr(cell, name) for name in expected(then)}


def schema() -> Schema:
    """The JSON Schema of a file of stories."""
    then = closed(dict.fromkeys(codes("classes"), _outcome()), codes("classes"))
    warnings = some(words("reasons", "a reason"), 0)
    story = closed(
        {"story": TEXT, "asks": _asks(), "record": _record(), "then": then, "warnings": warnings},
        ("warnings",),
    )
    stories = {"type": "array", "items": story, "minItems": 1}
    return published("story", closed({"row": TEXT, "title": TEXT, "stories": stories}))


def _outcome() -> Schema:
    reason, task = words("reasons", "a reason"), {"task": TEXT}
    levels = {
        axis: {"type": "string", "enum": list(names), "title": f"a level of {axis}"}
        for axis, names in AXES.items()
    }
    how = {**closed(levels, tuple(levels)), "minProperties": 1}
    forms = {
        "release": {"const": True},
        "generalise": how,
        **dict.fromkeys(("ask-owner", "withhold", "silent"), reason),
    }
    return {
        "anyOf": [
            {"enum": ["release", "silent"]},
            *(closed({name: form, **task}, ("task",)) for name, form in forms.items()),
        ],
        "title": "release, silent, or one of generalise, ask-owner, withhold with its form or reason",
    }


def _asks() -> Schema:
    return closed(
        {
            "who": words("roles", "a role"),
            "from": TEXT,
            "why": words("purposes", "a purpose"),
            "at": {
                "type": "string",
                "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$",
                "title": "a moment in UTC",
            },
            "case": {
                "type": "string",
                "enum": [*codes("case-states"), "NONE"],
                "title": "a state of the case",
            },
            "evidence": some(words("evidence-kinds", "a kind of evidence"), 0),
            "ground": {
                "type": "string",
                "enum": ["none", "stated", "urgent"],
                "title": "none, stated or urgent",
            },
            "no_consent_reason": words("no-consent-reasons", "a reason without consent"),
            "channel": words("channels", "a channel"),
            "opened_by_asker": {"type": "boolean", "title": "true or false"},
        },
        ("case", "evidence", "ground", "no_consent_reason", "channel", "opened_by_asker"),
    )


def _record() -> Schema:
    flag = {"type": "boolean", "title": "true or false"}
    members = {
        "held_by": TEXT,
        "whose": TEXT,
        "identity": words("identity", "a state of identity"),
        "relationship": words("relationships", "a relationship"),
        "subject": words("subjects", "a place in the case"),
        "subject_age": words("ages", "an age"),
        "agreement": words("consent-states", "a state of agreement"),
        "agreed_to": some(TEXT),
        "objection": words("consent-states", "a state of objection"),
        "item_share": words("consent-states", "a share state"),
        "confidentiality": words("confidentiality", "a confidentiality"),
        "labels": some(words("sensitivity", "a label"), 0),
        "adoption": words("adoption", "an adoption word"),
        "currency": words("currency", "a currency"),
        "event_age": TEXT,
        "value": {"type": "string", "enum": ["known", "unknown-code"], "title": "known or unknown-code"},
        "owner_decision": words("owner-decisions", "an owner's decision"),
        **dict.fromkeys(("conflict", "harm_link", "family_child", "same_place", "source_concern"), flag),
    }
    required = ("held_by", "whose", "relationship")
    return closed(members, [name for name in members if name not in required])


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
        )


def _member_names(shape: type[Context] | type[Profile]) -> list[str]:
    return [member.name for member in fields(shape)]


def _words(members: Mapping[str, Any]) -> str:
    return " ".join(str(member) for member in members.values() if member not in ("", {}, ()))
