"""A person's own copy on a whole hub: what is held back is not there, the numbers have no gap, and an auditor proves it whole."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.ledger import app
from services.contract.cases import Asker, DecideTask
from services.contract.people import About
from services.contract.problems import BadInput, LedgerUnavailable, NotFound
from services.contract.releases import Erasure, OwnHeld
from services.contract.views import Refused
from services.contract.vocabulary import code_list
from services.gateway.pages.own_copy import paper
from services.gateway.pages.words import moment
from services.gateway.rights import erasure, own_copy
from services.gateway.rights.whom import Whom, settle
from services.gateway.tasks.deciding import decide_task
from services.gateway.tasks.inbox import waiting
from services.ledger import own_copies, own_rows
from services.ledger.reading import Reading
from tests.hub.world import MIA, SEAN, World, a_person, a_world
from tests.named import named

OFFICER = a_person("PRIVACY-OFFICER")
LEAD = a_person("IG-LEAD")
NURSE = a_person("ED-NURSE", "northshire-nhs", user="ed-nurse")
NHS_OFFICER = a_person("PRIVACY-OFFICER", "northshire-nhs")
ANY_DAY = "child-safeguarding=0,adult-safeguarding=0,care=0,rights=0"
WHY = "the enquiry is over and nobody is at risk"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = a_world(tmp_path, retention=ANY_DAY)
    yield found
    found.close()


def copied(
    world: World, by: Asker = OFFICER, write: own_copy.Write = own_copy.plain, about: About = MIA
) -> str:
    today = world.parts.now().date().isoformat()
    made = own_copy.make(world.parts, by, about, today, write)
    assert isinstance(made, bytes), made
    return made.decode()


def without_reference(copy: str) -> str:
    found, count = re.subn(r"Reference [A-Za-z0-9_-]{22}\.", "Reference.", copy)
    assert count == 1
    return found


def numbers(copy: str) -> list[int]:
    return [int(found) for found in re.findall(r"^(\d+)\. ", copy, re.MULTILINE)]


def whom(world: World, about: About = MIA) -> str:
    found = settle(world.parts, OFFICER, about)
    assert isinstance(found, Whom)
    return found.person


def sights(world: World, about: About = MIA) -> Any:
    person = whom(world, about)
    with Reading(world.parts.settings, world.parts.keys) as reading:
        return reading.own(world.parts.index.links.known_as(person))


def faults(world: World) -> list[str]:
    person = whom(world)
    known = world.parts.index.links.known_as(person)
    with Reading(world.parts.settings, world.parts.keys) as reading:
        found = reading.own(known)
        return [
            one.kind for one in own_rows.check(found.sights, found.unnoted, reading.named(person), found.gone)
        ]


def checked(world: World, **more: Any) -> None:
    """An emergency nurse's check of a child's protection status: it may be told, unless somebody of concern is named."""
    case = world.open("CP-ALERT", "child-presents", (MIA, "child"), by=NURSE, **more)
    world.evidence(case, by=NURSE, kind="incident", text="attendance")
    world.view(case, MIA, by=NURSE, scope="person")


def held(world: World, by: Asker = OFFICER) -> list[OwnHeld]:
    found = own_copy.held_back(world.parts, by, MIA)
    assert not isinstance(found, Refused)
    return list(found)


def let_go(world: World, by: Asker = OFFICER) -> None:
    for one in held(world, by):
        assert isinstance(own_copy.let_go(world.parts, by, MIA, one.reference, WHY), OwnHeld)


def copies_entered(world: World) -> list[dict[str, Any]]:
    return [one for one in world.entries("northshire-csc") if one["kind"] == "subject.report"]


def test_with_what_is_held_back_and_without_it_the_copy_is_the_same(world: World) -> None:
    nobody = copied(world)
    assert numbers(nobody) == [] and "lists no answers" in nobody
    world.view(world.s47())
    assert without_reference(copied(world)) == without_reference(nobody)
    checked(world)
    before = [copied(world, write=write) for write in (own_copy.plain, paper)]
    world.view(world.s47())
    checked(world, household=(SEAN,))
    found = [one.why for one in (*held(world), *held(world, NHS_OFFICER))]
    assert found == [("purpose",), ("purpose",), ("concern",)]
    after = [copied(world, write=write) for write in (own_copy.plain, paper)]
    assert list(map(without_reference, after)) == list(map(without_reference, before))
    # Nor do the entries of the copies differ in anything but what is drawn afresh.
    for first, second in ((0, 1), (2, 4), (3, 5)):
        one, other = copies_entered(world)[first], copies_entered(world)[second]
        for name in ("asker", "facts", "purpose"):
            assert one[name] == other[name]
        assert one["body"]["bucket"] == other["body"]["bucket"]


def _gives_nothing_unless_confirmed(world: World) -> None:
    today = world.parts.now().date()
    found = own_copy.make(
        world.parts, OFFICER, About(nhs_number="9991000011"), today.isoformat(), own_copy.plain
    )
    assert isinstance(found, Refused) and found.code == "IDENTITY_NOT_CONFIRMED"
    for checked_on in ("", (today + timedelta(days=2)).isoformat()):
        with pytest.raises(BadInput):
            own_copy.make(world.parts, OFFICER, MIA, checked_on, own_copy.plain)
    for role in ("DPO", "IG-LEAD", "SW-CHILD"):
        with pytest.raises(NotFound):
            own_copy.make(world.parts, a_person(role), MIA, today.isoformat(), own_copy.plain)
    assert copies_entered(world) == []


def test_it_says_who_when_for_what_and_which_kinds_and_names_nobody_else(world: World) -> None:
    _gives_nothing_unless_confirmed(world)
    checked(world)
    copy = copied(world)
    when = moment(sights(world).sights[0].row.entry["time"])
    assert numbers(copy) == [1] and "lists 1 answer with" in copy
    for said in (
        when,
        "Emergency department nurse".lower(),
        "Child protection status check",
        "Which services know you.",
    ):
        assert said in copy, copy
    assert "ED-NURSE" not in copy and "CP-ALERT" not in copy and "northshire-" not in copy
    assert not named(copy, ("Leo", "Sean", "Tyler", "9991000038"))
    assert "ed-nurse@" not in copy and "Patient/" not in copy
    assert "<table>" in copied(world, write=paper)


def _once_erased_they_begin_anew(world: World) -> None:
    """And what was sealed with the copies is gone."""
    entries = copies_entered(world)
    assert isinstance(erasure.ask_erasure(world.parts, OFFICER, MIA, "no-longer-needed"), Erasure)
    (task,) = [one for one in waiting(world.parts, LEAD) if one.kind == erasure.AGREE_ERASURE]
    decide_task(world.parts, LEAD, task.id, DecideTask(answer="agree", reason=WHY))
    assert [world.parts.ledger.opening(one["event_id"]) for one in entries] == [None] * len(entries)
    checked(world)
    assert numbers(copied(world)) == [1]
    assert faults(world) == []


def test_numbers_go_on_without_a_gap_over_several_copies_and_rows_keep_theirs(world: World) -> None:
    checked(world)
    first = copied(world)
    world.view(world.s47())
    checked(world)
    second = copied(world, by=NHS_OFFICER)
    assert numbers(first) == [1] and numbers(second) == [1, 2]
    let_go(world)
    checked(world)
    third = copied(world)
    assert numbers(third) == [1, 2, 3, 4]
    rows = third.split("\n\n")
    assert [row for row in second.split("\n\n") if row[:2] in ("1.", "2.")] == [
        row for row in rows if row[:2] in ("1.", "2.")
    ]
    # Let go in between, it comes under the next number; what came after it under the one after that.
    assert "Child protection enquiry" in rows[4] and "status check" in rows[5]
    assert faults(world) == []
    _once_erased_they_begin_anew(world)


def _without_its_entry_nothing(world: World, one: OwnHeld, monkeypatch: pytest.MonkeyPatch) -> None:
    """No copy leaves, nothing that is held back is shown, and nothing is let go."""

    def no(_: Any) -> None:
        raise LedgerUnavailable("no")

    monkeypatch.setattr(world.parts.ledger._sequencer, "submit", no)  # type: ignore[attr-defined]
    today = world.parts.now().date().isoformat()
    for act in (
        lambda: own_copy.make(world.parts, OFFICER, MIA, today, own_copy.plain),
        lambda: own_copy.held_back(world.parts, OFFICER, MIA),
        lambda: own_copy.let_go(world.parts, OFFICER, MIA, one.reference, WHY),
    ):
        with pytest.raises(LedgerUnavailable):
            act()
    monkeypatch.undo()
    assert numbers(copied(world)) == [] and held(world) == [one]


def test_letting_go_is_a_named_decision_an_entry_and_of_what_was_looked_at(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = world.s47()
    world.view(case)
    (one,) = held(world)
    _without_its_entry_nothing(world, one, monkeypatch)
    for reason in ("", "  "):
        with pytest.raises(BadInput):
            own_copy.let_go(world.parts, OFFICER, MIA, one.reference, reason)
    for by in (a_person("IG-LEAD"), a_person("SW-TEAM-MGR"), NHS_OFFICER):
        with pytest.raises(NotFound):
            own_copy.let_go(world.parts, by, MIA, one.reference, WHY)
    assert held(world, NHS_OFFICER) == []
    # Another answer on the same case, which nobody has looked at, stays held back.
    world.view(case)
    own_copy.let_go(world.parts, OFFICER, MIA, one.reference, WHY)
    assert numbers(copied(world)) == [1]
    (left,) = held(world)
    assert left.answers == 1 and left.reference != one.reference
    (entry,) = [e for e in world.entries("northshire-csc") if e["kind"] == "subject.let-go"]
    assert (
        entry["facts"] == {"answers": 1, "why": ["purpose"]} and entry["asker"]["role"] == "PRIVACY-OFFICER"
    )
    assert entry["ref"]["event_id"] == one.reference
    assert WHY not in json.dumps(entry)
    assert WHY.encode() in (world.parts.ledger.opening(entry["event_id"]) or b"")
    with pytest.raises(NotFound):
        own_copy.let_go(world.parts, OFFICER, MIA, one.reference, WHY)


def test_an_auditor_proves_a_copy_whole_and_finds_what_another_left_out(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(world)
    checked(world)
    given = copied(world)
    assert faults(world) == []
    person = whom(world)
    whole = own_rows.numbered
    # A hub that drops a row of a copy, its entry and all; and one that tells what is held back.
    monkeypatch.setattr(own_copies, "numbered", lambda sights, under: whole(sights, under)[:-1])
    copied(world)
    assert faults(world) == ["copy-dropped"]
    world.view(world.s47())
    monkeypatch.setattr(
        own_copies,
        "numbered",
        lambda sights, under: [*whole(sights, under), (3, own_rows.held(sights, "northshire-csc")[0])],
    )
    copied(world)
    assert faults(world) == ["copy-dropped", "copy-added"]
    monkeypatch.undo()
    world.close()
    file = tmp_path / "copy.txt"
    file.write_text(given, encoding="utf-8")
    command = ["subject-report", str(world.home), "--copy", str(file)]
    ran = CliRunner().invoke(app, command, input=f"{person}\n")
    assert ran.exit_code == 1 and "leaves this answer out" in ran.output, ran.output
    assert "not, byte for byte" not in ran.output
    file.write_text(given.replace("2. ", "9. "), encoding="utf-8")
    assert "not, byte for byte" in CliRunner().invoke(app, command, input=f"{person}\n").output


def test_every_class_of_which_something_leaves_has_words_for_the_person() -> None:
    classes = {code for code, row in code_list("classes").items() if not row["question"]} - {"DM7"}
    assert set(code_list("own-copy-kinds")) == classes
