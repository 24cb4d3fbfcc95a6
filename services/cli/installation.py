"""Which installation a command is about: the folder named, or the one of the environment.

Promise: a demonstration's folder is read as one, whatever the environment says.
"""

from pathlib import Path

from services.contract.problems import BadSetting
from services.runtime.settings import Settings, read_settings


def settings_of(home: Path | None) -> Settings:
    """The settings of the installation; those of a demonstration where its folder says so. Raises `BadSetting`."""
    if home is None:
        return read_settings()
    if not home.is_dir():
        raise BadSetting(f"{home}: there is no such folder", next_step="Name the installation's MASH_HOME.")
    mark = home / "mode"
    mode = mark.read_text(encoding="utf-8").strip() if mark.is_file() else None
    return read_settings(home=home, mode=mode)
