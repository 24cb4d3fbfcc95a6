"""Who may read a file: its owner alone, or others too.

Promise: looked at by its mode bits; a file that is not there is nobody's to read.
"""

import stat
from pathlib import Path

from services.ledger.doctor.findings import Finding, bad, ok


def open_to_others(path: Path) -> bool:
    """Whether anybody but its owner may read, write or enter it."""
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def only_ours(check: str, folder: Path, files: list[Path]) -> Finding:
    """Of a folder and its files: nobody else may read or write them."""
    open_ones = [path.name for path in [folder, *files] if path.exists() and open_to_others(path)]
    if open_ones:
        more = f" and {len(open_ones) - 1} more" if len(open_ones) > 1 else ""
        remedy = f"chmod 700 {folder} and chmod 600 its files"
        return bad(check, f"others than the hub's user may read {open_ones[0]}{more}", remedy, folder.name)
    return ok(check, f"{len(files)} files, its owner's alone", folder.name)
