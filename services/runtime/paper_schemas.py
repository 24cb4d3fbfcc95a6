"""JSON Schemas of the paper: frameworks, ISAs under them, statutory gateways, and who may sign changes.

Promise: every key says in a sentence what belongs there, so that an editor can tell whoever fills it in.
"""

from collections.abc import Mapping, Sequence

from services.contract.vocabulary import code_list
from services.runtime.schema_parts import (
    DAY,
    ID,
    TEXT,
    Schema,
    a_class,
    closed,
    one_of,
    some,
    told,
    words,
)

SIX_QUESTIONS: Mapping[str, str] = {
    "aim": "What do you want to achieve by sharing, and for whom?",
    "mechanisms": "Which arrangements for information governance are in place?",
    "needs": "Which information does each partner need, and no more than that?",
    "risks": "What could go wrong for the people concerned, and what is done about it?",
    "benefits": "What is better for people because of it?",
    "legal_basis": "Why does the law allow it? In plain words.",
    "monitoring": "How will you know that it works, and that it stays within its bounds?",
}
"""The six questions of the Centre of Excellence journey; risks and benefits are the two halves of one."""

STATES = {
    "draft": "being written; never counts",
    "signed": "counts, between those who have signed, on the days it names",
    "suspended": "paused by the partners",
}
IN_THE_UK = "United Kingdom"


def isa() -> Schema:
    """An information sharing agreement."""
    return closed(
        {**_what_it_covers(), **_why_it_may(), **_from_when(), **_how_it_is_kept()}, ("only_with", *_MAY_LACK)
    )


_MAY_LACK = ("without_consent", "policy_document", "releases_without_asking")
ASKED_OF_THE_OWNER = ("DM4", "DM4r", "DM5")
"""Classes that a holder may release by agreement instead of being asked: never narrative, which is asked for each time."""


def _without_asking() -> Schema:
    classes = {
        "type": "string",
        "enum": list(ASKED_OF_THE_OWNER),
        "title": f"one of {', '.join(ASKED_OF_THE_OWNER)}",
    }
    row = closed({"holder": ID, "purposes": some(words("purposes", "a purpose")), "classes": some(classes)})
    rows = {"type": "array", "items": row, "minItems": 1, "title": "a list of what is agreed beforehand"}
    return told(
        rows, "What a holder agrees here to release of its own records without being asked each time."
    )


def framework() -> Schema:
    """The overarching agreement above ISAs."""
    duty = closed({"duty": TEXT, "who": TEXT, "how": TEXT})
    return closed(
        {
            "id": told(ID, "The same as the name of the file."),
            "title": TEXT,
            "status": told(
                one_of({name: STATES[name] for name in ("draft", "signed")}, "draft or signed"),
                "An ISA counts only under a signed framework.",
            ),
            "about": told(TEXT, "What the framework is for, in words for the public."),
            "parties": told({**some(ID), "minItems": 2}, "Ids of organisations.yaml."),
            "signatories": _signatories(),
            **_from_when(),
            "joint_controllers": told(
                {"type": "array", "items": duty, "minItems": 1},
                "UK GDPR Article 26: which of the partners does what for the people concerned.",
            ),
        }
    )


def gateway() -> Schema:
    """A statutory gateway: law by which something may be shared."""
    types = {"anyOf": [{"const": "any"}, some(words("organisation-types", "a type of organisation"))]}
    law = _bases("gateway", "article-6")
    return closed(
        {
            "id": told(ID, "The same as the name of the file."),
            "title": TEXT,
            "law": {**law, "title": "a statutory gateway or lawful basis"},
            "status": one_of(STATES, "draft, signed or suspended"),
            "purposes": some(words("purposes", "a purpose")),
            "askers": told(types, "Who may ask under it: types of organisation, or any."),
            "holders": told(types, "Who may answer under it: types of organisation, or any."),
            "classes": _scope(),
            "without_isa": told(some(a_class()), "What it gives where there never was an ISA."),
            "holder_decides": told(
                {"type": "boolean", "title": "true or false"},
                "The holder has a decision to make, recorded with its author; it opens nothing by itself.",
            ),
            "effective_from": told(
                {"anyOf": [DAY, {"type": "null"}], "title": "a day, or null while not in force"},
                "First day of effect; null: not commenced, so it opens nothing.",
            ),
            "last_day": told(
                {"anyOf": [DAY, {"type": "null"}], "title": "a day, or null while there is none"},
                "Last day of effect, that day included.",
            ),
            "review_by": DAY,
        },
        ("without_isa", "holder_decides"),
    )


def signers() -> Schema:
    """Who may sign a change of the policies, and by which key."""
    person = {
        "type": "string",
        "pattern": r"^[a-z0-9][a-z0-9.-]{1,63}$",
        "title": "an id of a-z, 0-9, dot and hyphen",
    }
    key = {
        "type": "string",
        "pattern": r"^[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$",
        "title": "a public key as mash policy key new prints it",
    }
    signer = closed(
        {
            "id": told(person, "A short name of the person; the key is made under it."),
            "name": TEXT,
            "organisation": told(ID, "An id of organisations.yaml."),
            "role": {"type": "string", "enum": ["ig-lead", "caldicott"], "title": "ig-lead or caldicott"},
            "key": key,
        }
    )
    return closed({"signers": {"type": "array", "items": signer}})


def _what_it_covers() -> dict[str, Schema]:
    consent = {
        "as-purpose": "agreement is needed where the purpose depends on it",
        "agreement": "each person's agreement is always needed",
    }
    return {
        "id": told(ID, "The same as the name of the file."),
        "title": told(TEXT, "In words that the public understands."),
        "framework": told(
            {"anyOf": [ID, {"type": "null"}], "title": "a framework's id, or null while there is none"},
            "The framework above it: a file of frameworks/. Without one it never counts.",
        ),
        "status": told(one_of(STATES, "draft, signed or suspended"), "Only a signed ISA counts."),
        "parties": told({**some(ID), "minItems": 2}, "Ids of organisations.yaml."),
        "only_with": told(ID, "Where given: covers only what passes to or from this party."),
        "purposes": told(some(words("purposes", "a purpose")), "What the information may be used for."),
        "roles": told(some(words("roles", "a role")), "Who may ask under it."),
        "classes": _scope(),
        "releases_without_asking": _without_asking(),
        "data_subjects": told(some(TEXT), "Whom the information is about, in plain words."),
        "consent": told(one_of(consent, "as-purpose or agreement"), "The rule about people's agreement."),
        "obligations": told(some(words("obligations", "an obligation"), 0), "What whoever receives it owes."),
        "dspt": told(
            closed(
                {
                    "lapsed": one_of(
                        {"warn": "goes on, with a warning", "block": "counts no longer"}, "warn or block"
                    ),
                    "after_days": told(_count(0, 365), "With block: days of grace after the assessment's."),
                },
                ("after_days",),
            ),
            "What happens when a partner's data security assessment (DSPT) is out of date.",
        ),
    }


def _why_it_may() -> dict[str, Schema]:
    schedule = _bases("schedule-1")
    basis = closed(
        {
            "article_6": told(some(_bases("article-6")), "UK GDPR Article 6: always."),
            "article_9": told(
                closed({"code": _bases("article-9"), "schedule_1": schedule}, ("schedule_1",)),
                "UK GDPR Article 9: where it is about health, care, ethnicity or belief.",
            ),
            "article_10": told(
                closed({"code": _bases("article-10"), "schedule_1": schedule}),
                "UK GDPR Article 10: where it is about offences or allegations of them.",
            ),
            "gateways": told(some(_bases("gateway"), 0), "Acts that allow or require it."),
            "cldc": told(_bases("confidentiality"), "Why the common law duty of confidence allows it."),
        },
        ("article_9", "article_10", "gateways"),
    )
    return {
        "lawful_basis": basis,
        "without_consent": told(
            some(words("no-consent-reasons", "a reason without consent")),
            "Only under Schedule 1 paragraph 18: why consent may be left out.",
        ),
        "policy_document": told(TEXT, "The policy document that Schedule 1 paragraph 39 asks for."),
    }


def _from_when() -> dict[str, Schema]:
    return {
        "effective_from": told(DAY, "First day on which it counts."),
        "last_day": told(DAY, "Last day on which it counts, that day included, in the time of London."),
        "review_by": told(DAY, "By when the partners look at it again."),
    }


def _how_it_is_kept() -> dict[str, Schema]:
    processor = closed({"name": TEXT, "does": TEXT, "place": TEXT, "contract": TEXT})
    answer = {"organisation": told(ID, "The party that answers."), "contact": TEXT, "how": TEXT}
    complaints = {
        **answer,
        "electronic_form": told(TEXT, "Where one complains electronically (DPA 2018 section 164A)."),
        "acknowledge_days": told(_count(1, 30), "At most 30 (DPA 2018 section 164A)."),
    }
    return {
        "signatories": _signatories(),
        "processing": closed(
            {
                "places": told(some(TEXT), f"Countries; {IN_THE_UK}, or more with the safeguards."),
                "transfers": told(TEXT, "Where a place is abroad: the safeguards (UK GDPR Chapter V)."),
                "processors": told({"type": "array", "items": processor}, "Who processes on behalf."),
            },
            ("transfers",),
        ),
        "retention": told(TEXT, "How long what was shared is kept, and by whom."),
        "security": told(TEXT, "How it is kept safe, in general words (UK GDPR Article 32)."),
        "answers": closed(
            {
                "subject_requests": told(closed(answer), "Who answers people's requests (Articles 12-22)."),
                "breaches": told(closed(answer), "Who is told of a breach, and who reports it."),
                "complaints": told(closed(complaints), "Who answers complaints."),
            }
        ),
        "dpia": told(
            closed({"reference": TEXT, "reviewed_on": DAY}), "The data protection impact assessment."
        ),
        "journey": told(_journey(), "The six questions of the Centre of Excellence journey."),
    }


def _journey() -> Schema:
    risk = closed({"risk": TEXT, "measure": TEXT})
    lists: dict[str, Schema] = {
        "risks": {"type": "array", "items": risk, "minItems": 1},
        "benefits": some(TEXT),
    }
    return closed({name: told(lists.get(name, TEXT), question) for name, question in SIX_QUESTIONS.items()})


def _signatories() -> Schema:
    signatory = closed({"organisation": ID, "name": TEXT, "position": TEXT, "day": DAY})
    return told(
        {"type": "array", "items": signatory},
        "Who signed for which party, and on which day; it counts between those who have.",
    )


def _scope() -> Schema:
    scope = {"anyOf": [{"const": "as-purpose"}, some(a_class())], "title": "as-purpose or a list of classes"}
    return told(scope, "How deep it goes: what the purpose allows, or no more than these classes.")


def _bases(*kinds: str) -> Schema:
    rows = code_list("lawful-bases").items()
    found = {code: f"{row['title']} ({row['law']})" for code, row in rows if row["kind"] in kinds}
    return one_of(found, f"a lawful basis ({_kinds(kinds)})")


def _kinds(kinds: Sequence[str]) -> str:
    return " or ".join(kinds)


def _count(least: int, most: int) -> Schema:
    return {
        "type": "integer",
        "minimum": least,
        "maximum": most,
        "title": f"a whole number from {least} to {most}",
    }
