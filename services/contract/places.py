"""Where the shipped folders stand: `schemas/` and `policies/`, in a checkout or inside the installed wheel."""

import os
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_SHIPPED = Path(__file__).resolve().parents[1] / "shipped"


def schemas() -> Path:
    """The folder of code lists, message schemas and the FHIR gate."""
    return _SHIPPED / "schemas" if _SHIPPED.is_dir() else _ROOT / "schemas"


def policies() -> Path:
    """The folder that IG leads edit; the environment's `MASH_POLICIES` wins over the shipped one."""
    override = os.environ.get("MASH_POLICIES")
    if override:
        return Path(override)
    return _SHIPPED / "policies" if _SHIPPED.is_dir() else _ROOT / "policies"
