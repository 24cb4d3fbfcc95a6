"""What the tests start compiles nothing twice, whatever the environment says of bytecode."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kept_bytecode import FOLDER, keep_bytecode

ASKED = "import sys, services.contract.problems as told; print(sys.dont_write_bytecode, told.__cached__)"


def test_a_program_that_is_started_keeps_what_it_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", "")
    keep_bytecode()
    answer = subprocess.run([sys.executable, "-c", ASKED], check=True, capture_output=True, text=True)
    forbidden, kept = answer.stdout.split()
    assert (forbidden, Path(kept).is_relative_to(FOLDER)) == ("False", True)
    assert Path(kept).is_file()


def test_this_process_does_too() -> None:
    assert (sys.dont_write_bytecode, sys.pycache_prefix) == (False, str(FOLDER))
    assert os.environ["PYTHONPYCACHEPREFIX"] == str(FOLDER)
