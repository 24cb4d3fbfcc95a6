"""An auditor's commands need files and keys: they read in no web server, no database, no broker and not the hub's wiring."""

import subprocess
import sys

import pytest

HEAVY = {
    "fastapi",
    "starlette",
    "sqlalchemy",
    "sqlmodel",
    "kafka",
    "services.wiring",
    "services.ledger.open",
    "services.ledger.store.file",
    "services.ledger.store.broker",
}


@pytest.mark.parametrize("command", ["verify", "replay", "report", "check-receipt"])
def test_a_command_stands_alone(command: str) -> None:
    code = (
        f"import sys; sys.argv = ['mash', 'ledger', {command!r}]\n"
        "import services.cli.main\n"
        "print('\\n'.join(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    read = set(ran.stdout.split())
    assert f"services.cli.ledger.{command.replace('-', '_')}" in read
    assert {
        one for one in read if any(one == heavy or one.startswith(f"{heavy}.") for heavy in HEAVY)
    } == set()
