"""Writing a new ISA from answers: in the order of the six questions, each answer held against the schema at once.

Promise: the file is a draft that counts for nothing; what is still missing stands at its head in the words of
`mash policy check`, and nothing else is wrong with it.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs
from ruamel.yaml import YAML

from services.runtime.book import BadBook, read_book
from services.runtime.book_files import Finding, Located, Place, faults, near
from services.runtime.paper_schemas import IN_THE_UK, SIX_QUESTIONS, isa
from services.runtime.schema_parts import Schema, published

HEADER = "# yaml-language-server: $schema=../../schemas/policies/isa.schema.json"


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the interview. `many`: the answer is a list, parted by commas."""

    place: Place
    ask: str
    many: bool = False
    usual: str = ""


def _each(kind: str, what: str) -> tuple[Question, ...]:
    return (
        Question(("answers", kind, "organisation"), f"Which party {what}? Its id."),
        Question(("answers", kind, "contact"), "How is it reached?"),
        Question(("answers", kind, "how"), "How is it done?"),
    )


QUESTIONS: tuple[Question, ...] = (
    Question(("journey", "aim"), f"1. {SIX_QUESTIONS['aim']}"),
    Question(("title",), "What is the agreement called, in words that the public understands?"),
    Question(("purposes",), "For which purposes? Codes.", many=True),
    Question(("data_subjects",), "Whom is the information about?", many=True),
    Question(("journey", "mechanisms"), f"2. {SIX_QUESTIONS['mechanisms']}"),
    Question(("framework",), "Under which framework? Its id."),
    Question(("parties",), "Which organisations are party to it? Ids.", many=True),
    Question(("dspt", "lapsed"), "When a data security assessment lapses: warn or block?", usual="warn"),
    Question(("processing", "places"), "Where is it processed? Countries.", many=True, usual=IN_THE_UK),
    Question(("journey", "needs"), f"3. {SIX_QUESTIONS['needs']}"),
    Question(("roles",), "Which roles may ask? Codes.", many=True),
    Question(("retention",), "How long is what was shared kept, and by whom?"),
    Question(("security",), "How is it kept safe?"),
    Question(("journey", "benefits"), f"4. {SIX_QUESTIONS['benefits']}", many=True),
    Question(("journey", "risks", 0, "risk"), "What is the greatest risk to the people concerned?"),
    Question(("journey", "risks", 0, "measure"), "What is done about it?"),
    Question(("journey", "legal_basis"), f"5. {SIX_QUESTIONS['legal_basis']}"),
    Question(("lawful_basis", "article_6"), "Article 6: which bases? Codes.", many=True, usual="6-1-e"),
    Question(("lawful_basis", "article_9", "code"), "Article 9, if it is about health or care: which basis?"),
    Question(("lawful_basis", "article_9", "schedule_1"), "With which Schedule 1 condition?"),
    Question(("lawful_basis", "article_10", "code"), "Article 10, if it is about offences: 10."),
    Question(("lawful_basis", "article_10", "schedule_1"), "With which Schedule 1 condition?"),
    Question(("lawful_basis", "cldc"), "Why does the duty of confidence allow it? A code."),
    Question(("without_consent",), "Under paragraph 18 only: why may consent be left out? Codes.", many=True),
    Question(("policy_document",), "The policy document that Schedule 1 asks for, if it does."),
    Question(("consent",), "The rule about agreement: as-purpose or agreement?", usual="as-purpose"),
    Question(("journey", "monitoring"), f"6. {SIX_QUESTIONS['monitoring']}"),
    Question(("effective_from",), "First day, YYYY-MM-DD."),
    Question(("last_day",), "Last day, YYYY-MM-DD."),
    Question(("review_by",), "To be reviewed by, YYYY-MM-DD."),
    Question(("dpia", "reference"), "The reference of the impact assessment."),
    Question(("dpia", "reviewed_on"), "When was that last reviewed? YYYY-MM-DD."),
    *_each("subject_requests", "answers people's requests"),
    *_each("breaches", "is told of a breach"),
    *_each("complaints", "answers complaints"),
    Question(("answers", "complaints", "electronic_form"), "Where does one complain electronically?"),
)


def wrong_in(answers: Located, organisations: Sequence[str]) -> list[Finding]:
    """What is wrong with the answers so far; what is not answered yet is not wrong."""
    schema = published("answers", _open(isa()))
    found = faults(answers, jsonschema_rs.Draft202012Validator(schema), schema)
    parties = answers.data.get("parties") if isinstance(answers.data, dict) else None
    for number, party in enumerate(parties if isinstance(parties, list) else ()):
        if party not in organisations:
            found.append(
                answers.finding(
                    ("parties", number),
                    f"'{party}' is not an organisation of organisations.yaml.{near(party, organisations)}",
                )
            )
    return found


def put(answers: dict[str, Any], place: Place, value: Any) -> dict[str, Any]:
    """The answers with one more."""
    made: dict[str, Any] = _put(answers, place, value)
    return made


def draft_of(id: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The ISA that the answers make: unsigned, members in the order of the schema, usual values where none is given."""
    usual: dict[str, Any] = {
        "id": id, "framework": None, "status": "draft", "classes": "as-purpose", "obligations": [], "signatories": [],
    }  # fmt: skip
    whole = {**usual, **answers, "id": id, "status": "draft", "signatories": []}
    processing = whole.get("processing", {})
    whole["processing"] = {"places": [IN_THE_UK], "processors": [], **processing}
    if "complaints" in whole.get("answers", {}):
        complaints = {"acknowledge_days": 30, **whole["answers"]["complaints"]}
        whole["answers"] = {**whole["answers"], "complaints": complaints}
    return {name: whole[name] for name in isa()["properties"] if name in whole}


def written(draft: Mapping[str, Any], lacking: Sequence[str]) -> str:
    """The file's text, with what is lacking at its head."""
    yaml, text = YAML(), io.StringIO()
    yaml.default_flow_style, yaml.width = False, 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(dict(draft), text)
    head = [HEADER, "# A draft: it counts for nothing until it is signed. Still missing:"]
    head += [f"# - {line}" for line in lacking]
    head += [f"# - the signature of {party}" for party in draft.get("parties", ())]
    return "\n".join(head) + "\n" + text.getvalue()


def write_isa(folder: Path, id: str, answers: Mapping[str, Any]) -> tuple[Path, tuple[str, ...]]:
    """Write `isa/<id>.yaml`, which must not be there; the path, and what `mash policy check` will say is wrong with it."""
    path, draft = folder / "isa" / f"{id}.yaml", draft_of(id, answers)
    with path.open("x", encoding="utf-8") as file:
        file.write(written(draft, ()))
    lacking = tuple(sorted(_found(folder, f"isa/{id}.yaml")))
    path.write_text(written(draft, lacking), encoding="utf-8")
    return path, lacking


def _found(folder: Path, file: str) -> Iterator[str]:
    try:
        read_book(folder)
    except BadBook as bad:
        yield from {finding.what for finding in bad.findings if finding.file == file}


def _open(schema: Schema) -> Schema:
    """The same schema, where every member may still be missing."""
    return {name: _opened(value) for name, value in schema.items() if name not in ("required", "minItems")}


def _opened(value: Any) -> Any:
    if isinstance(value, dict):
        return _open(value)
    return [_opened(item) for item in value] if isinstance(value, list) else value


def _put(here: Any, place: Place, value: Any) -> Any:
    if not place:
        return value
    step, rest = place[0], place[1:]
    if isinstance(step, int):
        items = list(here or [])
        items += [{}] * (step + 1 - len(items))
        items[step] = _put(items[step], rest, value)
        return items
    return {**(here or {}), step: _put((here or {}).get(step), rest, value)}
