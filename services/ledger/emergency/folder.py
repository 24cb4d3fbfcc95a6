"""Where the emergency log stands: for the hub that writes it, and for whoever reads beside it.

Promise: both look in one place.
"""

from pathlib import Path

from services.runtime.settings import Settings


def emergency_folder(settings: Settings) -> Path:
    """Where the emergency log stands."""
    return settings.emergency_folder or settings.home / "ledger" / "emergency"
