"""The commands of those who write policies wait for no gateway: `mash policy` reads in no web server and no database."""

import subprocess
import sys

HEAVY = {
    "fastapi",
    "starlette",
    "sqlalchemy",
    "sqlmodel",
    "alembic",
    "kafka",
    "services.gateway",
    "services.wiring",
}


def test_every_command_of_policy_is_there_without_the_gateway() -> None:
    code = (
        "import sys; sys.argv = ['mash', 'policy', 'impact']\n"
        "import services.cli.main\n"
        "print('\\n'.join(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    read = set(ran.stdout.split())
    assert {"services.cli.policy.impact", "services.cli.policy.report"} <= read
    assert {one for one in read if any(f"{one}.".startswith(f"{heavy}.") for heavy in HEAVY)} == set()
