"""The shipped book on either engine, and questions at random, malformed ones among them, for tests of policy."""

import json
import random
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from services.cli.serve import Listener, bound, port_of
from services.contract.decisions import Context, Profile, as_input
from services.contract.places import policies
from services.contract.vocabulary import codes
from services.policy.build import BUILT
from services.policy.bundle import write_bundle
from services.policy.bundle_key import BundleKey
from services.policy.bundle_served import bundle_route
from services.policy.decide import Decider
from services.policy.opa import ServerEngine
from services.policy.opa_server import write_server_files
from services.policy.wasm import EmbeddedEngine
from services.runtime.book import Book, Shelf, read_book
from services.runtime.keys import KeyFolder
from tests.real.find import Server

CLASSES = (*codes("classes"), "UNCLASSIFIED")


@cache
def shipped_book() -> Book:
    """The book of the repository's own policy folder."""
    return read_book(policies())


def embedded() -> EmbeddedEngine:
    """The embedded engine, with time to spare: these tests run beside others."""
    engine = EmbeddedEngine(BUILT, 20.0)
    engine.prepare(shipped_book())
    return engine


def hosted(bundle: Path) -> str:
    """The address of a listener that gives the bundle as the hub's own does, until the run ends."""
    sock = bound("127.0.0.1", 0, "--port")
    Listener(Starlette(routes=[bundle_route(bundle)]), sock).start()
    return f"http://127.0.0.1:{port_of(sock)}"


def served(start: Callable[..., Server], folder: Path, wait: float = 20.0) -> tuple[ServerEngine, Server]:
    """An OPA server over the shipped book's bundle, guarded as in production, taking up a new one when it is put there."""
    bundle, key = folder / "bundle.tar.gz", BundleKey(KeyFolder(folder / "keys"))
    write_bundle(shipped_book(), bundle, key)
    files = write_server_files(folder / "opa", hosted(bundle), key)
    server = start(*files.policies, arguments=tuple(files.arguments))
    engine = ServerEngine(server.address, bundle, key, wait, files.token)
    # It listens before it has read its first bundle.
    engine.prepare(shipped_book())
    return engine, server


def decider(engine: Any, home: Path, folder: Path | None = None, *, watch: bool = False) -> Decider:
    """A decider over the shipped policies, or those of `folder`."""
    return Decider(Shelf(folder or policies(), home, watch=watch), engine)


def context(**over: Any) -> Context:
    """A social worker's enquiry, as it usually is."""
    usual: dict[str, Any] = {
        "on": "2026-11-23",
        "organisation": "northshire-csc",
        "organisation_type": "LA-CSC",
        "role": "SW-CHILD",
        "purpose": "C-S47",
        "case": "OPEN",
        "evidence": ("reasonable-cause",),
        "ground": "stated",
    }
    return Context(**{**usual, **over})


def profile(**over: Any) -> Profile:
    """A plain record of the mother's, at the trust."""
    usual: dict[str, Any] = {
        "source_organisation": "northshire-nhs",
        "source_kind": "acute",
        "own": False,
        "identity": "MATCH",
        "relationship": "own-case",
        "subject_age": "ADULT",
        "paper": "CURRENT",
        "isa": "safeguarding-children",
        "paper_defect": "SOUND",
    }
    return Profile(**{**usual, **over})


def question(about: Context, *profiles: Profile, classes: tuple[str, ...] = CLASSES) -> dict[str, Any]:
    """What an engine is sent."""
    return {
        "context": as_input(about),
        "profiles": [as_input(each) for each in profiles],
        "classes": list(classes),
    }


# --- At random ---------------------------------------------------------------------------------------------

STATES: Mapping[str, tuple[str, ...]] = {
    "identity": codes("identity"),
    "relationship": codes("relationships"),
    "subject": codes("subjects"),
    "subject_age": codes("ages"),
    "agreement": codes("consent-states"),
    "objection": codes("consent-states"),
    "item_share": codes("consent-states"),
    "confidentiality": codes("confidentiality"),
    "adoption": codes("adoption"),
    "currency": codes("currency"),
    "event_age": ("UP_TO_12M", "UP_TO_5Y", "OVER_5Y", "OPEN", "NO_EVENT"),
    "value": ("known", "unknown-code"),
    "owner_decision": codes("owner-decisions"),
    "paper": codes("paper"),
    "paper_defect": codes("paper-defects"),
    "source_kind": codes("source-kinds"),
}
USUAL = {
    "identity": "MATCH", "relationship": "own-case", "agreement": "AGREED", "objection": "NOT-RECORDED",
    "item_share": "AGREED", "confidentiality": "N", "adoption": "none", "currency": "CURRENT",
    "event_age": "OPEN", "value": "known", "owner_decision": "none", "paper": "CURRENT",
    "paper_defect": "SOUND",
}  # fmt: skip
FLAGS = ("conflict", "harm_link", "family_child", "same_place", "source_concern")
MALFORMED = 0.06


def random_context(draw: random.Random) -> dict[str, Any]:
    """A context, one in three of an enquiry so that more than refusals come out."""
    enquiry = draw.random() < 0.5
    book = shipped_book()
    asker = draw.choice([*book.organisations.values()])
    purpose = "C-S47" if enquiry else draw.choice(codes("purposes"))
    may = [role for role, purposes in book.role_purposes.items() if purpose in purposes]
    role = draw.choice(may) if may and draw.random() < 0.95 else draw.choice(codes("roles"))
    return as_input(
        Context(
            on=draw.choice(["2026-11-23", "2026-03-31", "2026-04-01", "2024-03-31", "2040-01-01"]),
            organisation=asker.id,
            organisation_type=asker.type,
            role=role,
            purpose=purpose,
            case="OPEN" if draw.random() < 0.95 else draw.choice([*codes("case-states"), "NONE"]),
            evidence=tuple(sorted(draw.sample(codes("evidence-kinds"), draw.randrange(4)))),
            ground=draw.choice(["none", "stated", "urgent"]),
            channel="view" if draw.random() < 0.95 else draw.choice(codes("channels")),
            opened_by_asker=draw.random() < 0.5,
        )
    )


REACHED_BY = {"CASE": "own-case", "CARE": "caseload", "INCIDENT": "incident", "NOT_READ": "none"}


def random_profile(draw: random.Random, about: Mapping[str, Any]) -> dict[str, Any]:
    """A profile: each input is mostly as it usually is, so that each rule is reached on its own."""
    book = shipped_book()
    source = draw.choice([*book.sources.values()])
    members: dict[str, Any] = {
        name: USUAL[name] if name in USUAL and draw.random() < 0.95 else draw.choice(words)
        for name, words in STATES.items()
    }
    if draw.random() < 0.8:
        members["relationship"] = REACHED_BY[book.data["purposes"][about["purpose"]]["relationship"]]
    isas = [isa["id"] for isa in book.isas if about["purpose"] in isa["purposes"]]
    return {
        **as_input(Profile(source.organisation, source.kind, False, "MATCH", "own-case")),
        **members,
        **{name: draw.random() < 0.05 for name in FLAGS},
        "source_organisation": source.organisation,
        "own": draw.random() < 0.25,
        "labels": sorted(draw.sample(codes("sensitivity"), draw.choice([0, 0, 0, 1, 1, 2, 3]))),
        "agreed_to": draw.sample(["DM0", "DM1", "DM3", "gp", "acute"], draw.randrange(3)),
        "isa": draw.choice(isas) if isas and draw.random() < 0.9 else draw.choice(sorted(book.data["isas"])),
    }


def random_question(draw: random.Random) -> dict[str, Any]:
    """One question of one to three profiles; of each hundred about six are malformed somewhere."""
    about = random_context(draw)
    whole = {
        "context": about,
        "profiles": [random_profile(draw, about) for _ in range(draw.randrange(1, 4))],
        "classes": list(CLASSES),
    }
    return spoil(whole, draw) if draw.random() < MALFORMED else whole


def spoil(whole: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """The question with one thing wrong with it: missing, of another kind, or a word of nobody's."""
    spoiled: dict[str, Any] = json.loads(json.dumps(whole))
    inner = draw.choice([spoiled["context"], *spoiled["profiles"], spoiled])
    name = draw.choice(sorted(inner))
    wrong: list[Any] = [None, 7, "ANY_OTHER", [], {}, ["ANY_OTHER"], True, {"a": 1}, ""]
    if draw.random() < 0.3:
        del inner[name]
    else:
        inner[name] = draw.choice(wrong)
    return spoiled


POINTED: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    (
        {"purpose": "FAM-OVERVIEW", "role": "SW-CHILD"},
        {"agreement": "AGREED-LIMITED", "agreed_to": ["DM0", "gp"]},
    ),
    (
        {"purpose": "EARLY-HELP", "role": "SW-CHILD"},
        {"agreement": "AGREED-LIMITED", "agreed_to": ["acute", "DM3"]},
    ),
    (
        {"purpose": "C-SCREEN", "role": "SW-TEAM-MGR", "evidence": ["perceived-risk"]},
        {"family_child": True, "labels": ["HIV"], "subject": "case-child"},
    ),
    (
        {"purpose": "C-S17", "role": "SW-CHILD", "evidence": ["override"]},
        {"agreement": "REFUSED"},
    ),
)
"""What chance alone brings together too seldom."""


def pointed_question(draw: random.Random) -> dict[str, Any]:
    """One question of two profiles that comes to one of the rules that little else reaches."""
    about, of = draw.choice(POINTED)
    asked = as_input(context(**{**about, "evidence": tuple(about.get("evidence", ()))}))
    isas = [isa["id"] for isa in shipped_book().isas if about["purpose"] in isa["purposes"]]
    usual = {
        **random_profile(draw, asked),
        **USUAL,
        "own": False,
        **dict.fromkeys(FLAGS, False),
        "labels": [],
    }
    profiles = [
        {
            **usual,
            "isa": draw.choice(isas),
            "subject_age": draw.choice(codes("ages")),
            "source_kind": kind,
            **of,
        }
        for kind in draw.sample(["gp", "acute", "sexual-health", "education"], 2)
    ]
    return {"context": asked, "profiles": profiles, "classes": list(CLASSES)}


def hostile_question(draw: random.Random) -> dict[str, Any]:
    """One question; one in three is malformed in up to three places, elements of lists among them."""
    whole = pointed_question(draw) if draw.random() < 0.2 else random_question(draw)
    if draw.random() < 1 / 3:
        for _ in range(draw.randrange(1, 4)):
            if _whole(whole):
                whole = spoil_within(whole, draw) if draw.random() < 0.4 else spoil(whole, draw)
    return whole


def spoil_within(whole: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """The question with one element too many in one of its lists, or one of nobody's."""
    spoiled: dict[str, Any] = json.loads(json.dumps(whole))
    lists = [("evidence", spoiled["context"]), ("classes", spoiled)]
    lists += [(name, profile) for profile in spoiled["profiles"] for name in ("labels", "agreed_to")]
    name, holder = draw.choice(lists)
    found = holder.get(name)
    odd = draw.choice(
        [None, 7, 0, 1, True, "NEW-WORD", "NOT_YET", ["L:GRA"], {"a": "L:GRA"}, "L:INTEL", "DM1", ""]
    )
    if isinstance(found, list):
        found.insert(draw.randrange(len(found) + 1), odd)
    return spoiled


def _whole(question: dict[str, Any]) -> bool:
    """Whether there is still something inside that could be spoiled further."""
    profiles = question.get("profiles")
    return (
        isinstance(question.get("context"), dict)
        and bool(question["context"])
        and isinstance(profiles, list)
        and all(isinstance(profile, dict) and profile for profile in profiles)
    )
