"""What one gateway hands to another comes out as it went in, every member of it."""

from dataclasses import fields

from services.contract.releases import Asking, CommittedSubject, Draft, Once, Part
from services.gateway.adapters.sealed_call import packed, unpacked
from services.gateway.adapters.shared_ledger import DRAFT

FULL = Draft(
    log="council",
    kind="release.intent",
    asking=Asking("council", "SW-CHILD", "a-worker", "thumbprint"),
    event_id="event",
    purpose="C-S47",
    basis="6-1-e",
    case="case-1",
    policy_revision="0123456789abcdef",
    policy_digest="digest",
    subjects=(CommittedSubject("person-1", "handle", "root", 4),),
    decision_digest="digest",
    body_bucket=4096,
    body_digest="digest",
    ref=("council", "question"),
    facts={"match": "MATCH", "complete": True},
    decision_record=b'{"of":"nobody"}',
    decision_parts=(Part(("person-1", "person-2"), b'{"of":"both"}'),),
    urgent=True,
    opening=b"{}",
    opening_parts=(Part(("person-1",), b'{"salts":[]}'),),
    once=Once("key", "request", 1_780_000_000),
    answer=b'{"view":{}}',
)


def test_a_draft_crosses_whole() -> None:
    crossed = DRAFT.validate_python(unpacked(packed({"draft": FULL}))["draft"])
    assert crossed == FULL
    assert type(crossed.decision_parts[0]) is Part


def test_no_member_of_it_is_left_out_here() -> None:
    plain = Draft("council", "release.intent", FULL.asking)
    untold = [
        one.name
        for one in fields(Draft)
        if one.name not in ("log", "kind", "asking") and getattr(FULL, one.name) == getattr(plain, one.name)
    ]
    assert untold == []
