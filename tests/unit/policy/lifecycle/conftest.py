"""An installation of signed policies, for every test of how they are put in force."""

from pathlib import Path

import pytest

from services.runtime.book import Shelf
from tests.signing_world import Installation, an_installation


@pytest.fixture
def fresh(tmp_path: Path) -> Installation:
    return an_installation(tmp_path)


@pytest.fixture
def running(fresh: Installation) -> tuple[Installation, Shelf]:
    return fresh, fresh.first()
