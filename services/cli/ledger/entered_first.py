"""That somebody reads what is sealed in an installation's ledger, or names an officer, is entered there first, by the hub or in
its place.

Promise: nothing is read or done before the entry is durable and its proof holds under the hub's own key; where a hub has the
ledger open and does not enter it, the command ends. Which person was asked about is not in the entry.
"""

import fcntl
import getpass
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from services.contract.canonical import b64u, parse
from services.contract.problems import LedgerUnavailable
from services.gateway.api.operators import HEADER, KIND, PATH, draft_of, signature
from services.ledger.log import log_signer
from services.ledger.open import open_ledger
from services.ledger.proof import BadProof, Proof
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings

LISTENING = "operators"
"""In the ledger's folder while a hub runs: the address of its operators' listener."""
_SECONDS = 30.0


class NotEntered(LedgerUnavailable):
    """The reading could not be entered, so nothing is read."""

    kind = "reading-not-entered"
    title = "The reading could not be entered, so nothing is shown"
    next_step = "See that the hub is well (health/ready on its operators' listener), or end it, and run the command again."


class NotDone(NotEntered):
    """The act could not be entered, so it is not done."""

    title = "It could not be entered in the ledger, so nothing was done"


def enter_act(settings: Settings, kind: str, facts: Mapping[str, Any]) -> str:
    """The event id of the entry of something done here, which is durable. Raises `NotDone`."""
    try:
        return _enter(settings, kind, facts)
    except NotEntered as error:
        raise NotDone(error.detail) from None


def enter_reading(settings: Settings, facts: Mapping[str, Any], by: str = "") -> str:
    """The event id of the entry of a reading, which is durable. `by`: who reads; default the name they are signed in by on this
    machine. Raises `NotEntered`.
    """
    return _enter(settings, KIND, facts, by)


def _enter(settings: Settings, kind: str, facts: Mapping[str, Any], by: str = "") -> str:
    event, user = b64u(secrets.token_bytes(16)), by or getpass.getuser()
    keys = KeyFolder(settings.key_folder)
    # Gateways that share a ledger hold no lock on a folder: one of them is always asked.
    if settings.ledger_address or _hub_runs(settings.home):
        _by_the_hub(settings, keys, {"event_id": event, "user": user, "facts": dict(facts), "kind": kind})
        return event
    try:
        with closing(open_ledger(settings, keys)) as ledger:
            ledger.append(draft_of(event, user, facts, kind))
    except LedgerUnavailable as error:
        raise NotEntered(error.detail) from None
    return event


def _hub_runs(home: Path) -> bool:
    """Whether a process has the ledger open."""
    try:
        lock = os.open(home / "ledger/lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        # No hub ever started here.
        return False
    except OSError as error:
        raise NotEntered(f"{home / 'ledger'} cannot be written ({error.strerror})") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(lock)
    return False


def _by_the_hub(settings: Settings, keys: KeyFolder, told: Mapping[str, Any]) -> None:
    import httpx2

    body = json.dumps(told).encode()
    try:
        address = (settings.home / "ledger" / LISTENING).read_text(encoding="utf-8").strip()
        headers = {HEADER: signature(keys, body)}
        answer = httpx2.post(address + PATH, content=body, headers=headers, timeout=_SECONDS, trust_env=False)
    except FileNotFoundError:
        raise NotEntered(
            "a hub has this ledger open, and does not say where it listens to commands"
        ) from None
    except (OSError, httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise NotEntered(
            f"the hub that has this ledger open does not answer ({type(error).__name__})"
        ) from None
    if answer.status_code != 200:
        raise NotEntered(f"the hub that has this ledger open answered {answer.status_code}")
    _hold(settings, keys, told, answer.content)


def _hold(settings: Settings, keys: KeyFolder, told: Mapping[str, Any], proof: bytes) -> None:
    """Whoever listens at a port may say that it is done; what the hub's log signed can be said by the hub alone."""
    try:
        parsed = Proof.parse(proof)
        parsed.verify([log_signer(settings.hub, "hub", keys).verifier])
        entry = parse(parsed.leaf)["entry"]
    except (BadProof, ValueError, KeyError, TypeError):
        raise NotEntered("what listens in the hub's place proves no entry") from None
    if entry["event_id"] != told["event_id"] or entry["kind"] != told["kind"]:
        raise NotEntered("what listens in the hub's place proves another entry")


@contextmanager
def listening(home: Path, address: str) -> Iterator[None]:
    """While the block runs, commands beside the hub find its operators' listener."""
    file = home / "ledger" / LISTENING
    file.write_text(address + "\n", encoding="utf-8")
    file.chmod(0o600)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
