"""How a command asks the running hub to put a proposal in force, and how the hub answers: files in one folder.

Promise: a request is there whole or not at all; it is answered once, and stays until it is, across any crash. What the hub
has decided about it stands beside it from before the entry in the ledger until the answer.

    <id>.request.json    {proposal, at, confirmed}            written by the command
    <id>.decided.json    {...}                                written by the hub, before its log
    <id>.answer.json     {outcome, faults, event_id, ...}     written by the hub, last
"""

import fcntl
import os
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.contract.canonical import NotJson, canonical, parse
from services.contract.problems import BadSetting
from services.policy.lifecycle import durable

_ID = re.compile(r"\d{14}-[0-9a-f]{16}")
KEPT_ANSWERS = 50


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `confirmed`: digest of the signers file that the operator confirms, for a first book only."""

    id: str
    proposal: str
    confirmed: str = ""


class Requests:
    """The folder."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "policy" / "requests"

    # --- The command ---------------------------------------------------------------------------------------

    def ask(self, proposal: str, confirmed: str = "") -> Request:
        """Leave a request."""
        moment = time.strftime("%Y%m%d%H%M%S", time.gmtime())
        request = Request(f"{moment}-{secrets.token_hex(8)}", proposal, confirmed)
        content = canonical({"proposal": proposal, "confirmed": confirmed})
        durable.put(self.folder / f"{request.id}.request.json", content)
        return request

    def answer(self, request: Request, seconds: float) -> Mapping[str, Any] | None:
        """The hub's answer, or None where there is none within so many seconds."""
        ends = time.monotonic() + seconds
        while True:
            found = _read(self.folder / f"{request.id}.answer.json")
            if found is not None or time.monotonic() > ends:
                return found
            time.sleep(0.1)

    def known(self) -> bool:
        """Whether a hub has ever taken requests up here."""
        return (self.folder / "lock").exists()

    def taken_up(self) -> bool:
        """Whether a hub runs that takes requests up."""
        try:
            handle = os.open(self.folder / "lock", os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(handle)
        return False

    # --- The hub -------------------------------------------------------------------------------------------

    @contextmanager
    def held(self) -> Iterator[None]:
        """While the hub takes requests up. Raises `BadSetting` where another hub does."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            raise BadSetting(
                "MASH_HOME: another hub runs in this folder; end it, or choose another"
            ) from None
        try:
            yield
        finally:
            os.close(handle)

    def waiting(self) -> list[Request]:
        """Requests without an answer, oldest first. One that cannot be read is put aside."""
        found = []
        for path in sorted(self.folder.glob("*.request.json")):
            id = path.name.removesuffix(".request.json")
            content = _read(path)
            if not _ID.fullmatch(id) or content is None or not isinstance(content.get("proposal"), str):
                path.rename(path.with_name(f"{path.name}.unreadable"))
                continue
            found.append(Request(id, content["proposal"], str(content.get("confirmed", ""))))
        return found

    def decided(self, request: Request) -> Mapping[str, Any] | None:
        """What was decided about it before a crash."""
        return _read(self.folder / f"{request.id}.decided.json")

    def decide(self, request: Request, decided: Mapping[str, Any]) -> None:
        """Write down what is about to be entered in the log."""
        durable.put(self.folder / f"{request.id}.decided.json", canonical(dict(decided)))

    def close(self, request: Request, answer: Mapping[str, Any]) -> None:
        """Answer it, and then clear it away."""
        durable.put(self.folder / f"{request.id}.answer.json", canonical(dict(answer)), 0o644)
        for kind in ("request", "decided"):
            (self.folder / f"{request.id}.{kind}.json").unlink(missing_ok=True)
        for old in sorted(self.folder.glob("*.answer.json"))[:-KEPT_ANSWERS]:
            old.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = parse(path.read_bytes())
    except (OSError, NotJson):
        return None
    return found if isinstance(found, dict) else None
