"""The journey of docs/how-to/change-what-is-shared.md on a whole hub: a hospice's care plan, seen, not seen, and seen again."""

from pathlib import Path

from services.contract.people import About
from tests.hub.world import World, a_world, released

ARTHUR = About(nhs_number="9991000062", given="Arthur", family="Penrose", birth_date="1941-03-14")
CHILD = About(given="Isla", family="Penrose-Hall", birth_date="2017-02-11")
CLAUSE = "releases_without_asking:\n  - {holder: brook-hospice, purposes: [C-S47], classes: [DM5]}\n"


def _plan(world: World, case: str) -> list[str]:
    """What the worker sees of the hospice's care plan: its description of the home, which is detail."""
    view = world.view(case, ARTHUR, scope="person")
    plans = [one for one in released(view, "CarePlan") if "brook-hospice" in str(one)]
    return [str(plan["activity"]) for plan in plans if "open box in the hall" in str(plan.get("activity"))]


def _paper(world: World, text: str) -> None:
    path = world.parts.shelf.folder / "isa/safeguarding-children.yaml"
    path.write_text(text, encoding="utf-8")
    world.parts.shelf.reload()
    assert not world.parts.shelf.trouble()


def test_a_clause_of_the_isa_opens_the_plan_and_taking_it_back_closes_it(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    case = world.s47((CHILD, "child"), (ARTHUR, "adult"))
    path = world.parts.shelf.folder / "isa/safeguarding-children.yaml"
    before = path.read_text(encoding="utf-8")
    assert _plan(world, case) == []
    _paper(world, before.replace("classes: as-purpose\n", f"classes: as-purpose\n{CLAUSE}", 1))
    assert len(_plan(world, case)) == 1
    # What the clause does not name stays with its owner: narrative, and every other holder.
    notes = released(world.view(case, ARTHUR, scope="person"), "DocumentReference")
    assert "fears choking" not in str(notes)
    _paper(world, before)
    assert _plan(world, case) == []
    world.close()
