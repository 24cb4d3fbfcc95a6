"""The form of a file of stories: its JSON Schema, with every word list taken from the vocabulary.

Promise: what an editor completes in a story is what the hub accepts, and a word that is no word of the hub is
refused with file and line.
"""

from services.contract.decisions import AXES
from services.contract.vocabulary import codes
from services.runtime.schema_parts import TEXT, Schema, closed, published, some, words

OPTIONAL_OF_A_STORY = ("given", "warnings", "also")


def schema() -> Schema:
    """The JSON Schema of a file of stories."""
    then = closed(dict.fromkeys(codes("classes"), _outcome()), codes("classes"))
    warnings = some(words("reasons", "a reason"), 0)
    given = {"type": "array", "items": _edit(), "minItems": 1, "title": "edits of the policy files"}
    story = closed(
        {
            "story": TEXT,
            "given": given,
            "asks": _asks(),
            "record": _record(),
            "then": then,
            "warnings": warnings,
            "also": TEXT,
        },
        OPTIONAL_OF_A_STORY,
    )
    stories = {"type": "array", "items": story, "minItems": 1}
    return published("story", closed({"row": TEXT, "title": TEXT, "stories": stories}))


def _edit() -> Schema:
    """One edit: in `file`, or in its item with the id `of`, each member of `set` gets another value."""
    file = {
        "type": "string",
        "pattern": r"^([a-z0-9-]+/)?[a-z0-9-]+\.yaml$",
        "title": "a file of the policies",
    }
    members = {"type": "object", "minProperties": 1, "title": "members and their values"}
    return closed({"file": file, "of": TEXT, "set": members}, ("of",))


def _outcome() -> Schema:
    reason = words("reasons", "a reason")
    more = {
        "task": TEXT,
        "owes": some(words("obligations", "an obligation"), 0),
        "missing": some(words("missing", "a word for what is missing"), 0),
    }
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
            *(closed({name: form, **more}, tuple(more)) for name, form in forms.items()),
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
