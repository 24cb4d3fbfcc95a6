"""A copy of the shipped policy folder to be spoiled, for every test of how a folder is read."""

import shutil
from pathlib import Path

import pytest

from services.contract.places import policies
from tests.unit.runtime.spoiled import Edit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped folder."""
    return Path(shutil.copytree(policies(), tmp_path / "policies"))


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Replace the first `old` in a file of the copy by `new`; the folder."""

    def change(file: str, old: str, new: str) -> Path:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return change
