"""Two pairs of girls whom a hub takes for one each, because the hospital typed the other's number; one of the girls has a safe
address."""

from tests.hub.test_unlink import a_child
from tests.hub.world import World
from tests.reviewing import item, person
from tests.unit.index.northshire import flag

CSC, NHS = "northshire-csc", "northshire-nhs"
SAFE, PLAIN = "9993000019", "9993000027"
WHY = "Her cousin: the hospital typed the wrong number"


def publish(world: World) -> None:
    """Their records, from the council and from the hospital."""
    world.publish(
        CSC, a_child("safe", "Hale", SAFE), flag("f", "safe", "L:SAFEADDR"), a_child("plain", "Pryor", PLAIN)
    )
    world.publish(NHS, a_child("safe", "Marsh", SAFE), a_child("plain", "Nash", PLAIN))


def one_person(world: World, name: str) -> bool:
    """Whether a pair, `safe` or `plain`, counts as one."""
    index = world.parts.index
    return len({person(index, item(index, source, name)) for source in (CSC, NHS)}) == 1  # type: ignore[arg-type]
