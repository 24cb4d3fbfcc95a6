"""What an entry may hold: roots, digests, codes and counts; at most 8 KB; one form."""

import json
from dataclasses import replace
from typing import Any

import jsonschema_rs
import pytest
import rfc8785

from services.contract.canonical import b64u
from services.contract.places import schemas
from services.contract.releases import Asking, CommittedSubject, Draft
from services.contract.vocabulary import codes
from services.ledger.entry import (
    LONGEST,
    EntryRefused,
    build,
    check_log,
    event_bytes,
    fault_of,
    leaf_length,
    now,
    store_form,
)

ABOUT_NOBODY = ("search.none", "search.many", "release.repeat", "release.repeat-refused")
SHORT, LONG = b64u(bytes(16)), b64u(bytes(32))
INTENT = Draft(
    "council",
    "release.intent",
    Asking("council", "SW-CHILD", "a-worker", LONG),
    purpose="FAM-OVERVIEW",
    basis="6-1-e",
    case="case-1",
    policy_revision="0123456789abcdef",
    policy_digest=LONG,
    subjects=(CommittedSubject("person-1", SHORT, LONG, 4),),
    decision_digest=LONG,
    body_bucket=4096,
    body_digest=LONG,
    ref=("council", SHORT),
    facts={"match": "MATCH", "complete": True, "counts": {"shown": 3}, "sources": ["gp-1", "school-2"]},
)


def built(draft: Draft, **more: Any) -> bytes:
    named = {"origin": "hub-x/council", "event_id": SHORT, "at": now(), "user": SHORT, "case_hash": SHORT}
    return build(draft, **{**named, **more})


def test_an_intent_has_the_members_of_the_model_and_no_more() -> None:
    entry = json.loads(built(INTENT))
    assert set(entry) == {
        "v", "kind", "event_id", "time", "origin", "asker", "purpose", "basis", "case_hash", "policy", "subjects",
        "decision_digest", "body", "ref", "facts",
    }  # fmt: skip
    assert entry["asker"] == {
        "organisation": "council",
        "role": "SW-CHILD",
        "user": SHORT,
        "client_key": LONG,
    }
    assert entry["body"] == {"bucket": 4096, "digest": LONG}
    assert entry["ref"] == {"log": "council", "event_id": SHORT}


def test_members_that_do_not_apply_are_absent() -> None:
    bare = Draft("hub", "staff.changed", Asking("council", "", "a-manager"))
    entry = json.loads(built(bare, case_hash=""))
    assert set(entry) == {"v", "kind", "event_id", "time", "origin", "asker"}
    assert set(entry["asker"]) == {"organisation", "user"}


def test_user_case_and_person_are_not_in_it() -> None:
    for name in (b"a-worker", b"case-1", b"person-1"):
        assert name not in built(INTENT)


def test_the_stored_leaf_is_rfc_8785() -> None:
    leaf = store_form([bytes(16), bytes(range(16))], built(INTENT))
    assert rfc8785.dumps(json.loads(leaf)) == leaf
    assert list(json.loads(leaf)) == ["chain", "entry"]
    assert store_form([], b"{}") == b'{"chain":[],"entry":{}}'


@pytest.mark.parametrize("count", [0, 1, 2, 30])
def test_the_length_is_known_before_the_chain_is(count: int) -> None:
    raw = built(INTENT)
    assert leaf_length(len(raw), count) == len(store_form([bytes(16)] * count, raw))


def test_thirty_people_and_ten_thousand_resources_fit_into_8_kb() -> None:
    # 10,000 resources over 30 people: each person's leaves are padded to a power of two.
    subjects = tuple(
        CommittedSubject(f"person-{n}", b64u(bytes([n] * 16)), b64u(bytes([n] * 32)), 512) for n in range(30)
    )
    draft = replace(INTENT, subjects=subjects, facts={f"fact_{n}": "x" * 40 for n in range(20)})
    leaf = store_form([bytes(16)] * 30, built(draft))
    assert 4000 < len(leaf) <= LONGEST


def test_a_longer_one_is_refused() -> None:
    with pytest.raises(EntryRefused, match="8192"):
        built(replace(INTENT, facts={"codes": {f"code-{n}-{'x' * 60}": "y" * 79 for n in range(64)}}))


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "release.everything"},
        {"kind": "release.intent", "body_digest": ""},
        {"kind": "release.outcome", "ref": None},
        {"kind": "release.refused", "facts": {}},
        {"kind": "search.none"},
        {"kind": "query.sent"},
        {"facts": {"note": "Mrs Example moved"}},
        {"facts": {"note": "line\nbreak"}},
        {"facts": {"Note": "code"}},
        {"facts": {"value": 6.3}},
        {"facts": {"value": None}},
        {"facts": {"deep": {"er": {"still": 1}}}},
        {"facts": {"text": "x" * 81}},
        {"facts": {f"f{n}": 1 for n in range(33)}},
        {"purpose": "family overview"},
        {"policy_digest": ""},
        {"decision_digest": "short"},
        {"body_bucket": -1},
        {"subjects": (CommittedSubject("p", SHORT, LONG, 3),)},
        {"subjects": (CommittedSubject("p", "handle", LONG, 4),)},
        {"subjects": (CommittedSubject("p", SHORT, LONG, 0),) * 31},
        {"ref": ("Council", SHORT)},
        {"asking": Asking("Council of X", "SW-CHILD", "a-worker")},
        {"asking": Asking("council", "a social worker", "a-worker")},
        {"asking": Asking("council", "SW-CHILD", "a-worker", "thumb")},
    ],
)
def test_what_is_not_of_the_schema_is_refused_without_an_echo(changed: dict[str, Any]) -> None:
    with pytest.raises(EntryRefused) as refused:
        built(replace(INTENT, **changed))
    assert "Example" not in str(refused.value)


FACTS: dict[str, dict[str, Any]] = {
    "emergency.bridged": {"log": "emergency-0a1b2c3d", "size": 7, "root": "0f" * 32, "key": "f0" * 32},
    "log.overlap": {"index": 7},
}


def test_every_kind_of_the_vocabulary_can_be_entered() -> None:
    bodiless = replace(INTENT, body_digest="", facts={"code": "SOME_CODE"})
    for kind in codes("entry-kinds"):
        draft = replace(INTENT if kind == "release.intent" else bodiless, kind=kind)
        draft = replace(draft, subjects=()) if kind in ABOUT_NOBODY else draft
        draft = replace(draft, subjects=(), facts=FACTS[kind]) if kind in FACTS else draft
        assert json.loads(built(draft))["kind"] == kind


def test_the_file_and_the_check_agree_on_every_kind() -> None:
    # `fault_of` resolves the file's if/then by kind beforehand; an outside reader takes the file as it stands.
    whole = jsonschema_rs.validator_for(json.loads((schemas() / "entries" / "entry.schema.json").read_text()))
    entry = json.loads(built(INTENT))
    for kind in codes("entry-kinds"):
        for without in ("", *entry):
            other = {name: value for name, value in {**entry, "kind": kind}.items() if name != without}
            if without != "kind":
                assert whole.is_valid(other) == (fault_of(other) == "")


@pytest.mark.parametrize("code", ["", "x", "Hub", "a/b", "a b", "a" * 33, "../x", "a_b"])
def test_a_log_is_named_by_a_code(code: str) -> None:
    with pytest.raises(EntryRefused):
        check_log(code)


@pytest.mark.parametrize(
    "event", ["", "x", "A" * 21, "A" * 23, "A" * 21 + "B", b64u(bytes(15)), "A" * 21 + "+"]
)
def test_an_event_id_has_one_spelling(event: str) -> None:
    with pytest.raises(EntryRefused):
        event_bytes(event)
    assert event_bytes(SHORT) == bytes(16)
