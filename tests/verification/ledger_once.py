"""A process that appends three entries and tells each receipt as a JSON line; run under strace by test_crash_table.

Argument: home.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from tests.verification.seam_child import FaultyDisk, play


def tell(what: Any) -> None:
    """One line, at once."""
    os.write(1, json.dumps(what).encode() + b"\n")


if __name__ == "__main__":
    tell(["begin"])
    play(Path(sys.argv[1]), FaultyDisk(), tell)
