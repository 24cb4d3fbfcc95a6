"""The files with which an OPA server is started so that it serves the hub and nobody else.

Promise: with them the server takes its rules from signed bundles alone; the hub's token may ask for one answer and for the
server's health, and nothing else; nobody else may ask anything; what was asked stands in no log.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from services.contract.canonical import canonical, digest
from services.policy.build import ENTRYPOINT, TABLES
from services.policy.bundle_key import ALGORITHM, BundleKey
from services.policy.bundle_served import RESOURCE

CONFIG, AUTHORISATION, LOG, TOKEN = "server.json", "authorisation.rego", "decision_log.rego", "token"
POLL_SECONDS = 1
ARGUMENTS = ("--authentication=token", "--authorization=basic")


@dataclass(frozen=True, slots=True)
class ServerFiles:
    """What was written: for the command line of `opa run --server`, and for the hub's own settings."""

    folder: Path
    token: str

    @property
    def policies(self) -> tuple[Path, ...]:
        """The files that the server is started with, beside its bundle."""
        return self.folder / AUTHORISATION, self.folder / LOG

    @property
    def arguments(self) -> Sequence[str]:
        """Its options."""
        return *ARGUMENTS, "--config-file", str(self.folder / CONFIG)


def write_server_files(folder: Path, hub: str, key: BundleKey) -> ServerFiles:
    """Write them into `folder`; the token is kept there (mode 0600) and drawn once.

    `hub`: address of the hub's operators' listener, from which the server fetches its books.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = folder / TOKEN
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(32), encoding="utf-8")
    token = kept.read_text(encoding="utf-8").strip()
    (folder / CONFIG).write_bytes(canonical(_config(folder, hub, key)))
    (folder / AUTHORISATION).write_text(_authorisation(token), encoding="utf-8")
    (folder / LOG).write_text(_DECISION_LOG, encoding="utf-8")
    return ServerFiles(folder, token)


def _config(folder: Path, hub: str, key: BundleKey) -> dict[str, object]:
    return {
        "keys": {key.id: {"algorithm": ALGORITHM, "key": key.public_pem}},
        "services": {"hub": {"url": hub.rstrip("/")}},
        "bundles": {
            "mash": {
                "service": "hub",
                "resource": RESOURCE,
                # Named: without a key id a bundle without its signature was once taken (GHSA-g2pf-6v5v-qcc8).
                "signing": {"keyid": key.id},
                "polling": {"min_delay_seconds": POLL_SECONDS, "max_delay_seconds": POLL_SECONDS},
                # After a restart it answers under the last good book, verified again, before the hub is asked.
                "persist": True,
            }
        },
        "persistence_directory": str(folder.resolve() / "kept"),
        "decision_logs": {"console": True, "mask_decision": "/system/log/mask"},
    }


def _authorisation(token: str) -> str:
    paths = [["v1", "data", *entrypoint.split("/")] for entrypoint in (ENTRYPOINT, TABLES)]
    return f"""# Written by the hub. Whoever holds the token may ask for an answer and for health; nothing else is open.
package system.authz

default allow := false

allow if {{
	known
	input.method == "POST"
	input.path in {json.dumps(paths)}
	# An error of a built-in must be an error, not an undefined value.
	input.params["strict-builtin-errors"] == ["true"]
}}

allow if {{
	known
	input.method == "GET"
	input.path == ["health"]
}}

# The digest, so that this file opens nothing.
known if crypto.sha256(input.identity) == "{digest(token.encode()).hex()}"
"""


_DECISION_LOG = """# Written by the hub. What was asked stays out of the log, although it names nobody.
package system.log

mask contains "/input"
"""
