"""One published Northshire for the tests of a module that only read."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hub.world import World, a_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A hub with the families; each test opens its own cases."""
    made = a_world(tmp_path_factory.mktemp("hub"))
    yield made
    made.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[World]:
    """A hub without anybody in it."""
    made = a_world(tmp_path, families=False)
    yield made
    made.close()


@pytest.fixture
def case(world: World) -> str:
    """A child protection enquiry about Mia."""
    return world.s47()
