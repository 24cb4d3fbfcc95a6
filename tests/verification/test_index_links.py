"""Links made and withdrawn, on both databases: nothing is lost, nothing is left over, and every old id answers."""

import pytest
from sqlalchemy import select

from services.contract.problems import BadInput, Conflict
from services.index.index import Index
from services.index.links import joining, replaced, undone
from services.index.links.known_as import known_as
from services.index.people import People
from services.index.schema import EXCLUSION, IDENTITY, LINK, LOOK_UP
from tests import linking
from tests.properties.index.test_unlinking import BORN, COMES_FIRST, HOMES, QUESTIONS, alike
from tests.unit.index.links_world import (
    Apart,
    End,
    Join,
    Publish,
    Step,
    Withdraw,
    answers,
    do,
    item_of,
    world,
)
from tests.unit.index.northshire import LEO, MIA, FakeShelf, concern, flag, home, patient, publish
from tests.verification.databases import database_of
from tests.verification.index_stores import index, opened

__all__ = ["index", "opened"]
LATER: list[Step] = [
    # Came while the two were wrongly one: the flag protects one, and a third record is the other's.
    Publish(
        "gp",
        (patient("a", "Mia Cole", BORN[0], MIA, address=[home(HOMES[0])]), flag("fa", "a", "L:SAFEADDR")),
    ),
    Publish("police", (patient("a", "Leo Reid", BORN[1], LEO, address=[home(HOMES[0])]),)),
    Publish("csc", (patient("a", "Mia Reid", BORN[1], MIA, address=[home(HOMES[1])]),)),
    Publish("csc", (patient("b", "Mia Reid", BORN[1], MIA),)),
    Publish("csc", (patient("a", "Mia Reid", BORN[0], MIA, address=[home(HOMES[0])]),)),
    End("gp", "Flag", "fa"),
    Publish("police", (patient("b", "Mia Reid", BORN[0], MIA),)),
]
UNLINK = Withdraw(("gp", "a"), ("csc", "a"))
KEPT_APART: list[Step] = [
    Publish("police", (patient("b", "Leo Reid", BORN[1], LEO),)),
    Apart(("police", "b"), ("gp", "a")),
]
"""A record that may not be of one person with `gp/a`, and so was not of `csc/a` either while the two were one."""
BY_HAND: list[Step] = [
    Publish("police", (patient("a", "Mya Reid", BORN[0]),)),
    Join(("police", "a"), ("gp", "a")),
    Publish("police", (patient("a", "Leo Reid", BORN[1], LEO),)),
]
PROTECTED_FROM = Publish(
    "police",
    (
        patient("a", "Dana Reid", "1990-01-01", address=[home(HOMES[0])]),
        patient("b", "Mia Reid", BORN[0], MIA, address=[home(HOMES[0])]),
        flag("fa", "a", "L:SAFEADDR", extension=concern({"reference": "Patient/b"})),
    ),
)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
@pytest.mark.parametrize(
    "between",
    [LATER, BY_HAND, [*KEPT_APART, LATER[-1]], [PROTECTED_FROM, *LATER[:2]]],
    ids=["changes", "by-hand", "swayed", "protected-from"],
)
def test_the_index_answers_as_one_that_never_linked(
    request: pytest.FixtureRequest, kind: str, between: list[Step]
) -> None:
    with world() as made:
        one, two = database_of(request, kind), database_of(request, kind)
        alike(made, [*COMES_FIRST, *between, UNLINK, *LATER[:3]], one, two, must=True)


def test_who_was_swayed_is_decided_again(index: Index) -> None:
    do(index, enumerate([*COMES_FIRST, *KEPT_APART, LATER[-1]]))
    alone = persons_of(index)
    assert alone["police/b"] not in (alone["csc/a"], alone["gp/a"])
    assert do(index, [(30, UNLINK)])
    after = persons_of(index)
    assert after["police/b"] == after["csc/a"] != after["gp/a"]


def test_a_link_is_withdrawn_whole_or_not_at_all(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    do(index, enumerate([*COMES_FIRST, *LATER]))
    before, edges_before = answers(index, QUESTIONS), edge_count(index)
    for broken in ("_standing", "_write", "_keys"):
        with monkeypatch.context() as patched:
            patched.setattr(undone, broken, _killed)
            with pytest.raises(KeyboardInterrupt):
                do(index, [(30, UNLINK)])
        assert answers(index, QUESTIONS) == before
        assert edge_count(index) == edges_before
        with index._store.read() as connection:
            assert not connection.execute(select(EXCLUSION)).all()
    assert do(index, [(30, UNLINK)]) == [(30, UNLINK)]
    assert answers(index, QUESTIONS) != before


def test_what_a_person_holds_apart_nobody_joins(index: Index) -> None:
    do(index, enumerate([*COMES_FIRST, UNLINK]))
    one, other = item_of(index, ("gp", "a")), item_of(index, ("csc", "a"))
    with pytest.raises(Conflict):
        linking.join(index, one, other, "2026-11-02T09:00:00Z")
    do(index, enumerate(COMES_FIRST))
    assert len(set(persons_of(index).values())) == 2
    with index._store.read() as connection:
        id = connection.execute(select(EXCLUSION.c.id)).scalar_one()
    linking.lift(index, id, "2026-11-02T10:00:00Z")
    linking.join(index, one, other, "2026-11-02T11:00:00Z")
    assert len(set(persons_of(index).values())) == 1


def test_two_that_are_not_joined_are_not_undone_and_a_reason_is_asked_for(index: Index) -> None:
    do(index, enumerate([*COMES_FIRST, UNLINK]))
    one = item_of(index, ("gp", "a"))
    with pytest.raises(BadInput):
        index.links.withdraw(one, [], "2026-11-02T09:00:00Z", by="officer", reason="two children")
    with pytest.raises(BadInput, match="places"):
        index.links.withdraw(one, [], "2026-11-02T09:00:00Z", by="officer", reason=" ")


def test_an_old_id_answers_with_who_took_its_place(index: Index) -> None:
    do(index, enumerate(COMES_FIRST))
    (joined,) = set(persons_of(index).values())
    assert do(index, [(30, UNLINK)])
    parts = persons_of(index)
    with index._store.read() as connection:
        people = People(connection, index._store, FakeShelf().current(), "2026-11-20")
        # Retired: what was said of the two together is not taken for either's alone.
        assert joined not in parts.values()
        assert replaced.replaced(people, joined) == tuple(sorted(set(parts.values())))
        assert replaced.now(people, joined) == joined
        for person in parts.values():
            assert replaced.replaced(people, person) == (person,)
            of_both = {one.id: one for one in known_as(people, person).ids}[joined]
            assert of_both.mixed and of_both.spans
        assert replaced.replaced(people, "nobody") == ()


def test_two_people_are_joined_record_by_record_and_the_old_id_goes_on(index: Index) -> None:
    alone: list[Step] = [
        Publish("csc", (patient("a", "Mia Reid", BORN[0]),)),
        Publish("gp", (patient("a", "Mia Reid", BORN[0], MIA),)),
        Publish("gp", (patient("b", "Mia Cole", BORN[0], MIA),)),
        Publish("police", (patient("a", "Mia Reid", BORN[0], LEO),)),
    ]
    do(index, enumerate(alone))
    before = persons_of(index)
    item = {name: item_of(index, (name.split("/")[0], name.split("/")[1])) for name in before}
    word = {"by": "worker", "reason": "her mother said so"}
    at = "2026-11-02T09:00:00Z"
    with index._store.write() as connection:
        people = People(connection, index._store, FakeShelf().current(), at[:10])
        mine, theirs = before["gp/a"], before["csc/a"]
        with pytest.raises(BadInput, match="by itself"):
            joining.check(people, mine, theirs, {item["gp/a"]: item["csc/a"]})
        with pytest.raises(Conflict, match="NHS numbers"):
            joining.check(people, before["police/a"], mine, {item["police/a"]: item["gp/a"]})
        each = {item["gp/a"]: item["csc/a"], item["gp/b"]: item["csc/a"]}
        goes_on = joining.join(people, item["gp/a"], item["csc/a"], each, at, **word)
    assert index.links.answering([before["gp/a"]]) == {before["gp/a"]: goes_on}
    assert index.compare(before["gp/a"], {"given": "Mia", "family": "Cole"})
    assert persons_of(index)["gp/b"] == persons_of(index)["csc/a"] == goes_on
    assert {one.id for one in index.links.known_as(goes_on).ids} == {goes_on, before["gp/a"]}


def test_a_namesake_is_found_by_place_again_once_parted_from_somebody_protected(index: Index) -> None:
    """While the two counted as one, the protection of the one took the other's keys of place away."""
    girl, namesake = home("1 Quiet Row", "ZZ98 1AA"), home("5 High Street", "ZZ98 2BB")
    publish(
        index, "csc", patient("a", "Mia Reid", BORN[0], MIA, address=[girl]), flag("f", "a", "L:SAFEADDR")
    )

    def placed() -> set[str]:
        keys = [
            index._store.mac.number("match-postcode-born", code, BORN[0]) for code in ("ZZ981AA", "ZZ982BB")
        ]
        with index._store.read() as connection:
            return set(connection.execute(select(LOOK_UP.c.item).where(LOOK_UP.c.key.in_(keys))).scalars())

    publish(index, "gp", patient("a", "Mia Reid", BORN[0], MIA, address=[namesake]))
    assert placed() == set()
    do(index, [(1, UNLINK)])
    # Hers come back, and the protected girl's do not.
    assert placed() == {item_of(index, ("gp", "a"))}


def persons_of(index: Index) -> dict[str, str]:
    """`source/id` of each Patient -> person."""
    found = {}
    with index._store.read() as connection:
        persons = {
            row.item: row.person for row in connection.execute(select(IDENTITY.c.item, IDENTITY.c.person))
        }
    for source in ("csc", "gp", "police"):
        for id in ("a", "b"):
            item = item_of(index, (source, id))
            if item in persons:
                found[f"{source}/{id}"] = persons[item]
    return found


def edge_count(index: Index) -> int:
    with index._store.read() as connection:
        return len(connection.execute(select(LINK.c.id)).all())


def _killed(*_: object) -> None:
    raise KeyboardInterrupt
