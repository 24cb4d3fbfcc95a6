"""Tasks over HTTP: raised once, read in one's own inbox only, decided once, entered, and sealed at rest."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from services.contract.vocabulary import code_list, codes
from services.gateway.tasks.post import Post, post
from tests.fake_ledger import LedgerThatIsDown
from tests.gateway_world import World

COUNCIL, OTHER = "northshire-csc", "eastmoor-csc"
ALERT = Post("owner-consider-referral", COUNCIL, facts={"source": "csc-records"})
DECISION = {"answer": "no-referral", "reason": "known to us and already seen"}


def officer(world: World) -> dict[str, str]:
    return world.person("officer", "PRIVACY-OFFICER")


def listed(world: World, who: dict[str, str]) -> list[dict[str, Any]]:
    answer = world.http.get("/tasks", headers=who)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["tasks"])


def only(world: World, who: dict[str, str]) -> str:
    (task,) = listed(world, who)
    return str(task["id"])


def test_a_task_waits_in_its_inbox_and_is_decided_once(world: World) -> None:
    post(world.parts, ALERT)
    who = officer(world)
    (task,) = listed(world, who)
    assert (task["kind"], task["inbox"], task["state"]) == ("owner-consider-referral", "owner", "OPEN")
    told = world.http.get(f"/tasks/{task['id']}", headers=who).json()
    assert told["facts"] == {"source": "csc-records"}
    assert [one["code"] for one in told["answers"]] == ["refer", "no-referral"]
    first = world.http.post(f"/tasks/{task['id']}/decide", headers=who, json=DECISION)
    assert (first.status_code, first.json()["answer"]) == (200, "no-referral")
    assert listed(world, who) == []
    assert world.http.post(f"/tasks/{task['id']}/decide", headers=who, json=DECISION).status_code == 409
    assert world.ledger.kinds() == ["task.opened", "task.decided"]
    entered = world.ledger.entries[-1]
    assert entered.facts == {"task": "owner-consider-referral", "answer": "no-referral"}
    assert (entered.log, entered.case) == (COUNCIL, "")


def test_of_many_who_decide_at_once_one_does(world: World) -> None:
    post(world.parts, ALERT)
    who = officer(world)
    id = only(world, who)
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(lambda _: world.http.post(f"/tasks/{id}/decide", headers=who, json=DECISION), range(6))
        )
    assert sorted(one.status_code for one in answers) == [200] + [409] * 5
    assert world.ledger.kinds().count("task.decided") == 1


def test_nobody_else_meets_it(world: World) -> None:
    """Another organisation, and another role of one's own, get what a task that never was gets."""
    post(world.parts, ALERT)
    id = only(world, officer(world))
    strangers = (
        world.person("neighbour", "PRIVACY-OFFICER", "eastmoor-system"),
        world.person("worker", "SW-CHILD"),
        world.person("manager", "SW-TEAM-MGR"),
    )
    none = "0" * 24
    for who in strangers:
        assert listed(world, who) == []
        for address in (f"/tasks/{id}", f"/tasks/{none}"):
            assert world.http.get(address, headers=who).status_code == 404
        theirs = world.http.post(f"/tasks/{id}/decide", headers=who, json=DECISION)
        never = world.http.post(f"/tasks/{none}/decide", headers=who, json=DECISION)
        bodies = [one.json() | {"instance": "", "request_id": ""} for one in (theirs, never)]
        assert bodies[0] == bodies[1]
        assert theirs.status_code == 404
    assert world.ledger.kinds() == []


def test_a_token_without_the_scope_does_not_reach_tasks(world: World) -> None:
    who = world.person("officer", "PRIVACY-OFFICER", scope="user/case")
    assert world.http.get("/tasks", headers=who).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {"answer": "approve", "reason": "an answer of another kind"},
        {"answer": "nonsense", "reason": "no answer at all"},
        {"answer": "refer", "reason": "zz"},
        {"answer": "refer"},
        {"answer": "refer", "reason": "with a member more", "by": "somebody"},
    ],
)
def test_an_answer_that_does_not_fit_is_refused_without_an_echo(world: World, body: dict[str, str]) -> None:
    post(world.parts, ALERT)
    who = officer(world)
    answer = world.http.post(f"/tasks/{only(world, who)}/decide", headers=who, json=body)
    assert answer.status_code == 422
    assert body.get("reason", "?") not in answer.text and "nonsense" not in answer.text
    assert world.ledger.kinds() == []


@pytest.mark.parametrize(
    ("kind", "answer", "again"), [("owner-consider", "keep-back", 1), ("owner-consider-referral", "refer", 0)]
)
def test_an_open_task_is_not_raised_twice_and_a_decided_one_as_its_kind_says(
    world: World, kind: str, answer: str, again: int
) -> None:
    keyed = Post(kind, COUNCIL, key="case 1")
    post(world.parts, keyed, keyed, Post(kind, COUNCIL, key="case 2"), Post(kind, OTHER, key="case 1"))
    post(world.parts, keyed)
    who = officer(world)
    assert len(listed(world, who)) == 2
    for task in listed(world, who):
        body = {"answer": answer, "reason": "weighed"}
        done = world.http.post(f"/tasks/{task['id']}/decide", headers=who, json=body)
        assert done.status_code == 200, done.text
    post(world.parts, keyed)
    assert len(listed(world, who)) == again


def test_one_occasion_told_again_raises_nothing(world: World) -> None:
    for _ in range(2):
        post(world.parts, ALERT, ALERT, once="answer 1")
    post(world.parts, ALERT, once="answer 2")
    assert len(listed(world, officer(world))) == 3


def test_without_its_entry_nothing_is_shown_and_nothing_decided(world: World) -> None:
    post(world.parts, ALERT)
    who = officer(world)
    id = only(world, who)
    down = world.with_parts(ledger=LedgerThatIsDown())
    shown = down.get(f"/tasks/{id}", headers=who)
    decided = down.post(f"/tasks/{id}/decide", headers=who, json=DECISION)
    assert (shown.status_code, decided.status_code) == (503, 503)
    assert "csc-records" not in shown.text
    assert listed(world, who)[0]["state"] == "OPEN"


def test_what_could_tell_who_it_is_stands_sealed(world: World) -> None:
    secret = Post(
        "owner-approval", COUNCIL, case="case-9Qz", person="person-7Xw", source="source-5Yv",
        records=("record-3Uu",), facts={"what": "fact-1Tt"}, due=world.clock() + timedelta(hours=4),
        key="case-9Qz/record-3Uu",
    )  # fmt: skip
    post(world.parts, ALERT)
    who = officer(world)
    reason = "the reason 8Rr"
    body = {"answer": "refer", "reason": reason}
    assert world.http.post(f"/tasks/{only(world, who)}/decide", headers=who, json=body).status_code == 200
    post(world.parts, secret)
    world.parts.store.close()
    held = b"".join(path.read_bytes() for path in world.parts.settings.home.glob("gateway.db*"))
    assert b"owner-approval" in held
    words = ("case-9Qz", "person-7Xw", "source-5Yv", "record-3Uu", "fact-1Tt", reason)
    assert [word for word in words if word.encode() in held] == []


def test_the_lists_agree_with_each_other() -> None:
    roles = set(codes("roles"))
    assert all(set(row["roles"]) <= roles and row["roles"] for row in code_list("inboxes").values())
    used = set()
    for kind in code_list("task-kinds").values():
        assert kind["inbox"] in codes("inboxes")
        assert kind["answers"]
        used |= set(kind["answers"])
        decides = {code_list("task-answers")[answer]["decision"] for answer in kind["answers"]}
        assert "" not in decides if kind["owner"] else decides <= {"", "kept"}, kind["code"]
    assert used == set(codes("task-answers"))
    known = {*codes("owner-decisions"), "kept", ""}
    assert {row["decision"] for row in code_list("task-answers").values()} <= known
