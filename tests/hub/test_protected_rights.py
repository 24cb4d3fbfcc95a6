"""The rights of somebody under witness protection, as the officer says it: "If a court wants her file, I hold it. If he asks what
was told about him, I answer. And my colleagues must not learn from any of it that he is here."
"""

from collections.abc import Iterator

import pytest

from services.cli.demo.enrol import enrol_staff
from services.contract.cases import Asker
from services.contract.people import About
from services.contract.releases import Denied, Hold
from services.contract.views import Refused
from services.gateway.access.staff import Staff
from services.gateway.cases.entries import asking
from services.gateway.parts import stamp
from services.gateway.protected.designated import designate
from services.gateway.rights import erasure, own_copy
from services.gateway.rights.erasure import NOT_NAMED
from services.gateway.rights.whom import Whom, settle
from services.gateway.tasks.inbox import opened, waiting
from tests.hub.test_protected import ADRIAN, BORN, CSC, NHS, NUMBER, officer, publish
from tests.hub.world import World, a_person, a_world

KIND = "coroner"
LONG_PAST = "child-safeguarding=0,adult-safeguarding=0,care=0,rights=0"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = a_world(tmp_path_factory.mktemp("rights"), families=False, retention=LONG_PAST)
    enrol_staff(made.parts, "http://127.0.0.1:1")
    publish(made, protected=True)
    register = Staff(made.parts.store, made.parts.keys)
    for organisation in (CSC, NHS):
        designate(made.parts.store, register, officer(made, organisation).user, stamp(made.parts.now()))
    yield made
    made.close()


def refused(found: object) -> str:
    assert isinstance(found, Refused), found
    return found.code


def test_the_officer_alone_places_a_hold(world: World) -> None:
    before = len(world.entries("hub"))
    held = erasure.set_hold(world.parts, officer(world), ADRIAN, KIND)
    assert isinstance(held, Hold), held
    kinds = [one["kind"] for one in world.entries("hub")[before:]]
    assert kinds == ["hold.set"]
    # It holds against the officer's own asking, too.
    stood = erasure.ask_erasure(world.parts, officer(world), ADRIAN, "no-longer-needed")
    assert refused(stood) == "LEGAL_HOLD"


def test_nobody_else_is_told_anything_and_neither_is_the_officer_who_is_not_certain(world: World) -> None:
    """In the very words in which somebody unknown is answered, with an entry like that one's."""
    others: list[tuple[Asker, About]] = [
        (a_person("PRIVACY-OFFICER", user="a colleague"), ADRIAN),
        (a_person("DPO", user=officer(world).user), ADRIAN),
        # Another organisation knows him too, and has not protected him.
        (officer(world, NHS), ADRIAN),
        (officer(world), About(nhs_number=NUMBER, birth_date="1988-03-04")),
        (officer(world), About(nhs_number=NUMBER)),
        (officer(world), About(nhs_number=NUMBER, given="Adrian", family="Vaughan")),
        (officer(world), About(given="Adrian", family="Vance", birth_date=BORN)),
    ]
    nobody = About(nhs_number="9993000094", birth_date=BORN)
    for asker, about in others:
        answers = []
        for one in (about, nobody):
            before = len(world.entries(asker.organisation))
            answer = settle(world.parts, asker, one)
            assert isinstance(answer, Refused), (asker, about)
            (entry,) = world.entries(asker.organisation)[before:]
            told = (answer.code, answer.sentence, answer.who_can_change)
            answers.append((told, sorted(entry), entry["facts"]))
        assert answers[0] == answers[1], (asker, about)


def test_the_officer_makes_the_persons_own_copy(world: World) -> None:
    paper = own_copy.make(world.parts, officer(world), ADRIAN, "2026-01-02", own_copy.plain)
    assert isinstance(paper, bytes)
    assert b"Who was told about you" in paper


def test_the_colleague_who_agrees_to_an_erasure_is_not_told_who_it_is(world: World) -> None:
    found = settle(world.parts, officer(world), ADRIAN)
    assert isinstance(found, Whom)
    assert found.protected
    known = world.parts.index.links.known_as(found.person)
    for hold in world.parts.ledger.holds.listed(CSC):
        world.parts.ledger.holds.ask_release(asking(officer(world)), hold.id)
        done = world.parts.ledger.holds.decide_release(asking(a_person("CALDICOTT")), hold.id, agree=True)
        assert not isinstance(done, Denied), done
    assert known.id
    asked = erasure.ask_erasure(world.parts, officer(world), ADRIAN, "no-longer-needed")
    assert not isinstance(asked, Refused), asked
    (row,) = [one for one in waiting(world.parts, a_person("CALDICOTT")) if one.kind == erasure.AGREE_ERASURE]
    facts = {name: value for name, value in opened(world.parts, row).facts.items() if name[0] != "_"}
    assert facts["name"] == NOT_NAMED
    for value in ("Adrian", "Vance", NUMBER, BORN):
        assert value not in str(facts)
