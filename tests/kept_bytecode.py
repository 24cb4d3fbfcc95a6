"""Keep what Python compiles in `.venv/pycache`, for this process and all that it starts, whatever the environment says.

A run starts hundreds of Pythons. One that finds nothing kept compiles the hub and its libraries first, and each process of
the tests all tests: two processor seconds and twelve, every time. It is kept in the environment's folder and not beside the
sources: whoever forbids bytecode there is obeyed.
"""

import os
import sys
from pathlib import Path

FOLDER = Path(sys.prefix) / "pycache"


def keep_bytecode() -> None:
    """From now on; what is imported already was compiled in vain."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(FOLDER)
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(FOLDER)
