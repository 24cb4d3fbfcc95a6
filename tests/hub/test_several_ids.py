"""One person under several ids, as a privacy officer meets it: "The hospital had typed Mia's number on her cousin's record. Both
girls' families now ask who was told about them. Each is to be told what was hers, all of it, and that for half a morning the hub
had taken the two for one; and whoever asks to be erased is to be gone under every id, not before what protects the other."
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.ledger import app
from services.cli.ledger.auditor import Auditor
from services.contract.cases import DecideTask
from services.contract.people import About
from services.contract.releases import Erasure, Hold
from services.contract.reviews import KnownAs
from services.contract.views import Refused
from services.gateway.links.withdrawing import Withdrawn, withdraw_link
from services.gateway.rights import erasure, own_copy
from services.gateway.rights.whom import Whom, settle
from services.gateway.tasks.deciding import decide_task
from services.gateway.tasks.inbox import waiting
from services.gateway.tasks.opening import open_task
from services.ledger import own_copies, own_rows
from services.ledger.reading import Reading
from tests.hub.inboxes import PARAMEDIC
from tests.hub.test_own_copy import ANY_DAY, LEAD, OFFICER, numbers
from tests.hub.test_unlink import ADMIN, BODY, BORN, GIRL, a_child
from tests.hub.world import World, a_world

OTHERS = "9993000027"
COUSIN = About(nhs_number=OTHERS, given="Mia", family="Marsh", birth_date=BORN)
DAY = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=1)
At = Callable[[int], None]
"""Minutes since nine o'clock: there the clocks of gateway and ledger stand from now on."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = a_world(tmp_path, families=False, retention=ANY_DAY)
    yield found
    found.close()


@pytest.fixture
def at(world: World, monkeypatch: pytest.MonkeyPatch) -> At:
    def stands(minutes: int) -> None:
        moment = DAY + timedelta(minutes=minutes)
        world.at(moment)
        told = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        monkeypatch.setattr("services.ledger.open.now", lambda: told)

    return stands


def checked(world: World, about: About) -> str:
    """A paramedic's question in an emergency, which the person may be told of; the id of its entry."""
    case = world.open("ETREAT", "emergency-call", (about, "child"), by=PARAMEDIC)
    world.evidence(case, by=PARAMEDIC, kind="incident", text="attendance")
    view = world.view(case, about, by=PARAMEDIC, scope="person")
    assert view.match == "MATCH" and view.receipt is not None
    return view.receipt.id


def mixed_up(world: World, at: At) -> dict[str, str]:
    """Each is asked about alone, then the two as one: what was asked -> its entry."""
    at(0)
    world.publish("northshire-csc", a_child("girl", "Hale"))
    world.publish("northshire-nhs", a_child("cousin", "Marsh", OTHERS))
    at(10)
    told = {"girl": checked(world, GIRL), "cousin": checked(world, COUSIN)}
    at(30)
    world.publish("northshire-nhs", a_child("cousin", "Marsh"))
    at(40)
    return told | {"both": checked(world, GIRL)}


def put_right(world: World, at: At) -> dict[str, str]:
    """The link is withdrawn, the number mended, and each is asked about again."""
    at(60)
    assert isinstance(withdraw_link(world.parts, ADMIN, BODY), Withdrawn)
    world.publish("northshire-nhs", a_child("cousin", "Marsh", OTHERS))
    at(70)
    return {"girl again": checked(world, GIRL), "cousin again": checked(world, COUSIN)}


def known(world: World, about: About) -> KnownAs:
    person = settle(world.parts, OFFICER, about)
    assert isinstance(person, Whom), person
    return world.parts.index.links.known_as(person.person)


def reported(world: World, about: About) -> dict[str, bool]:
    """Entry -> whether it was about both, of those releases that the auditor's report has; it is complete."""
    with Reading(world.parts.settings, world.parts.keys) as reading:
        found = reading.rows_of(known(world, about))
    assert found.faults == ()
    return {
        str(one.entry["event_id"]): one.mixed for one in found.rows if one.entry["kind"] == "release.intent"
    }


def copied(world: World, about: About) -> str:
    made = own_copy.make(world.parts, OFFICER, about, world.parts.now().date().isoformat(), own_copy.plain)
    assert isinstance(made, bytes), made
    return made.decode()


def faults(world: World, about: About) -> list[str]:
    whom = known(world, about)
    with Reading(world.parts.settings, world.parts.keys) as reading:
        found, now = reading.own(whom), reading.named(whom.id)
    return [one.kind for one in own_rows.check(found.sights, found.unnoted, now, found.gone)]


def asked_to_erase(world: World, about: About) -> str:
    found = erasure.ask_erasure(world.parts, OFFICER, about, "no-longer-needed")
    assert isinstance(found, Erasure), found
    (row,) = [one for one in waiting(world.parts, LEAD) if one.kind == erasure.AGREE_ERASURE]
    return row.id


def agreed(world: World, task: str) -> Any:
    return decide_task(world.parts, LEAD, task, DecideTask(answer="agree", reason="the schedule says so"))


def test_each_is_told_what_was_hers_and_what_was_of_both(world: World, at: At) -> None:
    told = mixed_up(world, at)
    assert reported(world, GIRL) == {told["girl"]: False, told["cousin"]: False, told["both"]: False}
    together = copied(world, GIRL)
    assert numbers(together) == [1, 2, 3] and own_copy.MIXED not in together
    told |= put_right(world, at)
    assert reported(world, GIRL) == {told["girl"]: False, told["both"]: True, told["girl again"]: False}
    assert reported(world, COUSIN) == {
        told["cousin"]: False,
        told["both"]: True,
        told["cousin again"]: False,
    }
    for about in (GIRL, COUSIN):
        copy = copied(world, about)
        assert numbers(copy) == [1, 2, 3], copy
        rows = copy.split("\n\n")[2:5]
        assert [own_copy.MIXED in row for row in rows] == [False, True, False]
        # Nobody is named, and the copies of before the two were parted are as whole as when they were made.
        assert "Hale" not in copy.replace(about.family or "", "") and "Marsh" not in copy[80:]
        assert faults(world, about) == []
    assert numbers(copied(world, GIRL)) == [1, 2, 3]


def test_a_copy_that_leaves_out_what_stands_under_another_id_is_found(
    world: World, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    mixed_up(world, at)
    put_right(world, at)
    at(90)
    whole, spans = own_rows.numbered, Reading.spans
    monkeypatch.setattr(own_copies, "numbered", lambda sights, under: whole(sights, under)[1:])
    copied(world, GIRL)
    assert faults(world, GIRL) == ["copy-dropped", "copy-number"]
    # Nor does it help to say that one did not look there at all, or at another time only.
    monkeypatch.setattr(own_copies, "numbered", whole)
    monkeypatch.setattr(
        Reading,
        "spans",
        lambda self, whom: {self.named(whom.id): dict(spans(self, whom))[self.named(whom.id)]},
    )
    copied(world, COUSIN)
    assert set(faults(world, COUSIN)) == {"copy-behind", "copy-added"}


def test_the_officer_and_the_auditor_are_told_by_the_commands(world: World, at: At) -> None:
    told = mixed_up(world, at)
    told |= put_right(world, at)
    person = known(world, GIRL).id
    home = str(world.home)
    world.close()
    answer = CliRunner().invoke(app, ["subject-report", home, "--person", person, "--json"])
    report = json.loads(answer.stdout)
    assert answer.exit_code == 0 and (report["ids"], report["faults"], report["destroyed"]) == (2, [], [])
    mixed = {one["event_id"]: one["mixed"] for one in report["rows"] if one["kind"] == "release.intent"}
    assert mixed == {told["girl"]: False, told["both"]: True, told["girl again"]: False}
    words = CliRunner().invoke(app, ["subject-report", home, "--person", person]).stdout
    assert "all 2 ids" in words and words.count("about somebody else as well") == 2
    ways = json.loads(CliRunner().invoke(app, ["reveal", home, "--person", person, "--json"]).stdout)["ways"]
    assert {one["event"] for one in ways if one["kind"] == "release.intent"} == set(mixed)


def test_erasing_one_takes_every_id_of_hers_and_the_other_is_whole_in_what_is_left(
    world: World, at: At
) -> None:
    told = mixed_up(world, at)
    told |= put_right(world, at)
    copied(world, COUSIN)
    ids = known(world, GIRL).ids
    assert len(ids) == 2
    task = asked_to_erase(world, GIRL)
    told_second = open_task(world.parts, LEAD, task)
    assert not isinstance(told_second, Refused)
    assert told_second["facts"]["goes_with_it"] == erasure.WITH_ANOTHER
    assert agreed(world, task)["answer"] == "agree"
    for one in ids:
        assert world.parts.ledger.about(one.id).rows == ()
    assert reported(world, GIRL) == {}
    # What was told of the two together is gone with it: the other's numbers begin anew, without a gap.
    assert reported(world, COUSIN) == {told["cousin"]: False, told["cousin again"]: False}
    copy = copied(world, COUSIN)
    assert numbers(copy) == [1, 2] and own_copy.MIXED not in copy
    assert faults(world, COUSIN) == []
    (entry,) = [one for one in world.entries("hub") if one["kind"] == "subject.shredded"]
    with Reading(world.parts.settings, world.parts.keys) as reading:
        assert {done.event_id for one in ids if (done := reading.destroyed(one.id))} == {entry["event_id"]}
        assert reading.shredded() == (entry["facts"]["count"], entry["facts"]["count"])
    _said_plainly(world, known(world, GIRL).id, known(world, COUSIN).id, entry["event_id"])


def _said_plainly(world: World, person: str, other: str, event: str) -> None:
    """By every command that is asked about somebody who was erased: when, by which entry, and what can be done."""
    home, day = str(world.home), datetime.now(UTC).date().isoformat()
    world.close()
    folder = world.home.parent
    public, out = folder / "auditor.public.json", str(folder / "trace.jwe")
    public.write_text(json.dumps(Auditor.make("audit", "northshire-csc", "a").public_set()), encoding="utf-8")
    run = CliRunner().invoke
    for id, words in ((person, "key of this person was destroyed"), (other, "together with somebody")):
        said = [
            run(app, ["trace", home, "--to", str(public), "--out", out, "--person", id]).stdout,
            run(app, ["subject-report", home, "--person", id]).stdout,
            run(app, ["reveal", home, "--person", id]).stdout,
            run(app, ["search", home, "--person"], input=f"{id}\n").output,
        ]
        for one in said:
            assert words in one and day in one and event in one and "mash ledger show" in one, one
        assert ("0 entries" in said[0]) == (id == person)


def test_nothing_is_erased_while_the_other_is_held_or_after_the_two_changed(world: World, at: At) -> None:
    mixed_up(world, at)
    before = asked_to_erase(world, GIRL)
    put_right(world, at)
    stopped = agreed(world, before)
    assert isinstance(stopped, Refused) and stopped.code == "PERSON_CHANGED"
    decide_task(world.parts, LEAD, before, DecideTask(answer="do-not-agree", reason="to be asked again"))
    task = asked_to_erase(world, GIRL)
    hold = erasure.set_hold(world.parts, LEAD, COUSIN, "court")
    assert isinstance(hold, Hold)
    stopped = agreed(world, task)
    assert isinstance(stopped, Refused) and stopped.code == "LEGAL_HOLD"
    assert reported(world, GIRL)
